package console

import (
	"net/http"
	"slices"
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
	TooFew    bool // an anonymous survey may not be exported yet
	Once      bool // the figures are without Repeats
	Again     int  // how many those are
	Of        int  // of how many
}

// questionView is a question with the words for what can be answered.
type questionView struct {
	results.Question
	Highest int // of the scale; 0 for other kinds
	Several bool
	Ranked  bool
	Rows    []countView
	Items   []questionView // the rows of a matrix
}

type countView struct {
	Label string
	Icon  string // of a face; "" for none
	N     int
	Share float64
	First int
	Place float64
}

// responseView is one response as people read it.
type responseView struct {
	store.Response
	Terminal store.Terminal
	Audience string
	Partial  bool
	Repeat   bool
	When     time.Time
	Arrived  bool // When is when it arrived
	Answers  []answerView
}

type answerView struct {
	Question string
	Answer   string
	Without  string // the key of what became of it; "" when answered
}

func (c *Console) showSurvey(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	summary := c.results.Survey
	once := r.URL.Query().Get("taps") == "once"
	if once {
		summary = c.results.SurveyOnce
	}
	sum, err := summary(r.Context(), id)
	if err != nil {
		return err
	}
	words := c.words(r)
	p := surveyPage{
		Summary: sum, ID: id, Now: c.Now(), TooFew: sum.Anonymous && sum.Responses < results.TooFew,
		Once: once, Again: len(sum.Repeats), Of: sum.Responses,
	}
	if once {
		p.Of += p.Again
	}
	for _, q := range sum.Questions {
		view, err := words.questionView(q, sum.Survey)
		if err != nil {
			return err
		}
		p.Questions = append(p.Questions, view)
	}
	if !sum.Anonymous {
		if p.Latest, err = c.latest(r, sum); err != nil {
			return err
		}
	}
	return c.show(w, r, http.StatusOK, "survey", "surveys", words.Of(sum.Survey.Title, sum.Survey), p)
}

func (w *words) questionView(q results.Question, s *surveys.Survey) (questionView, error) {
	v := questionView{Question: q, Several: q.Kind == surveys.MultipleChoice, Ranked: q.Kind == surveys.Ranking}
	_, v.Highest, _ = q.Scale()
	for _, count := range q.Counts {
		label, err := w.label(q.Question, count, s)
		if err != nil {
			return v, err
		}
		row := countView{Label: label, N: count.N, Share: count.Share, First: count.First, Place: count.Place}
		if q.Kind == surveys.Smiley {
			row.Icon = "icons/face-" + count.Code + ".svg"
		}
		v.Rows = append(v.Rows, row)
	}
	for _, item := range q.Rows {
		view, err := w.questionView(item, s)
		if err != nil {
			return v, err
		}
		v.Items = append(v.Items, view)
	}
	return v, nil
}

// label says in words what one answer to a question is.
func (w *words) label(q *surveys.Question, c results.Count, s *surveys.Survey) (string, error) {
	switch q.Kind {
	case surveys.Smiley:
		return w.T("face." + c.Code)
	case surveys.YesNo, surveys.Consent:
		return w.T(c.Code)
	case surveys.Agreement, surveys.NPS:
		lowest, highest, _ := q.Scale()
		ends := map[string]surveys.Text{strconv.Itoa(lowest): q.Low, strconv.Itoa(highest): q.High}
		if end := w.Of(ends[c.Code], s); end != "" {
			return c.Code + " — " + end, nil
		}
		if q.Kind == surveys.Agreement && highest == 5 && len(q.Low) == 0 {
			return w.T("agreement." + c.Code)
		}
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
		answers, partial, err := results.Answers(&response)
		if err != nil {
			return nil, err
		}
		v := responseView{
			Response: response, Terminal: terminals[response.Terminal], Audience: response.Audience, Partial: partial,
			Repeat: sum.Repeats[response.Key],
		}
		var told bool
		v.When, told = response.When(sum.Since)
		v.Arrived = !told
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

// given are the kinds whose answers nobody reads here: the page says only that there is one.
var given = map[surveys.QuestionKind]bool{surveys.Phone: true, surveys.Email: true, surveys.Signature: true, surveys.Calculated: true}

// answer is one answer in words; codes where no version of the survey has words for them. Of a question that no version
// known here has, nothing tells whether it is personal, so nothing of it is shown.
func (w *words) answer(a surveys.Answer, sum *results.Summary) (v answerView, err error) {
	v = answerView{Question: a.Question}
	if a.Value.IsZero() {
		v.Without = "value." + string(surveys.Skipped)
		if a.Outcome == surveys.Declined || a.Outcome == surveys.TimedOut {
			v.Without = "value." + string(a.Outcome)
		}
	}
	i := slices.IndexFunc(sum.Questions, func(q results.Question) bool { return q.Code == a.Question })
	if i < 0 {
		if v.Without == "" {
			v.Answer, err = w.T("value.given")
		}
		return v, err
	}
	question := sum.Questions[i]
	v.Question = w.Of(question.Text, sum.Survey)
	if v.Without == "" {
		v.Answer, err = w.value(a.Value, question, sum.Survey)
	}
	return v, err
}

// value is a value in words.
func (w *words) value(v surveys.Value, q results.Question, s *surveys.Survey) (string, error) {
	n, isNumber := v.Float()
	if given[q.Kind] && !isNumber {
		return w.T("value.given")
	}
	label := func(code string) (string, error) {
		for _, c := range q.Counts {
			if c.Code == code {
				return w.label(q.Question, c, s)
			}
		}
		return code, nil
	}
	if isNumber {
		said, err := label(strconv.FormatFloat(n, 'f', -1, 64))
		if len(q.Counts) == 0 {
			said = w.decimal(said)
		}
		return said, err
	}
	var parts []string
	codes, _ := v.List()
	for i, code := range codes {
		said, err := label(code)
		if err != nil {
			return "", err
		}
		if q.Kind == surveys.Ranking {
			said = strconv.Itoa(i+1) + ". " + said
		}
		parts = append(parts, said)
	}
	for _, item := range q.Rows {
		if in := v.Row(strings.TrimPrefix(item.Code, q.Code+"/")); !in.IsZero() {
			said, err := w.value(in, item, s)
			if err != nil {
				return "", err
			}
			parts = append(parts, w.Of(item.Text, s)+": "+said)
		}
	}
	if text, ok := v.Text(); ok {
		return label(text)
	}
	if len(q.Rows) > 0 {
		return strings.Join(parts, "\n"), nil
	}
	return strings.Join(parts, ", "), nil
}
