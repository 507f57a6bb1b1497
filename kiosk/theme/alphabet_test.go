package theme_test

import (
	"testing"

	fynetheme "fyne.io/fyne/v2/theme"

	"otklik/kiosk/theme"
)

func TestAnAlphabetKnowsWhatAFaceHas(t *testing.T) {
	a := theme.NewAlphabet(fynetheme.DefaultTextFont().Content())
	for text, want := range map[string]bool{
		"": true,
		"Җиңел һәм өлкән үсеш — «ЯЩИК»": true,
		"№ 14, 9:41, 100 %": true,
		"Спасибо 🙂":         false,
		"1\ufe0f\u20e3":     false, // a key cap
		"е\u0301":           false, // an accent of its own
		"謝謝":                false,
	} {
		for range 2 {
			if got := a.Writes(text); got != want {
				t.Errorf("%q: %v", text, got)
			}
		}
	}
	if theme.NewAlphabet([]byte("no font")).Writes("a") {
		t.Error("a file that is no font writes")
	}
}
