package expr_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"otklik/surveys/expr"
)

func TestUsesNameEachVariableAndWhatItIsComparedWith(t *testing.T) {
	for source, want := range map[string]string{
		"true()":                                  "",
		"${n} <= 2 or ${n} > -3 or 2 = ${n}":      "${n} only 2 -3",
		"${who} = 'employer' and ${who} != ''":    "${who} only employer",
		"selected(${sit}, 'parent') or ${n} = ''": "${sit} only parent, ${n} only",
		"${sit} = ''":                             "${sit} only",
		"count(${t}, ${d}) = 2":                   "${t} only, ${d} only",
		"${d} >= date('2026-01-31')":              "${d} only 2026-01-31",
		"selected(${who}, 'employer')":            "${who} only employer",
		"selected(${sit}, ${t})":                  "${sit}, ${t}",
		"count-selected(${sit}) > 1":              "${sit}",
		"${n} > ${m}":                             "${m}, ${n}",
		"${n} + 1 > 2 and ${n} < 9":               "${n} 9",
		"${n} < 9 and ${n} + 1 > 2":               "${n} 9",
		"if(${n} = 1, ${m}, 2) > 2":               "${n} only 1, ${m}",
		"contains(${t}, 'a')":                     "${t}",
		"coalesce(${t}, 'a') = 'b'":               "${t}",
		"concat(${t}, 'a') = 'b'":                 "${t}",
		"${d} >= today() or ${ok}":                "${d}, ${ok}",
		"${when} > date('2026-01-31')":            "${when}",
	} {
		var got []string
		for _, u := range mustCompile(t, source).Uses() {
			text := u.Name
			if u.Only {
				text += " only"
			}
			for _, v := range u.Compared {
				text += " " + v.String()
			}
			got = append(got, text)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s uses %s, want %s", source, strings.Join(got, ", "), want)
		}
	}
}

func mustCompile(t *testing.T, source string) *expr.Program {
	t.Helper()
	p, err := expr.Compile(source, expr.Boolean, expr.WithOwn(scope, expr.Variable{Slot: 1, Type: expr.Number}))
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	return p
}

func TestClockIsWhatTodayAndNowNeed(t *testing.T) {
	for source, want := range map[string]bool{
		"${d} > today()":                            true,
		"min(${d}, today()) = ${d}":                 true,
		"contains(concat(string(now()), 'a'), 'b')": true,
		"if(now() = ${when}, 1, 2) = 1":             true,
		"${d} > date('2026-01-31')":                 false,
		strings.Repeat("concat(", 60) + "'a'" + strings.Repeat(", 'b')", 60) + " = 'c'": false,
	} {
		if got := mustCompile(t, source).Clock(); got != want {
			t.Errorf("%s: %v", source, got)
		}
	}
}

// Two values that every constant of a comparison tells from each other in the same way have the same effect.
func TestOnlyComparedVariablesMatterByTheirComparisons(t *testing.T) {
	constants := []string{"1", "2.5", "-3"}
	values := []expr.Value{{}}
	for _, x := range []float64{-100, -4, -3, -2, 0, 1, 2, 2.5, 2.75, 3, 100} {
		values = append(values, expr.Num(x))
	}
	var sources []string
	for _, o := range []string{"=", "!=", "<", "<=", ">", ">="} {
		for _, c := range constants {
			sources = append(sources, fmt.Sprintf("${n} %s %s", o, c), fmt.Sprintf("not(%s %s ${n}) and ${n} != ''", c, o),
				fmt.Sprintf("${n} %s %s or if(${n} < 2.5, count(${n}) = 1, ${n} = '')", o, c))
		}
	}
	for _, source := range sources {
		p := mustCompile(t, source)
		use := p.Uses()[0]
		if !use.Only {
			t.Fatalf("%s does more than compare", source)
		}
		effects := map[string]bool{}
		for _, v := range values {
			class := fmt.Sprint(v.IsEmpty())
			for _, c := range use.Compared {
				x, _ := v.Number()
				y, _ := c.Number()
				class += fmt.Sprint(!v.IsEmpty() && x < y, !v.IsEmpty() && x == y)
			}
			holds := p.Eval(&expr.Env{Values: []expr.Value{v}, Now: time.Time{}}).Boolean()
			if before, known := effects[class]; known && before != holds {
				t.Errorf("%s tells %s from another value of its class (%v)", source, v, use.Compared)
			}
			effects[class] = holds
		}
		if len(effects) < 3 {
			t.Errorf("%s has %d classes of values", source, len(effects))
		}
	}
}
