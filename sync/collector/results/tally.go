package results

import (
	"slices"
	"strconv"
	"time"

	"otklik/surveys"
	"otklik/sync/collector/store"
)

// tally is the running count of one survey over all versions.
type tally struct {
	kinds       map[string]surveys.QuestionKind // a code keeps its kind over all versions
	lastID      int64
	responses   int
	first, last time.Time
	audiences   map[string]int
	questions   map[string]*questionTally
}

type questionTally struct {
	answered, skipped int
	sum               float64 // of numbers
	values            map[string]int
	texts             []Text // the latest last
}

func newTally() *tally {
	return &tally{kinds: make(map[string]surveys.QuestionKind), audiences: make(map[string]int), questions: make(map[string]*questionTally)}
}

// add counts one more response. It counts all of it or, with an error, nothing.
func (t *tally) add(r *store.Response) error {
	answers, err := Answers(r)
	if err != nil {
		return err
	}
	t.lastID = r.ID
	t.responses++
	if at := r.Submitted; !at.IsZero() {
		if t.first.IsZero() || at.Before(t.first) {
			t.first = at
		}
		if at.After(t.last) {
			t.last = at
		}
	}
	t.audiences[r.Audience]++
	for i := range answers {
		a := &answers[i]
		q := t.questions[a.Question]
		if q == nil {
			q = &questionTally{values: make(map[string]int)}
			t.questions[a.Question] = q
		}
		q.add(a, t.kinds[a.Question], r)
	}
	return nil
}

func (q *questionTally) add(a *surveys.Answer, kind surveys.QuestionKind, r *store.Response) {
	if a.Value.IsZero() {
		if a.Outcome == surveys.Skipped {
			q.skipped++
		}
		return
	}
	q.answered++
	switch n, isNumber := a.Value.Float(); {
	case isNumber:
		q.sum += n
		q.values[strconv.FormatFloat(n, 'f', -1, 64)]++
	case kind == surveys.ShortText:
		text, _ := a.Value.Text()
		q.texts = append(q.texts, Text{text, r.Submitted, r.Language})
		if len(q.texts) > 2*latestTexts {
			q.texts = slices.Delete(q.texts, 0, len(q.texts)-latestTexts)
		}
	case kind == surveys.MultipleChoice:
		codes, _ := a.Value.List()
		for _, c := range codes {
			q.values[c]++
		}
	default:
		code, _ := a.Value.Text()
		q.values[code]++
	}
}

// summary shows the tally by the survey's versions, of which there is at least one.
func (t *tally) summary(versions []*surveys.Survey) *Summary {
	latest := versions[len(versions)-1]
	sum := &Summary{Survey: latest, Responses: t.responses, First: t.first, Last: t.last}
	staff := latest.Kind == surveys.Staff
	for _, a := range latest.Audiences {
		n := t.audiences[a.Code]
		if !staff || n >= TooFew {
			sum.Audiences = append(sum.Audiences, Count{Code: a.Code, Name: a.Name, N: n, Share: share(n, t.responses)})
		}
	}
	seen := make(map[string]bool)
	for i, v := range slices.Backward(versions) {
		for _, q := range v.Questions() {
			if q.Kind == surveys.Information || seen[q.Code] {
				continue
			}
			seen[q.Code] = true
			shown := t.question(q, versions, staff)
			shown.Retired = i < len(versions)-1
			sum.Questions = append(sum.Questions, shown)
		}
	}
	return sum
}

func (t *tally) question(q *surveys.Question, versions []*surveys.Survey, staff bool) Question {
	shown := Question{Question: q}
	qt := t.questions[q.Code]
	if qt == nil {
		qt = &questionTally{}
	}
	shown.Answered, shown.Skipped = qt.answered, qt.skipped
	if staff && qt.answered < TooFew {
		shown.Withheld = true
		return shown
	}
	if lowest, highest, ok := q.Scale(); ok {
		for n := highest; n >= lowest; n-- {
			shown.Counts = append(shown.Counts, Count{Code: strconv.Itoa(n)})
		}
		shown.Mean = qt.sum / float64(max(qt.answered, 1))
	} else if q.Kind == surveys.YesNo {
		shown.Counts = []Count{{Code: "yes"}, {Code: "no"}}
	} else {
		shown.Counts = choicesOf(q.Code, versions)
	}
	for i := range shown.Counts {
		c := &shown.Counts[i]
		c.N = qt.values[c.Code]
		c.Share = share(c.N, qt.answered)
	}
	for _, text := range slices.Backward(qt.texts[max(0, len(qt.texts)-latestTexts):]) {
		shown.Texts = append(shown.Texts, text)
	}
	return shown
}

// choicesOf are the choices of the latest version that has the question, then those only older versions had.
func choicesOf(question string, versions []*surveys.Survey) (all []Count) {
	for _, v := range slices.Backward(versions) {
		q := v.Question(question)
		if q == nil {
			continue
		}
		for _, c := range q.Choices {
			if !slices.ContainsFunc(all, func(had Count) bool { return had.Code == c.Code }) {
				all = append(all, Count{Code: c.Code, Name: c.Text})
			}
		}
	}
	return all
}

func share(n, of int) float64 { return float64(n) / float64(max(of, 1)) }
