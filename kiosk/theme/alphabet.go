package theme

import (
	"sync"
	"unicode"

	"golang.org/x/image/font/sfnt"
)

// Alphabet knows which letters a face has. It may be used from anywhere.
type Alphabet struct {
	mu   sync.Mutex
	font *sfnt.Font // nil: has none
	buf  sfnt.Buffer
	has  map[rune]bool // those that were asked for
}

// NewAlphabet returns that of a TrueType or OpenType font; one that cannot be read has no letters.
func NewAlphabet(font []byte) *Alphabet {
	a := &Alphabet{has: map[rune]bool{}}
	if f, err := sfnt.Parse(font); err == nil {
		a.font = f
	}
	return a
}

// Writes reports whether the face has all letters of a text. A sign that joins others, or changes how they look, is for a
// whole list of faces to decide on.
func (a *Alphabet) Writes(text string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, r := range text {
		has, known := a.has[r]
		if !known {
			has = a.font != nil && !unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf)
			if has {
				i, err := a.font.GlyphIndex(&a.buf, r)
				has = err == nil && i != 0
			}
			a.has[r] = has
		}
		if !has {
			return false
		}
	}
	return true
}
