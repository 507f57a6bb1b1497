package surveys

import (
	"slices"
	"time"

	"otklik/surveys/expr"
)

// Visit is what the rules of a survey need to know of one visit besides the answers. It is a small value; make one
// wherever it is needed.
type Visit struct {
	Survey *Survey
	// Seed decides everything drawn at random: what a page with Pick asks, and every random order. It is recorded in the
	// response: the same seed and answers give the same path and order on the glass and at the collector, in every version of
	// the program.
	Seed uint64
	// Began is when the visit began, in the terminal's zone and as Survey.Moment gives it: what today() and now() tell. When it
	// is zero they are empty.
	Began time.Time
}

// Moment is what a survey may know of the time t: its second; when the survey is anonymous the day alone, as midnight in UTC
// of the date in t's zone. Neither a condition nor a calculation then leads to the hour of a visit.
func (s *Survey) Moment(t time.Time) time.Time {
	if s.Anonymous {
		return Day(t)
	}
	return t.Truncate(time.Second)
}

// Day is the date of t in its zone, as midnight in UTC.
func Day(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// step is one question on the path.
type step struct {
	page, index int
	question    *Question
	value       Value // what counts as its answer; no value when there is none
}

// Path returns the questions on the visitor's way through the survey, in the order in which they are asked, as far as the
// answers given so far decide it: questions whose relevance still depends on an unanswered question count as their
// expression says for an empty value. Questions without a screen are on it, too, as everything recorded is.
//
// It is one forward pass. The answer to a question that is not on the path counts as absent for everything after it, and
// so does a choice that is not offered, so answers left over from a branch the visitor went back from have no effect. A
// question is off the path, too, when the answers before leave none of its choices. Of a page with Pick, the questions
// asked are those that come first among the page's relevant questions in an order drawn from the seed and the page's
// index. Calculated questions have the value that their calculation gives, whatever the answers say.
func (v Visit) Path(a Answers) []*Question {
	path := make([]*Question, 0, len(v.Survey.questions))
	v.walk(a, func(s *step) { path = append(path, s.question) })
	return path
}

// Screens returns the path as it is shown: each element is one screen of one question, or of several on a page with
// Together. Questions without a screen are left out.
func (v Visit) Screens(a Answers) [][]*Question {
	var screens [][]*Question
	page := -1
	v.walk(a, func(s *step) {
		if !s.question.Kind.Traits().HasScreen {
			return
		}
		if last := len(screens) - 1; s.page == page && v.Survey.Pages[s.page].Together {
			screens[last] = append(screens[last], s.question)
		} else {
			screens = append(screens, []*Question{s.question})
		}
		page = s.page
	})
	return screens
}

// Prune makes the answers say what counts: it deletes answers to questions that are not on the path or that the survey
// does not have, takes choices that are not offered out of answers, and sets those of calculated questions. The path stays
// the same, and a second Prune changes nothing.
func (v Visit) Prune(a Answers) {
	counts := make([]Value, len(v.Survey.questions))
	v.walk(a, func(s *step) { counts[s.index] = s.value })
	for code := range a {
		if i, ok := v.Survey.byCode[code]; !ok || counts[i].IsZero() {
			delete(a, code)
		}
	}
	for i, value := range counts {
		if !value.IsZero() {
			a[v.Survey.questions[i].Code] = value
		}
	}
}

// Choices returns the choices of q that are offered after these answers, in the order in which they are shown. With
// RandomChoices the order is drawn from the seed; choices with Last, in the order of the survey, stand behind the others.
func (v Visit) Choices(q *Question, a Answers) []Choice {
	env := v.env(a)
	offered := make([]Choice, 0, len(q.Choices))
	for _, c := range q.Choices {
		if holds(c.When, env) {
			offered = append(offered, c)
		}
	}
	if q.RandomChoices {
		stream := -1 - v.Survey.byCode[q.Code]
		type drawn struct {
			Choice
			lot uint64
		}
		lots := make([]drawn, len(offered))
		for i, c := range offered {
			lots[i] = drawn{c, lot(v.Seed, stream, q.choiceIndex(c.Code))}
		}
		slices.SortStableFunc(lots, func(a, b drawn) int {
			switch {
			case a.Last && b.Last:
				return 0
			case a.Last:
				return 1
			case b.Last || a.lot < b.lot:
				return -1
			}
			return 1
		})
		for i := range lots {
			offered[i] = lots[i].Choice
		}
	}
	return offered
}

// AudienceOf returns the code of the first audience whose condition holds for the answers, or "" when none does.
func (v Visit) AudienceOf(a Answers) string {
	env := v.env(a)
	for _, audience := range v.Survey.Audiences {
		if holds(audience.When, env) {
			return audience.Code
		}
	}
	return ""
}

// Preset puts what the terminal knows into the answers at the beginning of a visit: the value of every hidden question's
// source, or its default. What a text cannot contain is left out, what is too long is cut.
func (v Visit) Preset(a Answers, known map[string]string) {
	for _, q := range v.Survey.questions {
		if q.Kind != Hidden {
			continue
		}
		value := q.Default
		if s := []rune(clean(known[q.Source])); len(s) > 0 {
			value = String(string(s[:min(len(s), q.MaxLength)]))
		}
		if !value.IsZero() {
			a[q.Code] = value
		}
	}
}

// Path is Visit.Path of a visit without a clock.
func (s *Survey) Path(a Answers, seed uint64) []*Question {
	return Visit{Survey: s, Seed: seed}.Path(a)
}

// Prune is Visit.Prune of a visit without a clock.
func (s *Survey) Prune(a Answers, seed uint64) { Visit{Survey: s, Seed: seed}.Prune(a) }

// Score is Visit.Score of a visit without a clock.
func (s *Survey) Score(a Answers, seed uint64) (points, highest int, passed bool) {
	return Visit{Survey: s, Seed: seed}.Score(a)
}

// Say is Visit.Say for answers that have been pruned.
func (s *Survey) Say(t Text, lang string, a Answers) string {
	return s.say(t.In(lang, s.Languages...), lang, a)
}

// AudienceOf returns the code of the first audience whose condition holds for the answers, or "" when none does. It trusts
// that all answers count: prune them before.
func (s *Survey) AudienceOf(a Answers) string {
	env := s.given(a)
	for _, audience := range s.Audiences {
		if holds(audience.When, env) {
			return audience.Code
		}
	}
	return ""
}

// Random reports whether anything in the survey is drawn by the seed of a visit.
func (s *Survey) Random() bool {
	return slices.ContainsFunc(s.Pages, func(p Page) bool { return p.Pick > 0 || p.Random }) ||
		slices.ContainsFunc(s.questions, func(q *Question) bool { return q.RandomChoices })
}

// env returns the variables after the whole path.
func (v Visit) env(a Answers) *expr.Env { return v.walk(a, func(*step) {}) }
