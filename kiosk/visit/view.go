package visit

import (
	"slices"
	"time"

	"otklik/surveys"
)

// View is what the glass shows: a copy, safe to keep, of everything a screen needs and nothing else.
type View struct {
	Screen Screen
	// Shown counts up whenever another screen appears or the words change; with the same number only Value differs.
	Shown uint64
	// Language is the one spoken now, Languages all that can be chosen.
	Language  string
	Languages []string
	// Surveys are those that the attract screen invites to and the menu lists.
	Surveys []*surveys.Survey
	// Survey is the one in progress or just finished; nil before one is chosen.
	Survey *surveys.Survey

	// The rest describes the question on Screen Question.

	Question *surveys.Question
	Value    surveys.Value // the answer so far; zero when none
	// Progress runs from 0 to 1 over the visit.
	Progress float64
	// CanNext and CanSkip say which of the two buttons to show; Last that the next step stores the response.
	CanNext, CanSkip, Last bool
	// Saving is true from the last tap until the response is stored.
	Saving bool

	// Warning is how long the countdown of an idle visit still runs; 0 while there is none.
	Warning time.Duration
}

// View returns what to show now.
func (m *Machine) View(now time.Time) View {
	v := View{
		Screen: m.screen, Shown: m.shown, Language: m.language, Languages: m.cfg.languages(),
		Surveys: m.cfg.Surveys, Survey: m.survey, Saving: m.saving,
	}
	if m.warned {
		v.Warning = max(time.Second, m.cfg.Warning-now.Sub(m.touched).Truncate(time.Second))
	}
	if m.at == nil {
		return v
	}
	path := m.path()
	v.Question, v.Value = m.at, m.answers[m.at.Code]
	v.Progress = m.survey.Progress(m.answers, m.seed, m.at.Code)
	v.Last = slices.Index(path, m.at) == len(path)-1
	v.CanNext = m.at.Kind == surveys.Information || !v.Value.IsZero()
	v.CanSkip = !m.at.Required && !v.CanNext
	return v
}
