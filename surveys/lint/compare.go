package lint

import (
	"fmt"
	"slices"
	"strings"

	"otklik/surveys"
)

// Change is what a new version does, seen from the versions before it.
type Change struct {
	// Severity is Error for what makes answers of different meaning share a column, or breaks the promise that a published
	// version never changes: such a version is not published.
	Severity Severity
	Rule     string
	Message  string
	Path     string // of what it is about in the source of the new version; "" for the whole survey
	Question string // the code, "" for the whole survey
}

// Compare says what publishing s would do to what was published under its id: nothing before the first version, and nothing
// when exactly this version is published already. published is in the order of the numbers.
//
// An export has the columns of all versions together, in the order in which they came: a column never moves, and what is
// no longer asked keeps its column. So a code must mean the same in all versions, and Compare looks at every one of them;
// what comes and goes it tells against the latest.
func Compare(s *surveys.Survey, published []*surveys.Survey) []Change {
	published = slices.DeleteFunc(slices.Clone(published), func(p *surveys.Survey) bool { return p.ID != s.ID })
	if len(published) == 0 || slices.ContainsFunc(published,
		func(p *surveys.Survey) bool { return p.Version == s.Version }) {
		return nil
	}
	c := &comparison{now: s, at: newLogic(s).at}
	latest := published[len(published)-1]
	if s.Number <= latest.Number {
		c.add(Error, "number-not-raised", "/number", "",
			"survey %s is published with number %d, and a published version never changes: raise \"number\" to %d",
			s.ID, latest.Number, latest.Number+1)
	}
	for _, q := range s.Questions() {
		c.meaning(q, published)
	}
	c.columns(latest, published)
	return c.changes
}

type comparison struct {
	now     *surveys.Survey
	at      map[string]located
	changes []Change
}

func (c *comparison) add(s Severity, rule, path, question, format string, args ...any) {
	c.changes = append(c.changes, Change{s, rule, fmt.Sprintf(format, args...), path, question})
}

// meaning reports a code that means something else than in an earlier version. The first one that differs is told.
func (c *comparison) meaning(q *surveys.Question, published []*surveys.Survey) {
	const advice = "their answers would share a column: give the new question a new code"
	path := c.at[q.Code].path
	for _, p := range published {
		was := p.Question(q.Code)
		switch {
		case was == nil:
			continue
		case was.Kind != q.Kind:
			c.add(Error, "kind-changed", path+"/kind", q.Code, "question %s is %s here and was %s in number %d; %s",
				q.Code, q.Kind, was.Kind, p.Number, advice)
			return
		case was.Kind == surveys.Matrix && was.RowKind != q.RowKind:
			c.add(Error, "scale-changed", path+"/scale", q.Code,
				"the rows of %s are answered on %s here and were on %s in number %d; %s",
				q.Code, scaleOf(q), scaleOf(was), p.Number, advice)
			return
		case scaleOf(was) != scaleOf(q):
			c.add(Error, "scale-changed", path, q.Code, "question %s has %s here and had %s in number %d; %s", q.Code,
				scaleOf(q), scaleOf(was), p.Number, advice)
			return
		case was.Reversed != q.Reversed:
			c.add(Error, "scale-changed", path+"/reversed", q.Code,
				"question %s turns its scale round: it is reversed in one of number %d and this one; %s", q.Code,
				p.Number, advice)
			return
		}
		for i, r := range q.Rows {
			j := slices.IndexFunc(was.Rows, func(old surveys.Row) bool { return old.Code == r.Code })
			if j >= 0 && was.Rows[j].Reversed != r.Reversed {
				c.add(Error, "scale-changed", fmt.Sprintf("%s/rows/%d", path, i), q.Code,
					"row %s of %s turns its scale round: it is reversed in one of number %d and this one; "+
						"give the row a new code", r.Code, q.Code, p.Number)
				return
			}
		}
	}
}

// scaleOf says on what a question is answered, "" when it is no scale. A number that is typed has bounds, no scale.
func scaleOf(q *surveys.Question) string {
	item := q
	if q.Kind == surveys.Matrix && len(q.Items()) > 0 {
		item = q.Items()[0]
	}
	lowest, highest, ok := item.Scale()
	switch {
	case ok:
		return fmt.Sprintf("the scale %s %d to %d", item.Kind, lowest, highest)
	case item.Kind == surveys.Slider:
		return fmt.Sprintf("the scale %g to %g", item.Min, item.Max)
	case q.Kind == surveys.Matrix:
		return "choices"
	}
	return ""
}

