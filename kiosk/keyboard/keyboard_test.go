package keyboard_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"otklik/kiosk/keyboard"
)

// wide is a room for every layout as it is known from real keyboards.
var wide = keyboard.Room{Columns: 13, Rows: 4}

// key finds the key that writes r, or does an action.
func key(t *testing.T, k *keyboard.Keyboard, room keyboard.Room, r rune, a keyboard.Action) keyboard.Key {
	t.Helper()
	for _, row := range k.Layout(room).Rows {
		for _, key := range row {
			if key.Action == a && (a != keyboard.Type || key.Rune == r) {
				return key
			}
		}
	}
	t.Fatalf("layout %s has no key for %q %s", k.Layout(wide).Name, r, a)
	return keyboard.Key{}
}

// rooms are those of displays of 8 inches and more, and of any smaller one: landscape has the height for four rows, portrait for
// eight.
func rooms() (all []keyboard.Room) {
	for columns := 6; columns <= 40; columns++ {
		all = append(all, keyboard.Room{Columns: columns, Rows: 8})
		if columns >= 11 {
			all = append(all, keyboard.Room{Columns: columns, Rows: 4})
		}
	}
	return all
}

// signs are the signs that a layout writes, in alphabetical order, and the actions of its other keys.
func signs(l keyboard.Layout) (written string, actions map[keyboard.Action]int) {
	var all []rune
	actions = map[keyboard.Action]int{}
	for _, row := range l.Rows {
		for _, k := range row {
			if k.Action == keyboard.Type {
				all = append(all, k.Rune)
			} else {
				actions[k.Action]++
			}
		}
	}
	slices.Sort(all)
	return string(all), actions
}

// checkFit says what of a layout leaves its room: each key is a column wide, but for signs of pads, which have wide columns.
func checkFit(t *testing.T, l keyboard.Layout, r keyboard.Room) {
	t.Helper()
	if l.Columns > r.Columns || len(l.Rows) > r.Rows {
		t.Errorf("%+v: %s takes %d columns and %d rows", r, l.Name, l.Columns, len(l.Rows))
	}
	for i, row := range l.Rows {
		width := float32(0)
		for _, k := range row {
			if width += k.Width; k.Width < 0.99 && l.Columns > 3 {
				t.Errorf("%+v: %s has a key of %v columns", r, l.Name, k.Width)
			}
		}
		if width > float32(l.Columns)+0.01 {
			t.Errorf("%+v: row %d of %s takes %v of %d columns", r, i, l.Name, width, l.Columns)
		}
	}
}

// Whatever room there is, a layout has every letter of its alphabet once, what a text needs beside letters, and no key that leaves
// the room.
func TestEveryArrangementHasEveryLetterOnce(t *testing.T) {
	alphabets := map[string]string{
		"ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
		"tt": "аәбвгдеёжҗзийклмнңоөпрстуүфхһцчшщъыьэюя",
		"en": "abcdefghijklmnopqrstuvwxyz",
	}
	for lang, alphabet := range alphabets {
		want := []rune(alphabet)
		slices.Sort(want)
		for _, r := range rooms() {
			k := keyboard.New(lang, []string{"ru", "tt", "en"}, "", 100)
			checkFit(t, k.Layout(r), r)
			written, actions := signs(k.Layout(r))
			if got := strings.Trim(written, "',.?!"); got != string(want) {
				t.Errorf("%+v: the letters of %s are %s", r, lang, got)
			}
			for _, a := range []keyboard.Action{keyboard.Shift, keyboard.Backspace, keyboard.Space, keyboard.Digits} {
				if actions[a] != 1 {
					t.Errorf("%+v: %s has %d keys %s", r, lang, actions[a], a)
				}
			}
			for _, letter := range alphabet {
				k.Press(key(t, k, r, letter, keyboard.Type))
			}
			if got := strings.ToLower(k.Text()); got != alphabet {
				t.Errorf("%+v: %s wrote %q", r, lang, got)
			}
		}
	}
}

