package expr_test

import (
	"math"
	"slices"
	"testing"

	"otklik/surveys/expr"
)

func TestValuesTellWhatTheyHold(t *testing.T) {
	for _, c := range []struct {
		value expr.Value
		typ   expr.Type
		text  string
		empty bool
	}{
		{expr.Value{}, expr.Any, "", true},
		{expr.Num(-0.25), expr.Number, "-0.25", false},
		{expr.Num(math.NaN()), expr.Number, "", true},
		{expr.Num(math.Inf(-1)), expr.Number, "", true},
		{expr.Str("x"), expr.Text, "x", false},
		{expr.Str(""), expr.Text, "", true},
		{expr.List([]string{"b", "a"}), expr.Codes, "b a", false},
		{expr.List([]string{}), expr.Codes, "", true},
		{expr.Bool(true), expr.Boolean, "true", false},
		{expr.Bool(false), expr.Boolean, "false", false},
		{expr.DateOf("2026-01-31"), expr.Date, "2026-01-31", false},
		{expr.TimeOf("x"), expr.Time, "", true},
	} {
		v := c.value
		n, ok := v.Number()
		if v.Type() != c.typ || v.String() != c.text || v.IsEmpty() != c.empty || ok != (c.text == "-0.25") || ok && n != -0.25 ||
			v.Boolean() != (c.text == "true") || (len(v.Codes()) > 0) != (c.text == "b a") {
			t.Errorf("%#v tells otherwise", v)
		}
	}
}

func TestAProgramOfAnyTypeGivesItsValue(t *testing.T) {
	env := &expr.Env{Values: given, Now: clock}
	p := compile(t, "${sit}")
	if got := p.Eval(env); p.Type() != expr.Codes || !slices.Equal(got.Codes(), []string{"parent", "veteran"}) || p.String() != "${sit}" {
		t.Errorf("%s is %v", p, got)
	}
	if p.Text(given) != "" || p.Boolean(given) {
		t.Error("a multiple choice is taken for a text or a condition")
	}
	if got := compile(t, "${m}").Eval(env); got.Type() != expr.Number || !got.IsEmpty() {
		t.Errorf("an empty number is %v", got)
	}
}
