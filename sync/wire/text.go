package wire

import "unicode/utf8"

// Texts in Russian and Tatar take two bytes a letter in UTF-8. The short form takes one for ASCII and U+0400 to U+047F,
// two for U+0480 to U+04FF (the Tatar letters among them): a shift byte, then the letter. JSON has no bytes below 0x20 in
// its strings, so the shift byte is free.
const (
	cyrillic = 0x400
	shift    = 0x01
)

// shortText returns the short form of a text, if it has one.
func shortText(text string) ([]byte, bool) {
	out := make([]byte, 0, len(text))
	for _, r := range text {
		switch {
		case r >= 0x20 && r < utf8.RuneSelf:
			out = append(out, byte(r))
		case r >= cyrillic && r < cyrillic+0x80:
			out = append(out, byte(r-cyrillic+0x80))
		case r >= cyrillic+0x80 && r < cyrillic+0x100:
			out = append(out, shift, byte(r-cyrillic))
		default:
			return nil, false
		}
	}
	return out, true
}

// longText undoes shortText. Any bytes give some text.
func longText(short []byte) []byte {
	out := make([]byte, 0, 2*len(short))
	for i := 0; i < len(short); i++ {
		switch c := short[i]; {
		case c == shift && i+1 < len(short):
			i++
			out = utf8.AppendRune(out, cyrillic+rune(short[i]))
		case c >= utf8.RuneSelf:
			out = utf8.AppendRune(out, cyrillic+rune(c-0x80))
		default:
			out = append(out, c)
		}
	}
	return out
}
