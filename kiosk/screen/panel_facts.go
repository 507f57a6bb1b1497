package screen

import (
	"strconv"

	"fyne.io/fyne/v2"
)

// fact is a line of a panel, measured.
type fact struct {
	label, text paragraph
	sign        PanelSign
}

func (f fact) height() float32 { return f.label.height() + f.text.height() }

// measure measures lines: as facts, or as the sentences over a field, which are smaller and stand without a sign.
func (p *page) measure(lines []PanelLine, width float32, sentences bool) (all []fact) {
	width -= p.factIndent(lines, sentences)
	for _, l := range lines {
		f := fact{sign: l.Sign, text: fit(l.Text, p.Answer*0.95, p.LeastHint, bold, width, 4)}
		if sentences {
			f.text = fit(l.Text, p.Hint, p.LeastHint, regular, width, 3)
		} else if l.Label != "" {
			f.label = fit(l.Label, p.Hint, p.LeastHint, regular, width, 2)
		}
		all = append(all, f)
	}
	return all
}

// pieces divides facts that are higher than a height between their lines.
func pieces(facts []fact, height float32) (all []fact) {
	for _, f := range facts {
		for f.height() > height && len(f.text.lines) > 1 {
			n := min(max(1, int((height-f.label.height())/(f.text.size*linePitch))), len(f.text.lines)-1)
			part := f
			part.text.lines = f.text.lines[:n]
			all = append(all, part)
			f.label, f.text.lines = paragraph{}, f.text.lines[n:]
		}
		all = append(all, f)
	}
	return all
}

// factIndent is where the words of facts begin: behind the signs, where there are any.
func (p *page) factIndent(lines []PanelLine, sentences bool) float32 {
	for _, l := range lines {
		if l.Sign != NoSign && !sentences {
			return p.Hint*1.1 + p.Unit*1.5
		}
	}
	return 0
}

// facts paints lines from the top of body, as many as fit with a key beside the last that turns to the others, and returns their
// bottom. Nothing is left out.
func (p *page) facts(lines []PanelLine, body rect, sentences bool, touched func(string)) float32 {
	shown := p.measure(lines, body.w, sentences)
	between := p.Unit
	if sentences {
		between = 0
	}
	total := -between
	for _, f := range shown {
		total += f.height() + between
	}
	width := body.w
	if len(shown) > 0 && total > body.h { // a window that is being moved can have no room at all
		key := p.buttonWidth("99 / 99  ›")
		width -= key + p.Gap
		var parts [][]fact
		left := float32(-1)
		for _, f := range pieces(p.measure(lines, width, sentences), body.h) {
			if left -= f.height() + between; len(parts) == 0 || left < 0 {
				parts, left = append(parts, nil), body.h-f.height()
			}
			parts[len(parts)-1] = append(parts[len(parts)-1], f)
		}
		part := p.state.turned % len(parts)
		shown = parts[part]
		text := strconv.Itoa(part+1) + " / " + strconv.Itoa(len(parts)) + "  ›"
		p.button("turn", text, p.handed(rect{body.right() - key, body.y, key, p.Target}), false, func() {
			p.state.turned = part + 1
			touched("turn")
		})
	}
	indent, x := p.factIndent(lines, sentences), body.x
	if width < body.w && p.LeftHanded {
		x = body.right() - width
	}
	y := body.y
	for i, f := range shown {
		if i > 0 {
			y += between
		}
		side, ink := p.Hint*1.1, p.Ink
		switch {
		case sentences && f.sign == BadSign:
			ink = p.Alarm
		case sentences:
			ink = p.Secondary
		case f.sign != NoSign:
			name := map[PanelSign]string{GoodSign: "tick", BadSign: "trouble"}[f.sign]
			p.icon(name, rect{x, y + p.Unit/2, side, side})
		}
		y = p.text(f.label, x+indent, y, width-indent, fyne.TextAlignLeading, p.Secondary)
		y = p.text(f.text, x+indent, y, width-indent, fyne.TextAlignLeading, ink)
	}
	if width < body.w {
		y = max(y, body.y+p.Target)
	}
	return y
}
