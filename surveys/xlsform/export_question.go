package xlsform

import (
	"fmt"
	"strings"

	"otklik/surveys"
)

// What texts are bounded by when nothing is said.
const (
	usualShortText = 500
	usualLongText  = 1000
)

// exports say how the kinds are written: the type, and what else belongs to it.
var exports = map[surveys.QuestionKind]struct {
	typ, appearance string
	more            func(x *exporter, c cells, q *surveys.Question)
}{
	surveys.Smiley:         {"range", "", (*exporter).scale},
	surveys.Stars:          {"range", "rating", (*exporter).scale},
	surveys.NPS:            {"range", "", (*exporter).scale},
	surveys.Agreement:      {"range", "", (*exporter).scale},
	surveys.Slider:         {"range", "", (*exporter).slider},
	surveys.NumberEntry:    {"integer", "", (*exporter).numberEntry},
	surveys.SingleChoice:   {"select_one", "", (*exporter).choose},
	surveys.PictureChoice:  {"select_one", "", (*exporter).choose},
	surveys.Dropdown:       {"select_one", "minimal", (*exporter).choose},
	surveys.MultipleChoice: {"select_multiple", "", (*exporter).choose},
	surveys.Ranking:        {"rank", "", (*exporter).choose},
	surveys.YesNo:          {"select_one", "", (*exporter).yesNo},
	surveys.Date:           {"date", "", (*exporter).moment},
	surveys.Time:           {"time", "", (*exporter).moment},
	surveys.DateTime:       {"dateTime", "", (*exporter).moment},
	surveys.ShortText:      {"text", "", nil},
	surveys.LongText:       {"text", "multiline", nil},
	surveys.Phone:          {"text", "numbers", nil},
	surveys.Email:          {"text", "", nil},
	surveys.Consent:        {"acknowledge", "", (*exporter).consent},
	surveys.Signature:      {"image", "signature", nil},
	surveys.Calculated:     {"calculate", "", nil},
	surveys.Hidden:         {"hidden", "", nil},
	surveys.Information:    {"note", "", nil},
}

// question returns the row of a question that is no matrix.
func (x *exporter) question(q *surveys.Question) cells {
	e := exports[q.Kind]
	c := cells{"type": e.typ, "name": q.Code}
	c.set("appearance", e.appearance)
	x.asked(c, q)
	c.condition("relevant", q.Relevance)
	c.condition("constraint", q.Constraint)
	x.text(c, "constraint_message", q.ConstraintMessage)
	c.condition("calculation", q.Calculation)
	c.set("otklik::source", q.Source)
	c.set("default", strings.Join(answers(q.Default), " "))
	switch q.Kind {
	case surveys.ShortText:
		c.number("otklik::max_length", q.MaxLength, usualShortText)
	case surveys.LongText:
		c.number("otklik::max_length", q.MaxLength, usualLongText)
	}
	x.marked(c, q)
	if e.more != nil {
		e.more(x, c, q)
	}
	s := shape{typ: e.typ, appearance: []string{e.appearance}, choices: len(q.Choices), pictures: len(q.Choices) > 0, rating: q.Kind == surveys.Stars}
	for _, choice := range q.Choices {
		s.pictures = s.pictures && choice.Image != ""
	}
	if e.typ != "image" && e.typ != "hidden" && s.kind() != q.Kind {
		c["otklik::kind"] = string(q.Kind)
	}
	return c
}

// asked writes what most kinds have, a matrix included.
func (x *exporter) asked(c cells, q *surveys.Question) {
	x.text(c, "label", q.Text)
	x.text(c, "hint", q.Hint)
	c.set("media::image", q.Image)
	c.yes("required", q.Required)
	x.text(c, "required_message", q.RequiredMessage)
	c.yes("otklik::decline", q.Decline)
	c.number("otklik::group", q.Group, 0)
	c.yes("otklik::reversed", q.Reversed)
	x.text(c, "otklik::low", q.Low)
	x.text(c, "otklik::high", q.High)
	c.number("otklik::time_limit", q.TimeLimit, 0)
}

// marked writes the right answers, one a line.
func (x *exporter) marked(c cells, q *surveys.Question) {
	if len(q.Correct) == 0 {
		return
	}
	lines := make([]string, len(q.Correct))
	for i, v := range q.Correct {
		lines[i] = escaped.Replace(strings.Join(answers(v), " "))
	}
	c.set("otklik::correct", strings.Join(lines, "\n"))
	c.number("otklik::points", q.Points, 1)
}

// answers returns an answer as XLSForm writes it; a list has several.
func answers(v surveys.Value) []string {
	if n, ok := v.Float(); ok {
		return []string{decimal(n)}
	}
	if s, ok := v.Text(); ok {
		return []string{s}
	}
	codes, _ := v.List()
	return codes
}

func (x *exporter) scale(c cells, q *surveys.Question) {
	lowest, highest, _ := q.Scale()
	c["parameters"] = fmt.Sprintf("start=%d end=%d step=1", lowest, highest)
}

func (x *exporter) slider(c cells, q *surveys.Question) {
	c["parameters"] = fmt.Sprintf("start=%s end=%s step=%s", decimal(q.Min), decimal(q.Max), decimal(q.Step))
}

