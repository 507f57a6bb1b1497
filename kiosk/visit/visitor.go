package visit

import (
	"slices"
	"time"

	"otklik/surveys"
)

// visitor takes up what a person at the glass did.
func (m *Machine) visitor(e Event, now time.Time) *surveys.Response {
	switch {
	case m.saving:
		return nil
	case !m.inService():
		m.adjust(e, now)
		return nil
	case m.warned: // whatever was touched: somebody is still here, and meant the warning
		m.warned, m.touched = false, now
		m.shown++
		return nil
	}
	if m.Unseen(now) {
		return nil // a bounce of the tap that brought this screen
	}
	m.touched = now
	if m.screen == Ticket || m.screen == Opening {
		if m.door(e, now) {
			return nil
		}
	}
	switch e := e.(type) {
	case Start:
		m.start(e.Language, now)
	case ShowLanguages:
		m.aside(Languages, now)
	case ShowEase:
		m.aside(Easing, now)
	case Ease:
		m.ease = e.nearest()
		m.shown++
	case Aloud:
		m.aloud = e.On
		m.shown++
	case Speak:
		m.speak(e.Language, now)
	case ChooseSurvey:
		m.choose(e.ID, now)
	case Finish:
		switch {
		case m.last():
			m.reset(now)
		case m.screen == Pause:
			return m.finish(now)
		}
	case Answer:
		m.tap = e.Tap
		if m.screen == Attract {
			return m.accept(e, now)
		}
		if m.edit(e.Question, e.Value) && m.shared() == nil && m.put() {
			return m.forward(now)
		}
		m.settleDown(now)
	case Edit:
		if !m.bounced(e, now) {
			m.edit(e.Question, e.Value)
		}
	case Next:
		if m.screen == Question && m.put() {
			return m.forward(now)
		}
	case Skip:
		switch {
		case m.screen != Question:
		case m.shared() != nil:
			if m.skipAll() && m.put() {
				return m.forward(now)
			}
		case !m.at.Required:
			m.take()
			return m.forward(now)
		}
	case Decline:
		switch {
		case m.screen != Question:
		case m.shared() != nil:
			if q := m.member(e.Question); q != nil && !m.again(q, "", now) { // a double tap would take it back
				m.declineOne(e.Question)
			}
			m.settleDown(now)
		case m.at.Decline && m.means(e.Question):
			m.take()
			m.declined[m.at.Code] = true
			return m.forward(now)
		}
	case Turned:
		m.appeared = now
	case Read:
		m.read(now)
	case Back:
		m.back(now)
	}
	return nil
}

// Unseen reports whether the screen appeared too lately for a touch now to have been meant for it: the event of such a
// touch is ignored. On the warning any touch counts.
func (m *Machine) Unseen(now time.Time) bool { return !m.warned && now.Sub(m.appeared) < m.cfg.Unseen }

// Appeared says that the screen of a View has been painted: only from now on it can be seen.
func (m *Machine) Appeared(now time.Time) { m.appeared = now }

// adjust makes a screen easier to read on which nobody is asked anything.
func (m *Machine) adjust(e Event, now time.Time) {
	switch e := e.(type) {
	case Ease:
		m.ease = e.nearest()
	case Aloud:
		m.aloud = e.On
	case Speak:
		m.setLanguage(e.Language)
	default:
		return
	}
	m.touched = now
	m.shown++
}

// restore puts back what somebody who went away had adjusted.
func (m *Machine) restore(now time.Time) {
	m.ease, m.aloud, m.language, m.touched = m.cfg.Ease, false, m.home(), now
	m.shown++
}

// inService reports whether a visitor can be asked anything at all.
func (m *Machine) inService() bool {
	return m.screen != Unenrolled && m.screen != NoSurvey && m.screen != DiskFull && m.screen != OutOfService
}

func (m *Machine) start(language string, now time.Time) {
	if m.screen != Attract {
		return
	}
	m.renew(now)
	if m.screen != Attract {
		return // the last survey closed a moment ago
	}
	m.setLanguage(language)
	m.began = now
	all := m.offered
	switch m.offered = m.sampled(); len(m.offered) {
	case 0:
		m.oneIn = oneIn(all)
		m.appear(NotAsked, now)
	case 1:
		m.open(m.offered[0], now)
	default:
		m.appear(Menu, now)
	}
}

func (m *Machine) speak(language string, now time.Time) {
	m.setLanguage(language)
	if m.screen == Languages {
		m.comeBack(now)
	}
	m.shown++
}

func (m *Machine) setLanguage(language string) {
	if slices.Contains(m.languages(), language) {
		m.language = language
	}
}

func (m *Machine) choose(id string, now time.Time) {
	if m.screen != Menu {
		return
	}
	for _, s := range m.offered {
		if s.ID == id {
			m.open(s, now)
			return
		}
	}
}
