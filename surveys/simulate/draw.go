package simulate

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"otklik/surveys"
)

// draw is any answer to the question that is right by itself; a constraint may still be against it.
func (v *visit) draw(q *surveys.Question) surveys.Value {
	if lowest, highest, ok := q.Scale(); ok {
		return surveys.Number(float64(lowest + v.random.IntN(highest-lowest+1)))
	}
	switch q.Kind {
	case surveys.SingleChoice, surveys.PictureChoice, surveys.Dropdown:
		offered := v.offered(q)
		return surveys.String(offered[v.random.IntN(len(offered))])
	case surveys.MultipleChoice:
		return v.drawSeveral(q)
	case surveys.Ranking:
		return v.drawRanking(q)
	case surveys.Matrix:
		return v.drawRows(q)
	case surveys.YesNo, surveys.Consent:
		return surveys.String([]string{surveys.Yes, surveys.No}[v.random.IntN(2)])
	case surveys.Slider, surveys.NumberEntry:
		return v.drawNumber(q)
	case surveys.Date, surveys.Time, surveys.DateTime:
		return v.drawMoment(q)
	case surveys.Phone: // no Russian number begins with 0: it is nobody's
		return surveys.String(fmt.Sprintf("+7000%07d", v.random.IntN(10_000_000)))
	case surveys.Email: // RFC 2606 keeps the host for examples
		return surveys.String(fmt.Sprintf("visitor%d@example.org", v.random.IntN(100_000)))
	case surveys.Signature:
		return v.drawSignature()
	}
	return v.drawText(q)
}

// offered are the codes of the choices that are offered, in the order of the survey; at least one, as the question is asked.
func (v *visit) offered(q *surveys.Question) []string {
	shown := map[string]bool{}
	for _, c := range v.rules.Choices(q, v.answers) {
		shown[c.Code] = true
	}
	var codes []string
	for _, c := range q.Choices {
		if shown[c.Code] || q.Kind == surveys.SingleChoice && len(shown) == 0 { // a row of a matrix offers all
			codes = append(codes, c.Code)
		}
	}
	return codes
}

func (v *visit) drawSeveral(q *surveys.Question) surveys.Value {
	codes := []string{}
	likely := 1 + v.random.IntN(4)
	for _, code := range v.offered(q) {
		if v.random.IntN(5) >= likely {
			continue
		}
		if c, _ := q.Choice(code); c.Exclusive {
			if v.oneIn(2) {
				return surveys.Codes(code)
			}
			continue
		}
		codes = append(codes, code)
	}
	return surveys.Codes(codes...)
}

func (v *visit) drawRanking(q *surveys.Question) surveys.Value {
	codes := v.offered(q)
	v.random.Shuffle(len(codes), func(i, j int) { codes[i], codes[j] = codes[j], codes[i] })
	places := min(q.Top, len(codes))
	if !q.Required && v.oneIn(4) {
		places = 1 + v.random.IntN(places)
	}
	return surveys.Codes(codes[:places]...)
}

func (v *visit) drawRows(q *surveys.Question) surveys.Value {
	items := q.Items()
	certain := v.random.IntN(len(items)) // at least one row is answered
	var given []surveys.RowValue
	for i, item := range items {
		if !q.Required && i != certain && v.oneIn(6) {
			continue
		}
		var value surveys.Value
		if item.Kind == surveys.SingleChoice {
			value = surveys.String(item.Choices[v.random.IntN(len(item.Choices))].Code)
		} else {
			value = v.draw(item)
		}
		given = append(given, surveys.RowValue{Row: q.Rows[i].Code, Value: value})
	}
	return surveys.Rows(given...)
}

// drawNumber is one of the numbers the question takes. People type small ones: every other is less than a hundred steps
// from the least, where the range is longer.
func (v *visit) drawNumber(q *surveys.Question) surveys.Value {
	steps := math.Floor((q.Max-q.Min)/q.Step + 1e-9)
	if v.oneIn(2) {
		steps = min(steps, 100)
	}
	return number(q, q.Min+q.Step*math.Floor(v.random.Float64()*(steps+1)))
}

// number writes n with as many decimal places as the question has.
func number(q *surveys.Question, n float64) surveys.Value {
	places := math.Pow10(q.Decimals)
	return surveys.Number(min(math.Round(n*places)/places, q.Max))
}

// layouts are how days and times are written; in this form they sort as texts.
var layouts = map[surveys.QuestionKind]string{
	surveys.Date: "2006-01-02", surveys.Time: "15:04", surveys.DateTime: "2006-01-02T15:04",
}

