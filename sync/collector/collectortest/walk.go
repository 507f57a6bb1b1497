package collectortest

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"otklik/surveys"
)

// Comments are what visitors of Walk type; one of them runs as a formula where nobody takes care.
var Comments = []string{
	"Долго ждали в очереди к окну 4, талон вызвали через сорок минут. Когда подошли, всё сделали за пять.",
	"Спасибо большое Гузель, всё объяснила!", "Тесно и душно,\nпоставьте ещё кресла.", "=HYPERLINK(\"http://example.test\")",
	"Не нашла кабинет, указателей нет.", "Рәхмәт!",
}

// Walk goes through a survey as a visitor who mostly likes the place. Every answer is a valid one, and each question on the
// path has one; the seed is the visit's.
func Walk(s *surveys.Survey, seed uint64, chance *rand.Rand) (said []surveys.Answer) {
	answers := surveys.Answers{}
	visit := surveys.Visit{Survey: s, Seed: seed}
	for done := map[string]bool{}; ; {
		i := slices.IndexFunc(visit.Path(answers), func(q *surveys.Question) bool {
			return !done[q.Code] && q.Kind.Traits().HasValue
		})
		if i < 0 {
			return said
		}
		q := visit.Path(answers)[i]
		done[q.Code] = true
		a := surveys.Answer{Question: q.Code, Tenths: 10 + chance.IntN(90)}
		switch {
		case q.Kind == surveys.Calculated:
			visit.Prune(answers)
			a.Value = answers[q.Code]
		case q.Decline && chance.IntN(10) == 0:
			a.Outcome = surveys.Declined
		case q.TimeLimit > 0 && chance.IntN(10) == 0:
			a.Outcome = surveys.TimedOut
		case !q.Required && chance.IntN(10) < 2 || q.Kind.Traits().Text && !q.Kind.Traits().Numeric && chance.IntN(10) < 7:
			a.Outcome = surveys.Skipped
		default:
			a.Value = value(q, visit.Choices(q, answers), chance)
		}
		if a.Value.IsZero() && a.Outcome == surveys.Answered {
			a.Outcome = surveys.Skipped
		}
		if !a.Value.IsZero() {
			answers[q.Code] = a.Value
		}
		said = append(said, a)
	}
}

// value draws a valid answer to a question that offers these choices.
func value(q *surveys.Question, choices []surveys.Choice, chance *rand.Rand) surveys.Value {
	if lowest, highest, ok := q.Scale(); ok {
		return surveys.Number(float64(max(lowest, highest-int(chance.ExpFloat64()))))
	}
	text := func(s string) surveys.Value {
		r := []rune(s)
		return surveys.String(string(r[:min(len(r), q.MaxLength)]))
	}
	switch q.Kind {
	case surveys.SingleChoice, surveys.PictureChoice, surveys.Dropdown:
		return surveys.String(choices[chance.IntN(len(choices))].Code)
	case surveys.MultipleChoice:
		return surveys.Codes(some(choices, chance)...)
	case surveys.Ranking:
		codes := make([]string, 0, q.Top)
		for _, i := range chance.Perm(len(choices))[:min(q.Top, len(choices))] {
			codes = append(codes, choices[i].Code)
		}
		return surveys.Codes(codes...)
	case surveys.Matrix:
		var rows []surveys.RowValue
		for i, item := range q.Items() {
			if q.Required || i == 0 || chance.IntN(5) > 0 {
				rows = append(rows, surveys.RowValue{Row: q.Rows[i].Code, Value: value(item, item.Choices, chance)})
			}
		}
		return surveys.Rows(rows...)
	case surveys.YesNo, surveys.Consent:
		return surveys.String([]string{surveys.Yes, surveys.No}[chance.IntN(2)])
	case surveys.Slider, surveys.NumberEntry:
		stops := min((q.Max-q.Min)/q.Step, 1000)
		// Rounding takes the noise of binary fractions away.
		n := q.Min + float64(chance.IntN(int(stops)+1))*q.Step
		var v surveys.Value
		if err := v.UnmarshalJSON([]byte(fmt.Sprintf("%.*f", q.Decimals, n))); err != nil {
			panic(err) // a number in a fixed form is one
		}
		return v
	case surveys.Date:
		return surveys.String(fmt.Sprintf("2026-%02d-%02d", 1+chance.IntN(12), 1+chance.IntN(28)))
	case surveys.Time:
		return surveys.String(fmt.Sprintf("%02d:%02d", chance.IntN(24), chance.IntN(60)))
	case surveys.DateTime:
		return surveys.String(fmt.Sprintf("2026-%02d-%02dT%02d:%02d", 1+chance.IntN(12), 1+chance.IntN(28), chance.IntN(24), chance.IntN(60)))
	case surveys.Phone:
		return surveys.String(fmt.Sprintf("+7917%07d", chance.IntN(1e7)))
	case surveys.Email:
		return surveys.String(fmt.Sprintf("roza%d@example.ru", chance.IntN(1000)))
	case surveys.Signature:
		v, _ := surveys.Strokes([][]surveys.Point{{{X: chance.IntN(1000), Y: chance.IntN(400)}, {X: chance.IntN(1000), Y: chance.IntN(400)}}})
		return v
	case surveys.Hidden:
		return text(fmt.Sprintf("A-%d", 1+chance.IntN(4)))
	}
	return text(Comments[chance.IntN(len(Comments))])
}

// some takes any of the choices, or one that excludes the others.
func some(choices []surveys.Choice, chance *rand.Rand) []string {
	codes := []string{}
	for _, c := range choices {
		switch {
		case chance.IntN(3) > 0:
		case c.Exclusive:
			return []string{c.Code}
		default:
			codes = append(codes, c.Code)
		}
	}
	return codes
}
