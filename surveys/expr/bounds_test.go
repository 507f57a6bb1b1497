package expr_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"otklik/surveys/expr"
)

// compile compiles an expression of any type that may use the question's own value.
func compile(t testing.TB, source string) *expr.Program {
	t.Helper()
	p, err := expr.Compile(source, expr.Any, expr.WithOwn(scope, own))
	if err != nil {
		t.Fatalf("%.60s: %v", source, err)
	}
	return p
}

func TestTheDotHasTheTypeAndChoicesItWasGiven(t *testing.T) {
	sit := expr.WithOwn(scope, scope["sit"])
	for source, want := range map[string]string{
		"count-selected(.) <= 2 and selected(., 'none')": "",
		"selected(., 'nobody')":                          "13: . has no choice 'nobody'; expected one of parent, veteran, none",
		". > 2":                                          "1: . is a multiple choice; expected a number or a date",
		".5 < 1 and 2. > 1":                              "",
		". = ''":                                         "",
	} {
		_, err := expr.Compile(source, expr.Boolean, sit)
		if got := message(err); got != want {
			t.Errorf("%s: %s, want %s", source, got, want)
		}
	}
	p, err := expr.Compile(". >= 1 and .<= ${n}", expr.Boolean, expr.WithOwn(scope, expr.Variable{Slot: 1, Type: expr.Number}))
	if err != nil {
		t.Fatal(err)
	}
	for answer, want := range map[float64]bool{0: false, 1: true, 3: true, 4: false} {
		if got := p.Boolean([]expr.Value{expr.Num(3), expr.Num(answer)}); got != want {
			t.Errorf("%v is %v", answer, got)
		}
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return fmt.Sprintf("%d: %v", err.(*expr.Error).Column, err)
}

// TestOnceKeepsWhatItGaveFirst calculates a value again and again, as a survey does after each answer.
func TestOnceKeepsWhatItGaveFirst(t *testing.T) {
	calculation := expr.Variable{Slot: 15, Type: expr.Any}
	p, err := expr.Compile("once(${n} * 10)", expr.Any, expr.WithOwn(scope, calculation))
	if err != nil {
		t.Fatal(err)
	}
	values := make([]expr.Value, 16)
	for i, step := range []struct {
		n    expr.Value
		want string
	}{{expr.Value{}, ""}, {expr.Num(3), "30"}, {expr.Num(4), "30"}, {expr.Value{}, "30"}} {
		values[0] = step.n
		if values[15] = p.Eval(&expr.Env{Values: values}); values[15].String() != step.want || p.Type() != expr.Number {
			t.Errorf("step %d gives %q, want %q", i, values[15], step.want)
		}
	}
	for source, want := range map[string]string{
		"once(${n} > 1)":    "1: a condition is never empty; expected a number or a text",
		"once(1) + . = 1":   "11: the dot is what this very expression gives; expected once(…) to keep what it gave first",
		"once(${sit})":      "1: . is a multiple choice; expected a number, a text or a condition, for example selected(., 'code')",
		"once(today()) + 1": "",
	} {
		_, err := expr.Compile(source, expr.Any, expr.WithOwn(scope, calculation))
		if got := message(err); got != want {
			t.Errorf("%s: %s, want %s", source, got, want)
		}
	}
}

func TestClockIsTheOneGivenInItsZone(t *testing.T) {
	p := compile(t, "concat(today(), ' ', now())")
	for _, c := range []struct {
		now  time.Time
		want string
	}{
		{clock, "2026-02-01 2026-02-01T01:30:15"},
		{clock.UTC(), "2026-01-31 2026-01-31T22:30:15"},
		{clock.In(time.FixedZone("", -5*3600)), "2026-01-31 2026-01-31T17:30:15"},
		{time.Date(1969, 12, 31, 23, 59, 59, 999, time.UTC), "1969-12-31 1969-12-31T23:59:59"},
		{time.Time{}, " "},
		{time.Unix(1<<60, 0), " "},
	} {
		if got := p.Eval(&expr.Env{Now: c.now}).String(); got != c.want {
			t.Errorf("%v is %q, want %q", c.now, got, c.want)
		}
	}
	if p.Text(nil) != " " {
		t.Error("there is a clock where none is given")
	}
}

func TestDatesAndTimesAreReadStrictly(t *testing.T) {
	date, clock, moment := expr.DateOf, expr.TimeOf, expr.DateTimeOf
	for _, c := range []struct {
		read func(string) expr.Value
		text string
		want string
	}{
		{date, "2026-01-31", "2026-01-31"},
		{date, "0001-01-01", "0001-01-01"},
		{date, "9999-12-31", "9999-12-31"},
		{date, "2000-02-29", "2000-02-29"},
		{date, "1900-02-29", ""},
		{date, "0000-12-31", ""},
		{date, "2026-00-10", ""},
		{date, "2026-13-01", ""},
		{date, "2026-04-31", ""},
		{date, "2026-01-00", ""},
		{date, "2026-1-31", ""},
		{date, "2026/01/31", ""},
		{date, " 2026-01-31", ""},
		{date, "2026-01-31T10:00", ""},
		{date, "", ""},
		{date, "+026-01-01", ""},
		{clock, "14:05", "14:05"},
		{clock, "00:00", "00:00"},
		{clock, "23:59:59", "23:59:59"},
		{clock, "14:05:00", "14:05"},
		{clock, "24:00", ""},
		{clock, "14:60", ""},
		{clock, "14:05:60", ""},
		{clock, "14.05", ""},
		{clock, "1:05", ""},
		{clock, "14:05:", ""},
		{clock, "", ""},
		{clock, "14:05.09", ""},
		{clock, "-1:05", ""},
		{moment, "2026-01-31T14:05", "2026-01-31T14:05:00"},
		{moment, "2026-01-31T14:05:09", "2026-01-31T14:05:09"},
		{moment, "2026-01-31T14:05:09.123+03:00", "2026-01-31T14:05:09"},
		{moment, "2026-01-31T14:05:09.9Z", "2026-01-31T14:05:09"},
		{moment, "2026-01-31T14:05-0500", "2026-01-31T14:05:00"},
		{moment, "2026-01-31T14:05+03", "2026-01-31T14:05:00"},
		{moment, "2026-01-31 14:05", ""},
		{moment, "2026-01-31", ""},
		{moment, "2026-01-31T14:05:09.", ""},
		{moment, "2026-01-31T14:05+3", ""},
		{moment, "2026-01-31T14:05+99:00", ""},
		{moment, "2026-01-31T14:05:09.x", ""},
		{moment, "2026-01-31T14:05+03:0", ""},
		{moment, "T", ""},
		{moment, "2026-01-31T14:05+03.00", ""},
		{moment, "2026-01-31TZ", ""},
		{moment, "2026-01-31T+03:00", ""},
	} {
		if got := c.read(c.text); got.String() != c.want || got.IsEmpty() != (c.want == "") {
			t.Errorf("%q is read as %q, want %q", c.text, got, c.want)
		}
	}
}

func TestTextsMadeAreBounded(t *testing.T) {
	long := strings.Repeat("ы", 3000)
	values := append(given[:13:13], expr.Str(long))
	for source, want := range map[string]int{
		"concat(${u}, 'x')":                            3001,
		"concat(${u}, ${u})":                           expr.MaxText,
		"concat(concat(${u}, ${u}), ${u})":             expr.MaxText,
		"concat('a', ${u}, 'b', ${u}, ${u}, ${u})":     expr.MaxText,
		"substr(concat(${u}, ${u}), 4000)":             96,
		"if(true(), concat(${u}, 'x', ${u}), ${u})":    expr.MaxText,
		"coalesce(concat(${u}, ${u}), string(${sit}))": expr.MaxText,
	} {
		text := compile(t, source).Text(values)
		if n := utf8.RuneCountInString(text); n != want || !utf8.ValidString(text) {
			t.Errorf("%s has %d characters, want %d", source, n, want)
		}
	}
	many := make([]string, 3000)
	for i := range many {
		many[i] = "code"
	}
	if n := utf8.RuneCountInString(expr.List(many).String()); n != expr.MaxText {
		t.Errorf("%d codes print as %d characters", len(many), n)
	}
}

func TestConditionsAndNumbersDoNotAllocate(t *testing.T) {
	env := &expr.Env{Values: append(given[:15:15], expr.Str("я")), Now: clock}
	for _, source := range []string{
		"if(selected(${sit}, 'parent'), coalesce(${m}, ${n}) * 2, 0) > 1 and ${who} != 'job_seeker'",
		"round(${n} div 7, 3) + int(${n}) - min(${n}, ${m}, 4) + max(1, 2) + sum(${n}, ${m}) + count(${t}, ${d}, ${sit})",
		"today() - ${d} < 30 and now() > ${when} and ${at} > ${late} or date(now()) + 1 = ${d} - ${m}",
		"number(${t}) = '' and number('2,5') > 2 and string-length(${t}) > 3 and . = 'я' and not(${ok})",
		"count-selected(${rank}) > 1 and selected-at(${rank}, 1) = 'a' and contains(${t}, 'о') and starts-with(substr(${t}, 1, 3), 'ол')",
		"date(${t}) = '' and regex(${t}, '[А-Яа-я]{2,9}')",
	} {
		p := compile(t, source)
		if n := testing.AllocsPerRun(100, func() { p.Eval(env) }); n != 0 {
			t.Errorf("%s makes %v allocations", source, n)
		}
	}
}

// BenchmarkRelevance evaluates the relevance of each of a hundred questions once, as a terminal does after an answer.
func BenchmarkRelevance(b *testing.B) {
	forms := []string{
		"${n} <= 3 and (${m} + 1 > 2 or not(${n} = ''))",
		"selected(${sit}, 'veteran') and count-selected(${sit}) < 3",
		"${who} = 'employer' or coalesce(${also}, 'other') != 'other'",
		"if(${ok}, round(sum(${n}, ${m}) div count(${n}, ${m}), 1), 0) >= 2.5",
		"today() - ${d} <= 30 and contains(${t}, 'олг')",
	}
	var programs []*expr.Program
	for i := range 100 {
		programs = append(programs, compile(b, forms[i%len(forms)]))
	}
	env := &expr.Env{Values: given, Now: clock}
	b.ReportAllocs()
	for b.Loop() {
		held := 0
		for _, p := range programs {
			if p.Eval(env).Boolean() {
				held++
			}
		}
		if held != 100 {
			b.Fatalf("%d hold", held)
		}
	}
}

// BenchmarkLargestPattern is the most that one expression can take of a terminal.
func BenchmarkLargestPattern(b *testing.B) {
	p := compile(b, "regex(${u}, '(а*)*(а|аа){0,320}б')")
	values := append(given[:13:13], expr.Str(strings.Repeat("а", expr.MaxText)))
	for b.Loop() {
		p.Boolean(values)
	}
}
