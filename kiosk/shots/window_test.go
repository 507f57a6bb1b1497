package shots_test

import (
	"os"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"otklik/kiosk/service"
	"otklik/kiosk/shots"
	"otklik/kiosk/theme"
	"otklik/surveys"
)

// small are windows that a window manager makes for a moment: nothing has room in them.
var small = []theme.Display{{Width: 320, Height: 240}, {Width: 240, Height: 320}, {Width: 700, Height: 90}, {Width: 60, Height: 40}}

// A window without room for what is on it shows what it can, and ends no program.
func TestNoSizeOfAWindowIsTooSmallToBePainted(t *testing.T) {
	source, err := os.ReadFile(everyKind)
	if err != nil {
		t.Fatal(err)
	}
	s, err := surveys.Load(everyKind, source)
	if err != nil {
		t.Fatal(err)
	}
	full := displays[0]
	squeeze := func(resize func(fyne.Size)) {
		for _, d := range append(small, full) {
			resize(fyne.NewSize(float32(d.Width), float32(d.Height)))
		}
	}
	n := 0
	err = shots.Render(s, "ru", full, func(shot shots.Shot) error {
		n++
		squeeze(shot.Content.Resize)
		return nil
	}, shots.Coarse(), shots.Eased(theme.Ease{Text: 2}))
	if err != nil || n < 50 {
		t.Errorf("%d screens, %v", n, err)
	}
	test.NewTempApp(t)
	k := mustDesk(t, full, eases[0], service.Machine{Root: t.TempDir()})
	k.corner.Open("ru")
	squeeze(k.stage.Content().Resize)
	for _, digit := range "482915" {
		k.tap(t, "key:"+string(digit))
	}
	squeeze(k.stage.Content().Resize)
	k.tap(t, "open")
	(<-k.work)()
	squeeze(k.stage.Content().Resize)
	k.find(t, "state")
	squeeze(k.stage.Content().Resize)
	(<-k.work)()
	squeeze(k.stage.Content().Resize)
	o := mustDoor(t, full, eases[0])
	o.enrolment.Open("ru")
	squeeze(o.stage.Content().Resize)
	o.scan("1")
	squeeze(o.stage.Content().Resize)
}
