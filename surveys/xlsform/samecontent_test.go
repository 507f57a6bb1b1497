package xlsform_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"otklik/surveys"
)

// One form, as its author first wrote it.
const (
	plainSurvey = `type|name|label::Русский (ru)|label::English (en)|hint::Русский (ru)|hint::English (en)|required|required_message::Русский (ru)|required_message::English (en)|relevant|constraint|constraint_message::Русский (ru)|constraint_message::English (en)|calculation|choice_filter|appearance|default|parameters
select_one kinds|who|Кто вы?|Who are you?|Одно|One|yes|Ответьте|Please answer||||||||no|
begin_group|details||||||||${who} = 'no'||||||field-list||
select_multiple things|what|Что?|What?|||||||||||cf = ${who}|||randomize=true
integer|age|Возраст|Age||||||${who} != ''|. >= 18|Взрослые|Adults||||20|
end_group|||||||||||||||||
date|day|День|Day|||||||. > date('2026-01-01')|Позже|Later||||2026-05-01|
calculate|sum||||||||||||${age} + 1||||
text|name|Как вас зовут?|Your name?|||||||||||||multiline||
note|end_note|Спасибо, ${name}|Thanks, ${name}||||||||||||||`
	plainChoices = `list_name|name|label::Русский (ru)|label::English (en)|media::image|cf
kinds|yes|Да|Yes||
kinds|no|Нет|No||
things|a|А|A|ticket|yes
things|b|Б|B||no
things|1|В|C||no`
	plainSettings = `form_title|form_id|version|default_language
Опрос|same|2|Русский (ru)`
)

func plainForm() sheets {
	return sheets{{"survey", table(plainSurvey)}, {"choices", table(plainChoices)}, {"settings", table(plainSettings)}}
}

// rename gives columns other names; their languages stay.
func rename(s sheets, names map[string]string) {
	for _, sheet := range s {
		for i, header := range sheet.rows[0] {
			name, language, translated := strings.Cut(header.(string), "::")
			if header == "media::image" {
				name, translated = header.(string), false
			}
			if other, ok := names[name]; ok {
				if sheet.rows[0][i] = other; translated {
					sheet.rows[0][i] = other + " :: " + language
				}
			}
		}
	}
}

// recell changes the cells of the first sheet.
func recell(s sheets, change func(header, cell string) any) {
	rows := s[0].rows
	for _, row := range rows[1:] {
		for i, cell := range row {
			if text, ok := cell.(string); ok && i < len(rows[0]) {
				row[i] = change(rows[0][i].(string), text)
			}
		}
	}
}

// disguises change how a form is written and nothing of what it says.
var disguises = map[string]func(s sheets) sheets{
	"columns in another order": func(s sheets) sheets {
		random := rand.New(rand.NewPCG(1, 2))
		for _, sheet := range s {
			order := random.Perm(len(sheet.rows[0]))
			// The languages of the form are listed in the order of its columns, so theirs is kept.
			slices.SortStableFunc(order, func(a, b int) int {
				english := func(i int) bool { return strings.Contains(sheet.rows[0][i].(string), "English") }
				switch {
				case english(a) == english(b):
					return 0
				case english(b):
					return -1
				}
				return 1
			})
			for n, row := range sheet.rows {
				moved := make([]any, len(order))
				for to, from := range order {
					if from < len(row) {
						moved[to] = row[from]
					}
				}
				sheet.rows[n] = moved
			}
		}
		return s
	},
	"columns by other names": func(s sheets) sheets {
		rename(s, map[string]string{
			"label": "Caption", "relevant": "Relevance", "constraint_message": "Constraining Message", "calculation": "calculate",
			"required_message": "requiredMsg", "list_name": "list name", "media::image": "IMAGE", "form_title": "set form title",
			"form_id": "id_string", "constraint": "bind::constraint", "required": "Required", "type": "COMMAND", "name": "VALUE",
			"appearance": "control::appearance",
		})
		return s
	},
	"languages in the old way": func(s sheets) sheets {
		for _, sheet := range s {
			for i, header := range sheet.rows[0] {
				sheet.rows[0][i] = strings.NewReplacer("::Русский (ru)", ":русский", "::English (en)", ":EN").Replace(header.(string))
			}
		}
		s[2].rows[1][3] = "RU"
		return s
	},
	"a language without its name": func(s sheets) sheets {
		for _, sheet := range s {
			for i, header := range sheet.rows[0] {
				sheet.rows[0][i] = strings.Replace(header.(string), "::Русский (ru)", "", 1)
			}
		}
		return s
	},
	"types by other names": func(s sheets) sheets {
		recell(s, func(header, cell string) any {
			if header != "type" {
				return cell
			}
			return map[string]string{
				"select_one kinds": "Select one from kinds", "begin_group": "begin group", "end_group": "END GROUP",
				"select_multiple things": "add select multiple prompt using things", "integer": "Integer", "date": "add date prompt",
				"calculate": "CALCULATE", "text": "string", "note": "add note prompt",
			}[cell]
		})
		return s
	},
	"white space": func(s sheets) sheets {
		for n := range s {
			for _, row := range s[n].rows {
				for i, cell := range row {
					if cell != "" {
						row[i] = "\u00a0 " + cell.(string) + " \n"
					}
				}
			}
			s[n].rows = slices.Insert(s[n].rows, 2, []any{"", " "})
			s[n].rows = slices.Insert(s[n].rows, 0, []any{})
		}
		return s
	},
	"quotes of a word processor": func(s sheets) sheets {
		recell(s, func(header, cell string) any {
			if header == "relevant" || header == "constraint" {
				open := true
				return strings.Map(func(r rune) rune {
					if r == '\'' {
						if open = !open; open {
							return '’'
						}
						return '‘'
					}
					if r == ' ' {
						return '\u00a0'
					}
					return r
				}, cell)
			}
			return cell
		})
		return s
	},
	"cells of other types": func(s sheets) sheets {
		recell(s, func(header, cell string) any {
			switch {
			case header == "required" && cell == "yes":
				return true
			case header == "default" && cell == "20":
				return 20
			case header == "default" && cell == "2026-05-01":
				return time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
			}
			return cell
		})
		s[1].rows[5][1] = 1
		s[2].rows[1][2] = 2.0
		return s
	},
	"sheets in another order and case": func(s sheets) sheets {
		s[0].name, s[1].name, s[2].name = "SURVEY", "Choices", "Settings"
		return sheets{s[2], s[0], s[1]}
	},
	"no instead of nothing": func(s sheets) sheets {
		recell(s, func(header, cell string) any {
			if header == "required" && cell == "" {
				return "FALSE"
			}
			return cell
		})
		return s
	},
}

