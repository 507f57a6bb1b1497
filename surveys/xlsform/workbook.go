package xlsform

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// Bounds of a workbook; Import refuses what goes beyond them.
const (
	MaxFileBytes     = 8 << 20  // the file
	maxUnzippedBytes = 64 << 20 // all its parts together
	maxSheets        = 50
	maxRows          = 5000 // of one sheet
	maxColumns       = 500
	maxCellRunes     = 32767 // Excel's own
)

// sheet is one sheet with its contents. The first row with contents is the header.
type sheet struct {
	name   string
	header row
	rows   []row // below the header, those with contents
}

// row is one row of a sheet.
type row struct {
	number int      // from 1
	cells  []string // by column from 0, without surrounding white space; empty cells at the end are left out
}

// cell returns what stands in a column, counted from 0.
func (r row) cell(column int) string {
	if column < len(r.cells) {
		return r.cells[column]
	}
	return ""
}

// readWorkbook reads the contents of all sheets.
func readWorkbook(name string, r io.Reader) (sheets []*sheet, problems Problems) {
	wrong := func(format string, args ...any) ([]*sheet, Problems) {
		return nil, Problems{{
			File: name, Message: fmt.Sprintf(format, args...),
			WayOut: "an Excel workbook (*.xlsx) with the sheets survey, choices and settings",
		}}
	}
	data, err := io.ReadAll(io.LimitReader(r, MaxFileBytes+1))
	if err != nil {
		return nil, Problems{{File: name, Message: "the file cannot be read: " + err.Error()}}
	}
	if len(data) > MaxFileBytes {
		return wrong("the file is larger than %d MB", MaxFileBytes>>20)
	}
	// Excelize has panicked on damaged files; a form comes from people and over the network.
	defer func() {
		if v := recover(); v != nil {
			sheets, problems = wrong("the workbook is damaged: %v", v)
		}
	}()
	// With both limits equal no part is ever unpacked into a temporary file.
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: maxUnzippedBytes, UnzipXMLSizeLimit: maxUnzippedBytes, ShortDatePattern: "yyyy-mm-dd",
	})
	if err != nil {
		return wrong("the file is no workbook that can be opened: %v", err)
	}
	defer f.Close()
	names := f.GetSheetList()
	if len(names) > maxSheets {
		return wrong("the workbook has %d sheets, more than %d", len(names), maxSheets)
	}
	epoch1904 := false
	if props, err := f.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		epoch1904 = *props.Date1904
	}
	for _, n := range names {
		s := &sheet{name: n}
		if problem := s.read(f, epoch1904); problem != nil {
			problem.File = name
			problems = append(problems, *problem)
		}
		sheets = append(sheets, s)
	}
	return sheets, problems
}

// read reads the rows twice side by side, as stored and as shown: only what is shown tells true from 1 and a date from a
// number.
func (s *sheet) read(f *excelize.File, epoch1904 bool) *Problem {
	stored, err := f.Rows(s.name)
	if err != nil {
		if strings.Contains(err.Error(), "not a worksheet") || errors.As(err, new(excelize.ErrSheetNotExist)) {
			return nil // a sheet of charts
		}
		return &Problem{Sheet: s.name, Message: "the sheet cannot be read: " + err.Error()}
	}
	defer stored.Close()
	shown, err := f.Rows(s.name)
	if err != nil {
		return &Problem{Sheet: s.name, Message: "the sheet cannot be read: " + err.Error()}
	}
	defer shown.Close()
	for number := 1; stored.Next() && shown.Next(); number++ {
		raw, err := stored.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return &Problem{Sheet: s.name, Row: number, Message: "the row cannot be read: " + err.Error()}
		}
		seen, err := shown.Columns()
		if err != nil {
			return &Problem{Sheet: s.name, Row: number, Message: "the row cannot be read: " + err.Error()}
		}
		r := row{number: number}
		for i, text := range raw {
			look := ""
			if i < len(seen) {
				look = seen[i]
			}
			text = strings.TrimFunc(contents(text, look, epoch1904), blank)
			if text == "" {
				continue
			}
			switch {
			case i >= maxColumns:
				return &Problem{
					Sheet: s.name, Row: number, Column: i + 1,
					Message: fmt.Sprintf("the sheet has more than %d columns", maxColumns), WayOut: "fewer columns",
				}
			case number > maxRows:
				return &Problem{Sheet: s.name, Row: number, Message: fmt.Sprintf("the sheet has more than %d rows", maxRows), WayOut: "fewer rows"}
			case len(text) > 4*maxCellRunes:
				return &Problem{Sheet: s.name, Row: number, Column: i + 1, Message: "the cell is longer than Excel allows"}
			case slices.Contains(errorValues, text):
				return &Problem{
					Sheet: s.name, Row: number, Column: i + 1,
					Message: "the formula of this cell has failed: " + text, WayOut: "a text or a formula with a result",
				}
			}
			for len(r.cells) < i {
				r.cells = append(r.cells, "")
			}
			r.cells = append(r.cells, text)
		}
		switch {
		case len(r.cells) == 0:
		case s.header.number == 0:
			s.header = r
		default:
			s.rows = append(s.rows, r)
		}
	}
	return nil
}

// errorValues are what Excel shows for a formula that failed.
var errorValues = []string{"#N/A", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}

// blank reports what surrounds texts and is no part of them, with characters that show nothing and come with copied text.
func blank(r rune) bool {
	return r <= ' ' || r == '\u00a0' || r == '\u200b' || r == '\ufeff' || r == '\u2060' || r == '\u3000'
}

// contents returns what a cell says: TRUE or FALSE, a date as 2026-12-31, a number in digits, a text.
func contents(stored, shown string, epoch1904 bool) string {
	if stored == shown || stored == "" {
		return stored
	}
	if (stored == "0" || stored == "1") && (shown == "TRUE" || shown == "FALSE") {
		return shown
	}
	n, err := strconv.ParseFloat(stored, 64)
	if err != nil {
		return stored
	}
	if day, ok := moment(n, shown, epoch1904); ok {
		return day
	}
	if math.Abs(n) < 1e15 && n == math.Trunc(n) {
		return strconv.FormatFloat(n, 'f', 0, 64)
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// moment returns the date or time of day that n is shown as, if it is.
func moment(n float64, shown string, epoch1904 bool) (string, bool) {
	t, err := excelize.ExcelDateToTime(n, epoch1904)
	if err != nil || n < 0 || t.Year() > 9999 {
		return "", false
	}
	t = t.Round(time.Second)
	clock := strings.Contains(shown, fmt.Sprintf(":%02d", t.Minute()))
	year := strings.Contains(shown, fmt.Sprintf("%02d", t.Year()%100)) && strings.ContainsAny(shown, "-./ ") &&
		!strings.Contains(shown, strconv.FormatFloat(n, 'f', -1, 64))
	switch {
	case n < 1 && clock:
		return t.Format("15:04"), true
	case year && clock:
		return t.Format("2006-01-02T15:04:05"), true
	case n >= 1 && year:
		return t.Format("2006-01-02"), true
	}
	return "", false
}
