package expr_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"otklik/surveys/expr"
)

// clock is a terminal's: half past one at night on a Sunday in Kazan, still Saturday in UTC.
var clock = time.Date(2026, 2, 1, 1, 30, 15, 999, time.FixedZone("MSK", 3*3600))

// cases are what each function gives for the given answers, as the function string prints it. The question's own value is
// the text «я».
var cases = map[string][][2]string{
	"true":  {{"true()", "true"}, {"not(true())", "false"}, {"true() and true()", "true"}, {"string(true())", "true"}, {"number(true())", "1"}, {"true() != false()", "true"}},
	"false": {{"false()", "false"}, {"not(false())", "true"}, {"false() or false()", "false"}, {"concat(false())", "false"}, {"number(false())", "0"}, {"false() = false()", "true"}},
	"not": {
		{"not(${n} = 3)", "false"},
		{"not(${n} = 4)", "true"},
		{"not(${m} < 5)", "true"},
		{"not(${m} >= 5)", "true"},
		{"not(not(${ok}))", "true"},
		{"not(selected(${left}, 'none'))", "true"},
		{"not(${u} = '')", "false"},
	},
	"if": {
		{"if(${ok}, 'a', 'b')", "a"},
		{"if(${n} > 5, 1, 2)", "2"},
		{"if(${m} > 5, 1, '')", ""},
		{"if(${ok}, '', 1)", ""},
		{"if(${ok}, ${d}, ${e})", "2026-01-31"},
		{"if(${ok}, ${e}, ${d})", ""},
		{"if(${ok}, ${d}, now())", "2026-01-31T00:00:00"},
		{"if(${ok}, ${at}, '')", "14:05"},
		{"if(false(), true(), ${ok})", "true"},
	},
	"coalesce": {
		{"coalesce(${m}, 7)", "7"},
		{"coalesce(${n}, 7)", "3"},
		{"coalesce(${m}, '')", ""},
		{"coalesce(${u}, 'x')", "x"},
		{"coalesce(${t}, 'x')", "Долго"},
		{"coalesce(${e}, ${d})", "2026-01-31"},
		{"coalesce(${late}, ${at})", "14:05"},
		{"coalesce(1 div 0, 4)", "4"},
		{"coalesce(${e}, ${when})", "2026-01-31T12:00:00"},
	},
	"once": {
		{"once('new')", "я"},
		{"once('')", "я"},
		{"once(${u})", "я"},
		{"concat(once('new'), '!')", "я!"},
		{"once('a') = .", "true"},
		{"string-length(once(string(5)))", "1"},
	},
	"selected": {
		{"selected(${sit}, 'parent')", "true"},
		{"selected(${sit}, 'none')", "false"},
		{"selected(${sit}, '')", "false"},
		{"selected(${left}, 'none')", "false"},
		{"selected(${left}, '')", "false"},
		{"selected(${who}, 'employer')", "true"},
		{"selected(${also}, '')", "false"},
		{"selected(${rank}, 'a')", "true"},
		{"selected(${rank}, concat('', 'c'))", "true"},
		{"selected(${rank}, 'c a')", "false"},
	},
	"count-selected": {
		{"count-selected(${sit})", "2"},
		{"count-selected(${left})", "0"},
		{"count-selected(${rank})", "3"},
		{"count-selected(${sit}) - 1", "1"},
		{"count-selected(${left}) = ''", "false"},
		{"count-selected(${sit}) <= 3", "true"},
	},
	"selected-at": {
		{"selected-at(${rank}, 0)", "c"},
		{"selected-at(${rank}, 2)", "b"},
		{"selected-at(${rank}, 3)", ""},
		{"selected-at(${rank}, -1)", ""},
		{"selected-at(${rank}, 1.9)", "a"},
		{"selected-at(${rank}, ${m})", ""},
		{"selected-at(${left}, 0)", ""},
		{"selected-at(${sit}, 0) = 'parent'", "true"},
		{"selected-at(${rank}, 1 div 0)", ""},
		{"selected-at(${rank}, 99999999999999999999)", ""},
	},
	"regex": {
		{"regex(${t}, 'Долго')", "true"},
		{"regex(${t}, 'Дол')", "false"},
		{"regex(${t}, 'олго')", "false"},
		{"regex(${t}, 'x|До.*')", "true"},
		{"regex('ax', 'a|b')", "false"},
		{"regex('abx', 'ab|cd')", "false"},
		{"regex('xcd', 'ab|cd')", "false"},
		{"regex(${t}, '[А-Яа-я]{5}')", "true"},
		{"regex(${u}, '.+')", "false"},
		{"regex(${u}, '')", "true"},
		{"regex(${m}, '[0-9]+')", "false"},
		{"regex(${n}, '[0-9]+')", "true"},
		{"regex(${d}, '2026-.*')", "true"},
		{`regex('8 (843)', '\d \(\d{3}\)')`, "true"},
		{"regex('ДА', '(?i)да')", "true"},
		{`regex('a+', '\Qa+')`, "true"},
		{"regex('a)', 'a[)]')", "true"},
		{`regex('Ә', '\p{Cyrillic}')`, "true"},
		{"regex(., '[а-я]')", "true"},
	},
	"contains": {
		{"contains(${t}, 'олг')", "true"},
		{"contains(${t}, 'ОЛГ')", "false"},
		{"contains(${t}, '')", "true"},
		{"contains(${u}, 'a')", "false"},
		{"contains(${u}, ${u})", "true"},
		{"contains(${d}, '-01-')", "true"},
		{"contains(3.5, 5)", "true"},
		{"contains(${t}, ${m})", "true"},
	},
	"starts-with": {
		{"starts-with(${t}, 'До')", "true"},
		{"starts-with(${t}, 'ол')", "false"},
		{"starts-with(${t}, '')", "true"},
		{"starts-with(${u}, 'a')", "false"},
		{"starts-with(${u}, '')", "true"},
		{"starts-with(${at}, '14')", "true"},
		{"starts-with('а', 'аб')", "false"},
	},
	"string-length": {
		{"string-length(${t})", "5"},
		{"string-length(${u})", "0"},
		{"string-length('')", "0"},
		{"string-length(${m})", "0"},
		{"string-length(1000)", "4"},
		{"string-length(${d})", "10"},
		{"string-length('Әни')", "3"},
		{"string-length(.)", "1"},
	},
	"substr": {
		{"substr(${t}, 0)", "Долго"},
		{"substr(${t}, 1)", "олго"},
		{"substr(${t}, 1, 3)", "ол"},
		{"substr(${t}, 0, 99)", "Долго"},
		{"substr(${t}, -2)", "го"},
		{"substr(${t}, -0.5)", "Долго"},
		{"substr(${t}, 0, -1)", "Долг"},
		{"substr(${t}, -4, -2)", "ол"},
		{"substr(${t}, -99, 2)", "До"},
		{"substr(${t}, 3, 3)", ""},
		{"substr(${t}, 4, 2)", ""},
		{"substr(${t}, 99)", ""},
		{"substr(${u}, 0, 1)", ""},
		{"substr(${t}, ${m})", ""},
		{"substr(${t}, 0, ${m})", ""},
		{"substr(${t}, 1.9, 3.9)", "ол"},
		{"substr(${d}, 0, 4)", "2026"},
	},
	"concat": {
		{"concat(${t}, '!')", "Долго!"},
		{"concat(${u}, ${m}, ${e})", ""},
		{"concat('a')", "a"},
		{"concat(1, 2)", "12"},
		{"concat(${sit}, ';')", "parent veteran;"},
		{"concat(${d}, ' ', ${at})", "2026-01-31 14:05"},
		{"concat(${ok})", "true"},
		{"concat(0.5, ${left}, -1)", "0.5-1"},
	},
	"string": {
		{"string(3.0)", "3"},
		{"string(0.50)", "0.5"},
		{"string(-0.5)", "-0.5"},
		{"string(1000000 * 1000000 * 1000000 * 10000)", "10000000000000000000000"},
		{"string(1 div 8)", "0.125"},
		{"string(0.000001)", "0.000001"},
		{"string(0 * -1)", "0"},
		{"string(${m})", ""},
		{"string(1 div 0)", ""},
		{"string(${t})", "Долго"},
		{"string(${u})", ""},
		{"string(${sit})", "parent veteran"},
		{"string(${left})", ""},
		{"string(${d})", "2026-01-31"},
		{"string(${e})", ""},
		{"string(${at})", "14:05"},
		{"string(${when})", "2026-01-31T12:00:00"},
		{"string(${ok})", "true"},
		{"string(0.1 + 0.2)", "0.30000000000000004"},
	},
	"number": {
		{"number('3')", "3"},
		{"number(' -0.5 ')", "-0.5"},
		{"number('2,5')", "2.5"},
		{"number('.5')", "0.5"},
		{"number('5.')", "5"},
		{"number('')", ""},
		{"number(${t})", ""},
		{"number('1e3')", ""},
		{"number('+1')", ""},
		{"number('1 000')", ""},
		{"number('-')", ""},
		{"number('1-1')", ""},
		{"number('1.2.3')", ""},
		{"number('.')", ""},
		{"number(${m})", ""},
		{"number(${ok})", "1"},
		{"number(date('1970-01-02'))", "1"},
		{"number(${e})", ""},
		{"number(${at}) * 24 * 60", "845"},
		{"number(${when}) - number(${d})", "0.5"},
		{"number('" + strings.Repeat("9", 309) + "')", ""},
		{"number('" + strings.Repeat("9", 500) + "')", ""},
	},
	"int": {
		{"int(2.9)", "2"},
		{"int(-2.9)", "-2"},
		{"int(0.5)", "0"},
		{"int(-0.5)", "0"},
		{"int('7.9')", "7"},
		{"int(${m})", ""},
		{"int(${u})", ""},
		{"int(${t})", ""},
		{"int(${when})", "20484"},
		{"int(1 div 0)", ""},
	},
	"round": {
		{"round(2.5)", "3"},
		{"round(-2.5)", "-2"},
		{"round(-2.51)", "-3"},
		{"round(0.5)", "1"},
		{"round(-0.5)", "0"},
		{"round(0.49)", "0"},
		{"round(2.4)", "2"},
		{"round(1.005, 2)", "1.01"},
		{"round(2.675, 2)", "2.68"},
		{"round(-1.005, 2)", "-1"},
		{"round(1.25, 1)", "1.3"},
		{"round(33.33, -1)", "30"},
		{"round(35, -1)", "40"},
		{"round(-35, -1)", "-30"},
		{"round(5, -1)", "10"},
		{"round(4, -1)", "0"},
		{"round(50, -3)", "0"},
		{"round(9.995, 2)", "10"},
		{"round(99.5)", "100"},
		{"round(0.05, 1)", "0.1"},
		{"round(0.005, 1)", "0"},
		{"round(3, 30)", "3"},
		{"round(3, 31)", ""},
		{"round(3, -31)", ""},
		{"round(${m}, 2)", ""},
		{"round(3, ${m})", ""},
		{"round('2,5')", "3"},
		{"round(${t})", ""},
		{"round(1.25, 1.9)", "1.3"},
		{"round(123456789012345678)", "123456789012345680"},
	},
	"min": {
		{"min(3, 1, 2)", "1"},
		{"min(${n})", "3"},
		{"min(${m}, 5)", "5"},
		{"min(${m})", ""},
		{"min(${m}, ${m}, '')", ""},
		{"min(${e}, ${d}, date('2026-02-01'))", "2026-01-31"},
		{"min('', -1)", "-1"},
		{"min(${at}, ${late})", "14:05"},
		{"min(1 div 0, 9)", "9"},
	},
	"max": {
		{"max(3, 1, 2)", "3"},
		{"max(${n})", "3"},
		{"max(${m}, -5)", "-5"},
		{"max(${m})", ""},
		{"max('', ${m}, ${m})", ""},
		{"max(${e}, ${d}, date('2026-02-01'))", "2026-02-01"},
		{"max(${d}, ${when})", "2026-01-31T12:00:00"},
		{"max(-2, -1)", "-1"},
	},
	"sum": {
		{"sum(1, 2, 3)", "6"},
		{"sum(${n})", "3"},
		{"sum(${m})", "0"},
		{"sum(${m}, 5)", "5"},
		{"sum(1 div 0, ${n}, -1)", "2"},
		{"sum(0.5, 0.25)", "0.75"},
		{"sum(count-selected(${left}), ${m})", "0"},
	},
	"count": {
		{"count(${n}, ${m})", "1"},
		{"count(${m})", "0"},
		{"count(${t}, ${u}, '')", "1"},
		{"count(${sit}, ${left}, ${rank})", "2"},
		{"count(${d}, ${e}, ${at}, ${late}, ${when})", "3"},
		{"count(0, 'a')", "2"},
		{"count(1 div 0)", "0"},
	},
	"today": {
		{"today()", "2026-02-01"},
		{"today() - ${d}", "1"},
		{"today() + 28", "2026-03-01"},
		{"today() - 32", "2025-12-31"},
		{"today() > ${d}", "true"},
		{"today() < now()", "true"},
		{"today() = date(now())", "true"},
		{"today() >= ${e}", "false"},
		{"today() + 0.9", "2026-02-01"},
		{"today() - 0.1", "2026-01-31"},
		{"1 + today()", "2026-02-02"},
	},
	"now": {
		{"now()", "2026-02-01T01:30:15"},
		{"now() - now()", "0"},
		{"now() - ${when} < 1", "true"},
		{"now() + 0.5", "2026-02-01T13:30:15"},
		{"now() - 1 div 24 = now() - 0", "false"},
		{"round((now() - ${d}) * 24)", "26"},
		{"date(now())", "2026-02-01"},
		{"now() - ${m}", ""},
		{"now() > ${e}", "false"},
		{"0.25 + ${when}", "2026-01-31T18:00:00"},
		{"now() != ''", "true"},
	},
	"date": {
		{"date('2026-01-31')", "2026-01-31"},
		{"date('2026-01-31') = ${d}", "true"},
		{"date('2024-02-28') + 1", "2024-02-29"},
		{"date('2025-02-28') + 1", "2025-03-01"},
		{"date('')", ""},
		{"date(${u})", ""},
		{"date(${t})", ""},
		{"date(${e})", ""},
		{"date(0)", "1970-01-01"},
		{"date(-0.5)", "1969-12-31"},
		{"date(${m})", ""},
		{"date(${when})", "2026-01-31"},
		{"date(concat('2026-', '02-29'))", ""},
		{"date(concat(${d}, 'T23:59:59.5+03:00'))", "2026-01-31"},
		{"date(concat(${d}, 'T24:00'))", ""},
		{"date(string(${d})) = ${d}", "true"},
		{"date('9999-12-31') + 1", ""},
		{"date('0001-01-01') - 1", ""},
		{"date(10 * 1000 * 1000)", ""},
		{"${d} - date('2025-01-31')", "365"},
		{"${d} + ${m}", ""},
		{"${e} = ''", "true"},
		{"${d} < ${when}", "true"},
		{"${d} = ${when}", "false"},
	},
}

