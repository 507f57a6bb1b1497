package cmd_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"otklik/surveys"
)

// visitForm is an Excel form as a centre writes it, sheet by sheet.
var visitForm = map[string]string{
	"survey": `type|name|label::Русский (ru)|label::English (en)|required|relevant|constraint|constraint_message::Русский (ru)|constraint_message::English (en)
select_one who|who|Кто вы?|Who are you?|yes||||
integer|people|Сколько людей вам нужно?|How many people do you need?||${who} = 'employer'|. >= 1 and . <= 50|От 1 до 50|From 1 to 50
text|trade|Какая профессия?|Which trade?||${who} = 'employer'|||
rank what|order|Что важнее?|What matters more?||||||
select_multiple what|liked|Что понравилось?|What did you like?||||||
date|day|Когда вы были у нас?|When were you here?||||||
select_one where|place|Где вам помогли?|Where were you helped?||||||`,
	"choices": `list_name|name|label::Русский (ru)|label::English (en)|media::image
who|seeker|Ищу работу|Looking for work|
who|employer|Работодатель|An employer|
what|speed|Скорость|Speed|
what|staff|Сотрудники|The staff|
what|hall|Зал|The hall|
where|desk|У окна|At a desk|desk.png
where|hall|В зале|In the hall|hall.png`,
	"settings": `form_title|form_id|version|default_language
Визит|excel-visit|1|Русский (ru)`,
}

// writeForm writes sheets whose cells are divided by |.
func writeForm(t *testing.T, path string, sheets map[string]string) {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", "survey"); err != nil {
		t.Fatal(err)
	}
	for name, rows := range sheets {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for y, row := range strings.Split(rows, "\n") {
			for x, cell := range strings.Split(row, "|") {
				at, err := excelize.CoordinatesToCellName(x+1, y+1)
				if err == nil && cell != "" {
					err = f.SetCellStr(name, at, cell)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
}

// writePicture writes a picture of one colour.
func writePicture(t *testing.T, path string, c color.NRGBA) []byte {
	t.Helper()
	p := image.NewNRGBA(image.Rect(0, 0, 60, 40))
	for i := range 60 * 40 {
		p.Set(i%60, i/60, c)
	}
	var b bytes.Buffer
	err := png.Encode(&b, p)
	if err == nil {
		err = os.WriteFile(path, b.Bytes(), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A form written in Excel becomes a survey, is answered by two visitors on a real window, and comes out as a table; the
// published survey goes back to Excel and, imported again, is the same.
func TestExcelFormFromTheAuthorToTheTableAndBack(t *testing.T) {
	dir := t.TempDir()
	form, yaml := filepath.Join(dir, "visit.xlsx"), filepath.Join(dir, "visit.yaml")
	writeForm(t, form, visitForm)
	run(t, "collector", "survey", "import", form, "-o", yaml)
	if out, err := exec.Command(filepath.Join(bin, "collector"), "survey", "check", yaml).CombinedOutput(); err == nil || !strings.Contains(string(out), "desk.png") {
		t.Fatalf("pictures that are not there are not missed: %v\n%s", err, out)
	}
	desk := writePicture(t, filepath.Join(dir, "desk.png"), color.NRGBA{200, 0, 0, 255})
	writePicture(t, filepath.Join(dir, "hall.png"), color.NRGBA{0, 0, 200, 255})
	run(t, "collector", "survey", "check", yaml)

	s := startCollector(t)
	run(t, "collector", "survey", "publish", "--data", s.data, yaml)
	g := enrolKiosk(t, s, s.addr)
	g.open(startDisplay(t, "1280x800"))

	g.tap("start:ru", "question-who")
	g.tap("choice:employer", "question-people")
	g.write("51")
	g.tap("next", "question-people") // more than the constraint allows
	g.tap("key:backspace", "question-people")
	g.next("question-trade")
	g.write("сварщик")
	g.next("question-order")
	for _, choice := range []string{"hall", "speed", "staff"} {
		g.tap("choice:"+choice, "question-order")
	}
	g.next("question-liked")
	g.tap("choice:speed", "question-liked")
	g.tap("choice:hall", "question-liked")
	g.next("question-day")
	g.write("01032026")
	g.next("question-place")
	g.tap("choice:desk", "thanks")
	g.tap("finish", "attract")

	g.tap("start:en", "question-who")
	g.tap("choice:seeker", "question-order") // neither people nor trade is relevant
	g.tap("skip", "question-liked")
	g.tap("skip", "question-day")
	g.tap("skip", "question-place")
	g.tap("choice:hall", "thanks")
	g.tap("finish", "attract")
	g.awaitUpload()

	rows := s.rows("excel-visit")
	want := []map[string]string{
		{
			"survey": "excel-visit", "version": "1", "language": "ru", "who": "employer", "people": "5", "trade": "Сварщик",
			"order": "hall speed staff", "order/hall": "1", "order/speed": "2", "order/staff": "3",
			"liked": "speed hall", "liked/speed": "1", "liked/staff": "0", "liked/hall": "1", "day": "2026-03-01", "place": "desk",
		},
		{
			"language": "en", "who": "seeker", "people": "", "trade": "", "order": "", "order/hall": "", "liked": "", "liked/staff": "",
			"day": "", "place": "hall",
		},
	}
	if len(rows) != len(want) {
		t.Fatalf("%d rows: %v", len(rows), rows)
	}
	for i, cells := range want {
		for column, cell := range cells {
			if got, ok := rows[i][column]; !ok || got != cell {
				t.Errorf("row %d: %s is %q (%v), want %q", i, column, got, ok, cell)
			}
		}
	}

	back := t.TempDir()
	form, again := filepath.Join(back, "again.xlsx"), filepath.Join(back, "again.yaml")
	run(t, "collector", "survey", "show", "--data", s.data, "excel-visit", "--format", "xlsx", "-o", form, "--images", back)
	if data, err := os.ReadFile(filepath.Join(back, "desk.png")); err != nil || !bytes.Equal(data, desk) {
		t.Errorf("the picture came back otherwise: %v", err)
	}
	run(t, "collector", "survey", "import", form, "-o", again)
	first, second := sourceOf(t, yaml), sourceOf(t, again)
	if first != second {
		t.Errorf("the survey came back otherwise:\n%s\nfirst:\n%s", second, first)
	}
	run(t, "collector", "survey", "check", again)
}

// sourceOf is a survey file without its comments.
func sourceOf(t *testing.T, path string) string {
	t.Helper()
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := surveys.Load(path, source); err != nil {
		t.Fatal(err)
	}
	var kept []string
	for _, line := range strings.Split(string(source), "\n") {
		if !strings.HasPrefix(line, "#") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}
