// Package surveys is what is asked and what was answered: the survey as its author wrote it, the response as a visitor
// gave it, and the rules that decide which question comes next. It knows no screen, no storage and no network.
package surveys

import (
	"otklik/surveys/expr"
)

// Kind says what a survey is for. It decides defaults (a staff survey is anonymous to the day) and where its figures go.
type Kind string

// The kinds of survey.
const (
	ExitPoll     Kind = "exit-poll"
	Satisfaction Kind = "satisfaction"
	Suggestion   Kind = "suggestion"
	Staff        Kind = "staff"
	Test         Kind = "test"
	Poll         Kind = "poll"
)

// Kinds lists every kind of survey in the order people read them.
var Kinds = []Kind{ExitPoll, Satisfaction, Suggestion, Staff, Test, Poll}

// Text is one text in several languages, keyed by language code ("ru", "tt", "en"). A loaded survey has every text in
// every one of its languages, so a look-up in a survey's own language never comes back empty.
type Text map[string]string

// In returns the text in lang, or in the first of fallback that has one, or "".
func (t Text) In(lang string, fallback ...string) string {
	if s := t[lang]; s != "" {
		return s
	}
	for _, l := range fallback {
		if s := t[l]; s != "" {
			return s
		}
	}
	return ""
}

// Survey is one loaded and checked questionnaire. Everything in it is read-only once loaded; several goroutines may use
// one Survey.
type Survey struct {
	// ID is the survey's stable name, the same over all its versions: lower-case letters, digits and hyphens.
	ID string
	// Number is the version that people read, 1 and up; the author raises it.
	Number int
	// Version identifies the content: the first 16 hex digits of the SHA-256 of Source.
	Version string
	// Source is the YAML text the survey was loaded from, byte for byte; it is what travels to terminals.
	Source []byte

	Kind      Kind
	Languages []string // the first one is the language of last resort
	Title     Text
	// Invitation is what the attract screen says to draw a visitor in; empty means Title.
	Invitation Text
	// Thanks is one sentence on the last screen about who reads the answers; empty means the product's own.
	Thanks    Text
	Audiences []Audience
	Pages     []Page

	questions []*Question    // all questions in the order of the pages
	byCode    map[string]int // index in questions
}

// Audience is one group of clients that figures are cut by, such as job seekers and employers.
type Audience struct {
	Code string
	Name Text
	// When says whether a visitor belongs to the audience, from the answers given; nil for everyone.
	When *expr.Program
}

// Page holds questions that belong together: they share a relevance, and of a page with Pick each visitor is asked only
// some. The glass shows one question a screen.
type Page struct {
	Relevance *expr.Program // nil: always; may name questions of earlier pages only
	// Pick is how many of the page's relevant questions one visitor is asked, drawn by the visit's seed; 0 asks all. On a
	// page with Pick no question's relevance names another question of the page.
	Pick      int
	Questions []*Question
}

// QuestionKind says how a question is asked and what its value looks like. Value documents the format of each.
type QuestionKind string

// The kinds of question.
const (
	Smiley         QuestionKind = "smiley"
	Stars          QuestionKind = "stars"
	NPS            QuestionKind = "nps"
	Agreement      QuestionKind = "agreement"
	SingleChoice   QuestionKind = "single-choice"
	MultipleChoice QuestionKind = "multiple-choice"
	YesNo          QuestionKind = "yes-no"
	ShortText      QuestionKind = "short-text"
	Information    QuestionKind = "information"
)

// QuestionKinds lists every kind of question.
var QuestionKinds = []QuestionKind{
	Smiley, Stars, NPS, Agreement, SingleChoice, MultipleChoice, YesNo, ShortText, Information,
}

// Question is one thing asked. Its Code never changes between versions: it is the name of the column in every export.
type Question struct {
	Code string
	Kind QuestionKind
	Text Text
	Hint Text // may be empty
	// Required forbids to skip the question. The glass offers «Пропустить» otherwise.
	Required  bool
	Relevance *expr.Program // nil: always; may name earlier questions only
	// Group is the indicator group of the client-centricity index, 1 to 5 (1 friendliness and partnership, 2 usefulness of
	// the visit, 3 least effort, 4 personal approach, 5 outward comfort and convenience); 0 for none.
	Group int
	// Reversed marks a scale on which a higher value is worse.
	Reversed bool
	Choices  []Choice // for SingleChoice and MultipleChoice only
	// MaxLength bounds a text, in runes, 500 unless the author says otherwise; 0 for other kinds.
	MaxLength int
	// Low and High are the words at the ends of NPS and Agreement scales; empty means the product's own.
	Low, High Text
}

// Choice is one of the answers a choice question offers. Its Code never changes between versions.
type Choice struct {
	Code string
	Text Text
	// Exclusive takes every other choice away when it is chosen, as "none of these" does. MultipleChoice only.
	Exclusive bool
}

// Scale returns the lowest and highest value of a question answered with a whole number, and false for other kinds:
// Smiley 1–4 (4 best), Stars 1–5, NPS 0–10, Agreement 1–5.
func (q *Question) Scale() (lowest, highest int, ok bool) {
	switch q.Kind {
	case Smiley:
		return 1, 4, true
	case Stars, Agreement:
		return 1, 5, true
	case NPS:
		return 0, 10, true
	}
	return 0, 0, false
}

// Choice returns the choice with the given code.
func (q *Question) Choice(code string) (Choice, bool) {
	for _, c := range q.Choices {
		if c.Code == code {
			return c, true
		}
	}
	return Choice{}, false
}

// Questions returns all questions in the order of the pages.
func (s *Survey) Questions() []*Question { return s.questions }

// Question returns the question with the given code, or nil.
func (s *Survey) Question(code string) *Question {
	if i, ok := s.byCode[code]; ok {
		return s.questions[i]
	}
	return nil
}
