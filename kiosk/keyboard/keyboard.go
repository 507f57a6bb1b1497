// Package keyboard is the on-screen keyboard without its picture: which keys are there, and what pressing one does to
// the text. Layouts are data.
package keyboard

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Keyboard is a keyboard and the text it writes. The text is edited at its end. It is not safe for concurrent use.
type Keyboard struct {
	languages []string
	language  string
	pad       string // the one layout of a pad, "" for a keyboard of letters
	form      string // of what the pad writes, see Layout.Form
	digits    bool
	shift     bool
	text      string
	max       int
}

// New makes a keyboard for a text of at most limit runes, that starts with text and with the layout of language. Languages
// without a layout are left out; Russian is there when none has one.
func New(language string, languages []string, text string, limit int) *Keyboard {
	k := &Keyboard{text: text, max: limit}
	for _, l := range languages {
		if _, ok := layouts[l]; ok {
			k.languages = append(k.languages, l)
		}
	}
	if len(k.languages) == 0 {
		k.languages = []string{"ru"}
	}
	k.Speak(language)
	k.shift = k.startsSentence()
	return k
}

// NewPad makes a keyboard with one layout, such as NumberPad, and no capitals.
func NewPad(layout, text string, limit int) *Keyboard {
	return &Keyboard{pad: layout, form: sources[layout].form, text: text, max: limit}
}

// Speak switches to the layout of a language; one without a layout changes nothing but the first time.
func (k *Keyboard) Speak(language string) {
	if slices.Contains(k.languages, language) {
		k.language = language
	} else if k.language == "" {
		k.language = k.languages[0]
	}
}

// Layout returns the keys to show where there is so much room.
func (k *Keyboard) Layout(r Room) Layout {
	l := choose(k.shown(), r)
	if k.digits {
		l.Label = sources[k.language].label
	}
	return l
}

// Rows returns how many rows the highest layout has that this keyboard can turn to: one with fewer has higher keys in the same
// place, so that no change of layout moves anything else on the glass.
func (k *Keyboard) Rows(r Room) int {
	rows := len(choose(k.shown(), r).Rows)
	if k.pad != "" {
		return rows
	}
	for _, name := range append([]string{"digits"}, k.languages...) {
		rows = max(rows, len(choose(name, r).Rows))
	}
	return rows
}

// shown is the name of the layout to show.
func (k *Keyboard) shown() string {
	switch {
	case k.pad != "":
		return k.pad
	case k.digits:
		return "digits"
	}
	return k.language
}

// Text returns what was written.
func (k *Keyboard) Text() string { return k.text }

// Left returns how many runes still fit.
func (k *Keyboard) Left() int { return k.max - utf8.RuneCountInString(k.text) }

// Shifted reports whether the next letter is a capital.
func (k *Keyboard) Shifted() bool { return k.shift }

// Case returns r as it would be written now.
func (k *Keyboard) Case(r rune) rune {
	if k.shift {
		return unicode.ToUpper(r)
	}
	return r
}

// Press does what a key does. Shift holds for one letter, and comes by itself where a sentence begins.
func (k *Keyboard) Press(key Key) {
	switch key.Action {
	case Type:
		k.Write(k.Case(key.Rune))
	case Space:
		k.Write(' ')
	case Backspace:
		_, size := utf8.DecodeLastRuneInString(k.text)
		k.text = k.text[:len(k.text)-size]
		k.shift = k.startsSentence()
	case Shift:
		k.shift = !k.shift
	case Digits:
		k.digits = !k.digits
	case Language:
		k.digits = false
		i := slices.Index(k.languages, k.language)
		k.language = k.languages[(i+1)%len(k.languages)]
	}
}

// Write puts a rune at the end of the text, as a key of a real keyboard does. What does not fit, a control character
// and a space at the very beginning are left out.
func (k *Keyboard) Write(r rune) {
	if k.Left() <= 0 || !unicode.IsPrint(r) || r == ' ' && k.text == "" {
		return
	}
	if k.form != "" {
		k.fill(r)
		return
	}
	k.text += string(r)
	k.shift = k.startsSentence()
}

// fill writes a rune as the form wants it: a digit brings the signs before it, a sign puts a nought before a single digit.
// What has no place in the form is left out.
func (k *Keyboard) fill(r rune) {
	isDigit := r >= '0' && r <= '9'
	text := k.text
	for len(text) < len(k.form) && k.form[len(text)] != '0' && rune(k.form[len(text)]) != r && isDigit {
		text += k.form[len(text) : len(text)+1]
	}
	at := len(text)
	switch {
	case at >= len(k.form):
	case isDigit && k.form[at] == '0', rune(k.form[at]) == r:
		k.text = text + string(r)
	case at > 0 && at+1 < len(k.form) && rune(k.form[at+1]) == r && !strings.HasSuffix(k.form[:at], "00"):
		k.text = text[:at-1] + "0" + text[at-1:] + string(r) // 1. is 01.
	}
}

// startsSentence reports whether the next letter is the first of a sentence.
func (k *Keyboard) startsSentence() bool {
	if k.pad != "" {
		return false
	}
	trimmed := strings.TrimRight(k.text, " ")
	if trimmed == "" {
		return true
	}
	return len(trimmed) < len(k.text) && strings.ContainsAny(trimmed[len(trimmed)-1:], ".?!")
}
