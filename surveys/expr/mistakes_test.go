package expr_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"otklik/surveys/expr"
)

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
		// The question's own value, of no question here.
		". > 1":       "1: there is no value of its own here; expected a question in the form ${code}; the dot belongs to constraints and calculations",
		"once(1) = 1": "1: there is no value of its own here that once could keep; expected once in a calculation or a default",
		"../n = 1":    "1: .. is not part of the language; expected a question in the form ${code}",
		// Slips and habits.
		"slected(${sit}, 'parent')":    "1: slected is no function or operator of the language; expected selected(${question}, 'code')",
		"count_selected(${sit}) = 1":   "1: count_selected is no function or operator of the language; expected count-selected(${question})",
		"CONCAT('a') = 'a'":            "1: CONCAT is no function or operator of the language; expected concat(a, b, …)",
		"sustr(${t}, 1) = ''":          "1: sustr is no function or operator of the language; expected substr(text, from, to)",
		"substring(${t}, 1) = ''":      "1: substring is no function or operator of the language; expected substr(text, from, to)",
		"jr:choice-name(${who}) = 'a'": "1: jr:choice-name is no function or operator of the language; expected one of coalesce, concat, contains, count, count-selected, date, false, if, int, max, min, not, now, number, once, regex, round, selected, selected-at, starts-with, string, string-length, substr, sum, today, true",
		"todya":                        "1: todya is no function or operator of the language; expected 'todya' if it is a text, or today()",
		"true() adn true()":            "8: adn is left over; expected and",
		"true() OR true()":             "8: OR is left over; expected or",
		"${n} ≤ 1":                     "6: ≤ is not part of the language; expected <=",
		// Numbers of arguments.
		"round() = 1":           "1: round has 0 arguments; expected round(number, places)",
		"round(1, 2, 3) = 1":    "1: round has 3 arguments; expected round(number, places)",
		"substr(${t}) = ''":     "1: substr has 1 arguments; expected substr(text, from, to)",
		"max() = 1":             "1: max has 0 arguments; expected max(a, b, …)",
		"concat() = ''":         "1: concat has 0 arguments; expected concat(a, b, …)",
		"today(1) = ''":         "1: today has 1 arguments; expected today()",
		"coalesce(1, 2, 3) = 1": "1: coalesce has 3 arguments; expected coalesce(a, b)",
		// Types.
		"${t} + 1 = 2":                     "1: ${t} is a text; expected a number, for example number(${t})",
		"sum(${t}) = 2":                    "5: ${t} is a text; expected a number, for example number(${t})",
		"min(1, ${t}) = 1":                 "8: ${t} is a text; expected a number or a date, for example number(${t})",
		"min(1, ${d}) = 1":                 "8: ${d} is a date; expected a number",
		"max('', '') = 1":                  "5: there are empty values only; expected a number or a date",
		"'' < ''":                          "1: there are empty values only; expected a number or a date",
		"${t} < 3":                         "1: ${t} is a text; expected a number or a date, for example number(${t})",
		"3 >= ${sit}":                      "6: ${sit} is a multiple choice; expected a number or a date",
		"string-length(${sit}) = 1":        "15: ${sit} is a multiple choice; expected a text, a number or a date, for example selected(${sit}, 'code')",
		"string-length(true()) = 1":        "15: this is a condition; expected a text, a number or a date",
		"number(${sit}) = 1":               "8: ${sit} is a multiple choice; expected a number, a text or a date, for example selected(${sit}, 'code')",
		"count(${n} = 1) = 1":              "7: this is a condition; expected a question, a number or a text",
		"selected-at(${who}, 0) = ''":      "13: ${who} is no multiple choice; expected selected-at(${question}, 0)",
		"selected-at(${sit}, '1') = ''":    "21: '1' is a text; expected a number, for example 1",
		"selected-at(${sit}, 0) = 'prent'": "26: these questions have no choice 'prent'; expected one of parent, veteran, none",
		"${d} > '2026-01-31'":              "8: '2026-01-31' is a text; expected a number or a date, for example date('2026-01-31')",
		"${d} + ${d} = ''":                 "8: ${d} is a date; expected a number",
		"1 - ${d} = ''":                    "5: ${d} is a date; expected a number",
		"${d} * 2 = ''":                    "1: ${d} is a date; expected a number",
		"${at} + 1 = ''":                   "1: ${at} is a time of day; expected a number",
		"${at} < ${d}":                     "9: ${d} is a date; expected a time of day",
		"${d}":                             "1: ${d} is a date; expected a condition, for example ${d} != ''",
		"if(${ok}, ${d}, ${n}) = ''":       "17: ${n} is a number; expected a date",
		"coalesce('', ${sit}) = ''":        "14: ${sit} is a multiple choice; expected a number, a text or a condition, for example selected(${sit}, 'code')",
		"date('31.01.2026') = ''":          "6: there is no date '31.01.2026'; expected year, month and day, such as '2026-01-31'",
		"date('2026-02-29') = ''":          "6: there is no date '2026-02-29'; expected year, month and day, such as '2026-01-31'",
		"date(${at}) = ''":                 "6: ${at} is a time of day; expected a text, a number or a date",
		// Patterns.
		"regex(${t}, ${t})":                                    "13: the pattern is not written out; expected an RE2 pattern in quotes, such as '[0-9]{10}'",
		"regex(${t}, 'а[б')":                                   "15: the pattern has a mistake: missing closing ]: [б; expected an RE2 pattern in quotes, such as '[0-9]{10}'",
		"regex(${t}, 'a)|(b')":                                 "14: the pattern has a mistake: unexpected ): a)|(b; expected an RE2 pattern in quotes, such as '[0-9]{10}'",
		"regex(${t}, '.(?=x)')":                                "15: the pattern has a mistake: invalid or unsupported Perl syntax: (?= (looking ahead or behind is not possible); expected an RE2 pattern in quotes, such as '[0-9]{10}'",
		"regex(${t}, '(.{500}){4}')":                           "22: the pattern has a mistake: invalid repeat count: {4}; expected an RE2 pattern in quotes, such as '[0-9]{10}'",
		"regex(${t}, '.{1000,}.{1000}')":                       "13: the patterns are too large, 2002 with what they repeat; expected at most 2000",
		"regex(${t}, '.{1000}') and regex(${t}, 'x.{2,998}x')": "40: the patterns are too large, 2001 with what they repeat; expected at most 2000",
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
