package surveys

import (
	"fmt"
	"math"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"otklik/surveys/expr"
)

// scaleKinds are answered with a whole number on a fixed scale, by one tap.
func scaleKinds() map[QuestionKind]*form {
	scale := func(lowest, highest int, keys ...string) *form {
		return &form{
			Traits: Traits{HasScreen: true, HasValue: true, OneTap: true, Numeric: true, Together: true},
			lowest: lowest, highest: highest,
			keys:     append(keys, scaled...),
			check:    checkScale,
			variable: expr.Number,
			literal:  readNumber,
			size:     func(*Question) int { return len("10") },
		}
	}
	agreement := scale(1, usualLevels, "low", "high", "levels")
	agreement.read = func(_ *loader, o object, q *Question) { q.Levels = o.integerOr("levels", 3, 7, usualLevels) }
	return map[QuestionKind]*form{
		Smiley:    scale(1, 4),
		Stars:     scale(1, 5),
		NPS:       scale(0, 10, "low", "high"),
		Agreement: agreement,
	}
}

const usualLevels = 5

func checkScale(q *Question, v Value) error {
	lowest, highest, _ := q.Scale()
	n, ok := v.Float()
	if !ok || n != math.Trunc(n) || n < float64(lowest) || n > float64(highest) {
		return fmt.Errorf("%s is not a whole number from %d to %d", v.describe(), lowest, highest)
	}
	return nil
}

// numberKinds are answered with a number between bounds.
func numberKinds() map[QuestionKind]*form {
	bounded := func(keys ...string) *form {
		return &form{
			Traits:   Traits{HasScreen: true, HasValue: true, Numeric: true},
			keys:     append(append(keys, "min", "max"), marked...),
			check:    checkBounds,
			variable: expr.Number,
			literal:  readNumber,
			size:     func(*Question) int { return len("-1000000000.123456") },
		}
	}
	slider, number := bounded("step", "low", "high"), bounded("decimals")
	slider.Together, slider.keys = true, append(slider.keys, "group", "reversed")
	slider.read, number.read = readSlider, readNumberEntry
	number.Text = true
	return map[QuestionKind]*form{Slider: slider, NumberEntry: number}
}

// What a Number is bounded by when its author says nothing.
const (
	usualMax    = 999_999_999
	maxNumeral  = 1_000_000_000
	maxDecimals = 6
	maxStops    = 1000 // of a slider
)

func readSlider(_ *loader, o object, q *Question) {
	_, stepGiven := o.fields["step"]
	q.Min, q.Max, q.Step = o.number("min", 0), o.number("max", 100), o.number("step", 1)
	for q.Decimals = 0; q.Decimals < maxDecimals && !whole(q.Step, q.Decimals); q.Decimals++ {
	}
	for q.Decimals < maxDecimals && !whole(q.Min, q.Decimals) {
		q.Decimals++
	}
	stops := (q.Max - q.Min) / q.Step
	switch {
	case q.Max <= q.Min:
		o.problem(o.keyPlace("max", "min"), fmt.Sprintf("the slider goes from %s to %s", decimal(q.Min), decimal(q.Max)), "a max above its min")
	case stepGiven && (q.Step <= 0 || !whole(q.Step, maxDecimals)):
		o.problem(o.fields["step"].at, fmt.Sprintf("the step is %s", decimal(q.Step)), fmt.Sprintf("a number above 0 with at most %d decimal places", maxDecimals))
	case math.Abs(stops-math.Round(stops)) > 1e-9 || stops > maxStops:
		o.problem(o.keyPlace("step", "max", "min"), fmt.Sprintf("steps of %s do not lead from %s to %s", decimal(q.Step), decimal(q.Min), decimal(q.Max)),
			fmt.Sprintf("a whole number of steps, at most %d", maxStops))
	}
}

func readNumberEntry(_ *loader, o object, q *Question) {
	q.Decimals = o.integer("decimals", 0, maxDecimals, false)
	q.Min, q.Max, q.Step = o.number("min", 0), o.number("max", usualMax), math.Pow10(-q.Decimals)
	if q.Max <= q.Min {
		o.problem(o.keyPlace("max", "min"), fmt.Sprintf("the number goes from %s to %s", decimal(q.Min), decimal(q.Max)), "a max above its min")
	}
}

func checkBounds(q *Question, v Value) error {
	n, ok := v.Float()
	switch {
	case !ok || !(n >= q.Min && n <= q.Max):
		return fmt.Errorf("%s is not a number from %s to %s", v.describe(), decimal(q.Min), decimal(q.Max))
	case q.Kind == NumberEntry && !whole(n, q.Decimals):
		return fmt.Errorf("%s has more than %d decimal places", v.describe(), q.Decimals)
	case q.Kind == Slider && math.Abs((n-q.Min)/q.Step-math.Round((n-q.Min)/q.Step)) > 1e-6:
		return fmt.Errorf("%s is not a stop of the slider, which goes from %s in steps of %s", v.describe(), decimal(q.Min), decimal(q.Step))
	}
	return nil
}

// whole reports whether n has at most so many decimal places.
func whole(n float64, places int) bool {
	s := decimal(n)
	point := strings.IndexByte(s, '.')
	return point < 0 || len(s)-point-1 <= places
}

// decimal writes a number as Value does.
func decimal(n float64) string { return Number(n).describe() }

// readNumber reads a number that is a valid value.
func readNumber(l *loader, _ *Question, f field) (Value, bool) {
	n, ok := numberOf(f.node)
	if !ok {
		l.wrong(f, "a number")
	}
	return Number(n), ok
}

// numberOf returns the number a node stands for.
func numberOf(n ast.Node) (float64, bool) {
	switch n := n.(type) {
	case *ast.IntegerNode:
		switch v := n.Value.(type) {
		case int64:
			return float64(v), true
		case uint64:
			return float64(v), true
		}
	case *ast.FloatNode:
		return n.Value, !math.IsInf(n.Value, 0) && !math.IsNaN(n.Value)
	}
	return 0, false
}