// drawMoment is a moment between the bounds, if there are any, or not far from the visit: one time in two near a bound, the
// visit or another answer.
func (v *visit) drawMoment(q *surveys.Question) surveys.Value {
	layout := layouts[q.Kind]
	if q.Kind == surveys.Time {
		return surveys.String(time.Unix(60*v.random.Int64N(24*60), 0).UTC().Format(layout))
	}
	const day = 24 * time.Hour
	first, last := v.rules.Began.Add(-3*365*day), v.rules.Began.Add(365*day)
	if t, err := time.Parse(layout, q.Earliest); err == nil {
		first = t
		if q.Latest == "" {
			last = t.Add(4 * 365 * day)
		}
	}
	if t, err := time.Parse(layout, q.Latest); err == nil {
		last = t
		if q.Earliest == "" {
			first = t.Add(-4 * 365 * day)
		}
	}
	drawn := first.Add(time.Duration(v.random.Int64N(int64(max(1, last.Sub(first))))))
	if v.oneIn(2) {
		near := []time.Time{first, last, v.rules.Began}
		drawn = near[v.random.IntN(len(near))].Add(time.Duration(v.random.Int64N(int64(14*day))) - 7*day)
	}
	return surveys.String(drawn.Format(layout))
}

func (v *visit) drawSignature() surveys.Value {
	strokes := make([][]surveys.Point, 1+v.random.IntN(3))
	for i := range strokes {
		for range 2 + v.random.IntN(20) {
			strokes[i] = append(strokes[i], surveys.Point{
				X: v.random.IntN(surveys.StrokesWidth + 1), Y: v.random.IntN(surveys.StrokesHeight + 1),
			})
		}
	}
	value, _ := surveys.Strokes(strokes)
	return value
}

// said is what people write, with what spreadsheets, tables and old programs stumble over.
var said = []string{
	"Всё хорошо, спасибо!", "Долго ждали в очереди", "Специалист объяснил понятно и подробно", "Талон №12 не вызвали",
	"Барысы да ошады, рәхмәт", "Озак көттек, үзәктә урын җитми", "Thank you, all was clear", "=1+1", "+7", "-", "@всем",
	"«Кавычки» и \"кавычки\"", "a;b,c", "50 % <b>скидка</b> & ещё", "🙂👍🏽", "нет", "0",
}

// drawText is a few of those sentences, no longer than the question allows.
func (v *visit) drawText(q *surveys.Question) surveys.Value {
	text := said[v.random.IntN(len(said))]
	glue := " "
	if q.Kind == surveys.LongText {
		glue = "\n"
	}
	for !v.oneIn(3) {
		text += glue + said[v.random.IntN(len(said))]
	}
	runes := []rune(text)
	return surveys.String(string(runes[:min(len(runes), q.MaxLength)]))
}

var (
	numeral = regexp.MustCompile(`[0-9]+(\.[0-9]+)?`)
	quoted  = regexp.MustCompile(`'[^']*'|"[^"]*"`)
)

// hints are answers that a narrow constraint may be about: the default, right answers, what it names, and the other answers.
func (v *visit) hints(q *surveys.Question) (values []surveys.Value) {
	values = append(values, q.Default)
	values = append(values, q.Correct...)
	for _, code := range v.offered(q) {
		values = append(values, surveys.String(code), surveys.Codes(code))
	}
	if q.Kind == surveys.YesNo || q.Kind == surveys.Consent {
		values = append(values, surveys.String(surveys.Yes), surveys.String(surveys.No))
	}
	for _, other := range v.answers {
		values = append(values, other)
	}
	// A map has no order, and the same state of random is to give the same response.
	slices.SortStableFunc(values, func(a, b surveys.Value) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	if q.Constraint == nil {
		return values
	}
	source := q.Constraint.String()
	for _, s := range quoted.FindAllString(source, -1) {
		values = append(values, surveys.String(s[1:len(s)-1]))
	}
	for _, s := range numeral.FindAllString(source, -1) {
		if n, err := strconv.ParseFloat(s, 64); err == nil {
			for _, n := range []float64{n, -n} {
				values = append(values, number(q, n-q.Step), number(q, n), number(q, n+q.Step))
			}
			values = append(values, surveys.String(strings.Repeat("а", min(int(max(0, n)), q.MaxLength))))
		}
	}
	if q.Min < q.Max {
		values = append(values, number(q, q.Min), number(q, q.Max))
	}
	return values
}
