package export

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"otklik/surveys"
	"otklik/sync/collector/store"
)

// column is one column of answers.
type column struct {
	question string
	choice   string // "" for the answer itself; otherwise the 0/1 column of one choice of a multiple choice
}

// name is the column's code: a question's, or question/choice as XLSForm tools write it. A question that is called like
// one of the columns before the answers stands as Q/code; no code has a capital letter.
func (c column) name() string {
	for _, m := range metadata {
		if c.question == m.code {
			c = column{"Q/" + c.question, c.choice}
		}
	}
	if c.choice == "" {
		return c.question
	}
	return c.question + "/" + c.choice
}

// columns is the order of all answer columns of a survey. What version 1 asks comes first in its order, then what
// version 2 added, and so on: a new version never moves a column, and a question or choice that was dropped keeps its
// column for the answers it had.
type columns struct {
	order []column
	index map[column]int
	// offered are the 0/1 columns of the choices that a version's multiple choice had.
	offered map[offer][]int
}

type offer struct{ version, question string }

func newColumns(versions []*surveys.Survey) *columns {
	cs := &columns{index: make(map[column]int), offered: make(map[offer][]int)}
	for _, v := range versions {
		for _, q := range v.Questions() {
			if q.Kind == surveys.Information {
				continue
			}
			cs.add(column{question: q.Code})
			if q.Kind != surveys.MultipleChoice {
				continue
			}
			of := offer{v.Version, q.Code}
			for _, c := range q.Choices {
				cs.offered[of] = append(cs.offered[of], cs.add(column{question: q.Code, choice: c.Code}))
			}
		}
	}
	return cs
}

// add adds a column unless it is there, and returns where it is.
func (cs *columns) add(c column) int {
	at, ok := cs.index[c]
	if !ok {
		at = len(cs.order)
		cs.index[c] = at
		cs.order = append(cs.order, c)
	}
	return at
}

// addUnpublished adds columns for answers to versions that were never published here, as after a backup was restored:
// what they asked is known from the answers only. They come last, sorted.
func (cs *columns) addUnpublished(ctx context.Context, src Source, m *material) error {
	known := make(map[string]bool)
	for _, v := range m.versions {
		known[v.Version] = true
	}
	used, err := src.ResponseVersions(ctx, m.id)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(used, func(v string) bool { return !known[v] }) {
		return nil
	}
	found := make(map[column]bool)
	err = src.EachResponse(ctx, m.id, 0, func(r *store.Response) error {
		if known[r.Version] {
			return nil
		}
		answers, err := answersOf(r)
		if err != nil {
			return err
		}
		for _, a := range answers {
			found[column{question: a.Question}] = true
			codes, _ := a.Value.List()
			for _, c := range codes {
				found[column{a.Question, c}] = true
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, c := range slices.SortedFunc(maps.Keys(found), func(a, b column) int {
		return slices.Compare([]string{a.question, a.choice}, []string{b.question, b.choice})
	}) {
		cs.add(c)
	}
	return nil
}

// answersOf reads the answers out of a kept body.
func answersOf(r *store.Response) ([]surveys.Answer, error) {
	var body struct {
		Response struct {
			Answers []surveys.Answer `json:"answers"`
		} `json:"response"`
	}
	if err := json.Unmarshal(r.Body, &body); err != nil {
		return nil, fmt.Errorf("export: response %s in the store cannot be read: %w", r.AnswerID, err)
	}
	return body.Response.Answers, nil
}

// heading is the text over a column in a language, from the latest version that has it; its code when no version has.
func heading(c column, versions []*surveys.Survey, language string) string {
	for _, v := range slices.Backward(versions) {
		q := v.Question(c.question)
		if q == nil {
			continue
		}
		text := q.Text.In(language, v.Languages...)
		if c.choice == "" {
			return text
		}
		if choice, ok := q.Choice(c.choice); ok {
			return text + " / " + choice.Text.In(language, v.Languages...)
		}
	}
	return c.name()
}
