package surveys

import (
	"fmt"
	"slices"
	"strings"

	"otklik/surveys/expr"
)

// random is the only order that can be asked for: without one things stand in the order of the survey.
var random = []string{"random"}

func (l *loader) pages(o object) {
	for _, f := range o.list("pages", "pages", 1, maxPages, true) {
		l.page(f)
	}
	if n := len(l.survey.questions); n > maxQuestions {
		l.problem(o.fields["pages"].at, fmt.Sprintf("the survey has %d questions", n), fmt.Sprintf("at most %d", maxQuestions))
	}
}

func (l *loader) page(f field) {
	o, ok := l.object(f, "a page", "relevance", "pick", "order", "together", "questions")
	if !ok {
		return
	}
	i, first := len(l.survey.Pages), len(l.survey.questions)
	questions := o.list("questions", "questions", 1, maxQuestions, true)
	page := Page{Together: o.boolean("together"), Pick: o.integerOr("pick", 1, max(1, len(questions)), 0)}
	order, _ := oneOfAt(o, "order", random, false)
	page.Random = order != ""
	l.survey.Pages = append(l.survey.Pages, page)
	whole := sight{first, first + len(questions)}
	l.condition(o, "relevance", whole, func(p *expr.Program) { l.survey.Pages[i].Relevance = p })
	onScreen := 0
	for n, f := range questions {
		logic, texts := sight{first + n, first + n}, sight{first + n, first + n}
		if page.drawn() {
			logic, texts = sight{first, first + n}, sight{first, first + n} // whether the others on the page are asked is chance
		}
		if page.Together {
			texts = sight{first, first + n} // they stand on the same screen, before anything on it is answered
		}
		q := &Question{}
		l.survey.questions = append(l.survey.questions, q)
		l.survey.Pages[i].Questions = append(l.survey.Pages[i].Questions, q)
		kindAt := l.question(f, q, first+n, logic, texts)
		traits := q.Kind.Traits()
		if page.drawn() && q.Kind != "" && !traits.HasScreen {
			l.problem(kindAt, fmt.Sprintf("a %s question is not asked, and what this page asks is drawn by lot", q.Kind), "a page without pick and order")
		}
		if page.Together && traits.HasScreen {
			onScreen++
			if !traits.Together {
				l.problem(kindAt, fmt.Sprintf("a question of the kind %s needs a screen of its own", q.Kind), "a page without together")
			}
		}
	}
	if onScreen > maxTogether {
		l.problem(o.fields["together"].at, fmt.Sprintf("%d questions share the screen", onScreen), fmt.Sprintf("at most %d", maxTogether))
	}
}

// questionKeys are all keys of a question. The first four belong to every kind, the others where its form says so.
var questionKeys = []string{
	"code", "kind", "text", "relevance",
	"hint", "image", "required", "required_message", "decline", "constraint", "constraint_message", "default", "group", "reversed",
	"choices", "order", "top", "rows", "scale", "levels", "max_length", "min", "max", "step", "decimals", "low", "high",
	"consent", "calculation", "source", "correct", "points", "time_limit",
}

const keysOfEveryKind = 4

