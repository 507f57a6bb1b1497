package expr_test

import (
	"fmt"
	"strings"
	"testing"

	"otklik/surveys/expr"
)

// questions is a scope of one question of each type.
type questions map[string]expr.Variable

func (q questions) Lookup(name string) (expr.Variable, error) {
	if v, ok := q[name]; ok {
		return v, nil
	}
	return expr.Variable{}, &expr.Error{Message: "there is no question " + name, Expected: "an earlier question"}
}

var scope = questions{
	"n":    {Slot: 0, Type: expr.Number},
	"m":    {Slot: 1, Type: expr.Number},
	"t":    {Slot: 2, Type: expr.Text},
	"who":  {Slot: 3, Type: expr.Text, Choices: []string{"job_seeker", "employer"}},
	"also": {Slot: 4, Type: expr.Text, Choices: []string{"employer", "other"}},
	"sit":  {Slot: 5, Type: expr.Codes, Choices: []string{"parent", "veteran", "none"}},
	"d":    {Slot: 6, Type: expr.Date},
	"e":    {Slot: 7, Type: expr.Date},
	"at":   {Slot: 8, Type: expr.Time},
	"when": {Slot: 9, Type: expr.DateTime},
	"ok":   {Slot: 10, Type: expr.Boolean},
	"rank": {Slot: 11, Type: expr.Codes},
	"left": {Slot: 12, Type: expr.Codes, Choices: []string{"parent", "none"}},
	"u":    {Slot: 13, Type: expr.Text},
	"late": {Slot: 14, Type: expr.Time},
}

// given are the answers of the tables: m, also, e, left, u and late are unanswered.
var given = []expr.Value{
	expr.Num(3),
	{},
	expr.Str("Долго"), expr.Str("employer"),
	{},
	expr.List([]string{"parent", "veteran"}),
	expr.DateOf("2026-01-31"),
	{},
	expr.TimeOf("14:05"), expr.DateTimeOf("2026-01-31T12:00:00"), expr.Bool(true),
	expr.List([]string{"c", "a", "b"}),
	{},
	{},
	{},
}

func TestConditionsHold(t *testing.T) {
	for source, want := range map[string]bool{
		"true()":                           true,
		"false()":                          false,
		"not(false())":                     true,
		"true() and false()":               false,
		"true() or false()":                true,
		"true() or false() and false()":    true, // and binds stronger
		"(true() or false()) and false()":  false,
		"true() = true()":                  true,
		"true() != true()":                 false,
		"${n} = 3":                         true,
		"${n} != 3":                        false,
		"${n} != 4":                        true,
		"${n} < 3":                         false,
		"${n} <= 3":                        true,
		"${n} > 2.5":                       true,
		"${n} >= 3.5":                      false,
		"2 < ${n} = true()":                true, // < binds stronger than =
		"${n} + 2 * 3 = 9":                 true,
		"(${n} + 2) * 3 = 15":              true,
		"10 - 2 - 3 = 5":                   true, // to the left
		"7 div 2 = 3.5":                    true,
		"7 mod 2 = 1":                      true,
		"-7 mod 2 = -1":                    true,
		"7 mod -2 = 1":                     true,
		"--3 = ${n}":                       true,
		"5-3 = 2":                          true,
		".5 = 0.5":                         true,
		"${t} = 'Долго'":                   true,
		`${t} = "Долго"`:                   true,
		"${t} != ''":                       true,
		"${who} = 'employer'":              true,
		"'employer' = ${who}":              true,
		"${who} != 'job_seeker'":           true,
		"${who} = ${also}":                 false,
		"selected(${who}, 'employer')":     true,
		"selected(${who}, 'job_seeker')":   false,
		"selected(${sit}, 'parent')":       true,
		"selected(${sit}, 'none')":         false,
		"selected(${sit}, '')":             false,
		"selected(${sit}, ${t})":           false,
		"count-selected(${sit}) = 2":       true,
		"${sit} = ''":                      false,
		"${sit} != ''":                     true,
		"if(${n} > 2, 'a', 'b') = 'a'":     true,
		"if(${n} > 5, 1, 2) = 2":           true,
		"if(${n} = 3, true(), false())":    true,
		"if(${n} = 4, 1, '') = ''":         true,
		"if(${n} = 3, '', 1) + 1 = ''":     true,
		"coalesce(${m}, 7) = 7":            true,
		"coalesce(${n}, 7) = 3":            true,
		"coalesce(${also}, ${t}) = ${t}":   true,
		"coalesce(${m}, '') = ''":          true,
		"coalesce(${also}, 'x') = 'x'":     true,
		"${who} = 'employer' and ${n} < 4": true,
		// An unanswered number is empty.
		"${m} = ''":                  true,
		"'' = ${m}":                  true,
		"${m} != ''":                 false,
		"${n} = ''":                  false,
		"${m} = 0":                   false,
		"${m} != 0":                  true,
		"${m} < 5":                   false,
		"${m} >= 5":                  false,
		"not(${m} <= 2)":             true,
		"${m} = ${m}":                true,
		"${m} + 1 = ''":              true,
		"${m} * 0 = ''":              true,
		"-${m} = ''":                 true,
		"1 div 0 = ''":               true,
		"0 div 0 = ''":               true,
		"1 mod 0 = ''":               true,
		"1 div 0 > 1":                false,
		"${also} = ''":               true,
		"${also} = 'other'":          false,
		"${also} != 'other'":         true,
		"selected(${also}, 'other')": false,
		"selected(${also}, '')":      false,
	} {
		p, err := expr.Compile(source, expr.Boolean, scope)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if got := p.Boolean(given); got != want {
			t.Errorf("%s is %v, want %v", source, got, want)
		}
	}
}

