package results

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"otklik/surveys"
	"otklik/sync/collector/store"
)

// tally is the running count of one survey over all versions.
type tally struct {
	versions    map[string]*surveys.Survey
	kinds       map[string]surveys.QuestionKind // of questions and rows; a code keeps its kind over all versions
	lastID      int64
	since       time.Time // when the first version was published
	responses   int
	partial     int
	first, last time.Time
	audiences   map[string]int
	questions   map[string]*questionTally // by the code of the question, or question/row
	test        TestFigures               // sums, until summary makes means of them
	aside       Aside
	bursts      bursts
	skip        map[store.Key]bool // are in no figure
}

type questionTally struct {
	answered int
	without  map[surveys.Outcome]int
	values   map[string]int
	numbers  map[float64]int
	places   map[string]*place
	texts    []Text // the latest last
}

// place is how a choice was ranked: by how many, first by how many, and the sum of its places.
type place struct{ n, first, sum int }

// newTally counts responses to a survey that was first published at since.
func newTally(since time.Time) *tally {
	return &tally{
		since:    since,
		versions: make(map[string]*surveys.Survey), kinds: make(map[string]surveys.QuestionKind),
		audiences: make(map[string]int), questions: make(map[string]*questionTally),
		bursts: make(bursts),
	}
}

// know tells the tally what the versions ask.
func (t *tally) know(versions []*surveys.Survey) {
	for _, v := range versions {
		t.versions[v.Version] = v
		for _, q := range v.Questions() {
			t.kinds[q.Code] = q.Kind
			for _, item := range q.Items() {
				t.kinds[item.Code] = item.Kind
			}
		}
	}
}

// add counts one more response. It counts all of it or, with an error, nothing.
func (t *tally) add(r *store.Response) error {
	response, err := r.Said()
	if err != nil {
		return err
	}
	t.lastID = r.ID
	if !r.TicketState.Counts() {
		t.aside.add(r.TicketState)
		return nil
	}
	t.bursts.add(r, &response)
	if t.skip[r.Key] {
		return nil
	}
	t.responses++
	if response.Partial {
		t.partial++
	}
	if at, _ := r.When(t.since); !at.IsZero() {
		if t.first.IsZero() || at.Before(t.first) {
			t.first = at
		}
		if at.After(t.last) {
			t.last = at
		}
	}
	t.audiences[r.Audience]++
	answers := surveys.Answers{}
	for i := range response.Answers {
		a := &response.Answers[i]
		t.count(a.Question, a.Value, a.Outcome, r)
		rows, _ := a.Value.Rows()
		for _, row := range rows {
			t.count(a.Question+"/"+row.Row, row.Value, surveys.Answered, r)
		}
		if !a.Value.IsZero() {
			answers[a.Question] = a.Value
		}
	}
	if v := t.versions[r.Version]; v != nil && v.Kind == surveys.Test {
		t.test.add(surveys.Visit{Survey: v, Seed: response.Seed, Began: response.Began()}.Score(answers))
	}
	return nil
}

func (t *tally) count(code string, v surveys.Value, o surveys.Outcome, r *store.Response) {
	q := t.questions[code]
	if q == nil {
		q = &questionTally{
			without: make(map[surveys.Outcome]int), values: make(map[string]int), numbers: make(map[float64]int),
			places: make(map[string]*place),
		}
		t.questions[code] = q
	}
	if v.IsZero() {
		q.without[o]++
		return
	}
	q.answered++
	q.add(v, t.kinds[code], r)
}

func (q *questionTally) add(v surveys.Value, kind surveys.QuestionKind, r *store.Response) {
	if n, ok := v.Float(); ok {
		q.numbers[n]++
		q.values[strconv.FormatFloat(n, 'f', -1, 64)]++
		return
	}
	codes, _ := v.List()
	for i, c := range codes {
		q.values[c]++
		if kind == surveys.Ranking {
			p := q.places[c]
			if p == nil {
				p = &place{}
				q.places[c] = p
			}
			p.n++
			p.sum += i + 1
			if i == 0 {
				p.first++
			}
		}
	}
	text, ok := v.Text()
	switch {
	case !ok:
	case IsFreeText(kind):
		q.texts = append(q.texts, Text{text, r.Submitted, r.Language})
		if len(q.texts) > 2*latestTexts {
			q.texts = slices.Delete(q.texts, 0, len(q.texts)-latestTexts)
		}
	case kind == surveys.Hidden || kind == surveys.YesNo || kind == surveys.Consent || kind.Traits().HasChoices:
		q.values[text]++
	}
}

// IsFreeText reports whether answers of the kind are shown as they were typed.
func IsFreeText(k surveys.QuestionKind) bool { return k == surveys.ShortText || k == surveys.LongText }

