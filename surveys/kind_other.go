package surveys

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"otklik/surveys/expr"
)

// otherKinds are the kinds with a form of their own.
func otherKinds() map[QuestionKind]*form {
	return map[QuestionKind]*form{
		Matrix: {
			Traits: Traits{HasScreen: true, HasValue: true},
			keys:   slices.Concat(asking, []string{"decline", "time_limit", "rows", "scale", "choices", "levels", "low", "high", "group", "reversed"}),
			read:   readMatrix,
			check:  checkMatrix,
			size:   matrixSize,
		},
		Consent: {
			Traits:   Traits{HasScreen: true, HasValue: true, OneTap: true},
			keys:     slices.Concat(asking, []string{"consent", "constraint", "constraint_message"}),
			read:     readConsent,
			check:    checkCode,
			variable: expr.Text,
			size:     longestCode,
		},
		Signature: {
			Traits: Traits{HasScreen: true, HasValue: true, Personal: true},
			keys:   slices.Concat(asking, []string{"decline"}),
			check:  checkSignature,
			size:   func(*Question) int { return MaxSignatureBytes },
		},
		Calculated: {
			Traits: Traits{HasValue: true},
			keys:   []string{"calculation"},
			read: func(_ *loader, o object, _ *Question) {
				o.get("calculation", "an expression such as ${a} + ${b}", true)
			},
			check: checkCalculated,
			size:  func(*Question) int { return 6 * maxCalculated },
		},
		Hidden: {
			Traits: Traits{HasValue: true},
			keys:   []string{"source", "default"},
			read: func(_ *loader, o object, q *Question) {
				q.Source, q.MaxLength = oneOf(o, "source", HiddenSources), maxLabel
			},
			check:    checkText,
			variable: expr.Text,
			literal:  readText,
			size:     func(q *Question) int { return 6 * q.MaxLength },
		},
		Information: {
			Traits: Traits{HasScreen: true},
			keys:   []string{"hint", "image"},
			check: func(_ *Question, v Value) error {
				if !v.IsZero() {
					return fmt.Errorf("%s answers a page that asks nothing", v.describe())
				}
				return nil
			},
			size: func(*Question) int { return 0 },
		},
	}
}

// rowScales are the ways in which the rows of a matrix can be answered without choices.
var rowScales = []QuestionKind{Smiley, Stars, NPS, Agreement}

// readMatrix reads the rows and the one scale of a matrix: choices, or the name of a scale.
func readMatrix(l *loader, o object, q *Question) {
	seen := map[string]place{}
	for _, f := range o.list("rows", "rows", 1, maxRows, true) {
		r, ok := l.object(f, "a row", "code", "text", "reversed")
		if !ok {
			continue
		}
		code, at := l.code(r)
		l.distinct(seen, "row", code, at)
		q.Rows = append(q.Rows, Row{Code: code, Text: l.text(r, "text", maxLabel, true), Reversed: r.boolean("reversed")})
	}
	scale, byScale := o.fields["scale"]
	choices, byChoices := o.fields["choices"]
	switch {
	case byScale && byChoices:
		l.problem(later(scale.at, choices.at), "the matrix has a scale and choices", "one of them")
	case byScale:
		q.RowKind = oneOf(o, "scale", rowScales)
	case byChoices:
		q.RowKind = SingleChoice
	default:
		l.problem(o.at, "the matrix has no scale", "scale or choices")
	}
	for key, kinds := range map[string][]QuestionKind{
		"levels": {Agreement}, "low": {NPS, Agreement}, "high": {NPS, Agreement}, "group": rowScales, "reversed": rowScales,
	} {
		if f, ok := o.fields[key]; ok && q.RowKind != "" && !slices.Contains(kinds, q.RowKind) {
			l.problem(f.at, fmt.Sprintf("%s does not belong to a matrix with this scale", key), key+" with the scale "+orList(kinds)+" only")
		}
	}
	if q.RowKind == Agreement {
		q.Levels = o.integerOr("levels", 3, 7, usualLevels)
	}
	q.items = q.Items()
}

func later(a, b place) place {
	if a.line > b.line || a.line == b.line && a.column > b.column {
		return a
	}
	return b
}

func checkMatrix(q *Question, v Value) error {
	answered, ok := v.Rows()
	switch {
	case !ok:
		return fmt.Errorf("%s is not the rows of a matrix", v.describe())
	case len(answered) == 0:
		return errors.New("no row is answered; a question without an answer is skipped")
	case q.Required && len(answered) < len(q.Rows):
		return fmt.Errorf("%d of %d rows are answered, and the question is required", len(answered), len(q.Rows))
	}
	last := -1
	for _, a := range answered {
		i := slices.IndexFunc(q.Rows, func(r Row) bool { return r.Code == a.Row })
		switch {
		case i < 0:
			return fmt.Errorf("%s is not the code of one of its rows", String(a.Row).describe())
		case i <= last:
			return fmt.Errorf("the row %s is out of order: rows stand once each, in the order of the survey", a.Row)
		}
		if err := q.Items()[i].check(a.Value); err != nil {
			return fmt.Errorf("row %s: %w", a.Row, err)
		}
		last = i
	}
	return nil
}

func matrixSize(q *Question) int {
	total := 0
	for _, item := range q.Items() {
		total += len(item.Code) + len(`"":"",`) + item.size()
	}
	return total
}

func readConsent(l *loader, o object, q *Question) {
	f, ok := o.get("consent", "version, purpose and term of the consent", true)
	if !ok {
		return
	}
	c, ok := l.object(f, "the consent", "version", "purpose", "term", "statement")
	if !ok {
		return
	}
	q.Consent = &ConsentTerms{
		Purpose: l.text(c, "purpose", maxQuestion, true), Term: l.text(c, "term", maxLabel, true),
		Statement: l.text(c, "statement", maxStatement, false),
	}
	if v, ok := c.get("version", "the version of the consent's text, such as '2026-1'", true); ok {
		q.Consent.Version = l.line(v, maxCode).text
	}
}

// maxCalculated bounds a calculated text, in runes: what is longer is cut.
const maxCalculated = 200

func checkCalculated(q *Question, v Value) error {
	if _, isText := v.Text(); isText && (q.Calculation == nil || q.Calculation.Type() != expr.Number) {
		return checkText(&Question{MaxLength: maxCalculated}, v)
	}
	if _, isNumber := v.Float(); isNumber && (q.Calculation == nil || q.Calculation.Type() == expr.Number) {
		return nil
	}
	return fmt.Errorf("%s is not what its calculation gives", v.describe())
}

// calculated turns the result of a calculation into an answer: no value when it is empty. What a text cannot contain is
// taken out of it.
func calculated(result expr.Value) Value {
	if result.IsEmpty() {
		return Value{}
	}
	if n, ok := result.Number(); ok {
		return Number(n)
	}
	s := []rune(clean(result.String()))
	if len(s) == 0 {
		return Value{}
	}
	return String(string(s[:min(len(s), maxCalculated)]))
}

func checkSignature(_ *Question, v Value) error {
	s, ok := v.Text()
	if !ok {
		return fmt.Errorf("%s is not a signature", v.describe())
	}
	if !utf8.ValidString(s) {
		return errors.New("the signature is not valid UTF-8")
	}
	_, err := ParseStrokes(s)
	return err
}
