package surveys

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"otklik/surveys/expr"
)

// condition notes the condition under key down for compile, if there is one.
func (l *loader) condition(o object, key string, sees sight, set func(*expr.Program)) {
	l.expression(o, key, "a condition such as ${who} = 'employer'", expression{sees: sees, want: expr.Boolean, set: set})
}

// expression notes the expression under key down for compile, if there is one.
func (l *loader) expression(o object, key, expected string, e expression) {
	f, ok := o.fields[key]
	if !ok {
		return
	}
	if e.source, ok = l.scalar(f, expected); ok {
		l.expressions = append(l.expressions, e)
	}
}

// compile compiles an expression and reports what is wrong with it where it stands.
func (l *loader) compile(e expression) {
	var names expr.Scope = scope{l, e.sees}
	if e.own != nil {
		own := e.own.variable()
		if e.own.Kind == Calculated {
			own.Type = expr.Any
		}
		names = expr.WithOwn(names, own)
	}
	program, err := expr.Compile(e.source.text, e.want, names)
	if err == nil {
		if t := program.Type(); e.want == expr.Any && (t == expr.Boolean || t == expr.Codes) {
			l.problem(e.source.at, "the calculation gives "+t.String(), "a number, a text or a date, for example if(…, 1, 0)")
			return
		}
		e.set(program)
		return
	}
	var wrong *expr.Error
	if !errors.As(err, &wrong) || wrong.Message == "" {
		return // a question that is itself reported
	}
	l.problem(l.locate(e.source, wrong.Column), wrong.Message, wrong.Expected)
}

// checkPipes reports every ${…} of a text that names no earlier question with an answer that can be repeated.
func (l *loader) checkPipes(e expression) {
	names := scope{l, e.sees}
	for _, found := range pipe.FindAllStringIndex(e.source.text, -1) {
		name := strings.TrimSuffix(e.source.text[found[0]+2:found[1]], "}")
		wrong := &expr.Error{Message: "${ begins the repetition of an answer", Expected: "a question in the form ${code}"}
		if codeShape.MatchString(name) && strings.HasSuffix(e.source.text[:found[1]], "}") {
			_, err := names.Lookup(name)
			if err == nil || !errors.As(err, &wrong) || wrong.Message == "" {
				continue
			}
		}
		l.problem(l.locate(e.source, utf8.RuneCountInString(e.source.text[:found[0]])+1), wrong.Message, wrong.Expected)
	}
}

// scope is what an expression or a text may name.
type scope struct {
	loader *loader
	sees   sight
}

// Lookup implements expr.Scope. Its error is an expr.Error, without a message when the question is reported already. A row
// of a matrix has the name question-row.
func (s scope) Lookup(name string) (expr.Variable, error) {
	code, row, isRow := strings.Cut(name, "-")
	d, ok := s.loader.defined[code]
	fail := func(format string, args ...any) (expr.Variable, error) {
		return expr.Variable{}, &expr.Error{Message: fmt.Sprintf(format, args...), Expected: s.names()}
	}
	switch {
	case !ok:
		return fail("there is no question %.40s", code)
	case d.index >= s.sees.page:
		return fail("the question %s comes later, in line %d", code, d.at.line)
	case d.index >= s.sees.visible:
		return fail("the question %s stands on the same page, and who is asked it is not settled here", code)
	}
	q := s.loader.survey.questions[d.index]
	v := q.variable()
	if isRow || q.Kind == Matrix {
		for i, r := range q.Rows {
			if isRow && r.Code == row && q.items != nil {
				if v = q.items[i].variable(); v.Type == 0 {
					return v, &expr.Error{}
				}
				v.Slot = q.slot + 1 + i
				return v, nil
			}
		}
		switch {
		case q.Kind == "" || q.Kind == Matrix && len(q.Rows) == 0:
			return v, &expr.Error{}
		case q.Kind != Matrix:
			return fail("%s is no matrix and has no rows", code)
		case isRow:
			return fail("the matrix %s has no row %.40s", code, row)
		}
		return fail("%s is a matrix; its rows have names such as %s-%s", code, code, q.Rows[0].Code)
	}
	switch {
	case q.Kind == Information:
		return fail("%s is an information page and has no answer", code)
	case q.Kind == Signature:
		return fail("%s is a signature, which logic and texts cannot use", code)
	case v.Type == 0, q.Kind.Traits().HasChoices && v.Choices == nil:
		return v, &expr.Error{}
	}
	return v, nil
}

// variable returns the question's own variable in the logic language; its type is 0 when it has none.
func (q *Question) variable() expr.Variable {
	return expr.Variable{Slot: q.slot, Type: q.valueType(), Choices: q.codes()}
}

// names lists what may be named, for error messages.
func (s scope) names() string {
	const most = 12
	var names []string
	for _, q := range s.loader.survey.questions[:min(s.sees.visible, len(s.loader.survey.questions))] {
		switch {
		case q.Code == "":
		case q.Kind == Matrix:
			for _, r := range q.Rows {
				names = append(names, q.Code+"-"+r.Code)
			}
		case q.valueType() != 0:
			names = append(names, q.Code)
		}
	}
	switch {
	case len(names) == 0:
		return "no name, since no question comes before"
	case len(names) > most:
		return "an earlier question: " + strings.Join(names[:most], ", ") + ", …"
	}
	return "an earlier question: " + strings.Join(names, ", ")
}
