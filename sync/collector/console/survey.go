package console

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"otklik/surveys"
	"otklik/sync/collector/results"
	"otklik/sync/collector/store"
)

// latestShown is how many responses the page of a survey shows one by one.
const latestShown = 20

// surveyPage is one survey and what was answered.
type surveyPage struct {
	*results.Summary
	ID        string
	Now       time.Time
	Questions []questionView
	Latest    []responseView
	Staff     bool // nothing is shown response by response
}

// questionView is a question with the words for what can be answered.
type questionView struct {
	results.Question
	Highest int // of the scale; 0 for other kinds
	Several bool
	Rows    []countView
}

type countView struct {
	Label string
	Icon  string // of a face; "" for none
	N     int
	Share float64
}

// responseView is one response as people read it.
type responseView struct {
	store.Response
	Terminal store.Terminal
	Audience string
	Answers  []answerView
}

type answerView struct {
	Question string
	Answer   string
	Skipped  bool
}

func (c *Console) showSurvey(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	sum, err := c.results.Survey(r.Context(), id)
	if err != nil {
		return err
	}
	words := c.words(r)
	p := surveyPage{Summary: sum, ID: id, Now: c.Now(), Staff: sum.Survey.Kind == surveys.Staff}
	for _, q := range sum.Questions {
		view, err := words.questionView(q, sum.Survey)
		if err != nil {
			return err
		}
		p.Questions = append(p.Questions, view)
	}
	if !p.Staff {
		if p.Latest, err = c.latest(r, sum); err != nil {
			return err
		}
	}
	return c.show(w, r, http.StatusOK, "survey", "surveys", words.Of(sum.Survey.Title, sum.Survey), p)
}

func (w *words) questionView(q results.Question, s *surveys.Survey) (questionView, error) {
	v := questionView{Question: q, Several: q.Kind == surveys.MultipleChoice}
	_, v.Highest, _ = q.Scale()
	for _, count := range q.Counts {
		label, err := w.label(q.Question, count, s)
		if err != nil {
			return v, err
		}
		row := countView{Label: label, N: count.N, Share: count.Share}
		if q.Kind == surveys.Smiley {
			row.Icon = "icons/face-" + count.Code + ".svg"
		}
		v.Rows = append(v.Rows, row)
	}
	return v, nil
}

// label says in words what one answer to a question is.
func (w *words) label(q *surveys.Question, c results.Count, s *surveys.Survey) (string, error) {
	switch q.Kind {
	case surveys.Smiley:
		return w.T("face." + c.Code)
	case surveys.Agreement:
		return w.T("agreement." + c.Code)
	case surveys.YesNo:
		return w.T(c.Code)
	}
	if text := w.Of(c.Name, s); text != "" {
		return text, nil
	}
	return c.Code, nil
}

// latest are the last responses in words.
func (c *Console) latest(r *http.Request, sum *results.Summary) ([]responseView, error) {
	responses, err := c.Store.LatestResponses(r.Context(), sum.Survey.ID, latestShown)
	if err != nil {
		return nil, err
	}
	terminals, err := c.terminalsByID(r.Context())
	if err != nil {
		return nil, err
	}
	words := c.words(r)
	views := make([]responseView, len(responses))
	for i, response := range responses {
		answers, err := results.Answers(&response)
		if err != nil {
			return nil, err
		}
		v := responseView{Response: response, Terminal: terminals[response.Terminal], Audience: response.Audience}
		for _, a := range sum.Audiences {
			if a.Code == response.Audience {
				v.Audience = words.Of(a.Name, sum.Survey)
			}
		}
		for _, a := range answers {
			said, err := words.answer(a, sum)
			if err != nil {
				return nil, err
			}
			v.Answers = append(v.Answers, said)
		}
		views[i] = v
	}
	return views, nil
}

// answer is one answer in words; codes where no version of the survey has words for them.
func (w *words) answer(a surveys.Answer, sum *results.Summary) (v answerView, err error) {
	v = answerView{Question: a.Question, Skipped: a.Value.IsZero()}
	var question *results.Question
	for i := range sum.Questions {
		if sum.Questions[i].Code == a.Question {
			question = &sum.Questions[i]
			v.Question = w.Of(question.Text, sum.Survey)
		}
	}
	label := func(code string) (string, error) {
		if question == nil {
			return code, nil
		}
		for _, c := range question.Counts {
			if c.Code == code {
				return w.label(question.Question, c, sum.Survey)
			}
		}
		return code, nil
	}
	if n, ok := a.Value.Float(); ok {
		v.Answer, err = label(strconv.FormatFloat(n, 'f', -1, 64))
	} else if text, ok := a.Value.Text(); ok {
		v.Answer, err = label(text)
	} else if codes, ok := a.Value.List(); ok {
		said := make([]string, len(codes))
		for i, code := range codes {
			if said[i], err = label(code); err != nil {
				return v, err
			}
		}
		v.Answer = strings.Join(said, ", ")
	}
	return v, err
}
