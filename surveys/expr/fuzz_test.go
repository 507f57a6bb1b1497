package expr_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"otklik/surveys/expr"
)

func FuzzCompile(f *testing.F) {
	for _, seed := range []string{
		"${who} = 'employer' and not(${n} <= 2)", "if(${n} > 1, 'a', \"b\") != ''", "((-1 + 2)) div 0 = ''",
		"selected(${sit}, 'parent') or count-selected(${sit}) > 1", "coalesce(${t}, ''", "${n} == «1»", "$", "'", "1..", "${",
		"regex(., '(a|b){2,3}\\d+')", "round(${m}, -2) + int('7,5')", "date('2026-01-31') - today() < now() - ${when}",
		"substr(concat(${t}, ${d}, ${sit}), -3, 9)", "once(string(min(${d}, ${e}, '')))", "selected-at(${rank}, count(${u}, 1))",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		for want := expr.Any; want <= expr.DateTime; want++ {
			p, err := expr.Compile(source, want, expr.WithOwn(scope, own))
			if err != nil {
				var e *expr.Error
				if !errors.As(err, &e) || e.Message == "" || e.Column < 1 || e.Column > len([]rune(source))+1 {
					t.Fatalf("%q: %#v", source, err)
				}
				continue
			}
			if want != expr.Any && p.Type() != want {
				t.Fatalf("%q has type %s", source, p.Type())
			}
			for _, env := range environments(int64(len(source))) {
				v := p.Eval(env)
				if n, ok := v.Number(); ok && n-n != 0 || v.Type() != p.Type() {
					t.Fatalf("%q is %v, a %s", source, v, v.Type())
				}
				if n := utf8.RuneCountInString(v.String()); n > expr.MaxText {
					t.Fatalf("%q gives %d characters", source, n)
				}
				if p.Boolean(env.Values) && p.Type() != expr.Boolean {
					t.Fatalf("%q is taken for a condition", source)
				}
			}
		}
	})
}

// environments are no answers, those of the tables, answers of wrong types, and random ones.
func environments(seed int64) []*expr.Env {
	r := rand.New(rand.NewPCG(uint64(seed), 1))
	odd := []expr.Value{
		{},
		expr.Num(r.NormFloat64() * 100), expr.Num(math.Inf(1)), expr.Num(math.MaxFloat64), expr.Str("7,5"), expr.Str("2026-02-28"),
		expr.Str("\xff"), expr.Str(strings.Repeat("ы", 4000)), expr.List([]string{"a", ""}), expr.DateOf("9999-12-31"), expr.DateOf("0001-01-01"),
		expr.DateTimeOf("9999-12-31T23:59:59"), expr.TimeOf("23:59:59"), expr.Bool(true),
	}
	random := make([]expr.Value, 16)
	for i := range random {
		random[i] = odd[r.IntN(len(odd))]
	}
	return []*expr.Env{
		{},
		{Values: given, Now: clock},
		{Values: random, Now: time.Unix(r.Int64(), 0)},
		{Values: []expr.Value{expr.Num(math.MaxFloat64), expr.Num(-math.MaxFloat64), odd[7], {}, {}, odd[8], odd[9], odd[10], odd[12], odd[11], odd[13], odd[8]}},
	}
}
