package screen

import (
	"image/color"

	"fyne.io/fyne/v2"
)

// part is one thing of a screen that only says something: an illustration, or words.
type part struct {
	picture string // name of an illustration; "" for words

	text        string
	size, least float32 // em, and the least that it may shrink to
	style       fyne.TextStyle
	lines       int
	ink         color.Color

	space float32 // before it
}

// leastScale is how far compose shrinks spaces, and letters down to their least.
const leastScale = 0.3

// compose paints parts one under another in the middle of r. An illustration stands at the right of the words where the
// glass is wider than high. Where the parts do not fit, the illustration goes first, then spaces and letters shrink; the
// letters never under their least.
func (p *page) compose(r rect, align fyne.TextAlign, parts ...part) {
	side := min(r.w*0.42, r.h*0.38)
	beside := !p.Portrait && align == fyne.TextAlignLeading
	if beside {
		side = min(r.w*0.3, r.h*0.8)
	}
	for scale := float32(1); ; scale -= 0.08 {
		last := scale < leastScale
		pictured := side*scale > 0.6*side && side > p.Target*1.2
		words := r
		height := float32(0)
		var texts []paragraph
		for _, t := range parts {
			if t.picture != "" {
				if pictured && beside {
					words.w = r.w - side - p.Unit*4
				} else if pictured {
					height += side
				}
				texts = append(texts, paragraph{})
				continue
			}
			f := fit(t.text, max(t.least, t.size*scale), t.least, t.style, words.w, t.lines)
			if f.broken && beside && pictured {
				height += r.h // words first
			}
			texts = append(texts, f)
			height += f.height() + t.space*scale
		}
		if height > r.h && !last {
			continue
		}
		p.over = p.over || height > r.h+1
		y := r.y + (r.h-height)/2
		for i, t := range parts {
			switch {
			case t.picture == "":
				y = p.text(texts[i], r.x, y+t.space*scale, words.w, align, t.ink)
			case pictured && beside:
				p.icon(t.picture, rect{r.right() - side, r.y + (r.h-side)/2, side, side})
			case pictured:
				x := r.x
				if align == fyne.TextAlignCenter {
					x += (r.w - side) / 2
				}
				p.icon(t.picture, rect{x, y, side, side})
				y += side
			}
		}
		return
	}
}

// fits tells whether compose has room for words alone in r, their letters at their least.
func fits(r rect, parts []part) bool {
	height := float32(0)
	for _, t := range parts {
		f := fit(t.text, t.least, t.least, t.style, r.w, t.lines)
		if f.broken {
			return false
		}
		height += f.height() + t.space*leastScale
	}
	return height <= r.h
}
