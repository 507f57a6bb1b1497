package screen

import (
	"time"

	"fyne.io/fyne/v2"

	"otklik/kiosk/words"
)

// thanks says that the answer is saved, because it is, who reads it, one thing that changed because of answers, and when the screen
// clears. Where there is no room for all of it, what changed goes first.
func thanks(p *page) {
	y := p.brand(false) + p.Unit*2
	reader := p.Say("thanks.reader")
	if s := p.view.Survey; s != nil {
		if own := s.Thanks.In(p.view.Language, s.Languages...); own != "" {
			reader = own
		}
	}
	foot := p.navTop()
	room := rect{p.Margin, y, p.Width - 2*p.Margin, foot - y - p.Unit}
	said := []part{
		{text: p.Say("thanks.title"), size: p.Display, least: p.Least, style: bold, lines: 1, ink: p.Ink, space: p.Unit * 3},
		{text: p.Say("thanks.saved"), size: p.Answer * 1.1, least: p.Least, style: bold, lines: 2, ink: p.Ink, space: p.Unit * 2},
		{text: reader, size: p.Answer, least: p.LeastHint, style: regular, lines: 3, ink: p.Secondary, space: p.Unit},
	}
	var clears []part
	if stays := p.view.Stays; stays > 0 {
		text := p.Count("thanks.clears", int((stays+time.Second-1)/time.Second))
		clears = []part{{text: text, size: p.Hint, least: p.LeastHint, style: regular, lines: 2, ink: p.Secondary, space: p.Unit * 2}}
	}
	if all := p.view.Improvements; len(all) > 0 {
		one := all[p.view.Shown%uint64(len(all))] // another one for the next visitor
		text := p.Say("attract.improved") + " " + one.In(p.view.Language, words.Languages...)
		told := part{text: text, size: p.Answer, least: p.LeastHint, style: regular, lines: 4, ink: p.Ink, space: p.Unit * 3}
		if fits(room, append(append([]part{told}, said...), clears...)) {
			said = append(said, told)
		}
	}
	if all := append(said, clears...); fits(room, all) {
		said = all
	}
	from := len(p.objects)
	p.compose(room, fyne.TextAlignLeading, append([]part{{picture: thanksArt}}, said...)...)
	p.drawTick(p.objects[from:])
	p.finish(foot)
}