// question reads q, question number index of the survey, whose logic and texts see what they say. It returns where the
// kind stands.
func (l *loader) question(f field, q *Question, index int, logic, texts sight) (kindAt place) {
	o, ok := l.object(f, "a question", questionKeys...)
	if !ok {
		return f.at
	}
	l.sees = texts
	var at place
	if q.Code, at = l.code(o); q.Code != "" {
		if first, twice := l.defined[q.Code]; twice {
			l.problem(at, fmt.Sprintf("the code %s is taken by the question in line %d", q.Code, first.at.line), "a code of its own")
		} else {
			l.defined[q.Code] = definition{index, at}
			l.survey.byCode[q.Code] = index
		}
	}
	problems := len(l.problems)
	q.Kind, kindAt = oneOfAt(o, "kind", QuestionKinds, true)
	q.Text = l.text(o, "text", maxQuestion, true)
	q.Hint = l.text(o, "hint", maxQuestion, false)
	q.Image = l.image(o)
	if pages := l.survey.Pages; q.Image != "" && pages[len(pages)-1].Together {
		l.problem(o.fields["image"].at, "a question that shares a screen has an image", "a page without together")
	}
	q.Required, q.Decline = o.boolean("required"), o.boolean("decline")
	q.RequiredMessage = l.text(o, "required_message", maxLabel, false)
	q.ConstraintMessage = l.text(o, "constraint_message", maxLabel, false)
	q.Group = o.integer("group", 1, 5, false)
	q.Reversed = o.boolean("reversed")
	q.Low = l.text(o, "low", maxLabel, false)
	q.High = l.text(o, "high", maxLabel, false)
	q.TimeLimit = o.integer("time_limit", 5, maxTimeLimit, false)
	if pages := l.survey.Pages; q.TimeLimit > 0 && pages[len(pages)-1].Together {
		l.problem(o.fields["time_limit"].at, "a question that shares a screen has a time_limit", "a page without together, or a time_limit of the whole test")
	}
	l.choices(o, q, logic)
	if form := forms[q.Kind]; form != nil && form.read != nil {
		form.read(l, o, q)
	}
	q.slot = l.survey.slots
	l.survey.slots += 1 + len(q.Rows)
	l.condition(o, "relevance", logic, func(p *expr.Program) { q.Relevance = p })
	l.expression(o, "constraint", "a condition such as . >= 18",
		expression{sees: logic, want: expr.Boolean, own: q, set: func(p *expr.Program) { q.Constraint = p }})
	l.expression(o, "calculation", "an expression such as ${a} + ${b}",
		expression{sees: logic, want: expr.Any, own: q, set: func(p *expr.Program) { q.Calculation = p }})
	l.misplaced(o, q)
	if l.survey.Anonymous && q.Kind.Traits().Personal {
		l.problem(kindAt, fmt.Sprintf("an anonymous survey asks for a %s", q.Kind), "nothing that tells who somebody is")
	}
	if len(l.problems) == problems {
		l.literals(o, q)
	}
	return kindAt
}

// pairs are keys that say nothing without another one.
var pairs = []struct{ key, without string }{
	{"required_message", "required"}, {"constraint_message", "constraint"}, {"points", "correct"},
}

// misplaced reports the keys that do not belong to the question.
func (l *loader) misplaced(o object, q *Question) {
	form := forms[q.Kind]
	for _, key := range o.order {
		if form == nil || slices.Contains(questionKeys[:keysOfEveryKind], key) {
			continue
		}
		f := o.fields[key]
		switch {
		case !slices.Contains(form.keys, key):
			l.problem(f.at, fmt.Sprintf("%s does not belong to a question of the kind %s", key, q.Kind), key+" on "+kindsWith(key))
		case slices.Contains([]string{"correct", "points", "time_limit"}, key) && l.survey.Kind != Test && l.survey.Kind != "":
			l.problem(f.at, fmt.Sprintf("%s does not belong to a survey of the kind %s", key, l.survey.Kind), key+" on the kind test only")
		}
	}
	for _, p := range pairs {
		if f, ok := o.fields[p.key]; ok {
			if _, ok := o.fields[p.without]; !ok {
				l.problem(f.at, p.key+" stands without "+p.without, p.without+", too")
			}
		}
	}
}

// kindsWith names the kinds that have a key.
func kindsWith(key string) string {
	var with, without []QuestionKind
	for _, k := range QuestionKinds {
		if slices.Contains(forms[k].keys, key) {
			with = append(with, k)
		} else {
			without = append(without, k)
		}
	}
	if len(without) < len(with) {
		return "every kind but " + orList(without)
	}
	return orList(with) + " only"
}

func orList(kinds []QuestionKind) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = string(k)
	}
	if last := len(words) - 1; last > 0 {
		return strings.Join(words[:last], ", ") + " or " + words[last]
	}
	return words[0]
}

// literals reads the default and the right answers of a question that is otherwise sound.
func (l *loader) literals(o object, q *Question) {
	form := forms[q.Kind]
	read := func(f field) (Value, bool) {
		v, ok := form.literal(l, q, f)
		if ok {
			if err := q.check(v); err != nil {
				l.problem(f.at, fmt.Sprintf("%s is no answer to the question: %v", f.key, err), "a value of the kind "+string(q.Kind))
			}
		}
		return v, ok
	}
	if f, ok := o.fields["default"]; ok {
		q.Default, _ = read(f)
	}
	f, ok := o.fields["correct"]
	if !ok {
		return
	}
	q.Points = o.integerOr("points", 1, maxPoints, 1)
	alternatives := []field{f}
	if kindOf(f.node) == "a list" && !q.Kind.Traits().List {
		alternatives = o.list("correct", "right answers", 1, maxCorrect, true)
	}
	for _, f := range alternatives {
		if v, ok := read(f); ok {
			q.Correct = append(q.Correct, v)
		}
	}
}