// A pad, and the digits behind the letters, write the same in any room; every sign that letters have beside them is among those
// behind the digits.
func TestEveryArrangementOfSignsWritesTheSame(t *testing.T) {
	digits := func(r keyboard.Room) keyboard.Layout {
		k := keyboard.New("ru", []string{"ru"}, "", 100)
		k.Press(keyboard.Key{Action: keyboard.Digits})
		return k.Layout(r)
	}
	layouts := map[string]func(r keyboard.Room) keyboard.Layout{"digits": digits}
	for _, pad := range []string{
		keyboard.TicketPad, keyboard.NumberPad, keyboard.DayPad, keyboard.ClockPad, keyboard.MomentPad, keyboard.PhonePad,
		keyboard.EmailPad, keyboard.PinPad, keyboard.AddressPad,
	} {
		layouts[pad] = keyboard.NewPad(pad, "", 100).Layout
	}
	for name, layout := range layouts {
		want, _ := signs(layout(wide))
		for _, r := range rooms() {
			got, actions := signs(layout(r))
			if checkFit(t, layout(r), r); got != want || actions[keyboard.Backspace] != 1 {
				t.Errorf("%+v: %s writes %s, in a wide room %s", r, name, got, want)
			}
		}
	}
	for _, r := range rooms() {
		behind, actions := signs(digits(r))
		if actions[keyboard.Digits] != 1 || actions[keyboard.Language] != 1 || actions[keyboard.Space] != 1 {
			t.Errorf("%+v: the digits have %v", r, actions)
		}
		for _, sign := range "?!.," {
			if !strings.ContainsRune(behind, sign) {
				t.Errorf("%+v: no %c", r, sign)
			}
		}
	}
}

// From any layout its own keys lead to every other, and none is higher than the keyboard says.
func TestEveryLayoutIsReachedAndHasItsPlace(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		all := rapid.SampledFrom(rooms()).Draw(rt, "room")
		languages := rapid.SampledFrom([][]string{{"ru"}, {"tt", "en"}, {"ru", "tt", "en"}, {"en"}}).Draw(rt, "languages")
		k := keyboard.New(languages[0], languages, "", 10)
		rows, met := k.Rows(all), map[string]bool{}
		for range 8 * len(languages) {
			l := k.Layout(all)
			if met[l.Name] = true; len(l.Rows) > rows || k.Rows(all) != rows {
				rt.Fatalf("%s has %d rows, the keyboard %d, before %d", l.Name, len(l.Rows), k.Rows(all), rows)
			}
			_, actions := signs(l)
			switch {
			case actions[keyboard.Language] == 0 || l.Name != "digits" && !met["digits"]:
				k.Press(keyboard.Key{Action: keyboard.Digits})
			default:
				k.Press(keyboard.Key{Action: keyboard.Language})
			}
		}
		if len(met) != len(languages)+1 {
			rt.Fatalf("the keys of %v lead to %v alone", languages, met)
		}
	})
}

func TestSentencesBeginWithACapital(t *testing.T) {
	k := keyboard.New("ru", []string{"ru"}, "", 100)
	for _, r := range "да. нет" {
		if r == ' ' {
			k.Press(key(t, k, wide, 0, keyboard.Space))
			continue
		}
		k.Press(key(t, k, wide, r, keyboard.Type))
	}
	if k.Text() != "Да. Нет" {
		t.Errorf("wrote %q", k.Text())
	}
	for range 3 {
		k.Press(key(t, k, wide, 0, keyboard.Backspace))
	}
	k.Press(key(t, k, wide, 0, keyboard.Shift))
	k.Press(key(t, k, wide, 'я', keyboard.Type))
	if k.Text() != "Да. я" {
		t.Errorf("shift taken back wrote %q", k.Text())
	}
}

func TestLanguageKeyGoesRound(t *testing.T) {
	k := keyboard.New("tt", []string{"ru", "tt", "xx", "en"}, "", 10)
	var names []string
	for range 4 {
		names = append(names, k.Layout(wide).Name)
		k.Press(key(t, k, wide, 0, keyboard.Language))
	}
	if got := strings.Join(names, " "); got != "tt en ru tt" {
		t.Errorf("the language key went %s", got)
	}
	k.Press(key(t, k, wide, 0, keyboard.Digits))
	k.Press(key(t, k, wide, '4', keyboard.Type))
	k.Press(key(t, k, wide, 0, keyboard.Digits))
	if k.Text() != "4" || k.Layout(wide).Name != "en" {
		t.Errorf("digits and back: %q on %s", k.Text(), k.Layout(wide).Name)
	}
	k.Press(key(t, k, wide, 0, keyboard.Digits))
	k.Press(key(t, k, wide, 0, keyboard.Language))
	if k.Layout(wide).Name != "ru" {
		t.Errorf("from the digits of en the language key leads to %s", k.Layout(wide).Name)
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
			rows := k.Layout(wide).Rows
			row := rapid.SampledFrom(rows).Draw(rt, "row")
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
