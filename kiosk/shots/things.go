package shots

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"otklik/kiosk/theme"
)

// thing is a line of words, a picture or a key on the glass.
type thing struct {
	what       string
	kind       kind
	x, y, w, h float32
	on         int // the key that it stands on, a place among all things; -1 for none
}

type kind int

const (
	word kind = iota
	drawing
	key
)

// apart is the wider of the gaps between two things, in pixels; negative where they overlap.
func (a thing) apart(b thing) float32 {
	return max(b.x-a.x-a.w, a.x-b.x-b.w, b.y-a.y-a.h, a.y-b.y-b.h)
}

func (a thing) within(b thing) bool {
	return a.x >= b.x && a.y >= b.y && a.x+a.w <= b.x+b.w && a.y+a.h <= b.y+b.h
}

// measureThings says which words and pictures leave the glass or their key, and what stands over something that it does not
// belong to. A key that covers the glass is its ground.
func measureThings(shot Shot, d theme.Display) (wrong []string) {
	all := things(shot)
	glass := thing{w: float32(d.Width) + 0.5, h: float32(d.Height)}
	for i, a := range all {
		if !a.within(glass) {
			wrong = append(wrong, fmt.Sprintf("%s leaves the glass", a.what))
		}
		if a.on >= 0 && !a.within(all[a.on]) {
			wrong = append(wrong, fmt.Sprintf("%s does not fit the place it is written on", a.what))
		}
		for j, b := range all[i+1:] {
			j += i + 1
			if a.kind == key && b.kind == key || a.on == j || b.on == i {
				continue // keys are measured as such
			}
			if a.apart(b) < -1 {
				wrong = append(wrong, fmt.Sprintf("%s and %s overlap", a.what, b.what))
			}
		}
	}
	return wrong
}

// things are the words, pictures and keys of a shot.
func things(shot Shot) (all []thing) {
	touched := 0
	var walk func(o fyne.CanvasObject, at fyne.Position, on int)
	walk = func(o fyne.CanvasObject, at fyne.Position, on int) {
		at = at.Add(o.Position())
		t := thing{x: at.X, y: at.Y, w: o.Size().Width, h: o.Size().Height, on: on}
		switch o := o.(type) {
		case *canvas.Text:
			air := t.h * 0.2 // the letters, without the air that the font has above and below them
			t.what, t.y, t.h = fmt.Sprintf("%q", o.Text), t.y+air, t.h-2*air
			all = append(all, t)
		case *canvas.Image:
			t.what, t.kind = "a picture", drawing
			if o.Resource != nil {
				t.what = o.Resource.Name()
			} else if o.Image != nil { // a photograph is as wide or as high as its place, in the middle of it
				size := o.Image.Bounds().Size()
				scale := min(t.w/float32(size.X), t.h/float32(size.Y))
				w, h := float32(size.X)*scale, float32(size.Y)*scale
				t.x, t.y, t.w, t.h = t.x+(t.w-w)/2, t.y+(t.h-h)/2, w, h
			}
			all = append(all, t)
		case *fyne.Container:
			for _, c := range o.Objects {
				walk(c, at, on)
			}
		case fyne.Widget:
			if _, tappable := o.(fyne.Tappable); tappable {
				name := shot.Targets[touched].Name
				touched++
				if name != "start" {
					on = len(all)
					t.what, t.kind, t.on = name, key, -1
					all = append(all, t)
				}
			}
			for _, c := range o.CreateRenderer().Objects() {
				walk(c, at, on)
			}
		}
	}
	walk(shot.Content, fyne.Position{}, -1)
	return all
}
