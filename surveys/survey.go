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
	Thanks Text
	// Anonymous promises that no answer leads to a person: such a survey asks nothing personal, and its records carry a
	// random id and a time coarsened to the day. Every staff survey is anonymous.
	Anonymous bool
	// Partial keeps what a visitor answered who went away before the end; otherwise it is dropped. A test cannot have it.
	Partial   bool
	Audiences []Audience
	Quotas    []Quota
	// Sample and Schedule say which visitors are asked and when; nil for all of them, always.
	Sample   *Sample
	Schedule *Schedule
	// Test is how the answers are marked; nil for what is not marked. Only a survey of the kind Test has one.
	Test  *TestRules
	Pages []Page
	// Images are the pictures that questions and choices name as files, by name: PNG or JPEG, as they were published. Empty for a source
	// that its author has not published yet; Pack puts them in.
	Images map[string][]byte

	files     []named        // the pictures that choices name, in the order of the source
	questions []*Question    // all questions in the order of the pages
	byCode    map[string]int // index in questions
	slots     int            // how many variables the logic language sees: questions, and rows of matrices
}

// Audience is one group of clients that figures are cut by, such as job seekers and employers.
type Audience struct {
	Code string
	Name Text
	// When says whether a visitor belongs to the audience, from the answers given; nil for everyone.
	When *expr.Program
}

// Page holds questions that belong together: they share a relevance, and of a page with Pick each visitor is asked only
// some. The glass shows one question a screen, or with Together all of them on one.
type Page struct {
	Relevance *expr.Program // nil: always; may name questions of earlier pages only
	// Pick is how many of the page's relevant questions one visitor is asked, drawn by the visit's seed; 0 asks all.
	Pick int
	// Random asks the questions in an order drawn by the visit's seed. On a page with Pick or Random no question's logic
	// names another question of the page.
	Random bool
	// Together shows the page's questions on one screen; all of them are of kinds with the trait Together.
	Together  bool
	Questions []*Question
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
