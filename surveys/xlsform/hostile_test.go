package xlsform_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"otklik/surveys"
	"otklik/surveys/xlsform"
)

// refused imports something that must be refused, and returns the problems.
func refused(t testing.TB, data []byte) xlsform.Problems {
	t.Helper()
	source, _, err := xlsform.Import("form.xlsx", bytes.NewReader(data))
	var problems xlsform.Problems
	if !errors.As(err, &problems) || len(problems) == 0 || source != nil {
		t.Fatalf("Import returned %d bytes and %v", len(source), err)
	}
	return problems
}

func TestWhatIsNoWorkbookIsRefused(t *testing.T) {
	whole := form(t, "type|name|label\ntext|a|А", "", ru)
	for name, data := range map[string][]byte{
		"nothing":               nil,
		"a text":                []byte("type,name,label\ntext,a,A\n"),
		"half a workbook":       whole[:len(whole)/2],
		"an old workbook":       append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 2048)...),
		"another archive":       archive(t, "word/document.xml", "<w/>"),
		"a broken sheet":        replaced(t, whole, "xl/worksheets/sheet1.xml", "<worksheet><sheetData><row r='x'><c r='??'>"),
		"no sheets":             replaced(t, whole, "xl/workbook.xml", "<workbook/>"),
		"too large":             make([]byte, xlsform.MaxFileBytes+1),
		"an unpacked bomb":      replaced(t, whole, "xl/sharedStrings.xml", strings.Repeat("A", 65<<20)),
		"too many rows":         replaced(t, whole, "xl/worksheets/sheet1.xml", rowsOfOneCell(6000)),
		"a cell far away":       replaced(t, whole, "xl/worksheets/sheet1.xml", `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="XFD1" t="str"><v>a</v></c></row></sheetData></worksheet>`),
		"an empty workbook":     workbook(t, sheets{{"survey", nil}}),
		"two sheets, no survey": workbook(t, sheets{{"a", table("x\ny")}, {"b", table("x\ny")}}),
	} {
		t.Run(name, func(t *testing.T) {
			for _, p := range refused(t, data) {
				if p.File != "form.xlsx" || p.Message == "" {
					t.Errorf("the problem is %+v", p)
				}
			}
		})
	}
}

