package surveys

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"otklik/surveys/expr"
)

// pipe finds the places of a text where an earlier answer is repeated. A $ without a brace behind it is a $.
var pipe = regexp.MustCompile(`\$\{[^}]*\}?`)

// Unanswered stands where a text repeats an answer that was not given.
const Unanswered = "…"

// Say returns the text in lang with the answers it repeats put in: for ${code} the text of the choice, with commas between
// several, the number, the day as 31.12.2026, the moment as 31.12.2026 17:45, or what was typed. Only answers on the path count.
func (v Visit) Say(t Text, lang string, a Answers) string {
	words := t.In(lang, v.Survey.Languages...)
	if !strings.Contains(words, "${") {
		return words
	}
	said := Answers{}
	v.walk(a, func(s *step) {
		if !s.value.IsZero() {
			said[s.question.Code] = s.value
		}
	})
	return v.Survey.say(words, lang, said)
}

// say puts in the answers. The text of a choice can repeat answers itself, but Load lets it name only questions before its
// own, so that ends.
func (s *Survey) say(words, lang string, said Answers) string {
	return pipe.ReplaceAllStringFunc(words, func(found string) string {
		code := strings.TrimSuffix(strings.TrimPrefix(found, "${"), "}")
		i, ok := s.byCode[code]
		if !ok {
			return Unanswered
		}
		q, v := s.questions[i], said[code]
		var parts []string
		switch {
		case v.IsZero():
		case v.kind == list:
			for _, c := range v.codes {
				parts = append(parts, s.sayChoice(q, c, lang, said))
			}
		case v.kind == number:
			parts = append(parts, sayNumber(v.num, lang))
		case q.codes() != nil:
			parts = append(parts, s.sayChoice(q, v.text, lang, said))
		case q.valueType() == expr.Date:
			parts = append(parts, sayMoment(v.text, dayForm, "02.01.2006"))
		case q.valueType() == expr.DateTime && len(v.text) >= len(momentForm):
			parts = append(parts, sayMoment(v.text[:len(momentForm)], momentForm, "02.01.2006 15:04"))
		default:
			parts = append(parts, clean(v.text))
		}
		if len(parts) == 0 {
			return Unanswered
		}
		return strings.Join(parts, ", ")
	})
}

func (s *Survey) sayChoice(q *Question, code, lang string, said Answers) string {
	if c, ok := q.Choice(code); ok {
		return s.say(c.Text.In(lang, s.Languages...), lang, said)
	}
	if words, ok := yesNoWords[lang][code]; ok {
		return words
	}
	return clean(code)
}

// yesNoWords are what Yes and No are called inside a sentence; another language has the code.
var yesNoWords = map[string]map[string]string{
	"ru": {Yes: "да", No: "нет"},
	"tt": {Yes: "әйе", No: "юк"},
}

// sayNumber writes a number with the decimal sign of the language.
func sayNumber(n float64, lang string) string {
	digits := strconv.FormatFloat(n, 'f', -1, 64)
	if lang != "en" {
		digits = strings.Replace(digits, ".", ",", 1)
	}
	return digits
}

// sayMoment writes what an answer has in one form as people write it.
func sayMoment(text, answered, said string) string {
	t, err := time.Parse(answered, text)
	if err != nil {
		return clean(text)
	}
	return t.Format(said)
}

// clean takes control characters other than the newline out of a text, and what is not valid UTF-8.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}
