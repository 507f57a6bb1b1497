// Package visit is one person's visit to the glass as a state machine: attract → language → menu → questions → thanks,
// in a test with a ticket and an opening before the questions and a clock over them, with the warning before an idle visit ends and a reset that leaves nothing of the last person. It is pure: it paints
// nothing, stores nothing and has no clock of its own; the caller says what happened and when, and shows the View.
package visit

import (
	"time"

	"otklik/surveys"
)

// Screen names what is on the glass.
type Screen string

// The screens.
const (
	Unenrolled   Screen = "unenrolled"     // the terminal belongs to no collector yet
	NoSurvey     Screen = "no-survey"      // nothing is assigned to this terminal
	Closed       Screen = "closed"         // no survey is open now
	Attract      Screen = "attract"        // nobody is here
	Languages    Screen = "languages"      // choose a language
	Easing       Screen = "ease"           // choose what makes the glass easier to use
	Menu         Screen = "menu"           // choose one of several surveys
	Ticket       Screen = "ticket"         // type the ticket that lets one take the test
	Opening      Screen = "opening"        // what the test is; its time runs from Begin
	Question     Screen = "question"       // one question, or an information page
	Statement    Screen = "statement"      // the full text of the consent that the question asks for
	Pause        Screen = "pause"          // the one answer of a short poll can still be taken back
	Thanks       Screen = "thanks"         // the answer is saved
	TestResult   Screen = "result"         // so are the answers to a test that tells its result
	TimeOver     Screen = "time-over"      // so are those to a test whose time ran out and that tells no result
	NotAsked     Screen = "not-asked"      // the sample does not ask this visitor
	Enough       Screen = "enough"         // a quota needs this visitor no more: nothing is stored
	DiskFull     Screen = "disk-full"      // there is no room for answers: nobody is asked
	OutOfService Screen = "out-of-service" // an answer could not be saved: nobody is thanked, nobody is asked
)

// Vacant reports whether nobody is being asked: such a screen may stand for days.
func (s Screen) Vacant() bool {
	switch s {
	case Unenrolled, NoSurvey, Closed, Attract, DiskFull, OutOfService:
		return true
	}
	return false
}

// Config is what a terminal asks and how patient it is. The zero value of a duration takes its default.
type Config struct {
	// Unenrolled says that the terminal belongs to no collector yet: nothing can be asked.
	Unenrolled bool
	// Full says that the disk has no room to keep answers: nothing is asked until there is.
	Full bool
	// Surveys are offered in this order, as far as their schedules, quotas and samples allow; of more than one the visitor
	// chooses from a menu.
	Surveys []*surveys.Survey
	// Hours are when the centre is open; outside of them nothing is offered and the glass sleeps. None: always.
	Hours []surveys.Opening
	// Language is shown while nobody is here; "" is the first language of the first survey.
	Language string
	// Improvements are what the centre changed because of visitors, to be told while nobody is here.
	Improvements []Improvement
	// Ease is how the glass is set while nobody is here, and for whoever changes nothing.
	Ease Ease
	// Idle is how long a choice question waits for a touch before the warning; text waits twice as long, larger letters up
	// to twice as long again, and so does what is read aloud. Default 45 s.
	Idle time.Duration
	// Warning is how long the warning counts down before the visit ends. Default and least: 20 s (WCAG 2.2.1).
	Warning time.Duration
	// ThanksFor is how long the last screen stays when nobody touches it, for whoever reads letters of the normal size;
	// longer as Idle is. Default 6 s.
	ThanksFor time.Duration
	// Tickets says whether a well-formed ticket lets somebody take the test survey. Nil knows no ticket.
	Tickets func(survey, ticket string) Admission
	// UndoFor is how long the one answer of a poll of a single question can be taken back before it is stored, longer as
	// Idle is. Default 3 s.
	UndoFor time.Duration
	// Completed returns how many responses a quota of a survey has counted on this terminal; nil for none. It must not
	// wait for anything.
	Completed func(survey, quota string) int
	// Known is what the terminal knows for hidden questions, by surveys.HiddenSources.
	Known map[string]string
	// Unseen is how long after a screen, or other words on it, appeared a touch on it cannot have been meant for it. Default
	// 150 ms.
	Unseen time.Duration
}

// Improvement is told until a time; the zero time is no end.
type Improvement struct {
	Text  surveys.Text
	Until time.Time
}

const leastWarning = 20 * time.Second

func (c Config) withDefaults() Config {
	if c.Idle <= 0 {
		c.Idle = 45 * time.Second
	}
	c.Warning = max(c.Warning, leastWarning)
	c.Ease = c.Ease.nearest()
	if c.ThanksFor <= 0 {
		c.ThanksFor = 6 * time.Second
	}
	if c.UndoFor <= 0 {
		c.UndoFor = 3 * time.Second
	}
	if c.Unseen <= 0 {
		c.Unseen = 150 * time.Millisecond
	}
	if c.Language == "" && len(c.Surveys) > 0 {
		c.Language = c.Surveys[0].Languages[0]
	}
	return c
}

// Machine is the visit in progress, or the wait for the next one. It is not safe for concurrent use.
type Machine struct {
	cfg  Config
	next *Config // taken up when this visit is over
	draw func() uint64
	// counted is how many visitors each survey with a sample could have asked; see sampled.
	counted map[string]uint64

	visit           // replaced whole at each reset
	shown uint64    // counts the screens shown, see View.Shown
	ended time.Time // when the visit before ended with a response; zero before the first
}

