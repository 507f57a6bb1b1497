package visit

import (
	"time"

	"otklik/surveys"
)

// Problem says why a visitor could not go on.
type Problem string

// The problems.
const (
	NoProblem  Problem = ""
	Unanswered Problem = "unanswered" // the question is required
	Invalid    Problem = "invalid"    // what was given is no answer of the question's kind
	Unfit      Problem = "unfit"      // the question's constraint does not hold
	// Of a ticket: it is none, because a digit is missing or wrong; nobody issued it, or not for this test; it was used.
	Mistyped Problem = "mistyped"
	Unissued Problem = "unissued"
	Used     Problem = "used"
)

// View is what the glass shows: a copy, safe to keep, of everything a screen needs and nothing else.
type View struct {
	Screen Screen
	// Shown counts up whenever another screen appears or the words change; with the same number only Value differs.
	Shown uint64
	// Language is the one spoken now, Languages all that can be chosen.
	Language  string
	Languages []string
	// Ease is what the visitor asked for; before that the terminal's own.
	Ease Ease
	// Aloud says that what is on the glass is to be read aloud.
	Aloud bool
	// Surveys are those that the attract screen invites to and the menu lists.
	Surveys []*surveys.Survey
	// Survey is the one in progress or just finished; nil before one is chosen.
	Survey *surveys.Survey

	// Opens is when a survey is offered again, on Screen Closed, in the terminal's zone, and OpensIn in how many days: 0 is
	// today. Zero when no schedule says.
	Opens   time.Time
	OpensIn int
	// OneIn says of how many visitors one is asked, on Screen NotAsked; 0 where no such number holds.
	OneIn int

	// Clock is what a timed test counts down.
	Clock Clock
	// Questions is how many questions a test asks, on Screen Opening; at most so many if AtMost.
	Questions int
	AtMost    bool
	// Result is how a test was done, on Screen TestResult.
	Result Result
	// HandsIn says that the end of the warning hands the test in as it stands, instead of forgetting it.
	HandsIn bool

	// The rest describes the question on Screen Question; Value, Problem and CanNext on Screen Ticket the number typed.

	Question *surveys.Question
	Value    surveys.Value // the answer so far, or the default; zero when none
	// Text and Hint are the question's words in the visitor's language, with earlier answers put in.
	Text, Hint string
	// Choices are those offered to this visitor, in the order to show them.
	Choices []surveys.Choice
	// Problem says why the visitor could not go on with this value.
	Problem Problem
	// Progress runs from 0 to 1 over the visit.
	Progress float64
	// CanNext, CanSkip and CanDecline say which of the buttons to show; Last that the next step stores the response.
	CanNext, CanSkip, CanDecline, Last bool
	// Group holds the questions of a screen of several, in their order; nil on a screen of one. Question and Text are then
	// those of the first, Value and Choices are empty, Problem is that of one of them.
	Group []Item
	// NoBack says that there is no question to go back to, in a test that was begun.
	NoBack bool
	// Invited is the question that the attract screen asks by itself, nil elsewhere and when there is none; Text says it, and
	// Answer answers it.
	Invited *surveys.Question
	// Saving is true from the last tap until the response is stored.
	Saving bool

	// Left is how long the answer on Screen Pause can still be taken back; 0 elsewhere.
	Left time.Duration
	// Improvements are what the centre changed because of visitors; on Attract, and on Thanks, where one of them is told.
	Improvements []surveys.Text
	// Stays is how long a last screen stays when nobody touches it; 0 elsewhere.
	Stays time.Duration
	// Warning is how long the countdown of an idle visit still runs, and WarningOf its whole length; 0 while there is none.
	Warning, WarningOf time.Duration
}

// Item is one question of a screen of several; the fields mean what they mean in View.
type Item struct {
	Question   *surveys.Question
	Text, Hint string
	Choices    []surveys.Choice
	Value      surveys.Value
	Problem    Problem
	Required   bool
	CanDecline bool
	// Declined says that the visitor chose not to answer.
	Declined bool
}

// View returns what to show now.
func (m *Machine) View(now time.Time) View {
	v := View{
		Screen: m.screen, Shown: m.shown, Language: m.language, Languages: m.languages(), Ease: m.ease, Aloud: m.aloud,
		Surveys: m.offered, Survey: m.rules.Survey, Saving: m.saving,
		Opens: m.opens, OpensIn: m.opensIn, OneIn: m.oneIn,
	}
	if m.warned {
		v.WarningOf = m.cfg.Warning
		v.Warning = max(time.Second, v.WarningOf-now.Sub(m.touched).Truncate(time.Second))
	}
	m.viewExam(&v, now)
	if m.screen == Pause {
		v.Left = max(time.Second, m.undoFor()-now.Sub(m.touched).Truncate(time.Second))
	}
	if m.last() {
		v.Stays = m.farewell()
	}
	if m.screen == Attract || m.screen == Thanks {
		for _, i := range m.cfg.Improvements {
			if i.Until.IsZero() || now.Before(i.Until) {
				v.Improvements = append(v.Improvements, i.Text)
			}
		}
	}
	if v.Invited = m.invitation(); v.Invited != nil {
		v.Text = surveys.Visit{Survey: m.offered[0]}.Say(v.Invited.Text, m.language, nil)
	}
	if m.at == nil {
		return v
	}
	q := m.at
	v.Question, v.Value, v.Problem = q, m.value(), m.problem
	a := m.counting(true)
	v.Text, v.Hint = m.rules.Say(q.Text, m.language, a), m.rules.Say(q.Hint, m.language, a)
	v.Choices = m.rules.Choices(q, a)
	v.Progress = m.rules.Progress(a, q.Code)
	v.Last = m.following() == nil
	empty := isEmpty(v.Value)
	v.CanNext = q.Kind == surveys.Information || !empty || q.Required && !q.Kind.Traits().OneTap && !q.Decline
	v.CanDecline = q.Decline && empty
	v.CanSkip = !q.Required && !v.CanNext && !v.CanDecline
	if m.shared() != nil {
		m.viewGroup(&v, a)
	}
	return v
}
