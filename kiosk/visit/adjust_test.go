package visit_test

import (
	"testing"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// Where nobody is asked the words can still be made larger, as on every screen; whoever comes next finds them as they were.
func TestScreensThatAskNothingCanBeMadeEasierToRead(t *testing.T) {
	survey := []*surveys.Survey{mustLoad(t, source)}
	for name, cfg := range map[string]visit.Config{
		"no survey": {}, "unenrolled": {Unenrolled: true, Surveys: survey}, "full": {Full: true, Surveys: survey}, "broken": {Surveys: survey},
	} {
		l := newLobby(cfg)
		if name == "broken" {
			l.do(visit.SaveFailed{})
		}
		screen := l.view().Screen
		if due := l.Deadline(l.now); !due.IsZero() {
			t.Errorf("%s: something is due at %v although nothing was changed", name, due)
		}
		l.do(visit.Ease{Text: 2, Contrast: true})
		l.do(visit.Start{})
		if v := l.view(); v.Ease.Text != 2 || !v.Ease.Contrast || v.Screen != screen {
			t.Errorf("%s: after the touch: %+v on %s", name, v.Ease, v.Screen)
		}
		l.now = l.Deadline(l.now)
		l.do(visit.Tick{})
		if v := l.view(); v.Ease != (visit.Ease{}) || v.Screen != screen {
			t.Errorf("%s: the next one finds %+v on %s", name, v.Ease, v.Screen)
		}
	}
}
