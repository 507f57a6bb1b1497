package screen_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"otklik/kiosk/keyboard"
	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
)

// Staff read every word of a panel, turning its parts where the glass is small and the letters are large.
func TestPanelLeavesNoWordOut(t *testing.T) {
	g := mustGlass(t, "smile")
	var lines []screen.PanelLine
	want := map[string]bool{}
	for _, word := range strings.Fields("один два три четыре пять шесть семь восемь девять") {
		text := strings.Repeat(word+" и ещё немного слов, ", 4) + "конец-" + word
		lines = append(lines, screen.PanelLine{Label: "Что это", Text: text, Sign: screen.BadSign})
		want["конец-"+word] = true
	}
	for name, p := range map[string]screen.Panel{
		"facts":        {},
		"over a field": {Board: keyboard.NewPad(keyboard.PinPad, "", 8)},
		"over keys":    {Keys: []screen.PanelKey{{Name: "a", Text: "Одно"}, {Name: "b", Text: "Другое"}, {Name: "c", Text: "Третье"}}},
	} {
		for letters := range theme.TextSizes {
			p.Name, p.Language, p.Title, p.Lines = name, "ru", "Состояние", lines
			p.Foot = []screen.PanelKey{{Name: "back", Text: "Назад"}}
			e := mustEased(t, theme.Display{Width: 800, Height: 480, Inches: 7}, theme.Ease{Text: letters}, g.view)
			c := software.NewCanvas()
			c.SetPadded(false)
			c.SetContent(e.stage.Content())
			c.Resize(fyne.NewSize(800, 480))
			var touched func(string)
			touched = func(string) { e.stage.ShowPanel(&p, touched) }
			e.stage.ShowPanel(&p, touched)
			read := map[string]bool{}
			for range 99 {
				for _, w := range strings.Fields(strings.Join(e.painted.Texts, " ")) {
					read[w] = true
				}
				for _, k := range e.painted.Targets {
					if k.Name == "turn" {
						test.TapCanvas(c, fyne.NewPos(k.X+k.W/2, k.Y+k.H/2))
					}
				}
			}
			for w := range want {
				if !read[w] {
					t.Errorf("%s, letters %d: %s is on no part", name, letters, w)
				}
			}
		}
	}
}