// numberEntry writes bounds that the constraint does not say in columns of the product's own, and for other programs as a
// constraint when the question has none.
func (x *exporter) numberEntry(c cells, q *surveys.Question) {
	if q.Decimals > 0 {
		c["type"] = "decimal"
		c.number("otklik::decimals", q.Decimals, maxDecimals)
	}
	b := boundsOf(c["constraint"], q.Decimals == 0)
	if b.min == nil || *b.min != q.Min {
		c["otklik::min"] = decimal(q.Min)
	}
	highest := float64(usualMax)
	if b.max != nil {
		highest = *b.max
	}
	if highest != q.Max {
		c["otklik::max"] = decimal(q.Max)
	}
	x.bound(c, q)
}

func (x *exporter) moment(c cells, q *surveys.Question) {
	c.set("otklik::min", q.Earliest)
	c.set("otklik::max", q.Latest)
	x.bound(c, q)
}

func (x *exporter) bound(c cells, q *surveys.Question) {
	if q.Constraint == nil {
		c.set("constraint", boundsConstraint(q.Kind, c["otklik::min"], c["otklik::max"]))
	}
}

func (x *exporter) choose(c cells, q *surveys.Question) {
	c["type"] += " " + x.list(q)
	if q.Kind == surveys.Ranking {
		c.number("otklik::top", q.Top, len(q.Choices))
	}
	if q.RandomChoices {
		c["parameters"] = "randomize=true"
	}
	var names, conditions []string
	for _, choice := range q.Choices {
		when := ""
		if choice.When != nil {
			when = choice.When.String()
		}
		names, conditions = append(names, choice.Code), append(conditions, when)
	}
	c.set("choice_filter", filterOf(names, conditions))
}

// list writes the choices of a question and returns the name of their list; the same choices are written once.
func (x *exporter) list(q *surveys.Question) string {
	rows := make([]cells, len(q.Choices))
	for i, choice := range q.Choices {
		c := cells{"name": choice.Code}
		x.text(c, "label", choice.Text)
		c.set("media::image", choice.Image)
		c.yes("otklik::exclusive", choice.Exclusive)
		c.yes("otklik::last", choice.Last && !choice.Exclusive && choice.Code != otherCode)
		c.condition("otklik::when", choice.When)
		rows[i] = c
	}
	return x.addList(q.Code, rows)
}

func (x *exporter) addList(name string, rows []cells) string {
	key := fmt.Sprint(rows) // maps print in the order of their keys
	if known, ok := x.lists[key]; ok {
		return known
	}
	for i := 2; ; i++ {
		if !x.taken["list "+name] {
			break
		}
		name = strings.TrimSuffix(name, "_"+itoa(i-1)) + "_" + itoa(i)
	}
	x.taken["list "+name], x.lists[key] = true, name
	for _, c := range rows {
		c["list_name"] = name
	}
	x.choices = append(x.choices, rows...)
	return name
}

// Words for the two answers of a yes-no question in programs that do not have their own.
var (
	yesWord = map[string]string{"ru": "Да", "tt": "Әйе", "en": "Yes"}
	noWord  = map[string]string{"ru": "Нет", "tt": "Юк", "en": "No"}
)

func (x *exporter) yesNo(c cells, _ *surveys.Question) {
	word := func(words map[string]string) surveys.Text {
		t := surveys.Text{}
		for _, l := range x.survey.Languages {
			if t[l] = words[l]; t[l] == "" {
				t[l] = words["en"]
			}
		}
		return t
	}
	yes, no := cells{"name": surveys.Yes}, cells{"name": surveys.No}
	x.text(yes, "label", word(yesWord))
	x.text(no, "label", word(noWord))
	c["type"] += " " + x.addList("yes_no", []cells{yes, no})
}

func (x *exporter) consent(c cells, q *surveys.Question) {
	c["otklik::version"] = q.Consent.Version
	x.text(c, "otklik::purpose", q.Consent.Purpose)
	x.text(c, "otklik::term", q.Consent.Term)
	x.text(c, "otklik::statement", q.Consent.Statement)
}

// matrix writes a matrix as a group that shows a table.
func (x *exporter) matrix(q *surveys.Question) {
	g := cells{"type": "begin_group", "name": q.Code, "appearance": "table-list"}
	x.asked(g, q)
	g.condition("relevant", q.Relevance)
	required, message := g["required"], cells{}
	delete(g, "required")
	for header := range g {
		if strings.HasPrefix(header, "required_message") {
			message[header] = g[header]
			delete(g, header)
		}
	}
	list := ""
	if q.RowKind == surveys.SingleChoice {
		list = x.list(q)
	} else {
		g["otklik::scale"] = string(q.RowKind)
		if q.RowKind == surveys.Agreement {
			g["otklik::levels"] = itoa(q.Levels)
		}
		list = x.steps(q)
	}
	x.rows = append(x.rows, g)
	for _, r := range q.Rows {
		c := cells{"type": "select_one " + list, "name": q.Code + "-" + r.Code}
		x.text(c, "label", r.Text)
		c.set("required", required)
		for header, words := range message {
			c[header] = words
		}
		c.yes("otklik::reversed", r.Reversed)
		x.rows = append(x.rows, c)
	}
	x.rows = append(x.rows, cells{"type": "end_group"})
}

// steps writes the steps of a scale as choices, for programs that do not know the scale.
func (x *exporter) steps(q *surveys.Question) string {
	lowest, highest, _ := q.Items()[0].Scale()
	var rows []cells
	for n := lowest; n <= highest; n++ {
		t := surveys.Text{}
		for _, l := range x.survey.Languages {
			t[l] = itoa(n)
		}
		c := cells{"name": itoa(n)}
		x.text(c, "label", t)
		rows = append(rows, c)
	}
	return x.addList(string(q.RowKind)+"_scale", rows)
}
