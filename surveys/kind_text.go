package surveys

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"

	"otklik/surveys/expr"
)

// textKinds are typed on a keyboard.
func textKinds() map[QuestionKind]*form {
	typed := func(usual int, keys []string, check func(*Question, Value) error) *form {
		return &form{
			Traits: Traits{HasScreen: true, HasValue: true, Text: true},
			keys:   keys,
			read: func(_ *loader, o object, q *Question) {
				if q.MaxLength = o.integer("max_length", 1, maxTextLength, false); q.MaxLength == 0 {
					q.MaxLength = usual
				}
			},
			check:    check,
			variable: expr.Text,
			literal:  readText,
			size:     func(q *Question) int { return 6 * q.MaxLength }, // a character escaped
		}
	}
	words := append([]string{"max_length"}, marked...)
	contact := func(longest int, check func(string) error) *form {
		f := typed(longest, given, func(q *Question, v Value) error {
			if err := checkText(q, v); err != nil {
				return err
			}
			return check(v.text)
		})
		f.Personal = true
		return f
	}
	short := typed(usualMaxLength, words, checkText)
	short.Together = true
	return map[QuestionKind]*form{
		ShortText: short,
		LongText:  typed(usualMaxLongText, words, checkText),
		Phone:     contact(len("+123456789012345"), checkPhone),
		Email:     contact(254, checkEmail), // RFC 5321, section 4.5.3.1.3, with its erratum 1690
	}
}

func checkText(q *Question, v Value) error {
	s, ok := v.Text()
	switch n := utf8.RuneCountInString(s); {
	case !ok:
		return fmt.Errorf("%s is not a text", v.describe())
	case s == "":
		return errors.New("the text is empty; a question without an answer is skipped")
	case !utf8.ValidString(s):
		return errors.New("the text is not valid UTF-8")
	case n > q.MaxLength:
		return fmt.Errorf("the text has %d characters, more than %d", n, q.MaxLength)
	}
	for _, r := range s {
		if unicode.IsControl(r) && r != '\n' {
			return fmt.Errorf("the text contains the control character %U", r)
		}
	}
	return nil
}

var (
	phoneShape = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`) // E.164
	emailShape = regexp.MustCompile(`^[^\s@<>"(),:;\\]{1,64}@([\pL\pN]([\pL\pN-]{0,61}[\pL\pN])?\.)+\pL[\pL\pN-]{0,61}[\pL\pN]$`)
)

func checkPhone(s string) error {
	if !phoneShape.MatchString(s) {
		return errors.New("the text is no telephone number in the form +79172345678")
	}
	return nil
}

func checkEmail(s string) error {
	if !emailShape.MatchString(s) || strings.Contains(s, "..") || s[0] == '.' || strings.Contains(s, ".@") {
		return errors.New("the text is no mail address in the form name@example.ru")
	}
	return nil
}

// ParsePhone turns a telephone number as people type it into the value of a Phone question. Blanks, hyphens, dots and
// brackets are left out; a number of ten digits, or of eleven that begin with 8, is a Russian one, and other numbers begin
// with + and their country's code. ok is false for what is no number.
func ParsePhone(typed string) (e164 string, ok bool) {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \u00a0-–().", r) {
			return -1
		}
		return r
	}, typed)
	switch {
	case strings.HasPrefix(digits, "+"):
	case len(digits) == 10:
		digits = "+7" + digits
	case len(digits) == 11 && digits[0] == '8':
		digits = "+7" + digits[1:]
	default:
		digits = "+" + digits
	}
	return digits, checkPhone(digits) == nil
}

// readText reads a text; a number in its place is taken as it is written.
func readText(l *loader, _ *Question, f field) (Value, bool) {
	if n, ok := f.node.(*ast.IntegerNode); ok {
		return String(n.GetToken().Value), true
	}
	s, ok := l.scalar(f, "a text")
	return String(s.text), ok
}
