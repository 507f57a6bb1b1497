package screen

import (
	"fyne.io/fyne/v2"

	"otklik/kiosk/visit"
	"otklik/kiosk/words"
)

// fewLanguages is how many languages the ease bar offers side by side; more go to a screen of their own.
const fewLanguages = 4

// easeBar paints what makes the glass easier to use, in the middle of r.
func (p *page) easeBar(r rect) {
	languages := p.view.Languages
	if len(languages) < 2 {
		return
	}
	gap := max(p.Gap/2, p.Apart)
	if n := float32(len(languages)); r.w < p.Target {
		return
	} else if len(languages) > fewLanguages || r.w < n*p.Target+(n-1)*gap {
		w := min(r.w, p.Bar*3)
		word := p.Say("language.name")
		if w < p.Bar*3 {
			word = p.Say("language.short")
		}
		p.chip("languages", word, rect{r.x + (r.w-w)/2, r.y, w, r.h}, false, p.tell(visit.ShowLanguages{}))
		return
	}
	n := float32(len(languages))
	w := min(p.Bar*1.35, (r.w-(n-1)*gap)/n)
	x := r.x + (r.w-n*w-(n-1)*gap)/2
	for _, l := range languages {
		p.chip("lang:"+l, words.In(l).Say("language.short"), rect{x, r.y, w, r.h}, l == p.view.Language,
			p.tell(visit.Speak{Language: l}))
		x += w + gap
	}
}

// chip is one small quiet key of the ease bar; the one that is on is outlined and bold.
func (p *page) chip(name, text string, r rect, on bool, tapped func()) {
	idle := look{fill: p.Quiet, edge: p.QuietEdge, stroke: p.Stroke, radius: p.Radius * 0.75}
	held := look{fill: p.Tint, edge: p.Accent, stroke: p.Strong, radius: p.Radius * 0.75}
	style := regular
	if on {
		idle, style = held, bold
	}
	p.touch(name, r, idle, held, p.label(text, max(p.Chrome, p.Hint), style, rect{0, 0, r.w, r.h}, 1, fyne.TextAlignCenter, p.Ink), tapped)
}
