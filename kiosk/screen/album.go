package screen

import (
	"bytes"
	"image"

	"golang.org/x/image/draw"

	"otklik/surveys"
)

// album keeps the pictures of one survey at the size they are shown in, since a small file can unpack into a large
// picture. Another survey, or none, empties it.
type album struct {
	survey *surveys.Survey
	shown  map[printed]image.Image
}

// printed is a file at a size.
type printed struct {
	file string
	side int // of the square that it fits into, in pixels
}

// open turns to the pictures of a survey, which may be nil.
func (a *album) open(s *surveys.Survey) {
	if a.survey != s {
		a.survey, a.shown = s, nil
	}
}

// show returns a picture that fits into a square, or nil when the survey has none that can be drawn.
func (a *album) show(file string, side int) image.Image {
	if a.survey == nil || a.survey.Images[file] == nil || side < 1 {
		return nil
	}
	key := printed{file, side}
	if a.shown[key] == nil {
		full, _, err := image.Decode(bytes.NewReader(a.survey.Images[file]))
		if err != nil {
			return nil // publishing has decoded it; the words are there in any case
		}
		if a.shown == nil {
			a.shown = map[printed]image.Image{}
		}
		a.shown[key] = fitted(full, side)
	}
	return a.shown[key]
}

// fitted scales a picture to a square, keeping its shape.
func fitted(full image.Image, side int) image.Image {
	size := full.Bounds().Size()
	longest := max(size.X, size.Y)
	to := image.NewNRGBA(image.Rect(0, 0, max(1, size.X*side/longest), max(1, size.Y*side/longest)))
	draw.CatmullRom.Scale(to, to.Bounds(), full, full.Bounds(), draw.Src, nil)
	return to
}
