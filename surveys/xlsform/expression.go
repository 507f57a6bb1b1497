package xlsform

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// straighten turns the quotes that word processors put in into those of the logic language, and their blanks into blanks.
// What stands between straight quotes stays.
func straighten(source string) string {
	const single, double = "‘’‚'", "“”„\""
	var b strings.Builder
	closing := "" // what ends the text that is open
	for _, r := range source {
		switch {
		case closing != "" && !strings.ContainsRune(closing, r):
			b.WriteRune(r)
			continue
		case strings.ContainsRune(single, r):
			b.WriteByte('\'')
		case strings.ContainsRune(double, r):
			b.WriteByte('"')
		case r == '\u00a0':
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
		switch {
		case closing != "":
			closing = ""
		case r == '\'' || r == '"':
			closing = string(r)
		case strings.ContainsRune(single, r):
			closing = single
		case strings.ContainsRune(double, r):
			closing = double
		}
	}
	return b.String()
}

// pieceKind tells the pieces of an expression apart.
type pieceKind int

const (
	spacePiece pieceKind = iota
	namePiece            // ${name}
	ownPiece             // the dot
	textPiece            // 'text'
	numberPiece
	wordPiece // and, selected, a column of the choices
	signPiece
)

// piece is one piece of an expression: raw as it stands, text what a name or a text says.
type piece struct {
	kind      pieceKind
	raw, text string
	from      string // the column of the choices that it was taken from
}

// pieces cuts an expression into pieces; joined they are the expression again. It never fails: what is wrong with an
// expression is for the compiler to say.
func pieces(source string) []piece {
	var ps []piece
	for rest := source; rest != ""; {
		p := nextPiece(rest)
		ps, rest = append(ps, p), rest[len(p.raw):]
	}
	return ps
}

func nextPiece(rest string) piece {
	first, size := utf8.DecodeRuneInString(rest)
	span := func(in func(rune) bool) string {
		if i := strings.IndexFunc(rest, func(r rune) bool { return !in(r) }); i >= 0 {
			return rest[:i]
		}
		return rest
	}
	digit := func(r rune) bool { return r >= '0' && r <= '9' }
	switch {
	case unicode.IsSpace(first):
		return piece{kind: spacePiece, raw: span(unicode.IsSpace)}
	case strings.HasPrefix(rest, "${"):
		if end := strings.IndexByte(rest, '}'); end > 0 {
			return piece{kind: namePiece, raw: rest[:end+1], text: strings.TrimSpace(rest[2:end])}
		}
	case first == '\'' || first == '"':
		if end := strings.IndexRune(rest[1:], first); end >= 0 {
			return piece{kind: textPiece, raw: rest[:end+2], text: rest[1 : end+1]}
		}
	case digit(first) || first == '.' && len(rest) > 1 && digit(rune(rest[1])):
		raw := span(func(r rune) bool { return digit(r) || r == '.' })
		return piece{kind: numberPiece, raw: raw, text: raw}
	case first == '.':
		return piece{kind: ownPiece, raw: "."}
	case unicode.IsLetter(first) || first == '_':
		raw := span(func(r rune) bool { return unicode.IsLetter(r) || digit(r) || strings.ContainsRune("_-.:", r) })
		return piece{kind: wordPiece, raw: raw, text: raw}
	case slices.Contains([]string{"!=", "<=", ">="}, rest[:min(2, len(rest))]):
		return piece{kind: signPiece, raw: rest[:2]}
	}
	return piece{kind: signPiece, raw: rest[:size]}
}

// quoteText writes a text of the logic language, which has no escapes.
func quoteText(s string) (string, bool) {
	switch {
	case !strings.Contains(s, "'"):
		return "'" + s + "'", true
	case !strings.Contains(s, `"`):
		return `"` + s + `"`, true
	}
	return "", false
}

// rewrite turns an expression of the form into one of ours: names become codes, and so do the texts and numbers that are
// compared with a choice question. own is the question that the dot stands for, nil for none.
func (im *importer) rewrite(source string, own *item) string {
	ps := pieces(straighten(source))
	im.recode(ps, own)
	return join(ps)
}

func join(ps []piece) string {
	var b strings.Builder
	for _, p := range ps {
		b.WriteString(p.raw)
	}
	return strings.TrimSpace(b.String())
}

func (im *importer) recode(ps []piece, own *item) {
	var solid []int // the pieces that are no space
	for i, p := range ps {
		if p.kind != spacePiece {
			solid = append(solid, i)
		}
	}
	at := func(n int) *piece {
		if n < 0 || n >= len(solid) {
			return &piece{}
		}
		return &ps[solid[n]]
	}
	for n := range solid {
		p := at(n)
		if p.kind != textPiece && p.kind != numberPiece {
			continue
		}
		var partner *item
		switch {
		case equals(at(n-1)) || p.from != "" && compares(at(n-1)):
			partner = im.questionAt(at, n-2, own)
		case equals(at(n+1)) || p.from != "" && compares(at(n+1)):
			partner = im.questionAt(at, n+2, own)
		case at(n-1).raw == "," && strings.EqualFold(at(n-4).text, "selected") && at(n-3).raw == "(":
			partner = im.questionAt(at, n-2, own)
		}
		if partner == nil {
			continue
		}
		if code, ok := partner.codes[p.text]; ok && (p.kind == numberPiece || code != p.text) {
			p.kind, p.text = textPiece, code
			p.raw = "'" + code + "'"
		}
		if _, err := strconv.ParseFloat(p.text, 64); p.from != "" && err == nil && partner.kind.Traits().Numeric {
			p.kind, p.raw = numberPiece, p.text
		}
	}
	for i := range ps {
		if p := &ps[i]; p.kind == namePiece {
			if it := im.named[p.text]; it != nil && it.ref != "" {
				p.raw = "${" + it.ref + "}"
			} else {
				p.raw = "${" + p.text + "}"
			}
		}
	}
}

func equals(p *piece) bool   { return p.kind == signPiece && (p.raw == "=" || p.raw == "!=") }
func compares(p *piece) bool { return p.kind == signPiece && strings.ContainsAny(p.raw, "<>") }

// questionAt returns the question that the piece names, or that a call of selected-at which ends or begins there does.
func (im *importer) questionAt(at func(int) *piece, n int, own *item) *item {
	switch p := at(n); {
	case p.kind == namePiece:
		return im.named[p.text]
	case p.kind == ownPiece:
		return own
	case p.kind == wordPiece && p.raw == "selected-at":
		return im.questionAt(at, n+2, own)
	case p.raw == ")":
		for depth := 0; n >= 0; n-- {
			switch at(n).raw {
			case ")":
				depth++
			case "(":
				if depth--; depth == 0 && at(n-1).raw == "selected-at" {
					return im.questionAt(at, n+1, own)
				}
			}
		}
	}
	return nil
}

var pipes = regexp.MustCompile(`\$\{\s*([^}]*?)\s*\}`)

// repeat turns the names in a text that repeats answers into codes.
func (im *importer) repeat(words string) string {
	return pipes.ReplaceAllStringFunc(words, func(found string) string {
		name := pipes.FindStringSubmatch(found)[1]
		if it := im.named[name]; it != nil && it.ref != "" {
			name = it.ref
		}
		return "${" + name + "}"
	})
}

// bounds are what a constraint such as ". >= 1 and . < 100" says about a number.
type bounds struct{ min, max *float64 }

var (
	boundShape        = regexp.MustCompile(`^\.\s*(>=|>|<=|<)\s*(-?\s*[0-9]+(?:\.[0-9]+)?)$`)
	andShape, orShape = regexp.MustCompile(`\s+and\s+`), regexp.MustCompile(`\bor\b`)
)

// boundsOf reads the bounds out of a constraint that is nothing but conditions joined by and. integer says that only whole
// numbers count.
func boundsOf(constraint string, integer bool) (b bounds) {
	if strings.ContainsAny(constraint, `("'`) || orShape.MatchString(constraint) {
		return b
	}
	for _, condition := range andShape.Split(strings.TrimSpace(constraint), -1) {
		m := boundShape.FindStringSubmatch(strings.TrimSpace(condition))
		if m == nil {
			continue
		}
		n, err := strconv.ParseFloat(strings.ReplaceAll(m[2], " ", ""), 64)
		if err != nil || n < -surveyNumeral || n > surveyNumeral {
			continue
		}
		step := 0.0
		if integer && n == float64(int64(n)) && len(m[1]) == 1 {
			step = 1
		}
		switch m[1] {
		case ">=", ">":
			if n += step; b.min == nil || n > *b.min {
				b.min = &n
			}
		default:
			if n -= step; b.max == nil || n < *b.max {
				b.max = &n
			}
		}
	}
	if b.min == nil && b.max != nil && *b.max <= 0 {
		lowest := float64(-usualMax)
		b.min = &lowest
	}
	return b
}

// surveyNumeral is the largest bound of a number; usualMax is what a number's maximum is when nothing is said.
const (
	surveyNumeral = 1_000_000_000
	usualMax      = 999_999_999
)

func decimal(n float64) string { return strconv.FormatFloat(n+0, 'f', -1, 64) }
