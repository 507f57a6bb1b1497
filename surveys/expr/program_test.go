package expr_test

import (
	"errors"
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
}

// given are the answers of the tables: m, also and nothing else unanswered.
var given = []expr.Value{expr.Num(3), {}, expr.Str("Долго"), expr.Str("employer"), {}, expr.List([]string{"parent", "veteran"})}

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

func TestMistakesAreNamedWithTheirColumn(t *testing.T) {
	const earlier = "expected an earlier question"
	for source, want := range map[string]string{
		"":                                   "1: the expression is empty; expected a condition",
		"  ":                                 "1: the expression is empty; expected a condition",
		"${whom} = 'x'":                      "1: there is no question whom; " + earlier,
		"true() and ${whom} = 'x'":           "12: there is no question whom; " + earlier,
		"${who} = 'emploer'":                 "10: ${who} has no choice 'emploer'; expected one of job_seeker, employer",
		"'Employer' != ${who}":               "1: ${who} has no choice 'Employer'; expected one of job_seeker, employer",
		"selected(${sit}, 'parrent')":        "18: ${sit} has no choice 'parrent'; expected one of parent, veteran, none",
		"coalesce(${who}, ${also}) = 'othr'": "29: these questions have no choice 'othr'; expected one of employer, job_seeker, other",
		"${who} = 5":                         "10: 5 is a number; expected a text, for example '5'",
		"${n} = '5'":                         "8: '5' is a text; expected a number, for example 5",
		"${t} < 'b'":                         "1: ${t} is a text; expected a number or a date, for example number(${t})",
		"${n}":                               "1: ${n} is a number; expected a condition, for example ${n} <= 2",
		"${who} and true()":                  "1: ${who} is a text; expected a condition, for example ${who} = 'code'",
		"not(${sit})":                        "5: ${sit} is a multiple choice; expected a condition, for example selected(${sit}, 'code')",
		"${sit} = 'parent'":                  "1: ${sit} is a multiple choice and cannot be compared; expected selected(${sit}, 'code')",
		"${sit} = ${sit}":                    "1: ${sit} is a multiple choice and cannot be compared; expected selected(${sit}, 'code')",
		"1 + 2":                              "1: this is a number; expected a condition",
		"selected(${t}, 'a')":                "10: ${t} is no choice question; expected selected(${question}, 'code')",
		"selected('a', 'a')":                 "10: 'a' is no choice question; expected selected(${question}, 'code')",
		"selected(${sit})":                   "1: selected has 1 arguments; expected selected(${question}, 'code')",
		"count-selected(${who}) = 1":         "16: ${who} is no multiple choice; expected count-selected(${question})",
		"if(${n}, 1, 2) = 1":                 "4: ${n} is a number; expected a condition, for example ${n} <= 2",
		"if(true(), 1, 'a') = 1":             "15: 'a' is a text; expected a number",
		"if(true(), ${sit}, ${sit}) = ''":    "12: ${sit} is a multiple choice; expected a number, a text or a condition, for example selected(${sit}, 'code')",
		"coalesce(true(), false())":          "10: a condition is never empty; expected a number or a text",
		"true":                               "5: the end follows true; expected (",
		"tru()":                              "1: tru is no function or operator of the language; expected true()",
		"${who} = employer":                  "10: employer is no function or operator of the language; expected 'employer' if it is a text",
		"true() true()":                      "8: true is left over; expected an operator such as and, or, =, or the end",
		"(true()":                            "8: the end follows an expression in parentheses; expected )",
		"true() and":                         "11: the end stands where a value should; expected a question like ${who}, a text in quotes, a number or a function",
		"${n} == 1":                          "6: == is not part of the language; expected =",
		"${n} <> 1":                          "6: <> is not part of the language; expected !=",
		"true() && true()":                   "8: && is not part of the language; expected and",
		"!true()":                            "1: ! is not part of the language; expected not(…) or !=",
		"${n} / 2 = 1":                       "6: / is not part of the language; expected div",
		"${t} = ‘да’":                        "8: ‘ is not part of the language; expected straight quotes '…'",
		"${t} = 'да' or ${t} = 'нет":         "23: the text that begins here has no closing '",
		"${t} = 'да' or ${т} = 1":            "18: a name is letters, digits, _ and - between ${ and }; expected a question in the form ${code}",
		"${n = 1":                            "4: a name is letters, digits, _ and - between ${ and }; expected a question in the form ${code}",
		"$n = 1":                             "1: $ stands alone; expected a question in the form ${code}",
		"${n} = 1 # x":                       "10: '#' is not part of the language; expected a question like ${who}, a text in quotes, a number or a function",
		"${n} = " + strings.Repeat("9", 400): "8: the number is too large",
		"${t} = '\xff'":                      "9: the expression is not valid UTF-8",
		"if(true(), 1 2) = 1":                "14: 2 follows an argument of if; expected ,",
		strings.Repeat(" ", 4097):            "1: the expression is 4097 bytes long; expected at most 4096 bytes",
		strings.Repeat("(", 65) + "true()" + strings.Repeat(")", 65):    "65: the expression is nested too deeply; expected at most 64 levels",
		strings.Repeat("not(", 65) + "true()" + strings.Repeat(")", 65): "257: the expression is nested too deeply; expected at most 64 levels",
		strings.Repeat("-", 65) + "1 = 1":                               "65: the expression is nested too deeply; expected at most 64 levels",
	} {
		p, err := expr.Compile(source, expr.Boolean, scope)
		var e *expr.Error
		if !errors.As(err, &e) || p != nil {
			t.Errorf("%.60q compiles, or its error is no *Error: %v", source, err)
			continue
		}
		if got := fmt.Sprintf("%d: %v", e.Column, e); got != want {
			t.Errorf("%.60q\n got %s\nwant %s", source, got, want)
		}
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

func FuzzCompile(f *testing.F) {
	for _, seed := range []string{
		"${who} = 'employer' and not(${n} <= 2)", "if(${n} > 1, 'a', \"b\") != ''", "((-1 + 2)) div 0 = ''",
		"selected(${sit}, 'parent') or count-selected(${sit}) > 1", "coalesce(${t}, ''", "${n} == «1»", "$", "'", "1..", "${",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		for _, want := range []expr.Type{expr.Boolean, expr.Number, expr.Text} {
			p, err := expr.Compile(source, want, scope)
			if err != nil {
				var e *expr.Error
				if !errors.As(err, &e) || e.Message == "" || e.Column < 1 || e.Column > len([]rune(source))+1 {
					t.Fatalf("%q: %#v", source, err)
				}
				continue
			}
			if p.Type() != want {
				t.Fatalf("%q has type %s", source, p.Type())
			}
			for _, values := range [][]expr.Value{nil, given, make([]expr.Value, 6)} {
				p.Boolean(values)
				if n, ok := p.Number(values); ok && n-n != 0 {
					t.Fatalf("%q is %v", source, n)
				}
				p.Text(values)
			}
		}
	})
}
