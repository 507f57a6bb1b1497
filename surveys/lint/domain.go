package lint

import (
	"math"
	"slices"
	"strconv"
	"time"

	"otklik/surveys"
	"otklik/surveys/expr"
)

// Bounds of what is tried one by one.
const (
	maxStops = 101 // values of a slider or a number
	maxCodes = 8   // choices of which any may be taken
)

// domain returns values of a variable such that every value that an answer can have has the same effect as one of them;
// the first one is empty. ok is false when there are too many, or when nothing is known of them.
func domain(v *variable) (values []expr.Value, ok bool) {
	values, q, u := []expr.Value{{}}, v.item, v.use
	if lowest, highest, isScale := q.Scale(); isScale {
		for n := lowest; n <= highest; n++ {
			values = append(values, expr.Num(float64(n)))
		}
		return values, true
	}
	switch {
	case u.Type == expr.Text && u.Choices != nil:
		for _, code := range u.Choices {
			values = append(values, expr.Str(code))
		}
		return values, true
	case u.Type == expr.Codes:
		return codeSets(q, u)
	case u.Type == expr.Number && (q.Kind == surveys.Slider || q.Kind == surveys.NumberEntry):
		return numbers(q, u)
	case !u.Only:
		return nil, false
	case u.Type == expr.Number:
		for _, c := range u.Compared {
			n, _ := c.Number()
			values = append(values, expr.Num(math.Nextafter(n, math.Inf(-1))), c, expr.Num(math.Nextafter(n,
				math.Inf(1))))
		}
		return append(values, expr.Num(0)), true
	case u.Type == expr.Date:
		return dates(q, u)
	case u.Type == expr.Text:
		other := "a"
		for slices.ContainsFunc(u.Compared, func(c expr.Value) bool { return c.String() == other }) {
			other += "a"
		}
		return append(append(values, u.Compared...), expr.Str(other)), true
	case u.Type == expr.Time && len(u.Compared) == 0:
		return append(values, expr.TimeOf("12:00")), true
	case u.Type == expr.DateTime && len(u.Compared) == 0:
		return append(values, expr.DateTimeOf("2026-01-31T12:00")), true
	}
	return nil, false
}

// codeSets returns what can be taken of a multiple choice or a ranking: of choices that no condition names, one stands for
// all.
func codeSets(q *surveys.Question, u expr.Use) (values []expr.Value, ok bool) {
	exclusive := func(code string) bool {
		c, _ := q.Choice(code)
		return c.Exclusive
	}
	var codes []string
	usual, single := false, false // whether an unnamed choice is there already
	for _, c := range q.Choices {
		named := !u.Only || slices.ContainsFunc(u.Compared, func(v expr.Value) bool { return v.String() == c.Code })
		switch {
		case !named && c.Exclusive && single, !named && !c.Exclusive && usual:
			continue
		case !named && c.Exclusive:
			single = true
		case !named:
			usual = true
		}
		codes = append(codes, c.Code)
	}
	if len(codes) > maxCodes || !u.Only && q.Kind == surveys.Ranking {
		return nil, false
	}
	for set := range 1 << len(codes) {
		var taken []string
		for i, code := range codes {
			if set&(1<<i) != 0 {
				taken = append(taken, code)
			}
		}
		if len(taken) < 2 || !slices.ContainsFunc(taken, exclusive) {
			values = append(values, expr.List(taken))
		}
	}
	return values, true
}

// numbers returns the bounds of a number and the values around what it is compared with, or all of them when they are few.
func numbers(q *surveys.Question, u expr.Use) (values []expr.Value, ok bool) {
	values = []expr.Value{{}}
	last := math.Round((q.Max - q.Min) / q.Step)
	stop := func(k float64) {
		if k < 0 || k > last {
			return
		}
		n, err := strconv.ParseFloat(strconv.FormatFloat(q.Min+k*q.Step, 'f', q.Decimals, 64), 64)
		if err == nil && !slices.ContainsFunc(values, func(v expr.Value) bool {
			m, ok := v.Number()
			return ok &&
				m == n
		}) {
			values = append(values, expr.Num(n))
		}
	}
	if !u.Only {
		if last >= maxStops {
			return nil, false
		}
		for k := 0.0; k <= last; k++ {
			stop(k)
		}
		return values, true
	}
	stop(0)
	for _, c := range u.Compared {
		n, _ := c.Number()
		k := math.Floor((n - q.Min) / q.Step)
		for _, step := range []float64{-1, 0, 1, 2} {
			stop(k + step)
		}
	}
	stop(last)
	return values, true
}

// dates returns the bounds of a date and the days around what it is compared with.
func dates(q *surveys.Question, u expr.Use) (values []expr.Value, ok bool) {
	const form = "2006-01-02"
	values = []expr.Value{{}}
	var days []string
	if q.Kind == surveys.Date {
		days = append(days, q.Earliest, q.Latest)
	}
	for _, c := range u.Compared {
		day, err := time.Parse(form, c.String())
		if err != nil {
			return nil, false
		}
		for _, by := range []int{-1, 0, 1} {
			days = append(days, day.AddDate(0, 0, by).Format(form))
		}
	}
	days = append(days, "2026-01-31")
	slices.Sort(days)
	for _, day := range slices.Compact(days) {
		if day != "" && (q.Kind != surveys.Date || (q.Earliest == "" || day >= q.Earliest) && (q.Latest == "" ||
			day <= q.Latest)) {
			values = append(values, expr.DateOf(day))
		}
	}
	return values, true
}
