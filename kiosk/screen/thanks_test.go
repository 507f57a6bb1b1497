package screen_test

import (
	"strings"
	"testing"

	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/surveys"
)

// The thanks tell one thing that changed because of answers and when the screen clears; the key and the ease bar stand where they
// stood on the question before.
func TestThanksTellWhatChangedAndNothingJumps(t *testing.T) {
	v := mustGlass(t, "say").view
	v.CanSkip, v.CanNext, v.Last = false, true, true
	for _, d := range []theme.Display{{Width: 1080, Height: 1920}, {Width: 1280, Height: 800}} {
		asked := mustEased(t, d, theme.Ease{}, v)
		for screen, name := range map[visit.Screen]string{visit.Thanks: "finish", visit.Enough: "finish", visit.NotAsked: "finish"} {
			last := visit.View{
				Screen: screen, Shown: 9, Language: "ru", Languages: v.Languages, Survey: v.Survey, Stays: 6e9,
				Improvements: []surveys.Text{{"ru": "Стало больше стульев"}, {"ru": "Появилась вода"}},
			}
			end := mustEased(t, d, theme.Ease{}, last)
			if a, b := asked.key(t, "next"), end.key(t, name); a.Y != b.Y || a.X+a.W != b.X+b.W || a.H != b.H {
				t.Errorf("%v: Next stands at %v, on %s the key at %v", d, a, screen, b)
			}
			if a, b := asked.key(t, "lang:ru"), end.key(t, "lang:ru"); a.Y != b.Y || a.H != b.H {
				t.Errorf("%v: the ease bar stands at %v, on %s at %v", d, a, screen, b)
			}
			if screen != visit.Thanks {
				continue
			}
			said := strings.Join(end.painted.Texts, " ")
			if strings.Contains(said, "стульев") == strings.Contains(said, "вода") || !strings.Contains(said, "через 6 с") {
				t.Errorf("%v: the thanks say %s", d, said)
			}
		}
	}
}

// The left hand finds every key of a screen on the other side: those of a statement, a signature and of declining too.
func TestLeftHandFindsEveryKeyMirrored(t *testing.T) {
	for code, name := range map[string]string{"agreement": "read", "sign": "clear"} {
		g := mustKind(t, "smile")
		q := g.view.Survey.Question(code)
		if q == nil {
			for _, other := range g.view.Survey.Questions() {
				if code == "sign" && other.Kind == surveys.Signature || code == "agreement" && other.Consent != nil {
					q = other
				}
			}
		}
		g.view.Question = q
		if code == "agreement" {
			terms := *q.Consent
			terms.Statement = surveys.Text{"ru": strings.Repeat("Полный текст согласия на обработку. ", 60)}
			with := *q
			with.Consent = &terms
			g.view.Question = &with
		}
		tablet := theme.Display{Width: 1280, Height: 800}
		right, left := mustEased(t, tablet, theme.Ease{}, g.view), mustEased(t, tablet, theme.Ease{LeftHanded: true}, g.view)
		a, b := right.key(t, name), left.key(t, name)
		if mirrored := 1280 - a.X - a.W; b.X < mirrored-1 || b.X > mirrored+1 {
			t.Errorf("%s is at %.0f, mirrored it would be at %.0f", name, b.X, mirrored)
		}
	}
}
