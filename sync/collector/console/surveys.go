package console

import (
	"net/http"
	"time"

	"otklik/surveys"
)

// surveyLine is one survey in the list. It counts responses as the survey's page does.
type surveyLine struct {
	Survey    *surveys.Survey
	Responses int
	Aside     int    // those that are in no figure
	Ago       string // when the last response came; "" without any
	Last      time.Time
}

func (c *Console) showSurveys(w http.ResponseWriter, r *http.Request) error {
	latest, err := c.Store.LatestSurveys(r.Context())
	if err != nil {
		return err
	}
	totals, err := c.Store.Totals(r.Context())
	if err != nil {
		return err
	}
	lines := make([]surveyLine, len(latest))
	for i, v := range latest {
		s, err := surveys.Load(v.ID, v.Source)
		if err != nil {
			return err
		}
		total := totals[v.ID]
		lines[i] = surveyLine{Survey: s, Responses: total.Responses, Aside: total.Aside, Last: total.Last}
		if !total.Last.IsZero() {
			if lines[i].Ago, err = c.words(r).Ago(total.Last, c.Now()); err != nil {
				return err
			}
		}
	}
	title, err := c.words(r).T("surveys.title")
	if err != nil {
		return err
	}
	return c.show(w, r, http.StatusOK, "surveys", "surveys", title, lines)
}
