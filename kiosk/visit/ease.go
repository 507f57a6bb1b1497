package visit

import (
	"time"

	"otklik/surveys"
)

// Ease is what a visitor asked for to make the glass easier to use. As an event it asks for it, whole; it holds until the
// visit ends, whatever screen is shown, and changes nothing of what was typed or chosen.
type Ease struct {
	// Text is the size of the letters: 0 normal, 1 large, 2 largest. Others are taken for the nearest.
	Text int
	// Contrast is high contrast.
	Contrast bool
	// Lowered brings everything that can be touched within the bottom 60 cm of the display.
	Lowered bool
	// LeftHanded mirrors what a hand reaches for.
	LeftHanded bool
}

// ShowEase opens the screen that lists what makes the glass easier to use; Back returns to where it was opened.
type ShowEase struct{}

// Aloud says whether what is on the glass is to be read aloud. It holds until the visit ends.
type Aloud struct{ On bool }

func (Ease) event()     {}
func (ShowEase) event() {}
func (Aloud) event()    {}

const largestText = 2

func (e Ease) nearest() Ease {
	e.Text = min(max(e.Text, 0), largestText)
	return e
}

// aside opens a screen that Back leaves for the one it was opened from. From one such screen to another that stays the same.
func (m *Machine) aside(s Screen, now time.Time) {
	if m.screen == s || m.screen == Pause || m.last() {
		return
	}
	if m.screen != Languages && m.screen != Easing {
		m.returnTo = m.screen
	}
	m.appear(s, now)
}

// changed reports whether somebody changed the attract screen without beginning.
func (m *Machine) changed() bool { return m.language != m.home() || m.ease != m.cfg.Ease || m.aloud }

// slow is how many times as long as one choice the other kinds take; text is slowest.
var slow = map[surveys.QuestionKind]float64{
	surveys.Information: 2,
	surveys.Matrix:      2,
	surveys.Ranking:     1.5,
	surveys.Dropdown:    1.5,
	surveys.Consent:     2,
	surveys.Signature:   2,
	surveys.NumberEntry: 1.5,
	surveys.Date:        1.5,
	surveys.Time:        1.5,
	surveys.DateTime:    1.5,
}

// large is how many times as long somebody needs who reads letters of each size.
var large = [largestText + 1]float64{1, 1.5, 2}

// listening is how many times as long somebody needs who is read to.
const listening = 2

// patience is how long the screen waits for a touch: longer where somebody types or reads, four times where somebody
// thinks, in a test; longer still with larger letters or for one who listens.
func (m *Machine) patience() time.Duration {
	times := 1.0
	switch {
	case m.exam.running():
		times = 4
	case m.screen == Ticket || m.screen == Opening || m.screen == Easing || m.screen == Statement:
		times = 2
	case m.screen != Question:
	default:
		for _, q := range m.together(m.counting(true)) {
			if q.Kind.Traits().Text {
				times = 2
			}
			times = max(times, slow[q.Kind])
		}
	}
	return m.leisurely(time.Duration(times * float64(m.cfg.Idle)))
}

// leisurely is how long somebody needs for what others do in d, by the letters that are read and by whether they are read
// aloud.
func (m *Machine) leisurely(d time.Duration) time.Duration {
	times := large[m.ease.Text]
	if m.aloud {
		times *= listening
	}
	return time.Duration(times * float64(d))
}