// summary shows the tally by the survey's versions, of which there is at least one.
func (t *tally) summary(versions []*surveys.Survey) *Summary {
	latest := versions[len(versions)-1]
	sum := &Summary{Survey: latest, Responses: t.responses, Partial: t.partial, First: t.first, Last: t.last, Since: t.since, Aside: t.aside}
	for _, v := range versions {
		sum.Anonymous = sum.Anonymous || v.Anonymous
	}
	if !sum.Anonymous {
		sum.Repeats = t.bursts.repeats()
	}
	if t.test.Marked > 0 && (!sum.Anonymous || t.test.Marked >= TooFew) {
		sum.Test = t.test.means()
	}
	for _, a := range latest.Audiences {
		n := t.audiences[a.Code]
		if !sum.Anonymous || n >= TooFew {
			sum.Audiences = append(sum.Audiences, Count{Code: a.Code, Name: a.Name, N: n, Share: share(n, t.responses)})
		}
	}
	seen := make(map[string]bool)
	for i, v := range slices.Backward(versions) {
		for _, q := range v.Questions() {
			if !q.Kind.Traits().HasValue || seen[q.Code] {
				continue
			}
			seen[q.Code] = true
			shown := t.question(q, same(q.Code, versions), sum.Anonymous)
			shown.Retired = i < len(versions)-1
			sum.Questions = append(sum.Questions, shown)
		}
	}
	return sum
}

// same is a question or row in every version that has it, the latest first.
func same(code string, versions []*surveys.Survey) (all []*surveys.Question) {
	for _, v := range slices.Backward(versions) {
		if q := v.Question(code); q != nil {
			all = append(all, q)
		}
	}
	return all
}

// question shows the tally of a question; forms are it in every version that has it, the latest first.
func (t *tally) question(q *surveys.Question, forms []*surveys.Question, anonymous bool) Question {
	shown := Question{Question: q}
	qt := t.questions[q.Code]
	if qt == nil {
		qt = &questionTally{}
	}
	shown.Answered, shown.Skipped = qt.answered, qt.without[surveys.Skipped]
	shown.Declined, shown.TimedOut = qt.without[surveys.Declined], qt.without[surveys.TimedOut]
	if anonymous && qt.answered < TooFew {
		shown.Withheld = true
		return shown
	}
	if q.Kind == surveys.Matrix {
		shown.Rows = t.rows(forms, anonymous)
		return shown
	}
	shown.Counts = answersTo(forms)
	if q.Kind == surveys.Hidden {
		shown.Counts = commonest(qt.values)
	}
	for i := range shown.Counts {
		c := &shown.Counts[i]
		c.N = qt.values[c.Code]
		c.Share = share(c.N, qt.answered)
		if p := qt.places[c.Code]; p != nil {
			c.First, c.Place = p.first, float64(p.sum)/float64(p.n)
		}
	}
	if len(qt.numbers) > 0 {
		shown.Figures = figuresOf(qt.numbers)
		shown.Mean = shown.Figures.Mean
	}
	for _, text := range slices.Backward(qt.texts[max(0, len(qt.texts)-latestTexts):]) {
		shown.Texts = append(shown.Texts, text)
	}
	return shown
}

// rows shows each row of a matrix: those of the latest version, then those only older versions had.
func (t *tally) rows(matrices []*surveys.Question, anonymous bool) (rows []Question) {
	forms := make(map[string][]*surveys.Question)
	var order []string
	for _, m := range matrices {
		for _, item := range m.Items() {
			if forms[item.Code] == nil {
				order = append(order, item.Code)
			}
			forms[item.Code] = append(forms[item.Code], item)
		}
	}
	for _, code := range order {
		rows = append(rows, t.question(forms[code][0], forms[code], anonymous))
	}
	return rows
}

// answersTo are what can be answered: the values of the widest scale, the best first; yes and no; or the choices of the
// latest version, then those only older versions had.
func answersTo(forms []*surveys.Question) (all []Count) {
	if lowest, highest, ok := forms[0].Scale(); ok {
		for _, q := range forms {
			_, h, _ := q.Scale()
			highest = max(highest, h)
		}
		for n := highest; n >= lowest; n-- {
			all = append(all, Count{Code: strconv.Itoa(n)})
		}
		return all
	}
	if k := forms[0].Kind; k == surveys.YesNo || k == surveys.Consent {
		return []Count{{Code: surveys.Yes}, {Code: surveys.No}}
	}
	for _, q := range forms {
		for _, c := range q.Choices {
			if !slices.ContainsFunc(all, func(had Count) bool { return had.Code == c.Code }) {
				all = append(all, Count{Code: c.Code, Name: c.Text})
			}
		}
	}
	return all
}

// commonest are the values that came most often.
func commonest(values map[string]int) (all []Count) {
	for _, v := range slices.Sorted(maps.Keys(values)) {
		all = append(all, Count{Code: v, N: values[v]})
	}
	slices.SortStableFunc(all, func(a, b Count) int { return b.N - a.N })
	return all[:min(len(all), latestTexts)]
}

func share(n, of int) float64 { return float64(n) / float64(max(of, 1)) }
