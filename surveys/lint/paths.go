package lint

import (
	"fmt"

	"otklik/surveys"
	"otklik/surveys/expr"
)

// paths looks for pages, questions and choices that nobody comes to, and for conditions that decide nothing.
func (c *checker) paths() {
	for p := range c.survey.Pages {
		page := &c.survey.Pages[p]
		path := fmt.Sprintf("/pages/%d", p)
		v := c.logic.settle(claim{conditions: []*expr.Program{page.Relevance}})
		if c.condition(v, path+"/relevance", "", fmt.Sprintf("page %d", p+1), page.Relevance) {
			continue // nor are its questions
		}
		for i, q := range page.Questions {
			c.question(page, q, fmt.Sprintf("%s/questions/%d", path, i))
		}
	}
	for i, a := range c.survey.Audiences {
		c.constant(a.When, fmt.Sprintf("/audiences/%d/when", i), "nobody belongs to the audience "+a.Code,
			"everybody belongs to the audience "+a.Code)
	}
	for i, q := range c.survey.Quotas {
		c.constant(q.When, fmt.Sprintf("/quotas/%d/when", i), "the quota "+q.Code+" counts nobody",
			"the quota "+q.Code+" counts everybody")
	}
}

// constant reports a condition on the whole visit that comes out the same for everyone.
func (c *checker) constant(when *expr.Program, path, nobody, everybody string) {
	v := c.logic.settle(claim{conditions: []*expr.Program{when}, early: true})
	switch {
	case v.known && !v.ever:
		c.found(Error, "never-true", path, "", "", "%s: %s is never true; mend the condition", nobody, when)
	case v.known && !v.failed:
		c.found(Warning, "always-true", path, "", "", "%s: %s is always true; leave it out or mend it", everybody, when)
	}
}

// condition reports a relevance that is never or always true; it returns whether it is never.
func (c *checker) condition(v verdict, path, question, what string, relevance *expr.Program) bool {
	switch {
	case v.known && !v.ever:
		c.found(Error, "unreachable", path, question, "",
			"%s is never asked: %s is never true; mend the condition or take it out", what, relevance)
		return true
	case v.known && !v.failed:
		c.found(Warning, "always-true", path, question, "",
			"%s is always asked: %s is always true; leave it out or mend it", what, relevance)
	}
	return false
}

// question looks at the conditions of one question.
func (c *checker) question(page *surveys.Page, q *surveys.Question, path string) {
	v := c.logic.settle(claim{conditions: []*expr.Program{q.Relevance}})
	if c.condition(v, path+"/relevance", q.Code, "question "+q.Code, q.Relevance) {
		return
	}
	asked := []*expr.Program{page.Relevance, q.Relevance}
	if page.Relevance != nil && q.Relevance != nil {
		if v := c.logic.settle(claim{conditions: asked}); v.known && !v.ever {
			c.found(Error, "unreachable", path+"/relevance", q.Code, "",
				"question %s is never asked: %s is never true together with the page's %s; mend one of them", q.Code,
				q.Relevance, page.Relevance)
			return
		}
	}
	if q.Constraint != nil {
		v := c.logic.settle(claim{conditions: []*expr.Program{q.Constraint}, given: asked, own: q})
		switch {
		case v.known && !v.ever:
			c.found(Error, "never-true", path+"/constraint", q.Code, "",
				"no answer to %s meets the constraint %s; mend it", q.Code, q.Constraint)
		case v.known && !v.failed:
			c.found(Warning, "always-true", path+"/constraint", q.Code, "",
				"every answer to %s meets the constraint %s; leave it out or mend it", q.Code, q.Constraint)
		}
	}
	for i := range q.Choices {
		choice := &q.Choices[i]
		if choice.When == nil {
			continue
		}
		at := fmt.Sprintf("%s/choices/%d/when", path, i)
		v := c.logic.settle(claim{conditions: []*expr.Program{choice.When}, given: asked})
		switch {
		case v.known && !v.ever:
			c.found(Error, "unreachable", at, q.Code, "",
				"choice %s of %s is never offered: %s is never true; mend the condition or take the choice out",
				choice.Code, q.Code, choice.When)
		case v.known && !v.failed:
			c.found(Warning, "always-true", at, q.Code, "",
				"choice %s of %s is always offered: %s is always true; leave it out or mend it", choice.Code, q.Code,
				choice.When)
		}
	}
}
