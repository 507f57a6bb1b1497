package export

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"otklik/surveys"
	"otklik/sync/collector/store"
)

// column is one column of answers.
type column struct {
	question string
	part     string // the choice or row the column is about, "" for the question itself; for a mark its code
	role     role
}

// role says what the cells of a column hold.
type role uint8

const (
	answer  role = iota
	outcome      // what became of the question
	timing       // how long the question was on the glass
	mark         // of the whole response: part is its code
)

// outcomeWord and timingWord end the names of such columns; notACode stands before a code that would be taken for something
// else.
const (
	outcomeWord = "outcome"
	timingWord  = "seconds"
	notACode    = "Q/"
)

// name is the column's code: a question's, or question/part as XLSForm tools write it. The package says what becomes of
// codes that two columns would have.
func (c column) name() string {
	if c.role == mark {
		return c.part
	}
	question := c.question
	if isTaken(question) {
		question = notACode + question
	}
	switch {
	case c.role == outcome:
		return question + "/" + outcomeWord
	case c.role == timing:
		return question + "/" + timingWord
	case c.part == outcomeWord || c.part == timingWord:
		return question + "/" + notACode + c.part
	case c.part != "":
		return question + "/" + c.part
	}
	return question
}

// isTaken reports whether a column that is no question's has the code.
func isTaken(code string) bool {
	return slices.ContainsFunc(slices.Concat(metadata, marks), func(m titled) bool { return m.code == code })
}

// columns is the order of all answer columns of a survey. What version 1 asks comes first in its order, then what
// version 2 added, and so on: a new version never moves a column, and a question, row or choice that was dropped keeps
// its column for the answers it had.
type columns struct {
	order    []column
	index    map[column]int
	kinds    map[string]surveys.QuestionKind // by question; a code keeps its kind over all versions
	outcomes bool
	timings  bool
}

func newColumns(m *material, o Options) *columns {
	cs := &columns{
		index: make(map[column]int), kinds: make(map[string]surveys.QuestionKind), outcomes: o.Outcomes, timings: o.Timings,
	}
	for _, v := range m.versions {
		if v.Kind == surveys.Test {
			cs.addMarks(ofTest)
		}
		if v.Test != nil && v.Test.Tickets {
			cs.addMarks(ofTicket)
		}
		if v.Partial {
			cs.addMarks(ofPartial)
		}
		if o.Timings && !m.anonymous && isShort(v) {
			cs.addMarks(ofBurst)
		}
		for _, q := range v.Questions() {
			if q.Kind.Traits().HasValue {
				cs.addQuestion(q)
			}
		}
	}
	return cs
}

// isShort reports whether a survey asks one question that one tap answers, as those are where a burst of taps is told apart.
func isShort(s *surveys.Survey) bool {
	asked := slices.DeleteFunc(slices.Clone(s.Questions()), func(q *surveys.Question) bool { return !q.Kind.Traits().HasScreen })
	return len(asked) == 1 && asked[0].Kind.Traits().OneTap && asked[0].Kind != surveys.Consent
}

// has reports whether there is such a column.
func (cs *columns) has(c column) bool {
	_, ok := cs.index[c]
	return ok
}

func (cs *columns) addMarks(of []titled) {
	for _, m := range of {
		cs.add(column{part: m.code, role: mark})
	}
}

func (cs *columns) addQuestion(q *surveys.Question) {
	cs.kinds[q.Code] = q.Kind
	if q.Kind != surveys.Matrix {
		cs.add(column{question: q.Code})
	}
	if cs.outcomes {
		cs.add(column{question: q.Code, role: outcome})
	}
	if cs.timings && q.Kind.Traits().HasScreen {
		cs.add(column{question: q.Code, role: timing})
	}
	for _, r := range q.Rows {
		cs.add(column{question: q.Code, part: r.Code})
	}
	if q.Kind.Traits().List {
		for _, c := range q.Choices {
			cs.add(column{question: q.Code, part: c.Code})
		}
	}
}

// add adds a column unless it is there.
func (cs *columns) add(c column) {
	if !cs.has(c) {
		cs.index[c] = len(cs.order)
		cs.order = append(cs.order, c)
	}
}

// addUnpublished adds columns for answers to versions that were never published here, as after a backup was restored:
// what they asked is known from the answers only. They come last, sorted.
func (cs *columns) addUnpublished(ctx context.Context, src Source, m *material) error {
	used, err := src.ResponseVersions(ctx, m.id)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(used, func(v string) bool { return m.published[v] == nil }) {
		return nil
	}
	found := make(map[column]bool)
	err = src.EachResponse(ctx, m.id, 0, func(r *store.Response) error {
		if m.published[r.Version] != nil {
			return nil
		}
		said, err := r.Said()
		if err != nil {
			return err
		}
		if r.Ticket != "" {
			cs.addMarks(ofTicket)
		}
		if said.Partial {
			cs.addMarks(ofPartial)
		}
		for _, a := range said.Answers {
			rows, isMatrix := a.Value.Rows()
			if !isMatrix && cs.kinds[a.Question] != surveys.Matrix {
				found[column{question: a.Question}] = true
			}
			if cs.outcomes {
				found[column{question: a.Question, role: outcome}] = true
			}
			if cs.timings && a.Tenths > 0 {
				found[column{question: a.Question, role: timing}] = true
			}
			for _, row := range rows {
				found[column{question: a.Question, part: row.Row}] = true
			}
			codes, _ := a.Value.List()
			for _, c := range codes {
				found[column{question: a.Question, part: c}] = true
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, c := range slices.SortedFunc(maps.Keys(found), func(a, b column) int {
		return cmp.Or(cmp.Compare(a.question, b.question), cmp.Compare(a.part, b.part), cmp.Compare(a.role, b.role))
	}) {
		cs.add(c)
	}
	return nil
}

// heading is the text over a column in a language, from the latest version that has it; its code when no version has.
func heading(c column, versions []*surveys.Survey, language string) string {
	for _, m := range marks {
		if c.role == mark && c.part == m.code {
			return m.titles.In(language, "ru")
		}
	}
	for _, v := range slices.Backward(versions) {
		q := v.Question(c.question)
		if q == nil {
			continue
		}
		text := q.Text.In(language, v.Languages...)
		switch c.role {
		case outcome:
			return text + " / " + outcomeTitle.In(language, "ru")
		case timing:
			return text + " / " + timingTitle.In(language, "ru")
		}
		if c.part == "" {
			return text
		}
		if choice, ok := q.Choice(c.part); ok && q.Kind != surveys.Matrix {
			return text + " / " + choice.Text.In(language, v.Languages...)
		}
		for _, r := range q.Rows {
			if r.Code == c.part {
				return text + " / " + r.Text.In(language, v.Languages...)
			}
		}
	}
	return c.name()
}
