// Package visit is one person's visit to the glass as a state machine: attract → language → menu → questions → thanks,
// with the warning before an idle visit ends and a reset that leaves nothing of the last person. It is pure: it paints
// nothing, stores nothing and has no clock of its own; the caller says what happened and when, and shows the View.
package visit

import (
	"errors"
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
	// Known is what the terminal knows for hidden questions, by surveys.HiddenSources.
	Known map[string]string
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
	returnTo Screen        // where the language screen leads back to
	rules    surveys.Visit // of the survey in progress; its Survey is nil before one is chosen
	answers  surveys.Answers
	declined map[string]bool          // questions the visitor chose not to answer
	asked    map[string]time.Duration // how long each question was on the glass
	at       *surveys.Question        // the question shown
	draft    *surveys.Value           // what is being given to it and was not checked yet
	problem  Problem
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
	m.wipe()
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
		if m.edit(e.Value) && m.put() {
			return m.forward(now)
		}
	case Edit:
		m.edit(e.Value)
	case Next:
		if m.screen == Question && m.put() {
			return m.forward(now)
		}
	case Skip:
		if m.screen == Question && !m.at.Required {
			m.take()
			return m.forward(now)
		}
	case Decline:
		if m.screen == Question && m.at.Decline {
			m.take()
			m.declined[m.at.Code] = true
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
	m.rules = surveys.Visit{Survey: s, Began: now}
	if s.Random() { // other responses carry no number at all
		m.rules.Seed = m.draw()
	}
	m.answers, m.declined, m.asked = surveys.Answers{}, map[string]bool{}, map[string]time.Duration{}
	m.rules.Preset(m.answers, m.cfg.Known)
	shown := m.path()
	if len(shown) == 0 {
		m.reset(now) // a survey that asks this visitor nothing; the checker refuses such a survey
		return
	}
	m.ask(shown[0], now)
}

// ask puts a question on the glass.
func (m *Machine) ask(q *surveys.Question, now time.Time) {
	m.at, m.draft, m.problem = q, nil, NoProblem
	m.appear(Question, now)
}

// path is what the visitor is shown, question by question.
func (m *Machine) path() []*surveys.Question { return slices.Concat(m.rules.Screens(m.answers)...) }

// edit takes up a value that is being given to the question shown.
func (m *Machine) edit(v surveys.Value) bool {
	if m.screen != Question || m.at.Kind == surveys.Information {
		return false
	}
	m.draft, m.problem = &v, NoProblem
	return true
}

// value is what the question shown has for an answer: what is being given, what was given before, or its default.
func (m *Machine) value() surveys.Value {
	if m.draft != nil {
		return *m.draft
	}
	if v, ok := m.answers[m.at.Code]; ok || m.declined[m.at.Code] {
		return v
	}
	return m.at.Default
}

// put makes the value of the question shown its answer and drops the answers that it made irrelevant. It returns false,
// with the problem named on the glass, when the visitor cannot go on with it.
func (m *Machine) put() bool {
	if m.at.Kind == surveys.Information {
		return true
	}
	v := m.value()
	if isEmpty(v) {
		if m.at.Required {
			m.problem = Unanswered
			m.shown++
			return false
		}
		m.take()
		return true
	}
	if err := m.rules.Check(m.at, v, m.answers); err != nil {
		var constraint *surveys.ConstraintError
		if m.problem = Invalid; errors.As(err, &constraint) {
			m.problem = Unfit
		}
		m.shown++
		return false
	}
	delete(m.declined, m.at.Code)
	m.answers[m.at.Code] = v
	m.rules.Prune(m.answers)
	return true
}

// take takes the answer of the question shown back.
func (m *Machine) take() {
	delete(m.answers, m.at.Code)
	delete(m.declined, m.at.Code)
	m.rules.Prune(m.answers)
}

// isEmpty reports whether v says nothing: an empty text or no choice at all.
func isEmpty(v surveys.Value) bool {
	if s, ok := v.Text(); ok {
		return strings.TrimSpace(s) == ""
	}
	if codes, ok := v.List(); ok {
		return len(codes) == 0
	}
	if rows, ok := v.Rows(); ok {
		return len(rows) == 0
	}
	return v.IsZero()
}

// forward shows the next question on the path, or closes the visit after the last one.
func (m *Machine) forward(now time.Time) *surveys.Response {
	m.clock(now)
	path := m.path()
	if i := slices.Index(path, m.at) + 1; i < len(path) {
		m.ask(path[i], now)
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
		if m.draft != nil && !isEmpty(*m.draft) && m.rules.Check(m.at, *m.draft, m.answers) == nil {
			m.put() // what was begun here is there again when the visitor comes back
		}
		if path := m.path(); slices.Index(path, m.at) > 0 {
			m.ask(path[slices.Index(path, m.at)-1], now)
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
	s := m.rules.Survey
	r := &surveys.Response{
		Survey: s.ID, Version: s.Version, Number: s.Number,
		Language: m.language, Audience: m.rules.AudienceOf(m.answers), Seed: m.rules.Seed,
		Started: m.began.UTC().Truncate(time.Second),
		Seconds: int(max(0, now.Sub(m.began)).Round(time.Second) / time.Second),
	}
	for _, q := range m.rules.Path(m.answers) {
		if !q.Kind.Traits().HasValue {
			continue
		}
		a := surveys.Answer{Question: q.Code, Value: m.answers[q.Code], Tenths: int(m.asked[q.Code].Milliseconds() / 100)}
		switch {
		case m.declined[q.Code]:
			a.Outcome = surveys.Declined
		case a.Value.IsZero():
			a.Outcome = surveys.Skipped
		}
		r.Answers = append(r.Answers, a)
	}
	return r
}

// wipe empties what a visitor said before it is let go.
func (m *Machine) wipe() {
	clear(m.answers)
	clear(m.declined)
	clear(m.asked)
}

// forget drops what was answered as soon as it is stored; only the language and the survey stay for the last screen.
func (m *Machine) forget() {
	m.wipe()
	m.visit = visit{
		screen: m.screen, language: m.language, rules: surveys.Visit{Survey: m.rules.Survey}, appeared: m.appeared,
		touched: m.touched,
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
	if m.screen == Question && (m.at.Kind.Traits().Text || m.at.Kind == surveys.Information) {
		return 2 * m.cfg.Idle
	}
	return m.cfg.Idle
}