func TestNumbersAndTexts(t *testing.T) {
	for source, want := range map[string]string{
		"1 + 2":                            "3",
		"${m}":                             "",
		"count-selected(${sit}) * 10":      "20",
		"if(${n} > 1, ${n}, 0)":            "3",
		"coalesce(${m}, ${m})":             "",
		strings.Repeat("9", 308) + " * 10": "",
		"-" + strings.Repeat("9", 308):     "-1e+308",
		"5.":                               "5",
		" \t\n 1 \r\n+\n 1 ":               "2",
		"if(false(), 1, if(true(), 2, 3))": "2",
		"coalesce('', coalesce(${m}, 4))":  "4",
		"8 div 2 div 2":                    "2",
		"2 * -3":                           "-6",
		"1 - -1":                           "2",
		"5.5 mod 2":                        "1.5",
	} {
		p, err := expr.Compile(source, expr.Number, scope)
		if err != nil {
			t.Errorf("%.40s: %v", source, err)
			continue
		}
		got := ""
		if n, ok := p.Number(given); ok {
			got = fmt.Sprintf("%.5g", n)
			if n == -1e308 {
				got = "-1e+308"
			}
		}
		if got != want {
			t.Errorf("%.40s is %s, want %s", source, got, want)
		}
	}
	p, err := expr.Compile("if(${who} = 'employer', coalesce(${also}, 'nobody'), ${t})", expr.Text, scope)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Text(given); got != "nobody" {
		t.Errorf("text is %q", got)
	}
	if p.Boolean(given) {
		t.Error("a text is taken for a condition that holds")
	}
	if _, ok := p.Number(given); ok {
		t.Error("a text is taken for a number")
	}
}

func TestNestingToTheLimitCompiles(t *testing.T) {
	for _, source := range []string{
		strings.Repeat("(", 64) + "1 = 1" + strings.Repeat(")", 64),
		strings.Repeat("not(", 63) + "true()" + strings.Repeat(")", 63),
		"1" + strings.Repeat("+1", 2045) + "=1",
		"true()" + strings.Repeat(" or ${n}=1", 400),
	} {
		p, err := expr.Compile(source, expr.Boolean, scope)
		if err != nil {
			t.Errorf("%.40q…: %v", source, err)
			continue
		}
		p.Boolean(given)
	}
}

func TestValuesOfAnotherTypeAndMissingOnesAreEmpty(t *testing.T) {
	p, err := expr.Compile("${n} = '' and ${t} = '' and ${sit} = '' and count-selected(${sit}) = 0", expr.Boolean, scope)
	if err != nil {
		t.Fatal(err)
	}
	mixed := []expr.Value{expr.Str("3"), {}, expr.List([]string{"a"}), expr.Num(1), {}, expr.Str("parent")}
	for _, values := range [][]expr.Value{nil, {}, make([]expr.Value, 3), mixed} {
		if !p.Boolean(values) {
			t.Errorf("%v is not empty", values)
		}
	}
}

func TestEvaluationDoesNotAllocate(t *testing.T) {
	p, err := expr.Compile("if(selected(${sit}, 'parent'), coalesce(${m}, ${n}) * 2, 0) > 1 and ${who} != 'job_seeker'"+
		" or count-selected(${sit}) mod 2 = 1 or ${t} = ''", expr.Boolean, scope)
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() { p.Boolean(given) }); n != 0 {
		t.Errorf("an evaluation makes %v allocations", n)
	}
}
