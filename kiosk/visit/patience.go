package visit

import (
	"slices"
	"time"

	"otklik/surveys"
)

// tick lets time pass: the warning, the end of an idle visit, the end of the last screen. It returns the response of a
// visit that time ended. A timed test that was left alone is handed in, see handsIn.
func (m *Machine) tick(now time.Time) *surveys.Response {
	idle := now.Sub(m.touched)
	switch {
	case m.saving:
	case !m.inService():
		if m.changed() && idle >= m.leisurely(m.cfg.Idle) {
			m.restore(now)
		}
	case m.waits():
		if m.changed() && idle >= m.cfg.Idle {
			m.reset(now) // somebody chose a language and went away
		}
		m.renew(now)
	case m.last():
		if idle >= m.farewell() {
			m.reset(now)
		}
	case m.screen == Pause:
		if idle >= m.undoFor() {
			return m.finish(now)
		}
	case m.warned && idle < m.cfg.Warning:
	case m.warned && m.handsIn():
		return m.handIn(leftAlone, now)
	case m.warned:
		return m.abandon(now)
	case idle >= m.patience():
		m.warned, m.touched = true, now
		m.shown++
	}
	return nil
}

// last reports whether a last screen is on the glass.
func (m *Machine) last() bool {
	return slices.Contains([]Screen{Thanks, TestResult, TimeOver, NotAsked, Enough}, m.screen)
}

// farewell is how long a last screen stays; a result is read longer.
func (m *Machine) farewell() time.Duration {
	if m.screen == TestResult {
		return m.leisurely(m.cfg.Idle)
	}
	return m.leisurely(m.cfg.ThanksFor)
}

// undoFor is how long the one answer of a short poll can be taken back.
func (m *Machine) undoFor() time.Duration { return m.leisurely(m.cfg.UndoFor) }

// Deadline returns when the caller must next send a Tick, or the zero time when nothing is due. During the warning and
// the pause that is each whole second of the countdown, in a timed test whenever its clock shows another time, and while a
// terminal with schedules waits the next change of one and at least each minute.
func (m *Machine) Deadline(now time.Time) time.Time {
	idle, clock := m.idleDeadline(now), m.clockDeadline(now)
	if idle.IsZero() || !clock.IsZero() && clock.Before(idle) {
		return clock
	}
	return idle
}

func (m *Machine) idleDeadline(now time.Time) time.Time {
	switch {
	case m.saving, !m.inService() && !m.changed():
		return time.Time{}
	case !m.inService():
		return m.touched.Add(m.leisurely(m.cfg.Idle))
	case m.waits():
		return m.waitDeadline(now)
	case m.last():
		return m.touched.Add(m.farewell())
	case m.screen == Pause:
		return m.second(now, m.undoFor())
	case m.warned:
		return m.second(now, m.cfg.Warning)
	default:
		return m.touched.Add(m.patience())
	}
}

// second is the end of the running second of a countdown.
func (m *Machine) second(now time.Time, of time.Duration) time.Time {
	passed := max(0, now.Sub(m.touched)).Truncate(time.Second) + time.Second
	return m.touched.Add(min(passed, of))
}
