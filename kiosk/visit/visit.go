// Package visit is one person's visit to the glass as a state machine: attract → language → menu → questions → thanks,
// with the warning before an idle visit ends and a reset that leaves nothing of the last person. It is pure: it paints
// nothing, stores nothing and has no clock of its own; the caller says what happened and when, and shows the View.
package visit

import (
	"slices"
	"strings"
	"time"

	"otklik/surveys"
)

// Screen names what is on the glass.
type Screen string

// The screens.
const (
	Unenrolled   Screen = "unenrolled"     // the terminal belongs to no collector yet
	NoSurvey     Screen = "no-survey"      // nothing is assigned to this terminal
	Attract      Screen = "attract"        // nobody is here
	Languages    Screen = "languages"      // choose a language
	Menu         Screen = "menu"           // choose one of several surveys
	Question     Screen = "question"       // one question, or an information page
	Thanks       Screen = "thanks"         // the answer is saved
	OutOfService Screen = "out-of-service" // an answer could not be saved: nobody is thanked, nobody is asked
)

// Config is what a terminal asks and how patient it is. The zero value of a duration takes its default.
type Config struct {
	// Unenrolled says that the terminal belongs to no collector yet: nothing can be asked.
	Unenrolled bool
	// Surveys are offered in this order; with more than one the visitor chooses from a menu.
	Surveys []*surveys.Survey
	// Language is shown while nobody is here; "" is the first language of the first survey.
	Language string
	// Idle is how long a choice question waits for a touch before the warning; text waits twice as long. Default 45 s.
	Idle time.Duration
	// Warning is how long the warning counts down before the visit ends. Default and least: 20 s (WCAG 2.2.1).
	Warning time.Duration
	// ThanksFor is how long the last screen stays when nobody touches it. Default 6 s.
	ThanksFor time.Duration
	// Unseen is how long after a screen appeared a touch on it cannot have been meant for it. Default 150 ms.
	Unseen time.Duration
}

const leastWarning = 20 * time.Second

func (c Config) withDefaults() Config {
	if c.Idle <= 0 {
		c.Idle = 45 * time.Second
	}
	c.Warning = max(c.Warning, leastWarning)
	if c.ThanksFor <= 0 {
		c.ThanksFor = 6 * time.Second
	}
	if c.Unseen <= 0 {
		c.Unseen = 150 * time.Millisecond
	}
	if c.Language == "" && len(c.Surveys) > 0 {
		c.Language = c.Surveys[0].Languages[0]
	}
	return c
}

// languages returns every language that some survey speaks, in the order they are first met.
func (c Config) languages() []string {
	var all []string
	seen := map[string]bool{}
	for _, s := range c.Surveys {
		for _, l := range s.Languages {
			if !seen[l] {
				seen[l] = true
				all = append(all, l)
			}
		}
	}
	return all
}

// Machine is the visit in progress, or the wait for the next one. It is not safe for concurrent use.
type Machine struct {
	cfg  Config
	next *Config // taken up when this visit is over
	draw func() uint64

	visit        // replaced whole at each reset
	shown uint64 // counts the screens shown, see View.Shown
}

// visit is everything that belongs to one person. At a reset it is replaced by a new one, so that whatever a later
// change adds to it cannot reach the next person.
type visit struct {
	screen   Screen
	language string
	returnTo Screen // where the language screen leads back to
	survey   *surveys.Survey
	seed     uint64
	answers  surveys.Answers
	asked    map[string]time.Duration // how long each question was on the glass
	at       *surveys.Question        // the question shown
	began    time.Time
	appeared time.Time // when this screen appeared
	touched  time.Time // when somebody last did something
	warned   bool
	saving   bool
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
	if m.screen == Attract || !m.inService() && m.screen != OutOfService {
		m.reset(now)
	}
}

