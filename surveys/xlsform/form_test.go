package xlsform_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// sheets are the contents of a workbook: rows of cells by the names of sheets, the survey first.
type sheets []struct {
	name string
	rows [][]any
}

// table reads rows of cells written with | between them.
func table(lines string) [][]any {
	var rows [][]any
	for _, line := range strings.Split(strings.Trim(lines, "\n"), "\n") {
		var row []any
		for _, cell := range strings.Split(line, "|") {
			row = append(row, strings.TrimSpace(cell))
		}
		rows = append(rows, row)
	}
	return rows
}

// form is a workbook of a survey sheet and, where they are not empty, choices and settings.
func form(t testing.TB, survey, choices, settings string) []byte {
	t.Helper()
	s := sheets{{"survey", table(survey)}}
	if choices != "" {
		s = append(s, sheets{{"choices", table(choices)}}...)
	}
	if settings != "" {
		s = append(s, sheets{{"settings", table(settings)}}...)
	}
	return workbook(t, s)
}

func workbook(t testing.TB, s sheets) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, sheet := range s {
		var err error
		if i == 0 {
			err = f.SetSheetName("Sheet1", sheet.name)
		} else {
			_, err = f.NewSheet(sheet.name)
		}
		if err != nil {
			t.Fatal(err)
		}
		for n, row := range sheet.rows {
			for c, value := range row {
				if value == "" || value == nil {
					continue
				}
				cell, err := excelize.CoordinatesToCellName(c+1, n+1)
				if err == nil {
					err = f.SetCellValue(sheet.name, cell, value)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return written(t, f)
}

func written(t testing.TB, f *excelize.File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// contents lists the cells of a workbook.
func contents(t testing.TB, form []byte) string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var b strings.Builder
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			fmt.Fprintf(&b, "%s %d %q\n", name, i+1, row)
		}
	}
	return b.String()
}
