package screen

import (
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// The answers of a question that shares its screen: one row where its kind allows that, small options otherwise.

// mostOptions is how many choices are options of a shared screen; with more the question is a line that opens.
const mostOptions = 8

// given reports whether somebody answered the question or declined it.
func given(i visit.Item) bool { return i.Declined || !empty(i.Value) }

// empty reports whether v says nothing.
func empty(v surveys.Value) bool {
	if codes, ok := v.List(); ok {
		return len(codes) == 0
	}
	text, ok := v.Text()
	return v.IsZero() || ok && text == ""
}

// lists reports whether the answers are options, as long as they find a place.
func (p *page) lists() bool {
	return p.view.Question.Kind == surveys.SingleChoice || p.view.Question.Kind == surveys.MultipleChoice
}

// opens reports whether the question is a line of the shared screen that opens.
func (p *page) opens() bool {
	switch p.view.Question.Kind {
	case surveys.SingleChoice, surveys.MultipleChoice:
		return len(p.view.Choices) > mostOptions || p.optionRows() > mostOptions/2
	case surveys.Smiley, surveys.Stars, surveys.NPS, surveys.Agreement, surveys.YesNo, surveys.Slider:
		return false
	}
	return true
}

// cellSide is the height of a row of answers.
func (p *page) cellSide() float32 {
	if p.Portrait {
		return max(p.Target, p.Row*0.8)
	}
	return max(p.Target, p.Row*0.7)
}

// answersHeight is what the answers need.
func (p *page) answersHeight(opens bool) float32 {
	h := p.cellSide()
	switch p.view.Question.Kind {
	case surveys.Smiley:
		return p.faceRows()
	case surveys.NPS, surveys.Agreement, surveys.Slider:
		rows := float32(p.scaleRows())
		return rows*h + (rows-1)*p.Apart + p.endsHeight()
	case surveys.Stars:
		if low, high := p.starEnds(); low+high != "" {
			return h + p.endsHeight()
		}
	case surveys.SingleChoice, surveys.MultipleChoice:
		if !opens {
			rows := float32(p.optionRows())
			return rows*p.optionHeight() + (rows-1)*p.Apart
		}
	}
	return h
}

func (p *page) endsHeight() float32 { return p.Unit*0.5 + p.itemEnds().height() }

// compact paints the answers.
func (p *page) compact(r rect) {
	switch q := p.view.Question; {
	case p.lists():
		p.options(r)
	case q.Kind == surveys.YesNo:
		code, _ := p.view.Value.Text()
		for i, place := range p.columns(2, r.y, r.h, p.Gap) {
			c := []string{surveys.Yes, surveys.No}[i]
			idle, held := p.card(c == code)
			words := p.label(p.Say(c), p.Answer, bold, rect{p.Unit, 0, place.w - 2*p.Unit, place.h}, 1, fyne.TextAlignCenter, p.Ink)
			p.touch(p.named(c), place, idle, held, words, p.tell(visit.Answer{Value: surveys.String(c)}))
		}
	case q.Kind == surveys.Slider:
		p.smallSlider(r)
	default:
		p.scaleRow(r)
	}
}

// scaleRows is in how many rows a scale stands: in one, or in as many as make each degree wide enough for a finger.
func (p *page) scaleRows() int {
	lowest, highest, ok := p.view.Question.Scale()
	rows, n := 1, highest-lowest+1
	for ok && rows < n && p.columns((n+rows-1)/rows, 0, 0, p.Apart)[0].w < p.Target {
		rows++
	}
	return rows
}

// scaleRow paints a scale: faces, the best at the left, stars, or numbers with words at the ends.
func (p *page) scaleRow(r rect) {
	q := p.view.Question
	lowest, highest, _ := q.Scale()
	n := highest - lowest + 1
	rows, h := p.scaleRows(), p.cellSide()
	columns := (n + rows - 1) / rows
	gap := p.Gap
	if p.columns(columns, 0, 0, gap)[0].w < max(p.Target, h*0.8) {
		gap = p.Apart
	}
	value, has := p.answered()
	for i := range n {
		v := lowest + i
		if q.Kind == surveys.Smiley {
			v = highest - i
		}
		place := p.columns(columns, r.y+float32(i/columns)*(h+p.Apart), h, gap)[i%columns]
		if q.Kind == surveys.Smiley {
			place = p.facePlaces(r)[i]
		}
		side := min(place.w, place.h) * 0.74
		art := rect{(place.w - side) / 2, (place.h - side) / 2, side, side}
		var content []fyne.CanvasObject
		switch {
		case q.Kind == surveys.Smiley:
			content = p.faceCell(v, place)
		case q.Kind == surveys.Stars && has && v <= value && !p.discreet:
			content = append(content, p.art("star-on", art))
		case q.Kind == surveys.Stars:
			content = append(content, p.art("star-off", art))
		default:
			content = p.label(strconv.Itoa(v), p.Answer, bold, rect{0, 0, place.w, place.h}, 1, fyne.TextAlignCenter, p.Ink)
		}
		idle, held := p.card(has && v == value)
		p.touch(p.named(strconv.Itoa(v)), place, idle, held, content, p.tell(answer(v)))
	}
	e := p.itemEnds()
	p.paintEnds(r.bottom()-e.height(), e)
}

// itemEnds are the words at the ends of the scale of one of several questions.
func (p *page) itemEnds() ends {
	q := p.view.Question
	_, highest, _ := q.Scale()
	switch q.Kind {
	case surveys.NPS:
		return p.ends("0 — "+p.own(q.Low, "nps.low"), "10 — "+p.own(q.High, "nps.high"))
	case surveys.Agreement:
		return p.ends("1 — "+p.own(q.Low, "agreement.1"), strconv.Itoa(highest)+" — "+p.own(q.High, "agreement.5"))
	case surveys.Stars:
		if low, high := p.starEnds(); low+high != "" {
			return p.ends(low, high)
		}
	case surveys.Slider:
		return p.ends(p.sliderEnds(q))
	}
	return ends{}
}

// starEnds are the author's words at the ends of the stars.
func (p *page) starEnds() (low, high string) {
	q := p.view.Question
	return q.Low.In(p.view.Language, p.view.Survey.Languages...), q.High.In(p.view.Language, p.view.Survey.Languages...)
}

// smallSlider paints a slider with its figure at the right.
func (p *page) smallSlider(r rect) {
	q := p.view.Question
	value, has := p.view.Value.Float()
	shown := "—"
	if has {
		shown = number(value, q.Decimals)
	}
	width := float32(0)
	for _, v := range []float64{q.Min, q.Max} {
		width = max(width, measure(number(v, q.Decimals), p.Answer*1.2, bold))
	}
	h := p.cellSide()
	bar := rect{r.x, r.y, r.w - width - p.Gap, h}
	p.sliderBar(bar, p.named(""), value, has, func(v float64) { p.send(visit.Edit{Value: stop(q, v)}) })
	figure := fit(shown, p.Answer*1.2, p.Answer, bold, width, 1)
	p.text(figure, r.right()-width, r.y+(h-figure.height())/2, width, fyne.TextAlignTrailing, p.Ink)
	e := p.itemEnds()
	p.paintEnds(r.bottom()-e.height(), e)
}

// optionColumns is how many options stand side by side: as many as leave each its words on two lines, unbroken.
func (p *page) optionColumns() int {
	for n := min(4, len(p.view.Choices)); n > 1; n-- {
		width := p.columns(n, 0, 0, p.Apart)[0].w
		room := width - p.optionIndent() - p.Unit*1.5
		fits := true
		for _, c := range p.view.Choices {
			words := plain(p.word(c))
			for _, w := range strings.Fields(words) {
				fits = fits && measure(w, p.Answer, bold) <= room
			}
			fits = fits && room > 0 && len(p.optionText(words, width).lines) <= 2
		}
		if fits {
			return n
		}
	}
	return 1
}

func (p *page) optionRows() int {
	n := p.optionColumns()
	return max(1, (len(p.view.Choices)+n-1)/n)
}

func (p *page) optionHeight() float32 {
	h := p.cellSide()
	width := p.columns(p.optionColumns(), 0, 0, p.Apart)[0].w
	for _, c := range p.view.Choices {
		h = max(h, p.optionText(p.word(c), width).height()+p.Unit)
	}
	return h
}

// options paints the choices as small options.
func (p *page) options(r rect) {
	n, h := p.optionColumns(), p.optionHeight()
	code, _ := p.view.Value.Text()
	chosen, _ := p.view.Value.List()
	for i, c := range p.view.Choices {
		l := line{
			name: p.named(c.Code), text: p.word(c), sign: single, chosen: c.Code == code,
			tapped: p.tell(visit.Answer{Value: surveys.String(c.Code)}),
		}
		if p.view.Question.Kind == surveys.MultipleChoice {
			l.sign, l.chosen = square, slices.Contains(chosen, c.Code)
			l.tapped = p.tell(visit.Edit{Value: surveys.Codes(toggle(p.view.Question, chosen, c)...)})
		}
		p.entry(l, p.columns(n, r.y+float32(i/n)*(h+p.Apart), h, p.Apart)[i%n])
	}
}

// lineWords are the words of a question that opens: what was given, or what to do, which asks says. An answer that is longer
// than the room is named alone: nothing is shown in part.
func (p *page) lineWords(room float32) (words paragraph, asks bool) {
	text := p.told()
	if text != "" && p.discreet {
		text = p.Say("line.given")
	}
	if asks = text == ""; asks {
		text = p.Say(p.placeholder())
	}
	width := p.Width - 2*p.Margin - p.Unit*5 - p.signSide()
	words = fit(text, p.Answer, p.Least, regular, width, 2)
	if words.height() > max(room, p.cellSide())-p.Unit {
		words = fit(p.Say("line.long"), p.Answer, p.Least, regular, width, 1)
	}
	return words, asks
}

// line paints a question that opens.
func (p *page) line(r rect, words paragraph, asks bool) {
	ink := p.Ink
	if asks {
		ink = p.Secondary
	}
	side := p.signSide()
	inside := rect{p.Unit * 2.5, 0, r.w - p.Unit*5 - side, r.h}
	content := words.at(inside.x, (r.h-words.height())/2, inside.w, fyne.TextAlignLeading, ink)
	content = append(content, p.art("arrow", rect{r.w - p.Unit*2 - side, (r.h - side) / 2, side, side}))
	idle, held := p.card(false)
	idle.chosen = !asks
	p.touch(p.named("open"), r, idle, held, content, p.open)
}

// told is the answer so far in words.
func (p *page) told() string {
	q := p.view.Question
	codes, list := p.view.Value.List()
	text, _ := p.view.Value.Text()
	if q.Kind.Traits().HasChoices {
		if !list {
			codes = []string{text}
		}
		var said []string
		for _, c := range p.view.Choices {
			if slices.Contains(codes, c.Code) {
				said = append(said, p.word(c))
			}
		}
		return strings.Join(said, ", ")
	}
	if f, ok := momentForms[q.Kind]; ok {
		return f.show(text)
	}
	if _, _, scale := q.Scale(); scale && !empty(p.view.Value) {
		return p.said()
	}
	if n, ok := p.view.Value.Float(); ok {
		return number(n, q.Decimals)
	}
	return text
}

// placeholder is the key of what stands in the line of a question without an answer.
func (p *page) placeholder() string {
	if f, ok := momentForms[p.view.Question.Kind]; ok {
		return f.placeholder
	}
	if q := p.view.Question; q.Kind.Traits().HasChoices || q.Kind.Traits().OneTap || q.Kind == surveys.Slider {
		return "line.choose"
	}
	return "line.write"
}