var own = expr.Variable{Slot: 15, Type: expr.Text}

func TestFunctions(t *testing.T) {
	env := &expr.Env{Values: append(given[:15:15], expr.Str("я")), Now: clock}
	for _, rows := range cases {
		for _, row := range rows {
			source, want := row[0], row[1]
			p, err := expr.Compile(source, expr.Any, expr.WithOwn(scope, own))
			if err != nil {
				t.Errorf("%.60s: %v", source, err)
				continue
			}
			if got := p.Eval(env); got.String() != want || got.Type() != p.Type() {
				t.Errorf("%.60s is %q of type %s, want %q", source, got, got.Type(), want)
			}
		}
	}
}

// TestEveryFunctionIsDocumentedAndHasCases takes the functions from the message about an unknown one.
func TestEveryFunctionIsDocumentedAndHasCases(t *testing.T) {
	_, err := expr.Compile("zzzzzzzz()", expr.Any, scope)
	var e *expr.Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	names := strings.Split(strings.TrimPrefix(e.Expected, "one of "), ", ")
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		rows := 0
		for _, row := range cases[name] {
			if strings.Contains(row[0], name) {
				rows++
			}
		}
		if rows < 6 {
			t.Errorf("%s has %d cases", name, rows)
		}
		if !strings.Contains(string(doc), "\t"+name+"(") && !strings.Contains(string(doc), "  "+name+"(") {
			t.Errorf("%s is not documented", name)
		}
	}
	if len(names) != 26 || len(cases) != len(names) {
		t.Errorf("%d functions, %d with cases", len(names), len(cases))
	}
}