func TestCellsSayWhatExcelShows(t *testing.T) {
	rows := [][]any{{"type", "name", "label"}}
	values := []any{true, false, 1, 0.25, 1e6, time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC), "01", "1.0"}
	for i, v := range values {
		rows = append(rows, []any{"note", "n" + string(rune('a'+i)), v})
	}
	s := importedOnly(t, workbook(t, sheets{{"survey", rows}}))
	for i, want := range []string{"TRUE", "FALSE", "1", "0.25", "1000000", "2026-12-31", "01", "1.0"} {
		if got := s.Questions()[i].Text["ru"]; got != want {
			t.Errorf("%v is read as %q, want %q", values[i], got, want)
		}
	}
}

func TestFormsOfTheSameContentGiveTheSameSurvey(t *testing.T) {
	plain := importedOnly(t, workbook(t, plainForm()))
	if len(plain.Questions()) != 7 || plain.Languages[0] != "ru" || len(plain.Pages) != 3 || plain.Question("age").Min != 18 {
		t.Fatalf("the form itself is read as\n%s", describe(plain))
	}
	for name, disguise := range disguises {
		t.Run(name, func(t *testing.T) {
			s := disguise(plainForm())
			sameSurvey(t, importedOnly(t, workbook(t, s)), plain)
		})
	}
	t.Run("styled cells", func(t *testing.T) {
		sameSurvey(t, importedOnly(t, styled(t)), plain)
	})
}

// importedOnly imports a form that has warnings, as every form with codes of its own has.
func importedOnly(t testing.TB, form []byte) *surveys.Survey {
	t.Helper()
	return load(t, "same.xlsx", mustImport(t, "same.xlsx", form))
}

// styled is the form with colours, rich text, merged cells, a hidden column, a filter and frozen rows.
func styled(t *testing.T) []byte {
	f := excelize.NewFile()
	defer f.Close()
	style, err := f.NewStyle(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFEE00"}}, Font: &excelize.Font{Bold: true}})
	if err != nil {
		t.Fatal(err)
	}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, sheet := range plainForm() {
		_, err := f.NewSheet(sheet.name)
		check(err)
		for n, row := range sheet.rows {
			for c, value := range row {
				cell, err := excelize.CoordinatesToCellName(c+1, n+1)
				check(err)
				check(f.SetCellStyle(sheet.name, cell, cell, style))
				if words := value.(string); len(words) > 8 && n > 0 {
					check(f.SetCellRichText(sheet.name, cell, []excelize.RichTextRun{{Text: words[:4], Font: &excelize.Font{Italic: true}}, {Text: words[4:]}}))
				} else if words != "" {
					check(f.SetCellStr(sheet.name, cell, words))
				}
			}
		}
		check(f.SetColVisible(sheet.name, "B", false))
		check(f.SetPanes(sheet.name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	}
	check(f.MergeCell("survey", "Y20", "Z25"))
	check(f.DeleteSheet("Sheet1"))
	return written(t, f)
}
