package screen

import (
	"image"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// gallery has the pictures that hung on the glass lately, so that they can be hung again. Fyne refreshes a picture when it
// draws it for the first time, and thereby draws the whole glass once more: each screen with a new picture would cost two
// frames.
type gallery struct {
	hung, stored []hanging
}

// hanging is a picture in a size, made of what: a fyne.Resource or an image.Image.
type hanging struct {
	what    any
	size    fyne.Size
	picture *canvas.Image
}

// mostStored is more pictures than a few screens have.
const mostStored = 32

// clear takes all pictures down: the next screen is going to be built.
func (g *gallery) clear() {
	g.stored, g.hung = append(g.stored, g.hung...), nil
}

// takeDown takes one down, if it is a picture of the gallery.
func (g *gallery) takeDown(picture fyne.CanvasObject) {
	for i, h := range g.hung {
		if h.picture == picture {
			g.stored, g.hung = append(g.stored, h), slices.Delete(g.hung, i, i+1)
			return
		}
	}
}

// tidy leaves the pictures that nobody hung for the longest time.
func (g *gallery) tidy() {
	if more := len(g.stored) - mostStored; more > 0 {
		g.stored = slices.Delete(g.stored, 0, more)
	}
}

// hang returns a picture that hangs nowhere else, at a place.
func (g *gallery) hang(what any, at rect) *canvas.Image {
	size := fyne.NewSize(round(at.w), round(at.h))
	one := hanging{what: what, size: size}
	for i, s := range g.stored {
		if s.what == what && s.size == size {
			one = s
			g.stored = slices.Delete(g.stored, i, i+1)
			break
		}
	}
	if one.picture == nil {
		one.picture = &canvas.Image{FillMode: canvas.ImageFillContain}
		switch what := what.(type) {
		case fyne.Resource:
			one.picture.Resource = what
		case image.Image:
			one.picture.Image = what
		}
	}
	place(one.picture, at)
	g.hung = append(g.hung, one)
	return one.picture
}