// columns tells what the version does to the columns.
func (c *comparison) columns(latest *surveys.Survey, published []*surveys.Survey) {
	for _, q := range c.now.Questions() {
		path := c.at[q.Code].path
		was := lastWith(published, q.Code)
		switch {
		case !q.Kind.Traits().HasValue:
			continue
		case was == nil:
			c.add(Note, "column-added", path, q.Code, "column %s is added at the end", q.Code)
			continue
		case was.Kind != q.Kind:
			continue
		case latest.Question(q.Code) == nil:
			c.add(Note, "column-back", path, q.Code, "%s is asked again, in the column it had", q.Code)
		}
		c.reused(path+"/text", q.Code, "question "+q.Code, was.Text, q.Text)
		c.parts(path, "choices", q, was, choicesOf(q), choicesOf(was))
		c.parts(path, "rows", q, was, rowsOf(q), rowsOf(was))
	}
	for _, was := range latest.Questions() {
		if was.Kind.Traits().HasValue && c.now.Question(was.Code) == nil {
			c.add(Note, "column-kept", "/pages", was.Code,
				"%s is no longer asked; its column stays for the answers it has", was.Code)
		}
	}
}

// lastWith returns the question of the latest version that has it.
func lastWith(published []*surveys.Survey, code string) *surveys.Question {
	for _, p := range slices.Backward(published) {
		if q := p.Question(code); q != nil {
			return q
		}
	}
	return nil
}

// part is a choice or a row.
type part struct {
	code string
	text surveys.Text
}

func choicesOf(q *surveys.Question) (parts []part) {
	for _, c := range q.Choices {
		parts = append(parts, part{c.Code, c.Text})
	}
	return parts
}

func rowsOf(q *surveys.Question) (parts []part) {
	for _, r := range q.Rows {
		parts = append(parts, part{r.Code, r.Text})
	}
	return parts
}

// parts tells which choices or rows come and go.
func (c *comparison) parts(path, key string, q, was *surveys.Question, now, before []part) {
	what, columns := "choice", q.Kind.Traits().List
	if key == "rows" {
		what, columns = "row", true
	}
	for i, p := range now {
		at := fmt.Sprintf("%s/%s/%d", path, key, i)
		j := slices.IndexFunc(before, func(b part) bool { return b.code == p.code })
		switch {
		case j >= 0:
			c.reused(at+"/text", q.Code, fmt.Sprintf("%s %s of %s", what, p.code, q.Code), before[j].text, p.text)
		case columns:
			c.add(Note, what+"-added", at, q.Code, "%s %s of %s is added, with the column %s/%s at the end", what,
				p.code, q.Code, q.Code, p.code)
		default:
			c.add(Note, what+"-added", at, q.Code, "%s %s of %s is added; no column changes", what, p.code, q.Code)
		}
	}
	for _, b := range before {
		if slices.ContainsFunc(now, func(p part) bool { return p.code == b.code }) {
			continue
		}
		stays := "its code stays valid in the answers it has"
		if columns {
			stays = fmt.Sprintf("the column %s/%s stays for the answers it has", was.Code, b.code)
		}
		c.add(Note, what+"-removed", path+"/"+key, q.Code, "%s %s of %s is no longer offered; %s", what, b.code, q.Code,
			stays)
	}
}

// reused warns of a code whose text has no word in common with what it was, in any language.
func (c *comparison) reused(path, question, what string, was, now surveys.Text) {
	compared := false
	for language, before := range was {
		after, ok := now[language]
		if !ok {
			continue
		}
		a, b := stems(before), stems(after)
		if len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(w string) bool { return slices.Contains(b, w) }) {
			return
		}
		compared = true
	}
	if compared {
		language := c.now.Languages[0]
		c.add(Warning, "code-reused", path, question,
			"%s has another text: %q, before %q; if it means something else now, give it a new code",
			what, now.In(language), was.In(language, sortedKeys(was)...))
	}
}

func sortedKeys(t surveys.Text) []string {
	var keys []string
	for k := range t {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// stems returns the beginnings of the words of a text, which stay when their endings change; little words are left out,
// unless there are no others.
func stems(text string) []string {
	const stem, little = 4, 3
	var long, short []string
	for _, w := range words(strings.ToLower(text)) {
		r := []rune(w)
		short = append(short, w)
		if len(r) > little || isNumber(w) {
			long = append(long, string(r[:min(stem, len(r))]))
		}
	}
	if len(long) == 0 {
		return short
	}
	return long
}
