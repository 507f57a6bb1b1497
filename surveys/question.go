package surveys

import "otklik/surveys/expr"

// Question is one thing asked. Its Code never changes between versions: it is the name of the column in every export.
// Which fields a kind uses is in its doc comment; the others are zero.
type Question struct {
	Code string
	Kind QuestionKind
	Text Text
	Hint Text // may be empty
	// Image is a picture under the question's words: as Choice.Image. "" for none.
	Image string
	// Required forbids to skip the question. The glass offers «Пропустить» otherwise.
	Required bool
	// RequiredMessage is what the glass says to a visitor who goes on without an answer; empty means the product's own.
	RequiredMessage Text
	// Decline offers «Не хочу отвечать», also on a required question; the outcome is Declined.
	Decline   bool
	Relevance *expr.Program // nil: always; may name earlier questions only
	// Constraint must hold for an answer, which it names as "."; nil for none. Visit.Check evaluates it.
	Constraint        *expr.Program
	ConstraintMessage Text // empty means the product's own
	// Default is the answer the glass shows before the visitor gave one; it counts once the visitor goes on with it. For
	// Hidden it is the value when the terminal has none. No value means no default.
	Default Value
	// Group is the indicator group of the client-centricity index, 1 to 5 (1 friendliness and partnership, 2 usefulness of
	// the visit, 3 least effort, 4 personal approach, 5 outward comfort and convenience); 0 for none.
	Group int
	// Reversed marks a scale on which a higher value is worse.
	Reversed bool
	// Levels is the highest value of an Agreement scale, 3 to 7 (7 for the customer effort score); 0 for other kinds.
	Levels  int
	Choices []Choice // for kinds with the trait HasChoices, and for a Matrix whose rows are answered by choices
	// RandomChoices offers the choices in an order drawn by the visit's seed; see Visit.Choices.
	RandomChoices bool
	// Top is how many choices a Ranking puts in order; 0 for other kinds.
	Top int
	// Rows are what a Matrix asks about, each with a value of its own.
	Rows []Row
	// RowKind is how each row of a Matrix is answered: Smiley, Stars, NPS, Agreement, or SingleChoice with the question's
	// Choices; "" for other kinds.
	RowKind QuestionKind
	// MaxLength bounds a text, in runes; 0 for kinds that are not typed.
	MaxLength int
	// Min, Max and Step bound a Slider or a Number; Step is 1 or, for a Number with decimal places, 0.1, 0.01 and so on.
	Min, Max, Step float64
	// Decimals is how many decimal places a Slider's or a Number's values have, 0 to 6.
	Decimals int
	// Earliest and Latest bound a Date ("2026-12-31"), a Time ("17:45") or a DateTime ("2026-12-31T17:45"), both included; "" is no bound.
	Earliest, Latest string
	// Low and High are the words at the ends of an NPS, an Agreement, a Slider; empty means the product's own.
	Low, High Text
	Consent   *ConsentTerms // for Consent only
	// Calculation gives the value of a Calculated question, of the type Result.
	Calculation *expr.Program
	// Source is where a Hidden question has its value from: one of HiddenSources.
	Source string
	// Correct lists the right answers of a test's question; any of them earns Points. Empty for what is not marked.
	Correct []Value
	Points  int
	// TimeLimit is how many seconds a test gives for the question; 0 for no limit.
	TimeLimit int

	items []*Question // see Items
	slot  int         // of its own variable in the logic language; those of its rows follow
}

// Choice is one of the answers a choice question offers. Its Code never changes between versions.
type Choice struct {
	Code string
	Text Text
	// Exclusive takes every other choice away when it is chosen, as "none of these" does. MultipleChoice only.
	Exclusive bool
	// Last keeps the choice behind the others when the order is random. Exclusive choices and one with the code "other"
	// have it without being told.
	Last bool
	// Image is a file that lies beside the survey ("ticket.png"), or without a dot the name of one of the product's icons
	// ("ticket"); "" for none.
	Image string
	// When says whether the choice is offered, from the answers given before the question; nil: always.
	When *expr.Program
}

// Row is one thing that a Matrix asks about. Its Code never changes: question/row names a column in every export.
type Row struct {
	Code string
	Text Text
	// Reversed marks a row on whose scale a higher value is worse.
	Reversed bool
}

// ConsentTerms is what a Consent question asks agreement to (152-ФЗ, article 9). When it was given follows from the response.
type ConsentTerms struct {
	Version   string // of the text, as the lawyers number it
	Purpose   Text   // what the data are for
	Term      Text   // until when the consent holds
	Statement Text   // the full text, to be read on request; may be empty
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

// Scale returns the lowest and highest value of a question answered with a whole number, and false for other kinds:
// Smiley 1–4 (4 best), Stars 1–5, NPS 0–10, Agreement 1–5 unless Levels says otherwise.
func (q *Question) Scale() (lowest, highest int, ok bool) {
	switch {
	case q.Kind == Agreement && q.Levels > 0:
		return 1, q.Levels, true
	case forms[q.Kind] != nil:
		f := forms[q.Kind]
		return f.lowest, f.highest, f.highest > 0
	}
	return 0, 0, false
}

// Items returns what is measured by itself: for a Matrix one question for each row, with the code question/row, the row's
// text and the kind RowKind; for every other question itself. The caller must not change them.
func (q *Question) Items() []*Question {
	if q.items != nil {
		return q.items
	}
	if q.Kind != Matrix {
		return []*Question{q}
	}
	items := make([]*Question, len(q.Rows))
	for i, r := range q.Rows {
		items[i] = &Question{
			Code: q.Code + "/" + r.Code, Kind: q.RowKind, Text: r.Text, Hint: q.Hint, Group: q.Group,
			Reversed: q.Reversed != r.Reversed, Levels: q.Levels, Choices: q.Choices, Low: q.Low, High: q.High,
		}
	}
	return items
}
