package keyboard_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"otklik/kiosk/keyboard"
)

// key finds the key that writes r, or does an action.
func key(t *testing.T, k *keyboard.Keyboard, r rune, a keyboard.Action) keyboard.Key {
	t.Helper()
	for _, row := range k.Layout().Rows {
		for _, key := range row {
			if key.Action == a && (a != keyboard.Type || key.Rune == r) {
				return key
			}
		}
	}
	t.Fatalf("layout %s has no key for %q %s", k.Layout().Name, r, a)
	return keyboard.Key{}
}

func TestEveryLetterOfEachLanguageHasAKey(t *testing.T) {
	alphabets := map[string]string{
		"ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
		"tt": "аәбвгдеёжҗзийклмнңоөпрстуүфхһцчшщъыьэюя",
		"en": "abcdefghijklmnopqrstuvwxyz",
	}
	for lang, alphabet := range alphabets {
		k := keyboard.New(lang, []string{"ru", "tt", "en"}, "", 100)
		for _, r := range alphabet {
			k.Press(key(t, k, r, keyboard.Type))
		}
		if got := strings.ToLower(k.Text()); got != alphabet {
			t.Errorf("%s: wrote %q", lang, got)
		}
		var rows []float32
		for _, row := range k.Layout().Rows {
			w := float32(0)
			for _, key := range row {
				w += key.Width
			}
			rows = append(rows, w)
			if w > k.Layout().Columns+0.01 {
				t.Errorf("%s: a row of %v columns in a layout of %v", lang, w, k.Layout().Columns)
			}
		}
		if rows[3] < k.Layout().Columns-0.01 {
			t.Errorf("%s: the last row takes %v of %v columns", lang, rows[3], k.Layout().Columns)
		}
	}
}

func TestSentencesBeginWithACapital(t *testing.T) {
	k := keyboard.New("ru", []string{"ru"}, "", 100)
	for _, r := range "да. нет" {
		if r == ' ' {
			k.Press(key(t, k, 0, keyboard.Space))
			continue
		}
		k.Press(key(t, k, r, keyboard.Type))
	}
	if k.Text() != "Да. Нет" {
		t.Errorf("wrote %q", k.Text())
	}
	for range 3 {
		k.Press(key(t, k, 0, keyboard.Backspace))
	}
	k.Press(key(t, k, 0, keyboard.Shift))
	k.Press(key(t, k, 'я', keyboard.Type))
	if k.Text() != "Да. я" {
		t.Errorf("shift taken back wrote %q", k.Text())
	}
}

func TestLanguageKeyGoesRound(t *testing.T) {
	k := keyboard.New("tt", []string{"ru", "tt", "xx", "en"}, "", 10)
	var names []string
	for range 4 {
		names = append(names, k.Layout().Name)
		k.Press(key(t, k, 0, keyboard.Language))
	}
	if got := strings.Join(names, " "); got != "tt en ru tt" {
		t.Errorf("the language key went %s", got)
	}
	k.Press(key(t, k, 0, keyboard.Digits))
	k.Press(key(t, k, '4', keyboard.Type))
	k.Press(key(t, k, 0, keyboard.Digits))
	if k.Text() != "4" || k.Layout().Name != "en" {
		t.Errorf("digits and back: %q on %s", k.Text(), k.Layout().Name)
	}
}

// Whatever is pressed and typed, the text is valid, within its limit and without control characters.
func TestTextKeepsItsLimits(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limit := rapid.IntRange(0, 12).Draw(rt, "limit")
		k := keyboard.New("tt", []string{"ru", "tt", "en"}, "", limit)
		for range rapid.IntRange(0, 40).Draw(rt, "presses") {
			if rapid.Bool().Draw(rt, "real") {
				k.Write(rapid.Rune().Draw(rt, "rune"))
				continue
			}
			rows := k.Layout().Rows
			row := rapid.SampledFrom(rows[:]).Draw(rt, "row")
			k.Press(rapid.SampledFrom(row).Draw(rt, "key"))
		}
		if n := utf8.RuneCountInString(k.Text()); n > limit || !utf8.ValidString(k.Text()) || strings.ContainsAny(k.Text(), "\n\t\x00\x7f") {
			rt.Fatalf("the text is %q, limit %d", k.Text(), limit)
		}
		if k.Left() != limit-utf8.RuneCountInString(k.Text()) {
			rt.Fatalf("%d left of %d after %q", k.Left(), limit, k.Text())
		}
	})
}

func TestPadsOfDaysAndTimesPutTheSignsIn(t *testing.T) {
	for _, c := range []struct{ pad, typed, want string }{
		{keyboard.DayPad, "31122026", "31.12.2026"},
		{keyboard.DayPad, "31.12.2026", "31.12.2026"},
		{keyboard.DayPad, "1.3.2026", "01.03.2026"},
		{keyboard.DayPad, "..1..3.", "01.03."},
		{keyboard.DayPad, "31", "31"},
		{keyboard.DayPad, "311<<9", "31.9"},
		{keyboard.DayPad, "31.12.20267", "31.12.2026"},
		{keyboard.ClockPad, "1745", "17:45"},
		{keyboard.ClockPad, "9:05", "09:05"},
		{keyboard.ClockPad, "9x05", "90:5"},
		{keyboard.MomentPad, "311220261745", "31.12.2026 17:45"},
		{keyboard.MomentPad, "1.3.2026 9:05", "01.03.2026 09:05"},
		{keyboard.MomentPad, "1.3.20269:05", "01.03.2026 09:05"},
	} {
		k := keyboard.NewPad(c.pad, "", 100)
		for _, r := range c.typed {
			if r == '<' {
				k.Press(keyboard.Key{Action: keyboard.Backspace})
				continue
			}
			k.Write(r)
		}
		if k.Text() != c.want {
			t.Errorf("%s: %q wrote %q, want %q", c.pad, c.typed, k.Text(), c.want)
		}
	}
}