// reset ends the visit and forgets it.
func (m *Machine) reset(now time.Time) {
	if m.next != nil {
		m.cfg, m.next = *m.next, nil
	}
	clear(m.answers)
	m.visit = visit{screen: Attract, language: m.cfg.Language}
	switch {
	case m.cfg.Unenrolled:
		m.screen = Unenrolled
	case len(m.cfg.Surveys) == 0:
		m.screen = NoSurvey
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
	switch e := e.(type) {
	case Tick:
		m.tick(now)
		return nil
	case Saved:
		if m.saving {
			m.appear(Thanks, now)
			m.forget()
		}
		return nil
	case SaveFailed:
		m.reset(now)
		m.appear(OutOfService, now)
		return nil
	case Recovered:
		if m.screen == OutOfService {
			m.reset(now)
		}
		return nil
	default:
		return m.visitor(e, now)
	}
}

// visitor takes up what a person at the glass did.
func (m *Machine) visitor(e Event, now time.Time) *surveys.Response {
	switch {
	case m.saving || !m.inService():
		return nil
	case m.warned: // whatever was touched: somebody is still here, and meant the warning
		m.warned, m.touched = false, now
		m.shown++
		return nil
	}
	if _, edit := e.(Edit); !edit && now.Sub(m.appeared) < m.cfg.Unseen {
		return nil // a bounce of the tap that brought this screen
	}
	m.touched = now
	switch e := e.(type) {
	case Start:
		m.start(e.Language, now)
	case ShowLanguages:
		if m.screen != Languages && m.screen != Thanks {
			m.returnTo = m.screen
			m.appear(Languages, now)
		}
	case Speak:
		m.speak(e.Language, now)
	case ChooseSurvey:
		m.choose(e.ID, now)
	case Finish:
		if m.screen == Thanks {
			m.reset(now)
		}
	case Answer:
		if m.put(e.Value) {
			return m.forward(now)
		}
	case Edit:
		m.put(e.Value)
	case Next:
		if m.screen == Question && m.canNext() {
			return m.forward(now)
		}
	case Skip:
		if m.screen == Question && !m.at.Required {
			delete(m.answers, m.at.Code)
			m.survey.Prune(m.answers, m.seed)
			return m.forward(now)
		}
	case Back:
		m.back(now)
	}
	return nil
}

// inService reports whether a visitor can do anything at all.
func (m *Machine) inService() bool {
	return m.screen != Unenrolled && m.screen != NoSurvey && m.screen != OutOfService
}

func (m *Machine) start(language string, now time.Time) {
	if m.screen != Attract {
		return
	}
	m.setLanguage(language)
	m.began = now
	if len(m.cfg.Surveys) > 1 {
		m.appear(Menu, now)
		return
	}
	m.open(m.cfg.Surveys[0], now)
}

func (m *Machine) speak(language string, now time.Time) {
	m.setLanguage(language)
	if m.screen == Languages {
		m.appear(m.returnTo, now)
	}
	m.shown++
}

func (m *Machine) setLanguage(language string) {
	if slices.Contains(m.cfg.languages(), language) {
		m.language = language
	}
}

func (m *Machine) choose(id string, now time.Time) {
	if m.screen != Menu {
		return
	}
	for _, s := range m.cfg.Surveys {
		if s.ID == id {
			m.open(s, now)
			return
		}
	}
}

// open begins a survey at its first question.
func (m *Machine) open(s *surveys.Survey, now time.Time) {
	m.survey, m.seed = s, m.seedFor(s)
	m.answers, m.asked = surveys.Answers{}, map[string]time.Duration{}
	path := m.path()
	if len(path) == 0 {
		m.reset(now) // a survey that asks this visitor nothing; the checker refuses such a survey
		return
	}
	m.at = path[0]
	m.appear(Question, now)
}

// seedFor draws a seed only where something is chosen at random, so that other responses carry no number at all.
func (m *Machine) seedFor(s *surveys.Survey) uint64 {
	for _, p := range s.Pages {
		if p.Pick > 0 {
			return m.draw()
		}
	}
	return 0
}

func (m *Machine) path() []*surveys.Question { return m.survey.Path(m.answers, m.seed) }

// put keeps a value for the question shown and drops the answers that it made irrelevant.
func (m *Machine) put(v surveys.Value) bool {
	if m.screen != Question || m.at.Kind == surveys.Information {
		return false
	}
	if isEmpty(v) {
		delete(m.answers, m.at.Code)
	} else if m.at.Check(v) != nil {
		return false
	} else {
		m.answers[m.at.Code] = v
	}
	m.survey.Prune(m.answers, m.seed)
	return true
}

// isEmpty reports whether v says nothing: an empty text or no choice at all.
func isEmpty(v surveys.Value) bool {
	if s, ok := v.Text(); ok {
		return strings.TrimSpace(s) == ""
	}
	codes, ok := v.List()
	return v.IsZero() || ok && len(codes) == 0
}

func (m *Machine) canNext() bool {
	_, answered := m.answers[m.at.Code]
	return answered || !m.at.Required || m.at.Kind == surveys.Information
}

// forward shows the next question on the path, or closes the visit after the last one.
func (m *Machine) forward(now time.Time) *surveys.Response {
	m.clock(now)
	path := m.path()
	if i := slices.Index(path, m.at) + 1; i < len(path) {
		m.at = path[i]
		m.appear(Question, now)
		return nil
	}
	m.saving = true
	return m.response(now)
}

func (m *Machine) back(now time.Time) {
	switch m.screen {
	case Languages:
		m.appear(m.returnTo, now)
	case Menu:
		m.reset(now)
	case Question:
		m.clock(now)
		if i := slices.Index(m.path(), m.at); i > 0 {
			m.at = m.path()[i-1]
			m.appear(Question, now)
		} else if len(m.cfg.Surveys) > 1 {
			m.appear(Menu, now)
		} else {
			m.reset(now)
		}
	}
}

// clock adds the time the question shown has just been on the glass.
func (m *Machine) clock(now time.Time) { m.asked[m.at.Code] += max(0, now.Sub(m.appeared)) }

func (m *Machine) response(now time.Time) *surveys.Response {
	r := &surveys.Response{
		Survey: m.survey.ID, Version: m.survey.Version, Number: m.survey.Number,
		Language: m.language, Audience: m.survey.AudienceOf(m.answers), Seed: m.seed,
		Started: m.began.UTC().Truncate(time.Second),
		Seconds: int(max(0, now.Sub(m.began)).Round(time.Second) / time.Second),
	}
	for _, q := range m.path() {
		if q.Kind == surveys.Information {
			continue
		}
		a := surveys.Answer{Question: q.Code, Value: m.answers[q.Code], Tenths: int(m.asked[q.Code].Milliseconds() / 100)}
		if a.Value.IsZero() {
			a.Outcome = surveys.Skipped
		}
		r.Answers = append(r.Answers, a)
	}
	return r
}

// forget drops what was answered as soon as it is stored; only the language stays for the last screen.
func (m *Machine) forget() {
	clear(m.answers)
	m.visit = visit{
		screen: m.screen, language: m.language, survey: m.survey, appeared: m.appeared, touched: m.touched,
	}
}

// tick lets time pass: the warning, the end of an idle visit, the end of the thanks.
func (m *Machine) tick(now time.Time) {
	if m.saving || !m.inService() {
		return
	}
	idle := now.Sub(m.touched)
	switch {
	case m.screen == Attract:
		if m.language != m.cfg.Language && idle >= m.cfg.Idle {
			m.reset(now) // somebody chose a language and went away
		}
	case m.screen == Thanks:
		if idle >= m.cfg.ThanksFor {
			m.reset(now)
		}
	case m.warned:
		if idle >= m.cfg.Warning {
			m.reset(now)
		}
	case idle >= m.patience():
		m.warned, m.touched = true, now
		m.shown++
	}
}

// Deadline returns when the caller must next send a Tick, or the zero time when nothing is due. During the warning that
// is each whole second of the countdown.
func (m *Machine) Deadline(now time.Time) time.Time {
	switch {
	case m.saving || !m.inService():
		return time.Time{}
	case m.screen == Attract:
		if m.language == m.cfg.Language {
			return time.Time{}
		}
		return m.touched.Add(m.cfg.Idle)
	case m.screen == Thanks:
		return m.touched.Add(m.cfg.ThanksFor)
	case m.warned:
		passed := max(0, now.Sub(m.touched)).Truncate(time.Second) + time.Second
		return m.touched.Add(min(passed, m.cfg.Warning))
	default:
		return m.touched.Add(m.patience())
	}
}

// patience is how long the screen waits for a touch: twice as long where somebody types or reads.
func (m *Machine) patience() time.Duration {
	if m.screen == Question && (m.at.Kind == surveys.ShortText || m.at.Kind == surveys.Information) {
		return 2 * m.cfg.Idle
	}
	return m.cfg.Idle
}
