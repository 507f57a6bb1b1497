package visit

import "time"

// read opens the full text of the consent asked for; what the questions hold stays as it is.
func (m *Machine) read(now time.Time) {
	if m.screen == Question && m.at.Consent != nil && len(m.at.Consent.Statement) > 0 {
		m.appear(Statement, now)
	}
}
