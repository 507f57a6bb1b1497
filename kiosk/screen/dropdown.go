package screen

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"otklik/kiosk/keyboard"
	"otklik/kiosk/visit"
	"otklik/surveys"
)

// searchLength bounds what can be written into a search field, in runes.
const searchLength = 30

// dropdown paints the choices, turned page by page, under a search field; a touch on the field brings the keyboard, and
// what is written narrows the choices down. One touch on a choice answers.
func dropdown(p *page, body rect) {
	if p.state.keyboard == nil || p.state.listed {
		h := max(p.Target, p.Answer*linePitch+p.Unit)
		p.search(rect{body.x, body.y, body.w, h})
		list := rect{body.x, body.y + h + p.Gap, body.w, body.h - h - p.Gap}
		if found := p.found(p.written()); len(found) > 0 {
			p.list(list, found)
		} else {
			p.nothingFound(list)
		}
		return
	}
	top := p.keyboardAt(body) - p.Apart
	found := p.found(p.written())
	h := max(p.Target, p.Answer*linePitch+p.Unit)
	row, _, _ := p.rows(found, body.w)
	rows := row
	if len(found) > 1 {
		rows = 2*row + p.Gap // one, and the line that turns to the others
	}
	if room := top - body.y - h - p.Apart; room < rows { // no room for rows: the best match alone
		field := rect{body.x, top - h, body.w * 0.34, h}
		best := rect{field.right() + p.Gap, field.y, body.w - field.w - p.Gap, h}
		if p.Portrait { // with less around it there may be more room
			p.over = p.over || p.level <= bare || room < row && p.level < split
			if room >= row {
				field = rect{body.x, body.y, body.w, h}
				best = rect{body.x, top - row, body.w, row}
			}
		}
		p.field(field, p.state.keyboard, p.Say("search.short"))
		switch {
		case len(found) == 0:
			p.nothingFound(best)
		case p.optionText(found[0].text, best.w).height() <= best.h:
			p.entry(found[0], best)
		default:
			p.over = true
			p.listKey(len(found), best)
		}
		return
	}
	field := rect{body.x, body.y, body.w, h}
	p.field(field, p.state.keyboard, p.Say("search.short"))
	list := rect{body.x, field.bottom() + p.Apart, body.w, top - field.bottom() - p.Apart}
	if len(found) == 0 {
		p.nothingFound(list)
		return
	}
	p.list(list, found)
}

// listKey paints the key that lists what was found in place of the keyboard, where even the best match has no room over it.
func (p *page) listKey(found int, r rect) {
	idle, held := p.card(false)
	words := p.label(p.Count("search.show", found), p.Answer, bold, rect{p.Unit, 0, r.w - 2*p.Unit, r.h}, 1, fyne.TextAlignCenter, p.Ink)
	p.touch("found", r, idle, held, words, func() {
		p.state.listed, p.state.turned = true, 0
		p.redraw()
	})
}

// written is what is sought.
func (p *page) written() string {
	if p.state.keyboard == nil {
		return ""
	}
	return p.state.keyboard.Text()
}

// nothingFound says so, and what to do where there is room.
func (p *page) nothingFound(r rect) {
	t := fit(p.Say("search.none"), p.Hint, p.LeastHint, regular, r.w, 2)
	if t.height() > r.h {
		t = fit(p.Say("search.none.short"), p.Hint, p.LeastHint, regular, r.w, 1)
	}
	p.text(t, r.x, r.y, r.w, fyne.TextAlignLeading, p.Secondary)
}

// search paints the field that brings the keyboard, with what is sought.
func (p *page) search(r rect) {
	idle, held := p.card(false)
	inside := rect{p.Unit * 2.5, 0, r.w - p.Unit*5, r.h}
	words := p.Say("search")
	if !p.spells(words, inside) {
		words = p.Say("search.short")
	}
	ink := p.Secondary
	if written := p.written(); written != "" {
		lines := wrapTyped(written, p.Answer, regular, inside.w)
		words, ink = lines[len(lines)-1], p.Ink
	}
	p.touch("search", r, idle, held, p.label(words, p.Answer, regular, inside, 1, fyne.TextAlignLeading, ink), func() {
		if p.state.listed = false; p.state.keyboard == nil {
			p.state.keyboard = keyboard.New(p.view.Language, p.view.Languages, "", searchLength)
		}
		p.redraw()
	})
}

// found are the choices with a word that begins with what was written, those that begin with it themselves first; all of
// them, the chosen one first but on a
// discreet glass, while nothing was written.
func (p *page) found(written string) []line {
	chosen, _ := p.view.Value.Text()
	written = strings.ToLower(strings.TrimSpace(written))
	rank := func(c surveys.Choice) int {
		words := strings.ToLower(plain(p.word(c)))
		switch {
		case written == "" && c.Code == chosen && !p.discreet, written != "" && strings.HasPrefix(words, written):
			return 0
		case strings.Contains(" "+words, " "+written), written == "":
			return 1
		}
		return 2
	}
	choices := slices.DeleteFunc(slices.Clone(p.view.Choices), func(c surveys.Choice) bool { return rank(c) == 2 })
	slices.SortStableFunc(choices, func(a, b surveys.Choice) int { return rank(a) - rank(b) })
	var lines []line
	for _, c := range choices {
		lines = append(lines, line{
			"choice:" + c.Code, p.word(c), c.Code == chosen, single, p.tell(visit.Answer{Value: surveys.String(c.Code)}), "",
		})
	}
	return lines
}
