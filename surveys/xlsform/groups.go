package xlsform

import (
	"fmt"
	"slices"
	"strings"

	"otklik/surveys"
)

// findMatrix makes a group that shows a table a matrix: its rows are select_one questions of one list. Without being one,
// it is a group like any other, with a warning.
func (im *importer) findMatrix(g *item) {
	rows := g.children
	table := slices.Contains(g.looks, "table-list")
	if len(rows) > 0 && slices.Contains(rows[0].looks, "label") && slices.Contains(g.looks, "field-list") {
		table, g.heading, rows = true, rows[0], rows[1:]
	}
	if !table {
		return
	}
	if why := im.noMatrix(rows); why != "" {
		g.heading = nil
		im.warn(g.at, "the table cannot be shown as one: "+why, "select_one rows of one list, which are always asked together")
		g.looks = append(g.looks, "field-list")
		return
	}
	g.rows, g.kind = rows, surveys.Matrix
	if scale, _ := im.survey.get(g.row, "otklik::scale"); scale != "" {
		for _, it := range rows {
			it.kind, it.codes = surveys.QuestionKind(scale), nil
		}
	}
	if g.heading != nil {
		g.heading.typ.spec.role = ends // a line above the table; it is not answered
		g.children = slices.DeleteFunc(slices.Clone(g.children), func(it *item) bool { return it == g.heading })
	}
}

// noMatrix says why rows are no matrix, "" when they are.
func (im *importer) noMatrix(rows []*item) string {
	if len(rows) == 0 {
		return "it has no rows"
	}
	required := 0
	for _, it := range rows {
		switch {
		case it.group || it.typ.name != "select_one":
			return fmt.Sprintf("row %d is no select_one", it.row.number)
		case it.typ.list != rows[0].typ.list:
			return fmt.Sprintf("row %d has another list", it.row.number)
		case it.typ.other:
			return fmt.Sprintf("row %d has or_other", it.row.number)
		}
		for _, column := range []string{"relevant", "constraint", "choice_filter", "default", "otklik::kind"} {
			if cell, _ := im.survey.get(it.row, column); cell != "" {
				return fmt.Sprintf("row %d has %s", it.row.number, column)
			}
		}
		if cell, _ := im.survey.get(it.row, "required"); isYes(cell) {
			required++
		}
	}
	if required != 0 && required != len(rows) {
		return "only some of its rows are required"
	}
	return ""
}

// matrix returns a table as YAML.
func (im *importer) matrix(g *item) *node {
	n := &node{from: g.at}
	n.set("code", text(g.nameAt, g.code))
	n.set("kind", text(g.at, string(surveys.Matrix)))
	im.only(g, "a table has none", "hint", "relevant", "otklik::group", "otklik::reversed", "otklik::decline", "otklik::levels",
		"otklik::low", "otklik::high", "otklik::scale", "otklik::time_limit")
	if g.heading != nil {
		im.only(g.heading, "the line above a table has none")
	}
	label := im.texts(im.survey, g.row, "label", true)
	if label == nil && g.heading != nil {
		label = im.texts(im.survey, g.heading.row, "label", true)
	}
	if label == nil {
		im.fail(g.at, "the table "+quote(g.name)+" has no label", "what the rows are asked about, in the column label of the group")
		label = text(g.at, g.name)
	}
	n.set("text", label)
	if t := im.texts(im.survey, g.row, "hint", true); t != nil {
		n.set("hint", t)
	}
	im.condition(n, g, "relevant", "relevance")
	im.take(n, im.survey, g.row, ownColumns)
	for _, key := range ownTexts {
		if t := im.texts(im.survey, g.row, "otklik::"+key, true); t != nil {
			n.set(key, t)
		}
	}
	rows := &node{from: g.at}
	for _, it := range g.rows {
		rows.list = append(rows.list, im.matrixRow(n, it))
	}
	n.set("rows", rows)
	if scale, at := im.survey.get(g.row, "otklik::scale"); scale != "" {
		n.set("scale", text(at, scale))
	} else if c := im.choicesNode(g.rows[0]); c != nil {
		n.set("choices", c)
	}
	n.arrange(questionKeys)
	return n
}

// matrixRow returns one row; what all rows have alike goes to the matrix.
func (im *importer) matrixRow(matrix *node, it *item) *node {
	row := &node{from: it.nameAt}
	row.set("code", text(it.nameAt, it.code))
	if t := im.texts(im.survey, it.row, "label", true); t != nil {
		row.set("text", t)
	} else {
		im.fail(it.at, "the row "+quote(it.name)+" of the table has no label", "what is asked, in the column label")
	}
	im.take(row, im.survey, it.row, []own{{"otklik::reversed", "reversed", (*importer).truth}})
	if cell, at := im.survey.get(it.row, "required"); isYes(cell) {
		matrix.set("required", plain(at, "true"))
		if t := im.texts(im.survey, it.row, "required_message", false); t != nil && !matrix.has("required_message") {
			matrix.set("required_message", t)
		}
	}
	im.only(it, "the rows of a table have none", "required", "required_message", "otklik::reversed")
	return row
}

