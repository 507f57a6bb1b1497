package surveys

import (
	"errors"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"otklik/surveys/expr"
)

// Yes and No are the codes of a yes-no question and of a consent.
const (
	Yes = "yes"
	No  = "no"
)

var yesNo = []string{Yes, No}

// choiceKinds are answered with codes.
func choiceKinds() map[QuestionKind]*form {
	one := func(together bool) *form {
		return &form{
			Traits:   Traits{HasScreen: true, HasValue: true, HasChoices: true, OneTap: true, Together: together},
			keys:     append([]string{"choices", "order"}, marked...),
			check:    checkCode,
			variable: expr.Text,
			literal:  readCode,
			size:     longestCode,
		}
	}
	list := func(check func(*Question, Value) error, keys ...string) *form {
		return &form{
			Traits:   Traits{HasScreen: true, HasValue: true, HasChoices: true, List: true},
			keys:     append(append(keys, "choices", "order"), marked...),
			check:    check,
			variable: expr.Codes,
			literal:  readCodes,
			size:     allCodes,
		}
	}
	multiple, ranking := list(checkCodes), list(checkRanking, "top")
	multiple.Together = true
	ranking.read = func(_ *loader, o object, q *Question) {
		q.Top = o.integerOr("top", 1, max(1, len(q.Choices)), len(q.Choices))
	}
	picture, dropdown := one(false), one(true)
	dropdown.OneTap = false
	return map[QuestionKind]*form{
		SingleChoice: one(true), PictureChoice: picture, Dropdown: dropdown, MultipleChoice: multiple, Ranking: ranking,
		YesNo: {
			Traits:   Traits{HasScreen: true, HasValue: true, OneTap: true, Together: true},
			keys:     marked,
			check:    checkCode,
			variable: expr.Text,
			literal:  readCode,
			size:     longestCode,
		},
	}
}

// codes returns the codes an answer can consist of, in order; nil for kinds that are not answered with codes.
func (q *Question) codes() []string {
	if q.Kind == YesNo || q.Kind == Consent {
		return yesNo
	}
	var codes []string
	for _, c := range q.Choices {
		codes = append(codes, c.Code)
	}
	return codes
}

func checkCode(q *Question, v Value) error {
	if code, ok := v.Text(); !ok || !slices.Contains(q.codes(), code) {
		return fmt.Errorf("%s is not the code of one of its choices", v.describe())
	}
	return nil
}

func checkCodes(q *Question, v Value) error {
	codes, ok := v.List()
	if !ok {
		return fmt.Errorf("%s is not a list of codes", v.describe())
	}
	if q.Required && len(codes) == 0 {
		return errors.New("nothing was chosen, and the question is required")
	}
	last := -1
	for _, code := range codes {
		i := q.choiceIndex(code)
		switch {
		case i < 0:
			return fmt.Errorf("%s is not the code of one of its choices", String(code).describe())
		case i <= last:
			return fmt.Errorf("%q is out of order: codes stand once each, in the order of the choices", code)
		case q.Choices[i].Exclusive && len(codes) > 1:
			return fmt.Errorf("%q excludes every other choice", code)
		}
		last = i
	}
	return nil
}

// checkRanking takes a ranking that was not finished, too: Visit.Check, which knows what is offered, asks for the rest of
// a required one.
func checkRanking(q *Question, v Value) error {
	codes, ok := v.List()
	switch {
	case !ok:
		return fmt.Errorf("%s is not a list of codes", v.describe())
	case len(codes) == 0:
		return errors.New("no choice has a place; a question without an answer is skipped")
	case len(codes) > q.Top:
		return fmt.Errorf("%d choices have a place, more than %d", len(codes), q.Top)
	}
	for i, code := range codes {
		switch {
		case q.choiceIndex(code) < 0:
			return fmt.Errorf("%s is not the code of one of its choices", String(code).describe())
		case slices.Contains(codes[:i], code):
			return fmt.Errorf("%q has two places", code)
		}
	}
	return nil
}

// choiceIndex returns the index of the choice with the code, or -1.
func (q *Question) choiceIndex(code string) int {
	for i := range q.Choices {
		if q.Choices[i].Code == code {
			return i
		}
	}
	return -1
}

func longestCode(q *Question) int {
	longest := 0
	for _, code := range q.codes() {
		longest = max(longest, len(code))
	}
	return longest
}

func allCodes(q *Question) int {
	total := 0
	for _, c := range q.Choices {
		total += len(c.Code) + len(`"",`)
	}
	return total
}

// readCode reads the code of a choice.
func readCode(l *loader, _ *Question, f field) (Value, bool) {
	s, ok := l.scalar(f, "the code of a choice")
	return String(s.text), ok
}

// readCodes reads a list of codes. Those of a multiple choice may stand in any order.
func readCodes(l *loader, q *Question, f field) (Value, bool) {
	n, ok := f.node.(*ast.SequenceNode)
	if !ok {
		l.wrong(f, "a list of codes")
		return Value{}, false
	}
	codes := []string{}
	for i, v := range n.Values {
		s, ok := l.scalar(field{key: fmt.Sprintf("entry %d of %s", i+1, f.key), at: nodePlace(v), node: v}, "the code of a choice")
		if !ok {
			return Value{}, false
		}
		codes = append(codes, s.text)
	}
	if q.Kind == MultipleChoice {
		slices.SortStableFunc(codes, func(a, b string) int { return q.choiceIndex(a) - q.choiceIndex(b) })
	}
	return Codes(codes...), true
}
