// Package lint says what a survey would do wrong on the glass, before it is published: questions that nobody is asked,
// choices that look the same, wording that leads, texts that do not fit, and what a new version does to the columns of
// exports. A finding is an error when answers would be lost or mean nothing, a warning when a person should look; lint
// that cannot decide says nothing.
//
// # Screens and time
//
// The seconds are the estimate of surveys.Survey.Seconds. The longest and the shortest path are searched for: over all
// answers that logic tells apart when these are few, and always over a fixed set of visits that skip everything they may,
// answer at either end of every scale, or answer at random.
package lint

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"otklik/surveys"
)

// Severity says what a finding means for publishing.
type Severity string

// The severities: an Error should never be published, a Warning deserves a look, a Note only tells.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// Finding is one thing found in a survey's source.
type Finding struct {
	File     string   `json:"file"`
	Line     int      `json:"line"`   // from 1
	Column   int      `json:"column"` // from 1, in characters
	Severity Severity `json:"severity"`
	// Rule is the short name of the rule, which never changes.
	Rule string `json:"rule"`
	// Message says what is wrong and what to do.
	Message  string `json:"message"`
	Question string `json:"question,omitempty"` // the code of the question it is about
	Language string `json:"language,omitempty"` // of the text it is about
}

// String returns the finding as "file:line:column: severity: message [rule]", the form that editors jump to.
func (f Finding) String() string {
	return fmt.Sprintf("%s:%d:%d: %s: %s [%s]", f.File, f.Line, f.Column, f.Severity, f.Message, f.Rule)
}

// Report is everything lint says of one survey.
type Report struct {
	File     string    `json:"file"`
	Survey   string    `json:"survey,omitempty"` // Survey.ID, "" when the file is no survey
	Number   int       `json:"number,omitempty"`
	Findings []Finding `json:"findings"` // in the order of the source
	Figures  *Figures  `json:"figures,omitempty"`
}

// Has reports whether the report has a finding of the severity.
func (r *Report) Has(s Severity) bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Severity == s })
}

// Misfit is a text or a target that does not fit a screen.
type Misfit struct {
	Question string // the code, "" for a screen that asks none
	Language string
	Display  string // "800×480, 7″"
	Problem  string
}

// Glass renders the screens of a survey as the terminals will and says what does not fit.
type Glass interface {
	Misfits(s *surveys.Survey) ([]Misfit, error)
}

// Options are what a survey is held against besides itself.
type Options struct {
	Glass Glass // nil: screens are not looked at
	// Published are the versions that were published, in the order of their numbers; see Compare.
	Published []*surveys.Survey
}

// Check reads a survey and looks for everything that is wrong with it. What Load refuses is reported as the rule "invalid",
// and then nothing else is. The error is the glass's.
func Check(name string, src []byte, o Options) (*Report, error) {
	s, places, err := surveys.LoadPlaces(name, src)
	var problems surveys.Problems
	if errors.As(err, &problems) {
		return Invalid(name, problems), nil
	}
	if err != nil {
		return nil, err
	}
	r := &Report{File: name, Findings: []Finding{}, Survey: s.ID, Number: s.Number}
	c := &checker{survey: s, places: places, report: r, logic: newLogic(s)}
	c.paths()
	c.wording()
	c.choices()
	r.Figures = c.figures()
	for _, change := range Compare(s, o.Published) {
		c.found(change.Severity, change.Rule, change.Path, change.Question, "", "%s", change.Message)
	}
	if o.Glass != nil {
		misfits, err := o.Glass.Misfits(s)
		if err != nil {
			return nil, err
		}
		c.misfits(misfits)
	}
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return r, nil
}

// Invalid is the report on a file that is no survey that could be published.
func Invalid(name string, problems surveys.Problems) *Report {
	r := &Report{File: name}
	for _, p := range problems {
		message := p.Message
		if p.Expected != "" {
			message += "; expected " + p.Expected
		}
		r.Findings = append(r.Findings, Finding{
			File: p.File, Line: p.Line, Column: p.Column, Severity: Error, Rule: "invalid", Message: message,
		})
	}
	return r
}

// checker checks one survey.
type checker struct {
	survey *surveys.Survey
	places *surveys.Places
	report *Report
	logic  *logic
}

// found adds a finding at a path of the source.
func (c *checker) found(s Severity, rule, path, question, language, format string, args ...any) {
	line, column := c.places.At(path)
	c.report.Findings = append(c.report.Findings, Finding{
		File: c.report.File, Line: line, Column: column, Severity: s, Rule: rule, Message: fmt.Sprintf(format, args...),
		Question: question, Language: language,
	})
}

// misfits reports what does not fit; one finding for what a question has wrong in a language, with the first display.
func (c *checker) misfits(all []Misfit) {
	type group struct{ question, language, problem string }
	known := map[group][]string{}
	var order []group
	for _, m := range all {
		g := group{m.Question, m.Language, m.Problem}
		if known[g] == nil {
			order = append(order, g)
		}
		known[g] = append(known[g], m.Display)
	}
	for _, g := range order {
		path, what := "/title/"+g.language, "a screen without a question"
		if at, ok := c.logic.at[g.question]; ok {
			path, what = at.path+"/text/"+g.language, "question "+g.question
		}
		c.found(Error, "does-not-fit", path, g.question, g.language, "%s in %s does not fit %s: %s; write less",
			what, g.language, list(known[g]), g.problem)
	}
}

// list joins words for a message, the first few of them.
func list(words []string) string {
	const most = 5
	text := ""
	for i, w := range words[:min(most, len(words))] {
		if i > 0 {
			text += ", "
		}
		text += w
	}
	if len(words) > most {
		text += fmt.Sprintf(" and %d more", len(words)-most)
	}
	return text
}