// page is a page being filled, and the group that it belongs to.
type page struct {
	group  *item // nil outside of groups
	outer  *page
	when   string // the relevance of all groups around it
	whenAt origin
	node   *node // nil until it has a question
	sealed bool  // another group stands inside
}

// pages returns the pages: each group is one, and so are questions in a row outside of groups. A group inside of another
// one is a page of its own, which has both relevances.
func (im *importer) pages() *node {
	pages := &node{}
	im.fill(pages, &page{}, im.items)
	for _, p := range pages.list {
		p.arrange([]string{"relevance", "pick", "order", "together", "questions"})
	}
	return pages
}

func (im *importer) fill(pages *node, p *page, items []*item) {
	for _, it := range items {
		switch {
		case it.rows != nil:
			im.add(pages, p, it, im.matrix(it))
		case it.group:
			if p.node != nil || p.group != nil {
				p.sealed = true
			}
			im.fill(pages, im.inner(p, it), it.children)
			p.node = nil
		case it.typ.spec.role == asks || it.typ.spec.role == records && it.ref != "":
			n := im.question(it)
			var behind *node
			if it.other != "" && n.has("choices") {
				behind = im.addOther(it, n.get("choices"))
			}
			n.arrange(questionKeys)
			im.add(pages, p, it, n)
			if behind != nil {
				im.add(pages, p, it, behind)
			}
		}
	}
	im.finish(p)
}

// inner begins the page of a group.
func (im *importer) inner(outer *page, g *item) *page {
	p := &page{group: g, outer: outer, when: outer.when, whenAt: outer.whenAt}
	if cell, at := im.survey.get(g.row, "relevant"); cell != "" {
		p.whenAt = at
		if p.when = im.rewrite(cell, nil); outer.when != "" {
			p.when = "(" + outer.when + ") and (" + p.when + ")"
		}
	}
	for _, column := range []string{"label", "hint"} {
		if t := im.texts(im.survey, g.row, column, true); t != nil && g.typ.spec.role != impossible {
			im.warn(t.from, fmt.Sprintf("the %s of the group is left out: a page has no heading", column), "a note at the beginning of the group, or the words in its questions")
		}
	}
	im.only(g, "a group has none", "hint", "relevant", "otklik::pick", "otklik::order")
	return p
}

// add adds a question to a page.
func (im *importer) add(pages *node, p *page, it *item, n *node) {
	if p.node == nil {
		p.node = &node{from: it.at}
		if p.when != "" {
			p.node.set("relevance", text(p.whenAt, p.when))
		}
		p.node.set("questions", &node{from: it.at})
		pages.list = append(pages.list, p.node)
		if p.group != nil {
			im.pageKeys(p)
		}
	}
	questions := p.node.get("questions")
	questions.list = append(questions.list, n)
	if p.node.has("together") {
		im.checkTogether(p)
	}
}

// pageKeys sets what a group says of its page.
func (im *importer) pageKeys(p *page) {
	g := p.group
	p.node.from = g.at
	pick, at := im.survey.get(g.row, "otklik::pick")
	if order, at := im.survey.get(g.row, "otklik::order"); order != "" {
		p.node.set("order", text(at, order))
	}
	if pick != "" {
		im.number(p.node, "pick", pick, at)
	}
	if slices.Contains(g.looks, "field-list") {
		_, at := im.survey.get(g.row, "appearance")
		p.node.set("together", plain(at, "true"))
	}
}

// maxTogether is how many questions fit one screen.
const maxTogether = 6

// checkTogether takes together from a page whose questions cannot share a screen.
func (im *importer) checkTogether(p *page) {
	shown, why := 0, ""
	for _, q := range p.node.get("questions").list {
		kind := surveys.QuestionKind(q.get("kind").text)
		if !kind.Traits().HasScreen {
			continue
		}
		if shown++; !kind.Traits().Together {
			why = fmt.Sprintf("%s is of the kind %s, which needs a screen of its own", q.get("code").text, kind)
		}
	}
	if shown > maxTogether {
		why = fmt.Sprintf("more than %d questions do not fit", maxTogether)
	}
	if why == "" {
		return
	}
	im.warn(p.node.get("together").from, "the questions of the group are asked one by one: "+why, "")
	i := slices.Index(p.node.keys, "together")
	p.node.keys, p.node.values = slices.Delete(p.node.keys, i, i+1), slices.Delete(p.node.values, i, i+1)
}

// finish says what cannot be carried of a group that is filled.
func (im *importer) finish(p *page) {
	if p.group == nil || p.group.typ.spec.role == impossible {
		return
	}
	pick, at := im.survey.get(p.group.row, "otklik::pick")
	order, orderAt := im.survey.get(p.group.row, "otklik::order")
	if order != "" {
		at = orderAt
	}
	switch {
	case (pick != "" || order != "") && p.sealed:
		im.fail(at, "a group whose questions are drawn has another group inside", "groups beside each other")
	case len(p.group.children) == 0:
		im.warn(p.group.at, "the group "+quote(strings.TrimSpace(p.group.name))+" is empty and left out", "")
	}
}
