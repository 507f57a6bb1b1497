package xlsform

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Problem is one thing wrong with a form, or one thing in it that the product does not carry.
type Problem struct {
	File   string // as given to Import
	Sheet  string // "" for the whole workbook
	Row    int    // from 1, 0 for the whole sheet
	Column int    // from 1, 0 for the whole row
	Header string // of the column, as it stands in the form
	// Message says what is wrong, WayOut what to do instead; WayOut may be empty.
	Message string
	WayOut  string
}

// Cell names the place as Excel does, "survey!E14", in a sheet alone "survey".
func (p Problem) Cell() string {
	switch column := columnLetters(p.Column); {
	case p.Sheet == "":
		return ""
	case p.Row == 0 && p.Column == 0:
		return p.Sheet
	case p.Column == 0:
		return fmt.Sprintf("%s row %d", p.Sheet, p.Row)
	case p.Row == 0:
		return fmt.Sprintf("%s column %s", p.Sheet, column)
	default:
		return fmt.Sprintf("%s!%s%d", p.Sheet, column, p.Row)
	}
}

// Error returns "form.xlsx: survey!E14 (relevant): message; way out: …".
func (p Problem) Error() string {
	s := p.File
	if cell := p.Cell(); cell != "" {
		s += ": " + cell
	}
	if p.Header != "" && p.Row != 1 {
		s += " (" + p.Header + ")"
	}
	s += ": " + p.Message
	if p.WayOut != "" {
		s += "; way out: " + p.WayOut
	}
	return s
}

// Problems is everything wrong with a form, in the order of its sheets, rows and columns.
type Problems []Problem

// Error returns one problem a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// sorted returns the problems in the order of the form, each once.
func (ps Problems) sorted(sheets []string) Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(slices.Index(sheets, a.Sheet), slices.Index(sheets, b.Sheet)),
			cmp.Compare(a.Row, b.Row), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(ps)
}

// columnLetters returns the name of a column, "" for 0.
func columnLetters(column int) string {
	name, err := excelize.ColumnNumberToName(column)
	if err != nil {
		return ""
	}
	return name
}

// origin is where in the form something comes from. The zero origin is the whole form.
type origin struct {
	sheet       string
	row, column int
	header      string
}

func (o origin) problem(file, message, wayOut string) Problem {
	return Problem{file, o.sheet, o.row, o.column, o.header, message, wayOut}
}
