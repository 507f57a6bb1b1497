package expr

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// pattern compiles lit, the pattern of a regex, to one that matches whole texts.
func (p *parser) pattern(lit *node) *regexp.Regexp {
	const expected = "an RE2 pattern in quotes, such as '[0-9]{10}'"
	if !lit.isLiteral() {
		p.fail(lit.at, "the pattern is not written out", expected)
	}
	tree, err := syntax.Parse(lit.text, syntax.Perl)
	if err != nil {
		at, message := lit.at, err.Error()
		var wrong *syntax.Error
		if errors.As(err, &wrong) {
			at += 1 + max(0, strings.Index(lit.text, wrong.Expr))
			message = fmt.Sprintf("%s: %s", wrong.Code, wrong.Expr)
			if strings.HasPrefix(wrong.Expr, "(?") {
				message += " (looking ahead or behind is not possible)"
			}
		}
		p.fail(at, "the pattern has a mistake: "+message, expected)
	}
	if p.patterns += patternSize(tree); p.patterns > MaxPattern {
		p.fail(lit.at, fmt.Sprintf("the patterns are too large, %d with what they repeat", p.patterns), fmt.Sprintf("at most %d", MaxPattern))
	}
	// The tree's own form closes what the source may leave open, as a \Q does.
	return regexp.MustCompile(`\A(?:` + tree.String() + `)\z`)
}

// patternSize returns how many steps a pattern has once its repetitions are written out.
func patternSize(re *syntax.Regexp) int {
	size := 0
	for _, sub := range re.Sub {
		size += patternSize(sub)
	}
	switch re.Op {
	case syntax.OpRepeat:
		if re.Max < 0 { // {3,}
			return size * (re.Min + 1)
		}
		return size * re.Max
	case syntax.OpLiteral:
		return len(re.Rune)
	}
	return size + 1
}
