package screen_test

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"otklik/kiosk/visit"
)

// clocked collects the words on the glass and the objects that react to a touch.
func clocked(content fyne.CanvasObject) (words string, keys []fyne.CanvasObject) {
	switch o := content.(type) {
	case *canvas.Text:
		words = o.Text + "\n"
	case *fyne.Container:
		for _, c := range o.Objects {
			w, k := clocked(c)
			words, keys = words+w, append(keys, k...)
		}
	case fyne.Tappable:
		keys = append(keys, content)
	}
	return words, keys
}

// While a finger is on a key the clock goes on: the key stays the same object, or the tap would be lost.
func TestClockChangesWithoutTheKeys(t *testing.T) {
	g := mustGlass(t, "smile")
	g.view.Shown++
	g.view.Clock.Question = visit.Countdown{Left: 15 * time.Second, Of: 30 * time.Second}
	g.view.Clock.Test = visit.Countdown{Left: 5 * time.Minute, Of: 10 * time.Minute}
	g.stage.Show(g.view)
	words, before := clocked(g.stage.Content())
	if !strings.Contains(words, "Вопрос: 15 с") || !strings.Contains(words, "Тест: 5 мин") {
		t.Errorf("the clock is not on the glass: %s", words)
	}
	g.view.Clock.Question.Left = 9 * time.Second
	g.stage.Show(g.view)
	words, after := clocked(g.stage.Content())
	if !strings.Contains(words, "На ответ осталось 9 секунд") || strings.Contains(words, "15 с") {
		t.Errorf("the clock did not change: %s", words)
	}
	if len(before) == 0 || len(before) != len(after) {
		t.Fatalf("%d keys, then %d", len(before), len(after))
	}
	for i := range before {
		if before[i] != after[i] {
			t.Errorf("key %d was made anew", i)
		}
	}
}