// visit is everything that belongs to one person. At a reset it is replaced by a new one, so that whatever a later
// change adds to it cannot reach the next person.
type visit struct {
	screen   Screen
	language string
	ease     Ease
	aloud    bool
	returnTo Screen // where the screens of languages and of ease lead back to
	offered  []*surveys.Survey
	changes  time.Time     // when a schedule next opens or closes; zero for never
	opens    time.Time     // when a survey is offered again, while none is
	opensIn  int           // in how many days that is
	oneIn    int           // of how many visitors one is asked, while this one is not; 0 where there is no such number
	rules    surveys.Visit // of the survey in progress; its Survey is nil before one is chosen
	answers  surveys.Answers
	declined map[string]bool          // questions the visitor chose not to answer
	asked    map[string]time.Duration // how long each question was on the glass
	at       *surveys.Question        // the question shown
	draft    *surveys.Value           // what is being given to it and was not checked yet
	group    group                    // what is being given to the questions of one screen
	since    time.Time                // when it was asked
	problem  Problem
	exam     exam
	began    time.Time
	appeared time.Time // when this screen, or other words on it, appeared
	touched  time.Time // when somebody last did something
	warned   bool
	saving   bool
	gone     bool        // the visitor went away: nobody waits for thanks
	tap      surveys.Tap // where the latest answer was touched
	toggled  toggled
}

// New makes a machine that waits for a visitor. seed gives each visit the number that its random choices follow from.
func New(cfg Config, seed func() uint64, now time.Time) *Machine {
	m := &Machine{draw: seed, cfg: cfg.withDefaults()}
	m.reset(now)
	return m
}

// Configure takes up another configuration: at once when nobody is here, else when this visit is over.
func (m *Machine) Configure(cfg Config, now time.Time) {
	cfg = cfg.withDefaults()
	m.next = &cfg
	if m.saving {
		return // what is being stored belongs to this visit
	}
	if m.waits() || !m.inService() && m.screen != OutOfService {
		m.reset(now)
	}
}

// reset ends the visit and forgets it.
func (m *Machine) reset(now time.Time) {
	if m.next != nil {
		m.cfg, m.next = *m.next, nil
	}
	m.wipe()
	m.visit = visit{screen: Attract, ease: m.cfg.Ease}
	m.offer(now)
	m.language = m.home()
	switch {
	case m.cfg.Unenrolled:
		m.screen = Unenrolled
	case m.cfg.Full:
		m.screen = DiskFull
	case len(m.cfg.Surveys) == 0:
		m.screen = NoSurvey
	case len(m.offered) == 0:
		m.screen = Closed
	}
	m.appear(m.screen, now)
}

// appear puts a screen on the glass.
func (m *Machine) appear(s Screen, now time.Time) {
	m.screen, m.appeared, m.touched, m.warned = s, now, now, false
	m.shown++
}

// Handle takes up one event. When the visit's last question has been answered it returns the response, to be stored;
// the screen changes only when the caller says Saved or SaveFailed. An event that does not fit the screen is ignored.
func (m *Machine) Handle(e Event, now time.Time) *surveys.Response {
	before := m.shown
	defer func() {
		if m.shown != before {
			m.appeared = now
		}
	}()
	switch e := e.(type) {
	case Tick:
		if r, over := m.expire(now); over {
			return r
		}
		return m.tick(now)
	case Saved:
		switch {
		case m.gone:
			m.reset(now)
		case m.saving:
			m.end(now)
		}
		return nil
	case SaveFailed:
		m.fail(now)
		return nil
	case Recovered:
		if m.screen == OutOfService {
			m.reset(now)
		}
		return nil
	default:
		if r, over := m.expire(now); over { // the touch was meant for what is no longer there
			m.touched, m.warned = now, false
			return r
		}
		return m.visitor(e, now)
	}
}

// end shows the last screen of a visit whose response is stored.
func (m *Machine) end(now time.Time) {
	last := m.lastScreen()
	if last == Attract {
		m.reset(now)
		return
	}
	m.appear(last, now)
	m.forget()
}

// fail puts the terminal out of service and tells it to the visitor who is still there, in the language and the letters
// chosen; see tick for how long.
func (m *Machine) fail(now time.Time) {
	language, ease, aloud := m.language, m.ease, m.aloud // of somebody who went away they are forgotten already
	m.reset(now)
	m.language, m.ease, m.aloud = language, ease, aloud
	m.appear(OutOfService, now)
}

// wipe empties what a visitor said before it is let go.
func (m *Machine) wipe() {
	clear(m.answers)
	clear(m.declined)
	clear(m.asked)
	clear(m.group.drafts)
	clear(m.exam.passed)
}

// forget drops what was answered as soon as it is stored; only the language, the survey and a test's result stay for the
// last screen.
func (m *Machine) forget() {
	m.wipe()
	m.visit = visit{
		screen: m.screen, language: m.language, ease: m.ease, aloud: m.aloud, rules: surveys.Visit{Survey: m.rules.Survey}, appeared: m.appeared,
		touched: m.touched, exam: exam{over: m.exam.over, result: m.exam.result},
	}
}
