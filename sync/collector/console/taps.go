package console

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"

	"otklik/surveys"
	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// tapPictures is how many survey versions have a picture of their own beside the one of all.
const tapPictures = 5

// tapPicture shows where a glass was touched.
type tapPicture struct {
	Title         string
	Taps          uint64
	Width, Height int // of the drawing
	Cells         []tapCell
	Columns       []int // numbered from 1
	Rows          [][]uint64
}

// tapCell is a cell that was touched. Its strength runs from 0 to 1 with the root of its count, so that a place that was
// touched seldom is still seen beside one that was touched always.
type tapCell struct {
	X, Y, W, H string
	Strength   string
}

// tapSide is the longer side of a drawing.
const tapSide = 400

// taps are the pictures of a terminal: of all that was asked, then of each survey version, if there are several; one of
// each for a glass that stood and lay.
func (c *Console) taps(r *http.Request, t *store.Terminal) ([]tapPicture, error) {
	maps, err := c.Store.TapMaps(r.Context(), t.ID)
	if err != nil {
		return nil, err
	}
	words := c.words(r)
	var pictures []tapPicture
	for _, columns := range []int{wire.TapsShort, wire.TapsLong} {
		all := store.TapMap{Columns: columns, Cells: make([]uint64, wire.TapsLong*wire.TapsShort)}
		parts := 0
		for _, m := range maps {
			if m.Columns == columns {
				parts++
				for i, n := range m.Cells {
					all.Cells[i] += n
				}
			}
		}
		if parts == 0 {
			continue
		}
		title, err := words.T("taps.all")
		if err != nil {
			return nil, err
		}
		pictures = append(pictures, drawTaps(title, all, t.Display))
		for _, m := range maps {
			if m.Columns != columns || parts < 2 || len(pictures) > tapPictures {
				continue
			}
			if title, err = c.tapTitle(r, m); err != nil {
				return nil, err
			}
			pictures = append(pictures, drawTaps(title, m, t.Display))
		}
	}
	return pictures, nil
}

// tapTitle says what was on the glass.
func (c *Console) tapTitle(r *http.Request, m store.TapMap) (string, error) {
	words := c.words(r)
	if m.Survey == "" {
		return words.T("taps.none")
	}
	versions, err := c.Store.SurveyVersions(r.Context(), m.Survey)
	if err != nil {
		return "", err
	}
	for _, v := range versions {
		if v.Version != m.Version {
			continue
		}
		number, err := words.With("surveys.number", strconv.Itoa(v.Number))
		if err != nil {
			return "", err
		}
		s, err := surveys.Load(v.ID, v.Source)
		if err != nil {
			return "", err
		}
		return words.Of(s.Title, s) + ", " + number, nil
	}
	return m.Survey, nil
}

// drawTaps draws a map into an outline of the display.
func drawTaps(title string, m store.TapMap, display string) tapPicture {
	rows := wire.TapsLong * wire.TapsShort / m.Columns
	short := float64(tapSide) * 9 / 16
	if w, h := pixels(display); w > 0 && h > 0 {
		short = math.Round(tapSide * float64(min(w, h)) / float64(max(w, h)))
	}
	p := tapPicture{Title: title, Taps: m.Taps(), Width: tapSide, Height: int(short)}
	if m.Columns < rows {
		p.Width, p.Height = p.Height, p.Width
	}
	most := uint64(1)
	for _, n := range m.Cells {
		most = max(most, n)
	}
	for i := range m.Columns {
		p.Columns = append(p.Columns, i+1)
	}
	w, h := float64(p.Width)/float64(m.Columns), float64(p.Height)/float64(rows)
	for y := range rows {
		line := m.Cells[y*m.Columns : (y+1)*m.Columns]
		p.Rows = append(p.Rows, line)
		for x, n := range line {
			if n == 0 {
				continue
			}
			p.Cells = append(p.Cells, tapCell{
				fmt.Sprintf("%.2f", float64(x)*w), fmt.Sprintf("%.2f", float64(y)*h), fmt.Sprintf("%.2f", w), fmt.Sprintf("%.2f", h),
				fmt.Sprintf("%.3f", 0.08+0.92*math.Sqrt(float64(n)/float64(most))),
			})
		}
	}
	return p
}

// pixels reads the size of a display such as "1080x1920@32"; 0, 0 for none.
func pixels(display string) (w, h int) {
	size, _, _ := strings.Cut(display, "@")
	if n, err := fmt.Sscanf(size, "%dx%d", &w, &h); err != nil || n != 2 {
		return 0, 0
	}
	return w, h
}
