package surveys

import (
	"slices"

	"otklik/surveys/expr"
)

// QuestionKind says how a question is asked and what its value looks like. Value documents the format of each.
type QuestionKind string

// The kinds of question.
const (
	Smiley         QuestionKind = "smiley"          // four faces
	Stars          QuestionKind = "stars"           // one to five
	NPS            QuestionKind = "nps"             // would you recommend us, 0 to 10
	Agreement      QuestionKind = "agreement"       // levels between two ends
	SingleChoice   QuestionKind = "single-choice"   // one of a few
	MultipleChoice QuestionKind = "multiple-choice" // any of a few
	PictureChoice  QuestionKind = "picture-choice"  // one of a few pictures
	Dropdown       QuestionKind = "dropdown"        // one of many, with a search field
	Ranking        QuestionKind = "ranking"         // choices tapped in order, all or the Top first
	Matrix         QuestionKind = "matrix"          // rows that are all answered on one scale
	YesNo          QuestionKind = "yes-no"
	Slider         QuestionKind = "slider"      // a number from Min to Max in steps
	NumberEntry    QuestionKind = "number"      // a number typed on a keypad, from Min to Max
	Date           QuestionKind = "date"        // a day
	Time           QuestionKind = "time"        // hours and minutes
	DateTime       QuestionKind = "date-time"   // a day with hours and minutes
	ShortText      QuestionKind = "short-text"  // a few words
	LongText       QuestionKind = "long-text"   // a few sentences
	Phone          QuestionKind = "phone"       // a telephone number; see ParsePhone
	Email          QuestionKind = "email"       // a mail address
	Consent        QuestionKind = "consent"     // agreement to the use of personal data, on a screen of its own
	Signature      QuestionKind = "signature"   // written by finger; see Strokes
	Calculated     QuestionKind = "calculated"  // follows from other answers; no screen
	Hidden         QuestionKind = "hidden"      // known to the terminal; no screen
	Information    QuestionKind = "information" // asks nothing
)

// HiddenSources are what a Hidden question can take its value from: the terminal's configuration or command line.
var HiddenSources = []string{"site", "terminal", "window", "service", "event"}

// Traits are what all questions of a kind have in common.
type Traits struct {
	HasScreen  bool // is shown on the glass
	HasValue   bool // has an answer, and so columns in exports
	HasChoices bool // offers Question.Choices, as Visit.Choices orders them
	OneTap     bool // one tap on it is the whole answer
	List       bool // the value is a list of choice codes
	Text       bool // the value is typed on a keyboard
	Numeric    bool // the value is a number
	Personal   bool // may tell who somebody is; not asked by an anonymous survey
	Together   bool // may share a screen with other questions
}

// Traits returns the traits of the kind, all false for an unknown one.
func (k QuestionKind) Traits() Traits {
	if f := forms[k]; f != nil {
		return f.Traits
	}
	return Traits{}
}

// QuestionKinds lists every kind of question, in the order people read them.
var QuestionKinds = []QuestionKind{
	Smiley, Stars, NPS, Agreement, SingleChoice, MultipleChoice, PictureChoice, Dropdown, Ranking, Matrix, YesNo, Slider,
	NumberEntry, Date, Time, DateTime, ShortText, LongText, Phone, Email, Consent, Signature, Calculated, Hidden, Information,
}

// form is everything that this package knows of one kind. A family of kinds shares a file, kind_*.go.
type form struct {
	Traits
	lowest, highest int // of a scale
	// keys are those the kind has in YAML besides code, kind, text and relevance.
	keys []string
	// read reads the keys that need more than their own type; nil when none do.
	read func(l *loader, o object, q *Question)
	// check reports what is wrong with a value, without regard to other answers.
	check func(q *Question, v Value) error
	// variable is the type of the value in the logic language, 0 when it has none or the question decides it.
	variable expr.Type
	// literal reads a value of the kind from YAML, for default and correct; nil where neither belongs.
	literal func(l *loader, q *Question, f field) (Value, bool)
	// size is how many bytes the longest value takes as JSON.
	size func(q *Question) int
}

// forms holds the form of every kind.
var forms map[QuestionKind]*form

func init() {
	forms = map[QuestionKind]*form{}
	for _, family := range []map[QuestionKind]*form{scaleKinds(), choiceKinds(), numberKinds(), timeKinds(), textKinds(), otherKinds()} {
		for kind, f := range family {
			forms[kind] = f
		}
	}
}

// The keys of what is asked, by how much of it a kind can have.
var (
	asking = []string{"hint", "required", "required_message"}
	given  = slices.Concat(asking, []string{"image", "decline", "constraint", "constraint_message", "default", "time_limit"})
	marked = slices.Concat(given, []string{"correct", "points"})
	scaled = slices.Concat(marked, []string{"group", "reversed"})
)
