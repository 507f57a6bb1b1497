package visit

import (
	"time"

	"otklik/surveys"
)

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
