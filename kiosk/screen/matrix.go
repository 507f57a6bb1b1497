package screen

import (
	"fmt"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// matrix paints the rows, each with its words over its answers. Rows that find no place are turned to by a line at the
// foot: the glass never scrolls.
func matrix(p *page, body rect) {
	rows := p.view.Question.Rows
	h := p.rowWords(rows).height() + p.Unit*0.5 + p.cellHeight()
	fits := max(1, int((body.h+p.Gap)/(h+p.Gap)))
	p.over = p.over || h > body.h
	if fits < len(rows) {
		p.over = p.over || p.level == airy || fits < 2 && p.level < top
		turn := p.turnHeight("more.rows")
		p.over = p.over || h+p.Gap+turn > body.h
		fits = max(1, int((body.h-turn)/(h+p.Gap)))
		parts := (len(rows) + fits - 1) / fits
		part := p.state.turned % parts
		r := rect{body.x, body.bottom() - turn, body.w, turn}
		text := fmt.Sprintf("%s (%d/%d)", p.Say("more.rows"), part+1, parts)
		p.option("more", text, r, false, more, func() {
			p.state.turned = part + 1
			p.redraw()
		})
		body.h -= turn + p.Gap
		rows = rows[part*fits : min(len(rows), (part+1)*fits)]
	}
	y := body.bottom() - float32(len(rows))*h - float32(len(rows)-1)*p.Gap
	for _, row := range rows {
		p.matrixRow(row, rect{body.x, y, body.w, h})
		y += h + p.Gap
	}
}

// rowWords is the highest of the rows' words: all rows are as high.
func (p *page) rowWords(rows []surveys.Row) (highest paragraph) {
	for _, row := range rows {
		if t := p.words(row); t.height() > highest.height() {
			highest = t
		}
	}
	return highest
}

func (p *page) words(row surveys.Row) paragraph {
	text := row.Text.In(p.view.Language, p.view.Survey.Languages...)
	return fit(text, p.Answer, p.Least, bold, p.Width-2*p.Margin, 2)
}

// cell is one answer of a row: its value, and a face or words that say it.
type cell struct {
	name  string
	value surveys.Value
	face  int
	text  string
}

func (p *page) cells() []cell {
	q := p.view.Question
	var cells []cell
	if q.RowKind == surveys.SingleChoice {
		for _, c := range p.view.Choices {
			cells = append(cells, cell{name: c.Code, value: surveys.String(c.Code), text: p.word(c)})
		}
		return cells
	}
	item := q.Items()[0]
	lowest, highest, _ := item.Scale()
	for n := lowest; n <= highest; n++ {
		c := cell{name: strconv.Itoa(n), value: surveys.Number(float64(n)), text: strconv.Itoa(n)}
		if q.RowKind == surveys.Smiley {
			c.face = n
			cells = append([]cell{c}, cells...) // the best at the left, as on the screen of faces
			continue
		}
		cells = append(cells, c)
	}
	return cells
}

// cellColumns is how many answers of a row stand side by side: all of them, or as many as leave each wide enough for a finger and
// its words whole.
func (p *page) cellColumns(cells []cell) (n int) {
	for lines := 1; ; lines++ {
		n = (len(cells) + lines - 1) / lines
		width := p.columns(n, 0, 0, p.Apart)[0].w
		narrow := width < p.Target
		for _, c := range cells {
			narrow = narrow || p.cellWords(c, width).broken
		}
		if !narrow || n == 1 {
			return n
		}
	}
}

func (p *page) cellWords(c cell, width float32) paragraph {
	return fit(c.text, max(p.Least, p.Answer*0.9), p.Least, bold, width-p.Unit, 2)
}

// cellLines are the heights of the lines of answers, so many in each; cellHeight is that of all of a row.
func (p *page) cellLines(cells []cell, columns int) (heights []float32) {
	width := p.columns(columns, 0, 0, p.Apart)[0].w
	for line := range slices.Chunk(cells, columns) {
		h := max(p.Target, p.Row*0.8)
		for _, c := range line {
			h = max(h, p.cellWords(c, width).height()+p.Unit)
		}
		heights = append(heights, h)
	}
	return heights
}

func (p *page) cellHeight() float32 {
	if p.view.Question.RowKind == surveys.Smiley {
		return p.faceRows()
	}
	cells, all := p.cells(), -p.Apart
	for _, h := range p.cellLines(cells, p.cellColumns(cells)) {
		all += h + p.Apart
	}
	return all
}

func (p *page) matrixRow(row surveys.Row, r rect) {
	p.text(p.words(row), r.x, r.y, r.w, fyne.TextAlignLeading, p.Ink)
	h := p.cellHeight()
	cells := p.cells()
	given := p.view.Value.Row(row.Code)
	places := p.cellPlaces(cells, rect{r.x, r.bottom() - h, r.w, h})
	for i, c := range cells {
		place := places[i]
		idle, held := p.card(given.Equal(c.value))
		inside := rect{p.Unit / 2, 0, place.w - p.Unit, place.h}
		content := p.label(c.text, max(p.Least, p.Answer*0.9), bold, inside, 2, fyne.TextAlignCenter, p.Ink)
		if c.face > 0 {
			content = p.faceCell(c.face, place)
		}
		p.touch("row:"+row.Code+":"+c.name, place, idle, held, content, p.tell(visit.Edit{Value: p.withRow(row.Code, c.value)}))
	}
}

// cellPlaces are the places of the answers of a row.
func (p *page) cellPlaces(cells []cell, r rect) (places []rect) {
	if p.view.Question.RowKind == surveys.Smiley {
		return p.facePlaces(r)
	}
	n, y := p.cellColumns(cells), r.y
	for _, h := range p.cellLines(cells, n) {
		places = append(places, p.columns(n, y, h, p.Apart)...)
		y += h + p.Apart
	}
	return places
}

// withRow is the answer so far with one row given, in the order of the survey's rows.
func (p *page) withRow(code string, value surveys.Value) surveys.Value {
	var given []surveys.RowValue
	for _, row := range p.view.Question.Rows {
		v := p.view.Value.Row(row.Code)
		if row.Code == code {
			v = value
		}
		if !v.IsZero() {
			given = append(given, surveys.RowValue{Row: row.Code, Value: v})
		}
	}
	return surveys.Rows(given...)
}
