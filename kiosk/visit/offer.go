package visit

import (
	"math"
	"slices"
	"time"

	"otklik/surveys"
)

// What is offered. While nobody is here it is every survey that is open by its schedule and whose quotas need somebody; a
// visitor who starts is offered those of them whose sample asks this visitor, and what was offered at the start holds for
// the whole visit: nothing is cut short when a survey closes.

// waits reports whether nobody is here and somebody could come.
func (m *Machine) waits() bool { return m.screen == Attract || m.screen == Closed }

// offer works out what is offered now, and when that changes.
func (m *Machine) offer(now time.Time) {
	m.offered, m.opens, m.opensIn, m.changes = nil, time.Time{}, 0, time.Time{}
	for _, s := range m.cfg.Surveys {
		schedule := s.Schedule.During(m.cfg.Hours)
		next, changes := schedule.Next(now)
		if changes && (m.changes.IsZero() || next.Before(m.changes)) {
			m.changes = next
		}
		switch open := schedule.Open(now); {
		case m.full(s, now):
		case open:
			m.offered = append(m.offered, s)
		case changes && (m.opens.IsZero() || next.Before(m.opens)):
			m.opens = next
		}
	}
	if len(m.offered) > 0 || m.opens.IsZero() {
		m.opens = time.Time{}
		return
	}
	midnight := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location()) }
	m.opensIn = int(math.Round(midnight(m.opens).Sub(midnight(now)).Hours() / 24))
}

// renew works out what is offered while nobody is here, and shows it when it changed.
func (m *Machine) renew(now time.Time) {
	offered, opens, in := m.offered, m.opens, m.opensIn
	m.offer(now)
	if !slices.Equal(offered, m.offered) || !opens.Equal(m.opens) || in != m.opensIn {
		m.reset(now)
	}
}

// comeBack returns from the screen of languages or of ease. Where nobody is asked yet, a survey may have closed meanwhile.
func (m *Machine) comeBack(now time.Time) {
	m.appear(m.returnTo, now)
	if m.waits() {
		m.renew(now)
	}
}

// full reports whether a survey needs no visitor of whom nothing is known yet but what the terminal knows itself.
func (m *Machine) full(s *surveys.Survey, now time.Time) bool {
	if len(s.Quotas) == 0 {
		return false
	}
	rules, known := surveys.Visit{Survey: s, Began: s.Moment(now)}, surveys.Answers{}
	rules.Preset(known, m.cfg.Known)
	return rules.Full(known, m.completed(s)) != nil
}

func (m *Machine) completed(s *surveys.Survey) func(string) int {
	return func(quota string) int {
		if m.cfg.Completed == nil {
			return 0
		}
		return m.cfg.Completed(s.ID, quota)
	}
}

// enough ends the visit when its answers show that the visitor is needed no more: what was said is forgotten and not
// stored.
func (m *Machine) enough(now time.Time) bool {
	s := m.rules.Survey
	if len(s.Quotas) == 0 || m.rules.Full(m.answers, m.completed(s)) == nil {
		return false
	}
	m.appear(Enough, now)
	m.forget()
	return true
}

// sampled returns those of the offered surveys that ask this visitor.
//
// Each survey counts the visitors who began while it was offered. Its count begins at a random number and is not kept over
// a restart of the program: then, too, each visitor is asked with the probability 1/n, and nobody pays for a write to the
// disk with every touch. The probability that figures are weighted by is not recorded with a response: it follows from the
// version of the survey, which is.
func (m *Machine) sampled() []*surveys.Survey {
	var asks []*surveys.Survey
	for _, s := range m.offered {
		if s.Sample == nil {
			asks = append(asks, s)
			continue
		}
		number, begun := m.counted[s.ID]
		if !begun && s.Sample.Every > 0 {
			number = m.draw() % uint64(s.Sample.Every)
		}
		number++
		if m.counted == nil {
			m.counted = map[string]uint64{}
		}
		m.counted[s.ID] = number
		if s.Sample.Asks(number, m.draw()) {
			asks = append(asks, s)
		}
	}
	return asks
}

// oneIn says of how many visitors one is asked, where that is the same for all surveys and a number to tell; else 0.
func oneIn(all []*surveys.Survey) int {
	n := 0
	for _, s := range all {
		of := 0
		if s.Sample != nil {
			if of = s.Sample.Every; of == 0 {
				of = int(math.Round(1 / s.Sample.Probability))
			}
		}
		if of < 2 || n != 0 && n != of {
			return 0
		}
		n = of
	}
	return n
}

// clockLook is how often the terminal looks at the clock while it waits for a schedule: people and NTP set clocks.
const clockLook = time.Minute

// waitDeadline is when to look again at what is offered, whether somebody who chose a language went away, and at what the
// centre tells of its improvements.
func (m *Machine) waitDeadline(now time.Time) (d time.Time) {
	if slices.ContainsFunc(m.cfg.Surveys, func(s *surveys.Survey) bool { return s.Schedule.During(m.cfg.Hours) != nil }) {
		d = now.Add(clockLook)
		if !m.changes.IsZero() && m.changes.Before(d) {
			d = m.changes
		}
	}
	for _, i := range m.cfg.Improvements {
		if m.screen == Attract && now.Before(i.Until) && (d.IsZero() || i.Until.Before(d)) {
			d = i.Until
		}
	}
	if m.changed() {
		if forgets := m.touched.Add(m.cfg.Idle); d.IsZero() || forgets.Before(d) {
			d = forgets
		}
	}
	return d
}

// languages are those that can be chosen: of the survey in progress, else of what is offered, else of all surveys.
func (m *Machine) languages() []string {
	from := m.offered
	switch {
	case m.rules.Survey != nil:
		return m.rules.Survey.Languages
	case len(from) == 0:
		from = m.cfg.Surveys
	}
	var all []string
	for _, s := range from {
		for _, l := range s.Languages {
			if !slices.Contains(all, l) {
				all = append(all, l)
			}
		}
	}
	return all
}

// home is the language of the attract screen: the terminal's, or the first that is offered.
func (m *Machine) home() string {
	all := m.languages()
	if len(all) == 0 || slices.Contains(all, m.cfg.Language) {
		return m.cfg.Language
	}
	return all[0]
}
