package wire

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
)

// tokens are a glossary cut into tokens, which is all that unpacking needs.
//
// The tokens of JSON are strings with their quotes, runs of digits with a minus before, runs of lower-case letters, and
// single bytes. Put together again they are the text, whatever it is.
type tokens struct {
	text string
	ends []uint16 // of the tokens in text, which maxGlossary bounds, and before them a 0
}

func cutUp(glossary []byte) *tokens {
	t := &tokens{text: string(glossary), ends: []uint16{0}}
	for at := 0; at < len(glossary); {
		at = lexEnd(glossary, at)
		t.ends = append(t.ends, uint16(at))
	}
	t.ends = slices.Clip(t.ends)
	return t
}

// size is how many tokens there are.
func (t *tokens) size() int { return len(t.ends) - 1 }

// bytes is how many bytes of memory they take.
func (t *tokens) bytes() int { return len(t.text) + 2*len(t.ends) }

// at returns the token at a position, "" past the end. No token is empty.
func (t *tokens) at(position int) string {
	if position < t.size() {
		return t.run(position, 1)
	}
	return ""
}

// run returns the text of n tokens from a position on; there are so many.
func (t *tokens) run(position, n int) string { return t.text[t.ends[position]:t.ends[position+n]] }

// template is tokens with what it takes to find them: packing tells how an answer differs from walking along it.
type template struct {
	*tokens
	raw   []byte              // text
	bound []byte              // what may not follow a token for it to be one: see runs
	first map[string]int      // where a token stands first
	pairs map[[2]string][]int // where two tokens stand one after the other
}

// What a token ends before.
const (
	anything = iota // it ends of itself
	noDigit
	noLower
	cutShort // a string without its end: the text's end
)

func newTemplate(glossary []byte) *template {
	t := &template{tokens: cutUp(glossary), raw: bytes.Clone(glossary), first: map[string]int{}, pairs: map[[2]string][]int{}}
	for i := range t.size() {
		token := t.at(i)
		t.bound = append(t.bound, boundOf(token))
		if _, known := t.first[token]; !known {
			t.first[token] = i
		}
		if i > 0 {
			pair := [2]string{t.at(i - 1), token}
			t.pairs[pair] = append(t.pairs[pair], i-1)
		}
	}
	return t
}

func boundOf(token string) byte {
	switch c := token[0]; {
	case isDigit(c), c == '-':
		return noDigit
	case isLower(c):
		return noLower
	case c == '"' && lexEnd([]byte(token+"x"), 0) > len(token):
		return cutShort
	}
	return anything
}

// follows returns the end of the token of text that begins at from if it is the one at a position, and 0 if not.
func (t *template) follows(text []byte, from, position int) (end int) {
	if position >= t.size() {
		return 0
	}
	token := t.run(position, 1)
	end = from + len(token)
	if end > len(text) || string(text[from:end]) != token {
		return 0
	}
	if end == len(text) {
		return end
	}
	switch t.bound[position] {
	case noDigit:
		if isDigit(text[end]) {
			return 0
		}
	case noLower:
		if isLower(text[end]) {
			return 0
		}
	case cutShort:
		return 0
	}
	return end
}

// surely is how many tokens from a position on are those of the text, for sure; there may be one more.
func (t *template) surely(text []byte, from, position int) (n int) {
	if position >= t.size() {
		return 0
	}
	base := int(t.ends[position])
	same := common(text[from:], t.raw[base:])
	for position+n < t.size() && int(t.ends[position+n+1])-base < same { // the byte after it is the same, too
		n++
	}
	return n
}

// common is how many bytes two texts begin with that are the same.
func common(a, b []byte) (n int) {
	most := min(len(a), len(b))
	for n+8 <= most {
		if differ := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:]); differ != 0 {
			return n + bits.TrailingZeros64(differ)/8
		}
		n += 8
	}
	for n < most && a[n] == b[n] {
		n++
	}
	return n
}

// find returns the position from which the template goes on like the text for longest, and at least for two tokens. The
// first token of the text ends at end.
func (t *template) find(text []byte, from, end int) (position int, found bool) {
	if end == len(text) {
		return 0, false
	}
	second := lexEnd(text, end)
	longest := 0
	for _, start := range t.pairs[[2]string{string(text[from:end]), string(text[end:second])}] {
		n := 2
		for at := second; at < len(text); n++ {
			if at = t.follows(text, at, start+n); at == 0 {
				break
			}
		}
		if n > longest {
			position, longest = start, n
		}
	}
	return position, longest > 0
}

// lexEnd returns where the token ends that begins at from.
func lexEnd(text []byte, from int) int {
	end := from + 1
	switch c := text[from]; {
	case c == '"':
		for end < len(text) && text[end] != '"' {
			if text[end] == '\\' {
				end++
			}
			end++
		}
		end = min(end+1, len(text))
	case isDigit(c), c == '-':
		for end < len(text) && isDigit(text[end]) {
			end++
		}
	case isLower(c):
		for end < len(text) && isLower(text[end]) {
			end++
		}
	}
	return end
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isLower(c byte) bool { return 'a' <= c && c <= 'z' }

// isValue reports whether a token stands where a value or a name can: one may take another's place.
func isValue[T string | []byte](token T) bool {
	return len(token) > 0 && (token[0] == '"' || token[0] == '-' || isDigit(token[0]) || isLower(token[0]))
}
