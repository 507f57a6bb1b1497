package results

import (
	"context"
	"fmt"

	"otklik/surveys"
	"otklik/sync/collector/store"
)

// Mark is how one response to a test was marked.
type Mark struct {
	Points, Highest int
	Passed          bool
}

// TicketMarks marks the responses that used a ticket of a survey; those to versions that are not known here are left out.
func (r *Results) TicketMarks(ctx context.Context, id string) (map[store.Key]Mark, error) {
	published, err := r.source.SurveyVersions(ctx, id)
	if err != nil {
		return nil, err
	}
	versions := make(map[string]*surveys.Survey, len(published))
	for _, p := range published {
		if versions[p.Version], err = surveys.Load(fmt.Sprintf("%s number %d", p.ID, p.Number), p.Source); err != nil {
			return nil, fmt.Errorf("results: a published survey no longer loads: %w", err)
		}
	}
	marks := make(map[store.Key]Mark)
	err = r.source.EachResponse(ctx, id, 0, func(response *store.Response) error {
		survey := versions[response.Version]
		if survey == nil || response.TicketState != store.GoodTicket {
			return nil
		}
		said, err := response.Said()
		if err != nil {
			return err
		}
		answers := surveys.Answers{}
		for _, a := range said.Answers {
			if !a.Value.IsZero() {
				answers[a.Question] = a.Value
			}
		}
		var m Mark
		m.Points, m.Highest, m.Passed = surveys.Visit{Survey: survey, Seed: said.Seed, Began: said.Began()}.Score(answers)
		marks[response.Key] = m
		return nil
	})
	return marks, err
}
