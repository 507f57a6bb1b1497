package surveys

import (
	"errors"
	"fmt"
	"strings"

	"otklik/surveys/expr"
)

// expression notes an expression down for compile, if there is one under key.
func (l *loader) expression(o object, key string, visible, page int, set func(*expr.Program)) {
	f, ok := o.fields[key]
	if !ok {
		return
	}
	if s, ok := l.scalar(f, "a condition such as ${who} = 'employer'"); ok {
		l.expressions = append(l.expressions, expression{s, visible, page, set})
	}
}

// compile compiles an expression and reports what is wrong with it where it stands.
func (l *loader) compile(e expression) {
	program, err := expr.Compile(e.source.text, expr.Boolean, scope{l, e})
	if err == nil {
		e.set(program)
		return
	}
	var wrong *expr.Error
	if !errors.As(err, &wrong) || wrong.Message == "" {
		return // a question that is itself reported
	}
	l.problem(l.locate(e.source, wrong.Column), wrong.Message, wrong.Expected)
}

// scope is what an expression may name.
type scope struct {
	loader *loader
	at     expression
}

// Lookup implements expr.Scope. Its error is an expr.Error, without a message when the question is reported already.
func (s scope) Lookup(name string) (expr.Variable, error) {
	d, ok := s.loader.defined[name]
	switch {
	case !ok:
		return expr.Variable{}, &expr.Error{Message: fmt.Sprintf("there is no question %.40s", name), Expected: s.names()}
	case d.index >= s.at.page:
		return expr.Variable{}, &expr.Error{Message: fmt.Sprintf("the question %s comes later, in line %d", name, d.at.line),
			Expected: s.names()}
	case d.index >= s.at.visible:
		return expr.Variable{}, &expr.Error{
			Message: fmt.Sprintf("the question %s stands on the same page, and who is asked it is not settled here", name), Expected: s.names()}
	}
	q := s.loader.survey.questions[d.index]
	v := expr.Variable{Slot: d.index, Type: operandType(q.Kind)}
	switch {
	case q.Kind == Information:
		return v, &expr.Error{Message: fmt.Sprintf("%s is an information page and has no answer", name), Expected: s.names()}
	case v.Type == 0:
		return v, &expr.Error{}
	case q.Kind != ShortText && v.Type != expr.Number:
		if v.Choices = q.codes(); v.Choices == nil {
			return v, &expr.Error{}
		}
	}
	return v, nil
}

// operandType returns the type of a question's answer in the logic language, 0 when it has none.
func operandType(k QuestionKind) expr.Type {
	switch k {
	case Smiley, Stars, NPS, Agreement:
		return expr.Number
	case SingleChoice, YesNo, ShortText:
		return expr.Text
	case MultipleChoice:
		return expr.Codes
	}
	return 0
}

// names lists what may be named, for error messages.
func (s scope) names() string {
	const most = 12
	var names []string
	for _, q := range s.loader.survey.questions[:min(s.at.visible, len(s.loader.survey.questions))] {
		if operandType(q.Kind) != 0 && q.Code != "" {
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
