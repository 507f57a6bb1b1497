package screen_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"otklik/kiosk/screen"
)

// press brings a finger down in the middle of a target, or on the ground for "", as the driver would: on what lies there.
func (g *glass) press(t *testing.T, name string) {
	t.Helper()
	objects := g.stage.Content().(*fyne.Container).Objects
	if name == "" {
		objects[0].(desktop.Mouseable).MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(3, 3)}})
		return
	}
	for _, target := range g.stage.Targets() {
		if target.Name != name {
			continue
		}
		for _, o := range objects[1:] {
			m, ok := o.(desktop.Mouseable)
			if ok && o.Position() == fyne.NewPos(target.X, target.Y) && o.Size() == fyne.NewSize(target.W, target.H) {
				at := fyne.NewPos(target.W/2, target.H/2)
				m.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}})
				return
			}
		}
	}
	t.Fatalf("nothing to press at %s of %v", name, g.stage.Targets())
}

func TestATouchIsFeltOnAnAnswerAndBesideIt(t *testing.T) {
	g := mustGlass(t, "smile")
	var felt []screen.Touch
	g.stage.SetFelt(func(touch screen.Touch) { felt = append(felt, touch) })
	g.press(t, "face:3")
	g.press(t, "")
	if len(felt) != 2 || felt[0].Survey == nil || felt[0].Screen != "question" {
		t.Fatalf("felt %+v", felt)
	}
	if at := felt[0].At; at[0] < 100 || at[0] > 900 || at[1] < 100 || at[1] > 900 {
		t.Errorf("a face at %v", at)
	}
	if at := felt[1].At; at[0] > 10 || at[1] > 10 {
		t.Errorf("the corner at %v", at)
	}
	felt = nil
	g.stage.ShowPanel(&screen.Panel{Name: "pin", Language: "ru", Title: "PIN"}, func(string) {})
	if g.press(t, ""); len(felt) != 0 {
		t.Errorf("a touch of the service corner is felt: %+v", felt)
	}
}
