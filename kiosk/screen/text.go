package screen

import (
	"image/color"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// linePitch is the distance of two lines of a text, in em.
const linePitch = 1.24

var (
	regular = fyne.TextStyle{}
	bold    = fyne.TextStyle{Bold: true}
)

// wrap breaks text into lines no wider than width. A word that is wider by itself is hyphenated, or where it has no seam broken
// between its letters: nothing is ever cut off; broken says that it happened.
func wrap(text string, size float32, style fyne.TextStyle, width float32) (lines []string, broken bool) {
	return wrapped(text, size, style, width, divide)
}

// wrapTyped is wrap for what is being written: no line shows a hyphen that nobody wrote.
func wrapTyped(text string, size float32, style fyne.TextStyle, width float32) []string {
	lines, _ := wrapped(text, size, style, width, between)
	return lines
}

func wrapped(text string, size float32, style fyne.TextStyle, width float32, divide func(string, func(string) bool) (string, string)) (lines []string, broken bool) {
	fits := func(s string) bool { return measure(plain(s), size, style) <= width }
	for _, paragraph := range strings.Split(text, "\n") {
		line := ""
		for _, word := range phrases(paragraph) {
			switch joined := strings.TrimSpace(line + " " + word); {
			case fits(joined):
				line = joined
				continue
			case line != "":
				lines = append(lines, plain(line))
			}
			// the empty line fits everywhere, even where a display too small for its screen leaves less than no width
			for line = word; line != "" && !fits(line); {
				broken = true
				var head string
				head, line = divide(line, fits)
				lines = append(lines, plain(head))
			}
		}
		lines = append(lines, plain(line))
	}
	return lines, broken
}

// divide parts a phrase that is wider than a line at the last place where its beginning fits: at a space where the rest fits too,
// else within a word, with a hyphen where one has to be put.
func divide(phrase string, fits func(string) bool) (head, tail string) {
	from := 0
	for i, word := range strings.Split(phrase, " ") {
		if i > 0 && fits(phrase[:from-1]) {
			if head, tail = phrase[:from-1], phrase[from:]; fits(tail) {
				return head, tail
			}
		}
		for _, s := range seams(word) {
			begun, at := phrase[:from+s.at], from+s.at
			if s.hyphen {
				begun += "-"
			}
			if fits(begun) {
				head, tail = begun, strings.TrimPrefix(phrase[at:], softHyphen)
			}
		}
		from += len(word) + 1
	}
	if head == "" {
		return between(phrase, fits)
	}
	return head, tail
}

// between parts a word between two letters.
func between(word string, fits func(string) bool) (head, tail string) {
	n := breakAt(word, fits)
	return word[:n], word[n:]
}

// phrases splits a text where a line may end: not behind a word of one or two letters, which would hang there alone (в,
// на, it), and not before a dash.
func phrases(text string) []string {
	var out []string
	glue := false
	for _, word := range strings.Fields(text) {
		if glue || len(out) > 0 && (word == "—" || word == "–") {
			out[len(out)-1] += " " + word
		} else {
			out = append(out, word)
		}
		glue = utf8.RuneCountInString(word) <= 2 && strings.IndexFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }) < 0
	}
	return out
}

// breakAt returns the length in bytes of the longest beginning of word that fits, at least one letter.
func breakAt(word string, fits func(string) bool) int {
	last := 0
	for i := range word {
		if i > 0 && !fits(word[:i]) {
			break
		}
		last = i
	}
	if last == 0 {
		_, last = utf8.DecodeRuneInString(word)
	}
	return last
}

// paragraph is a wrapped text, measured and not yet placed.
type paragraph struct {
	lines  []string
	size   float32
	style  fyne.TextStyle
	broken bool // a word is wider than a line
}

// fit wraps text at size, or at smaller sizes down to least until it takes no more than lines lines. At the least size
// it takes as many as it needs.
func fit(text string, size, least float32, style fyne.TextStyle, width float32, lines int) paragraph {
	least = min(least, size)
	for {
		all, broken := wrap(text, size, style, width)
		p := paragraph{all, size, style, broken}
		if len(all) <= lines && !broken || size <= least {
			return p
		}
		size = max(least, float32(math.Floor(float64(size*0.94))))
	}
}

func (p paragraph) height() float32 { return float32(len(p.lines)) * p.size * linePitch }

func (p paragraph) width() (w float32) {
	for _, l := range p.lines {
		w = max(w, measure(l, p.size, p.style))
	}
	return w
}

// at places the paragraph with its top left corner at (x, y); align moves each line within width.
func (p paragraph) at(x, y, width float32, align fyne.TextAlign, c color.Color) []fyne.CanvasObject {
	var objects []fyne.CanvasObject
	for i, l := range p.lines {
		t := canvas.NewText(l, c)
		t.TextSize, t.TextStyle, t.FontSource = p.size, p.style, face(l, p.style)
		box := t.MinSize()
		dx := float32(0)
		switch align {
		case fyne.TextAlignCenter:
			dx = (width - box.Width) / 2
		case fyne.TextAlignTrailing:
			dx = width - box.Width
		}
		pitch := p.size * linePitch
		t.Move(fyne.NewPos(round(x+dx), round(y+float32(i)*pitch+(pitch-box.Height)/2)))
		t.Resize(box)
		objects = append(objects, t)
	}
	return objects
}

func round(v float32) float32 { return float32(math.Round(float64(v))) }
