package surveys

import (
	"fmt"
	"slices"
	"strings"

	"otklik/surveys/expr"
)

// scales are the kinds answered with a whole number.
var scales = []QuestionKind{Smiley, Stars, NPS, Agreement}

// only lists the keys that a question may have on some kinds alone.
var only = map[string][]QuestionKind{
	"choices":    {SingleChoice, MultipleChoice},
	"max_length": {ShortText},
	"low":        {NPS, Agreement},
	"high":       {NPS, Agreement},
	"group":      scales,
	"reversed":   scales,
	"required":   slices.DeleteFunc(slices.Clone(QuestionKinds), func(k QuestionKind) bool { return k == Information }),
}

func (l *loader) pages(o object) {
	for _, f := range o.list("pages", "pages", 1, maxPages, true) {
		l.page(f)
	}
	if n := len(l.survey.questions); n > maxQuestions {
		l.problem(o.fields["pages"].at, fmt.Sprintf("the survey has %d questions", n), fmt.Sprintf("at most %d", maxQuestions))
	}
}

func (l *loader) page(f field) {
	o, ok := l.object(f, "a page", "relevance", "pick", "questions")
	if !ok {
		return
	}
	i, first := len(l.survey.Pages), len(l.survey.questions)
	questions := o.list("questions", "questions", 1, maxQuestions, true)
	page := Page{}
	if _, ok := o.fields["pick"]; ok {
		page.Pick = o.integer("pick", 1, max(1, len(questions)), false)
	}
	l.survey.Pages = append(l.survey.Pages, page)
	l.expression(o, "relevance", first, first+len(questions), func(p *expr.Program) { l.survey.Pages[i].Relevance = p })
	for n, q := range questions {
		visible := first + n
		if page.Pick > 0 {
			visible = first // whether the others on the page are asked is chance
		}
		question := &Question{}
		l.survey.questions = append(l.survey.questions, question)
		l.survey.Pages[i].Questions = append(l.survey.Pages[i].Questions, question)
		l.question(q, question, first+n, visible)
	}
}

// question reads q, question number index of the survey, whose relevance may name the questions before visible.
func (l *loader) question(f field, q *Question, index, visible int) {
	o, ok := l.object(f, "a question", "code", "kind", "text", "hint", "required", "relevance", "group", "reversed",
		"choices", "max_length", "low", "high")
	if !ok {
		return
	}
	var at place
	if q.Code, at = l.code(o); q.Code != "" {
		if first, twice := l.defined[q.Code]; twice {
			l.problem(at, fmt.Sprintf("the code %s is taken by the question in line %d", q.Code, first.at.line), "a code of its own")
		} else {
			l.defined[q.Code] = definition{index, at}
			l.survey.byCode[q.Code] = index
		}
	}
	q.Kind = oneOf(o, "kind", QuestionKinds)
	q.Text = l.text(o, "text", maxQuestion, true)
	q.Hint = l.text(o, "hint", maxQuestion, false)
	q.Required = o.boolean("required")
	q.Group = o.integer("group", 1, 5, false)
	q.Reversed = o.boolean("reversed")
	q.Low = l.text(o, "low", maxLabel, false)
	q.High = l.text(o, "high", maxLabel, false)
	q.MaxLength = o.integer("max_length", 1, maxTextLength, false)
	if q.Kind == ShortText && q.MaxLength == 0 {
		q.MaxLength = usualMaxLength
	}
	l.expression(o, "relevance", visible, index, func(p *expr.Program) { q.Relevance = p })
	l.choices(o, q)
	for _, key := range o.order {
		if kinds, bound := only[key]; bound && q.Kind != "" && !slices.Contains(kinds, q.Kind) {
			l.problem(o.fields[key].at, fmt.Sprintf("%s does not belong to a question of the kind %s", key, q.Kind),
				key+" on "+orList(kinds)+" only")
		}
	}
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

func (l *loader) choices(o object, q *Question) {
	seen := map[string]place{}
	for _, f := range o.list("choices", "choices", 2, maxChoices, slices.Contains(only["choices"], q.Kind)) {
		c, ok := l.object(f, "a choice", "code", "text", "exclusive")
		if !ok {
			continue
		}
		code, at := l.code(c)
		l.distinct(seen, "choice", code, at)
		choice := Choice{Code: code, Text: l.text(c, "text", maxLabel, true), Exclusive: c.boolean("exclusive")}
		if e, ok := c.fields["exclusive"]; ok && q.Kind == SingleChoice {
			l.problem(e.at, "exclusive does not belong to a choice of a single-choice question",
				"exclusive on multiple-choice only")
		}
		q.Choices = append(q.Choices, choice)
	}
}
