package surveys

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A signature is drawn on a sheet of StrokesWidth by StrokesHeight units, origin at the top left.
const (
	StrokesWidth  = 1000
	StrokesHeight = 400
	// MaxSignatureBytes bounds the value of a Signature question, in bytes.
	MaxSignatureBytes = 16 << 10
)

// Point is a point on the sheet of a signature.
type Point struct{ X, Y int }

// Strokes writes a signature as the value of a Signature question: SVG path data of one "M" and any number of "L" for each
// stroke. Points beyond the sheet are moved to its edge, repeated ones left out. When the whole is longer than
// MaxSignatureBytes every second point is left out, as often as it takes; ok is false when there is no stroke.
func Strokes(strokes [][]Point) (v Value, ok bool) {
	for step := 1; ; step *= 2 {
		s := path(strokes, step)
		switch {
		case s == "":
			return Value{}, false
		case len(s) <= MaxSignatureBytes:
			return String(s), true
		case step > MaxSignatureBytes: // more strokes than fit: the first ones
			return String(s[:strings.LastIndexByte(s[:MaxSignatureBytes], 'M')]), true
		}
	}
}

// Cross is the signature of somebody who cannot draw one on the glass: two strokes that cross in the middle of the sheet. It
// is the same for everybody, so that whoever reads it knows that a key put it there.
func Cross() Value {
	const x, y, half = StrokesWidth / 2, StrokesHeight / 2, StrokesHeight / 4
	v, _ := Strokes([][]Point{{{x - half, y - half}, {x + half, y + half}}, {{x + half, y - half}, {x - half, y + half}}})
	return v
}

// path writes every step-th point of each stroke, and its last one.
func path(strokes [][]Point, step int) string {
	var b strings.Builder
	for _, stroke := range strokes {
		command, last := byte('M'), Point{-1, -1}
		for i, p := range stroke {
			p = Point{min(max(p.X, 0), StrokesWidth), min(max(p.Y, 0), StrokesHeight)}
			if p == last || i%step != 0 && i != len(stroke)-1 {
				continue
			}
			b.WriteByte(command)
			b.WriteString(strconv.Itoa(p.X))
			b.WriteByte(' ')
			b.WriteString(strconv.Itoa(p.Y))
			command, last = 'L', p
		}
	}
	return b.String()
}

// ParseStrokes reads the value of a Signature question. It takes exactly what Strokes writes: any other path is an error.
func ParseStrokes(s string) ([][]Point, error) {
	switch {
	case s == "":
		return nil, errors.New("the signature is empty; a question without an answer is skipped")
	case len(s) > MaxSignatureBytes:
		return nil, fmt.Errorf("the signature has %d bytes, more than %d", len(s), MaxSignatureBytes)
	}
	var strokes [][]Point
	for rest := s; rest != ""; {
		command := rest[0]
		end := 1 + strings.IndexAny(rest[1:], "ML")
		if end == 0 {
			end = len(rest)
		}
		x, y, ok := strings.Cut(rest[1:end], " ")
		p := Point{coordinate(x, StrokesWidth), coordinate(y, StrokesHeight)}
		switch {
		case !ok || p.X < 0 || p.Y < 0 || command != 'M' && command != 'L' || command == 'L' && strokes == nil:
			return nil, fmt.Errorf("the signature is no path of strokes at byte %d", len(s)-len(rest))
		case command == 'M':
			strokes = append(strokes, []Point{p})
		default:
			last := &strokes[len(strokes)-1]
			*last = append(*last, p)
		}
		rest = rest[end:]
	}
	return strokes, nil
}

// coordinate reads a number from 0 to highest without leading zeros, -1 for anything else.
func coordinate(s string, highest int) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > highest || strconv.Itoa(n) != s {
		return -1
	}
	return n
}
