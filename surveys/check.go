package surveys

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"unicode"
	"unicode/utf8"
)

// Yes and No are the codes of a yes-no question.
const (
	Yes = "yes"
	No  = "no"
)

// Check reports whether v is a valid answer to q: nil, or what is wrong with it. "No value" is valid for Information
// only; whether q may be skipped is not asked here. Value documents the form of each kind. A text has 1 to MaxLength
// runes of valid UTF-8 and no control characters but the newline.
func (q *Question) Check(v Value) error {
	if err := q.check(v); err != nil {
		return fmt.Errorf("question %s (%s): %w", q.Code, q.Kind, err)
	}
	return nil
}

func (q *Question) check(v Value) error {
	if lowest, highest, ok := q.Scale(); ok {
		n, ok := v.Float()
		if !ok || n != math.Trunc(n) || n < float64(lowest) || n > float64(highest) {
			return fmt.Errorf("%s is not a whole number from %d to %d", v.describe(), lowest, highest)
		}
		return nil
	}
	switch q.Kind {
	case SingleChoice, YesNo:
		if code, ok := v.Text(); !ok || !slices.Contains(q.codes(), code) {
			return fmt.Errorf("%s is not the code of one of its choices", v.describe())
		}
		return nil
	case MultipleChoice:
		return q.checkCodes(v)
	case ShortText:
		return q.checkText(v)
	case Information:
		if !v.IsZero() {
			return fmt.Errorf("%s answers a page that asks nothing", v.describe())
		}
		return nil
	}
	return fmt.Errorf("the kind is unknown")
}

// codes returns the codes a choice or yes-no question can be answered with, in order; nil for other kinds.
func (q *Question) codes() []string {
	if q.Kind == YesNo {
		return []string{Yes, No}
	}
	var codes []string
	for _, c := range q.Choices {
		codes = append(codes, c.Code)
	}
	return codes
}

func (q *Question) checkCodes(v Value) error {
	codes, ok := v.List()
	if !ok {
		return fmt.Errorf("%s is not a list of codes", v.describe())
	}
	if q.Required && len(codes) == 0 {
		return errors.New("nothing was chosen, and the question is required")
	}
	last := -1
	for _, code := range codes {
		i := slices.IndexFunc(q.Choices, func(c Choice) bool { return c.Code == code })
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

func (q *Question) checkText(v Value) error {
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

// CheckResponse reports whether r is a valid response to this version of the survey: nil, or the first thing wrong.
// Every answer must name a question of the survey, once; an answered one must pass Question.Check; a skipped one must not
// be required and have no value. It does not judge the path: a question that an older program asked although it was not
// relevant is an answer all the same.
func (s *Survey) CheckResponse(r *Response) error {
	switch {
	case r.Survey != s.ID || r.Version != s.Version || r.Number != s.Number:
		return fmt.Errorf("response is to survey %.64q version %.16q number %d, not to %s version %s number %d",
			r.Survey, r.Version, r.Number, s.ID, s.Version, s.Number)
	case !slices.Contains(s.Languages, r.Language):
		return fmt.Errorf("response is in %.8q, which is no language of survey %s", r.Language, s.ID)
	case r.Audience != "" && !slices.ContainsFunc(s.Audiences, func(a Audience) bool { return a.Code == r.Audience }):
		return fmt.Errorf("response names the audience %.40q, which survey %s does not have", r.Audience, s.ID)
	case r.Seconds < 0:
		return fmt.Errorf("response took %d seconds", r.Seconds)
	}
	seen := make(map[string]bool, len(r.Answers))
	for i := range r.Answers {
		a := &r.Answers[i]
		if seen[a.Question] {
			return fmt.Errorf("question %s is answered twice", a.Question)
		}
		seen[a.Question] = true
		if err := s.checkAnswer(a); err != nil {
			return err
		}
	}
	return nil
}

func (s *Survey) checkAnswer(a *Answer) error {
	q := s.Question(a.Question)
	switch {
	case q == nil:
		return fmt.Errorf("answer names the question %.40q, which survey %s number %d does not have", a.Question, s.ID, s.Number)
	case a.Tenths < 0:
		return fmt.Errorf("question %s was on the glass for %d tenths of a second", q.Code, a.Tenths)
	case a.Outcome == Answered:
		return q.Check(a.Value)
	case a.Outcome != Skipped:
		return fmt.Errorf("question %s has the unknown outcome %.20q", q.Code, a.Outcome)
	case q.Required:
		return fmt.Errorf("question %s was skipped, and it is required", q.Code)
	case !a.Value.IsZero():
		return fmt.Errorf("question %s was skipped and has a value", q.Code)
	}
	return nil
}