func rowsOfOneCell(n int) string {
	var b strings.Builder
	b.WriteString(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
	for i := range n {
		fmt.Fprintf(&b, `<row r="%d"><c r="A%d" t="str"><v>type</v></c></row>`, i+1, i+1)
	}
	b.WriteString(`</sheetData></worksheet>`)
	return b.String()
}

func archive(t testing.TB, name, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	part, err := w.Create(name)
	if err == nil {
		_, err = io.WriteString(part, content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// replaced gives one part of a workbook another content.
func replaced(t testing.TB, form []byte, name, content string) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(form), int64(len(form)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	found := false
	for _, f := range r.File {
		if f.Name != name {
			if err := w.Copy(f); err != nil {
				t.Fatal(err)
			}
			continue
		}
		found = true
		part, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(part, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil || !found {
		t.Fatalf("no part %s (%v)", name, err)
	}
	return b.Bytes()
}

// importOrRefuse holds what is true of every import: no panic, and either problems or a survey that loads.
func importOrRefuse(t interface {
	Helper()
	Fatalf(string, ...any)
}, data []byte,
) (source []byte, err error) {
	t.Helper()
	source, _, err = xlsform.Import("form.xlsx", bytes.NewReader(data))
	var problems xlsform.Problems
	switch {
	case err != nil && (!errors.As(err, &problems) || len(problems) == 0 || source != nil):
		t.Fatalf("%d bytes and the error %v", len(source), err)
	case err == nil:
		if _, wrong := surveys.Load("form.yaml", source); wrong != nil {
			t.Fatalf("the survey does not load: %v\n%s", wrong, source)
		}
	}
	return source, err
}

func FuzzImport(f *testing.F) {
	f.Add(form(f, "type|name|label\ntext|a|А", "", ru))
	f.Add(form(f, plainSurvey, plainChoices, plainSettings))
	f.Add(form(f, "type|name|label\nselect_one yn or_other|a|А\nbegin repeat|r|\nend repeat||", yesNo, ""))
	for _, tt := range refusals[:8] {
		f.Add(form(f, tt.survey, tt.choices, tt.settings))
	}
	f.Fuzz(func(t *testing.T, data []byte) { importOrRefuse(t, data) })
}

// FuzzCells imports a form whose cells are anything; the workbook itself is whole.
func FuzzCells(f *testing.F) {
	f.Add(plainSurvey, plainChoices, plainSettings)
	for _, tt := range imports {
		f.Add(tt.survey, tt.choices, tt.settings)
	}
	for _, tt := range refusals {
		f.Add(tt.survey, tt.choices, tt.settings)
	}
	f.Fuzz(func(t *testing.T, survey, choices, settings string) {
		if len(survey)+len(choices)+len(settings) > 8<<10 {
			t.Skip("longer than a fuzzed form need be")
		}
		source, err := importOrRefuse(t, form(t, survey, choices, settings))
		if err != nil {
			return
		}
		s := load(t, "form.yaml", source)
		again, warnings, err := xlsform.Import("again.xlsx", bytes.NewReader(exported(t, s)))
		if err != nil {
			t.Fatalf("the survey does not come back: %v\n%s", err, source)
		}
		for _, w := range warnings {
			t.Logf("warning: %v", w)
		}
		sameSurvey(t, load(t, "again.yaml", again), s)
	})
}

// TestAnyTextSurvivesTheWayThroughAForm tries labels of any letters and signs in the place of texts.
func TestAnyTextSurvivesTheWayThroughAForm(t *testing.T) {
	source, err := os.ReadFile("testdata/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	whole := load(t, "everything.yaml", source)
	text := rapid.StringMatching(`[ -~а-яёәөүҗңһ«»–…\n]{0,40}[!-#%-~а-я]`)
	rapid.Check(t, func(rt *rapid.T) {
		s := *whole
		words := map[string]string{}
		for _, l := range s.Languages {
			words[l] = strings.TrimSpace(strings.ReplaceAll(text.Draw(rt, l), "${", "$"))
		}
		s.Title, s.Invitation = words, words
		form, err := xlsform.Export(&s)
		if err != nil {
			rt.Fatal(err)
		}
		again, err := importOrRefuse(rt, form)
		if err != nil {
			rt.Fatal(err)
		}
		back, err := surveys.Load("again.yaml", again)
		if err != nil {
			rt.Fatal(err)
		}
		for _, l := range s.Languages {
			if back.Title[l] != words[l] || back.Invitation[l] != words[l] {
				rt.Fatalf("%q came back as %q and %q", words[l], back.Title[l], back.Invitation[l])
			}
		}
	})
}

// bigForm has 500 rows: 180 questions, 40 rows of groups, 280 choices, in two languages.
func bigForm(t testing.TB) []byte {
	var survey, choices strings.Builder
	survey.WriteString("type|name|label::ru|label::en|relevant|constraint|choice_filter\n")
	for g := range 20 {
		fmt.Fprintf(&survey, "begin_group|g%d|||\n", g)
		for i := range 9 {
			name := fmt.Sprintf("q_%d_%d", g, i)
			relevant := ""
			if i > 0 {
				relevant = fmt.Sprintf("${q_%d_0} != '' and not(${q_%d_0} = 'c3')", g, g)
			}
			switch i % 3 {
			case 0:
				fmt.Fprintf(&survey, "select_one list_%d|%s|Вопрос %s|Question %s|%s||\n", g, name, name, name, relevant)
			case 1:
				fmt.Fprintf(&survey, "integer|%s|Число %s|Number %s|%s|. >= 0 and . <= 100|\n", name, name, name, relevant)
			default:
				fmt.Fprintf(&survey, "select_multiple list_%d|%s|Что %s|Which %s|%s||\n", g, name, name, name, relevant)
			}
		}
		survey.WriteString("end_group||||\n")
	}
	choices.WriteString("list_name|name|label::ru|label::en\n")
	for g := range 20 {
		for i := range 14 {
			fmt.Fprintf(&choices, "list_%d|c%d|Ответ %d|Answer %d\n", g, i, i, i)
		}
	}
	return form(t, survey.String(), choices.String(), "form_title|form_id|version|default_language|otklik::title::en\nБольшой|big|1|ru|Big")
}

func TestABigFormFits(t *testing.T) {
	s := imported(t, "big.xlsx", bigForm(t))
	if len(s.Questions()) != 180 || len(s.Pages) != 20 {
		t.Errorf("%d questions on %d pages", len(s.Questions()), len(s.Pages))
	}
}

func BenchmarkImport500Rows(b *testing.B) {
	form := bigForm(b)
	for b.Loop() {
		if _, _, err := xlsform.Import("big.xlsx", bytes.NewReader(form)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkExport500Rows(b *testing.B) {
	s := imported(b, "big.xlsx", bigForm(b))
	for b.Loop() {
		if _, err := xlsform.Export(s); err != nil {
			b.Fatal(err)
		}
	}
}
