package xlsform_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"otklik/surveys/xlsform"
)

const (
	yesNo = "list_name|name|label\nyn|yes|Да\nyn|no|Нет"
	ru    = "form_title|form_id|version|default_language\nОпрос|poll|3|Русский (ru)"
)

// imports are forms and the lines of YAML that must come of them, in their order, with the warnings.
var imports = []struct {
	name, survey, choices, settings string
	lines                           []string // separated by any others
	warnings                        []string
}{
	{
		"settings", "type|name|label\nnote|n|Раз", "", ru,
		[]string{"id: poll", "number: 3", "kind: poll", "languages: [ru]", "ru: Опрос", "- code: 'n'", "kind: information", "ru: Раз"},
		nil,
	},
	{
		"renamed questions, in expressions and texts", "type|name|label|relevant|constraint\ntext|Имя|Как вас зовут?||\ninteger|Q-1|Сколько?|${Имя} != ''|. >= 1 and . < 10\nnote|n|${Имя}, ${ Q-1 }|${Q-1} > 3|",
		"", ru,
		[]string{"- code: imya", "- code: q_1", "relevance: ${imya} != ''", "min: 1", "max: 9", "constraint: '. >= 1 and . < 10'", "ru: ${imya}, ${q_1}", "relevance: ${q_1} > 3"},
		[]string{"survey!B2 (name): the question «Имя» has the code imya", "survey!B3 (name): the question «Q-1» has the code q_1"},
	},
	{
		"choices that are numbers, compared with numbers and texts",
		"type|name|label|relevant\nselect_one l|q|Раз|\nnote|a|А|${q} = 1\nnote|b|Б|selected( ${q} , “2”) or '1' != ${q}\nselect_multiple l|m|М|\nnote|c|В|selected-at(${m}, 0) = '2'",
		"list_name|name|label\nl|1|Один\nl|2|Два", ru,
		[]string{"- code: c1", "- code: c2", "relevance: ${q} = 'c1'", "relevance: selected( ${q} , 'c2') or 'c1' != ${q}", "kind: multiple-choice", "relevance: selected-at(${m}, 0) = 'c2'"},
		[]string{"choices!B2 (name): the choice «1» has the code c1", "choices!B3 (name): the choice «2» has the code c2"},
	},
	{
		"a number in a choice_filter", "type|name|label|choice_filter\nrange|age|Возраст|\nselect_one l|q|Раз|${age} >= since and city = 'k'",
		"list_name|name|label|since|city\nl|a|А|3|k\nl|b|Б|5|k\nl|c|В|5|m", ru,
		[]string{"kind: slider", "min: 1", "max: 10", "when: ${age} >= 3 and 'k' = 'k'", "when: ${age} >= 5 and 'k' = 'k'", "when: ${age} >= 5 and 'm' = 'k'"},
		nil,
	},
	{
		"a choice_filter without questions chooses now", "type|name|label|choice_filter\nselect_one l|q|Раз|pastel = 'yes'\nselect_one l|r|Два|",
		"list_name|name|label|pastel\nl|a|А|yes\nl|b|Б|no\nl|c|В|yes", ru,
		[]string{"- code: q", "- code: a", "- code: c", "- code: r", "- code: a", "- code: b", "- code: c"},
		nil,
	},
	{
		"or_other in two languages", "type|name|label::ru|label::tt\nselect_multiple l or_other|q|Раз|Бер", "list_name|name|label::ru|label::tt\nl|a|А|А\nl|b|Б|Б",
		"form_title|otklik::title::tt|form_id|default_language|version\nО|С|o|ru|1",
		[]string{"- code: other", "ru: Другое", "tt: Башка", "- code: q_other", "kind: short-text", "relevance: selected(${q}, 'other')"},
		nil,
	},
	{
		"a group in a group has both relevances",
		"type|name|label|relevant|appearance\nselect_one yn|a|А||\nbegin group|g||${a} = 'yes'|field-list\ntext|b|Б||\nselect_one yn|c|В||\nbegin_group|h||${c} = 'no'|\ntext|d|Г||multiline\nend_group||||\nnote|e|Д||\nend group||||",
		yesNo, ru,
		[]string{
			"- questions:", "- code: a", "- relevance: ${a} = 'yes'", "together: true", "- code: b", "- code: c", "- relevance: (${a} = 'yes') and (${c} = 'no')", "- code: d",
			"kind: long-text", "- relevance: ${a} = 'yes'", "- code: e",
		},
		[]string{"survey!E3 (appearance): the questions of the group are asked one by one: e is of the kind information, which needs a screen of its own"},
	},
	{
		"a table of select_one questions is a matrix",
		"type|name|label|appearance|required|relevant\nbegin group|table|Оцените|table-list||\nselect_one yn|hall|Зал||yes|\nselect_one yn|queue|Очередь||TRUE|\nend group|||||\nnote|n|Вот|||${hall} = 'no'",
		yesNo, ru,
		[]string{"- code: table", "kind: matrix", "required: true", "rows:", "- code: hall", "- code: queue", "choices:", "relevance: ${table-hall} = 'no'"},
		nil,
	},
	{
		"a table in the old way is one, too",
		"type|name|label|appearance\nbegin group|table||field-list\nselect_one yn|head|Оцените|label\nselect_one yn|hall|Зал|list-nolabel\nend group|||",
		yesNo, ru,
		[]string{"- code: table", "kind: matrix", "ru: Оцените", "rows:", "- code: hall"},
		nil,
	},
	{
		"a table that is none", "type|name|label|appearance\nbegin group|t||table-list\nselect_one yn|a|А|\ntext|b|Б|\nend group|||", yesNo, ru,
		[]string{"- together: true", "- code: a", "- code: b"},
		[]string{"survey!A2 (type): the table cannot be shown as one: row 4 is no select_one; way out: select_one rows of one list, which are always asked together"},
	},
	{
		"recorded values", "type|name|label|calculation\nstart|start||\ntoday|today||\ndeviceid|deviceid||\naudit|audit||\nnote|n|Сегодня ${today}, ${deviceid}|\ncalculate|c||concat('a', ${today})", "", ru,
		[]string{"- code: today", "kind: calculated", "calculation: today()", "- code: deviceid", "kind: hidden", "source: terminal", "- code: c", "ru: c", "calculation: concat('a', ${today})"},
		[]string{
			"survey!A2 (type): the type start asks nothing: the start of each response is recorded anyway",
			"survey!A5 (type): the type audit asks nothing: how long each question took is recorded anyway; places and the names of users are not",
		},
	},
	{
		"hidden values", "type|name|label|default|calculation|otklik::source\nhidden|window||||\nhidden|desk||A1||window\nhidden|wave||second||\nhidden|sum|||1 + 1|", "", ru,
		[]string{"- code: window", "source: window", "- code: desk", "source: window", "default: A1", "- code: wave", "kind: calculated", "calculation: '''second'''", "- code: sum", "calculation: '1 + 1'"},
		nil,
	},
	{
		"acknowledge", "type|name|label|required|required_message|relevant\nacknowledge|a|Прочли?|yes|Прочтите|\nnote|n|Вот|||${a} = 'OK'", "", ru,
		[]string{"kind: yes-no", "required: true", "required_message:", "constraint: '. = ''yes'''", "constraint_message:", "ru: Прочтите", "relevance: ${a} = 'yes'"},
		[]string{"survey!A2 (type): an acknowledgement is asked as yes or no"},
	},
	{
		"defaults, ranges and random orders",
		"type|name|label|default|parameters|appearance\nselect_multiple l|m|М|B a|randomize=true, seed=42|\nrange|r|Р|2.5|start=0;end=5 step=0.5|\nrange|s|С||start=1 end=5|rating\ndate|d|Д|2026-05-01||\nselect_one l|o|О|B|randomize=false|minimal",
		"list_name|name|label\nl|a|А\nl|B|Б", ru,
		[]string{"default: [b, a]", "order: random", "kind: slider", "min: 0", "max: 5", "step: 0.5", "default: 2.5", "kind: stars", "default: '2026-05-01'", "kind: dropdown", "default: b"},
		[]string{
			"survey!E2 (parameters): the seed of the form is left out: each visit has one of its own, which is recorded",
			"choices!B3 (name): the choice «B» has the code b",
		},
	},
	{
		"columns and appearances that are left out", "type|name|label|appearance|guidance_hint|Заметки\ntext|t|Т|w4||да\nselect_one yn|s|С|likert quick|ask|", yesNo + "\nold|x|Икс", ru,
		[]string{"kind: short-text", "kind: single-choice"},
		[]string{
			"survey!E1: the column «guidance_hint» is left out: only interviewers would see it, and a terminal has none",
			"survey!F1: the column «Заметки» is unknown and left out; way out: a column of XLSForm, or one that choice_filter names",
			"survey!D2 (appearance): the appearance «w4» is left out: the terminal lays out its screens itself",
			"choices!B4 (name): the list «old» is used by no question",
		},
	},
	{
		"what stands in rows that cannot have it",
		"type|name|label|hint|relevant|required|otklik::min|appearance|otklik::pick\nstart|s||а|||||\nbegin group|g||||yes|||\ntext|t|Т||||3||2\nend group|g|||1 = 1||||\n" +
			"begin group|m|М||||1|table-list|\nselect_one yn|a|А|нет|||||\nend group||||||||",
		yesNo, ru,
		[]string{"- code: t", "- code: m", "kind: matrix"},
		[]string{
			"survey!A2 (type): the type start asks nothing: the start of each response is recorded anyway",
			"survey!D2 (hint): hint is left out: it has no meaning for the type start",
			"survey!F3 (required): required is left out: a group has none",
			"survey!G4 (otklik::min): otklik::min is left out: it has no meaning for a question of the kind short-text",
			"survey!I4 (otklik::pick): otklik::pick is left out: it has no meaning for a question of the kind short-text",
			"survey!E5 (relevant): relevant is left out: the end of a group has none",
			"survey!G6 (otklik::min): otklik::min is left out: a table has none",
			"survey!D7 (hint): hint is left out: the rows of a table have none",
		},
	},
	{
		"numbers", "type|name|label|constraint\ninteger|a|А|\ndecimal|b|Б|. < 0\npercentage|c|В|\ninteger|d|Г|. > -5 or . = -9", "", ru,
		[]string{"- code: b", "min: -999999999", "max: 0", "decimals: 6", "- code: c", "min: 0", "max: 100", "- code: d"},
		[]string{"survey: a number goes from 0 upwards, unless its constraint lets it be negative: a, d; way out: a constraint such as . >= -50, if it can be negative"},
	},
	{
		"disabled rows and blank lines", "type|name|label|disabled\n|||\ntext|a|А|no\ntext|b|Б|yes", "", ru,
		[]string{"- code: a"},
		[]string{"survey!D4 (disabled): the row is disabled and left out"},
	},
}

func TestFormsBecomeSurveys(t *testing.T) {
	for _, tt := range imports {
		t.Run(tt.name, func(t *testing.T) {
			source, warnings, err := xlsform.Import("form.xlsx", bytes.NewReader(form(t, tt.survey, tt.choices, tt.settings)))
			if err != nil {
				t.Fatal(err)
			}
			rest := strings.Split(string(source), "\n")
			for _, line := range tt.lines {
				i := slices.IndexFunc(rest, func(l string) bool { return strings.TrimSpace(l) == line })
				if i < 0 {
					t.Fatalf("no line %q, or not in this order, in\n%s", line, source)
				}
				rest = rest[i+1:]
			}
			sameProblems(t, warnings, tt.warnings)
		})
	}
}

func sameProblems(t *testing.T, problems []xlsform.Problem, want []string) {
	t.Helper()
	var got []string
	for _, p := range problems {
		got = append(got, strings.TrimPrefix(p.Error(), "form.xlsx: "))
	}
	if !slices.Equal(got, want) {
		t.Errorf("problems\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// refusals are forms that cannot be imported, and the exact errors.
var refusals = []struct {
	name, survey, choices, settings string
	want                            []string
}{
	{"no type column", "name|label\na|А", "", "", []string{"survey row 1: the sheet survey has no column type; way out: the columns type, name and label"}},
	{"unknown type", "type|name|label\ntxt|a|А", "", ru, []string{"survey!A2 (type): there is no type «txt»; way out: a type of XLSForm such as text, integer, select_one LIST or begin_group"}},
	{"nothing asked", "type|name|label\nstart|s|", "", ru, []string{"survey: the form asks nothing; way out: a row with a type such as text or select_one"}},
	{"no list", "type|name|label\nselect_one l|a|А", yesNo, ru, []string{"survey!A2 (type): there is no list «l»; way out: a list_name of the sheet choices: yn"}},
	{"no name", "type|name|label\ntext||А", "", ru, []string{"survey!A2 (type): the row has no name; way out: a name of its own in the column name"}},
	{"name twice", "type|name|label\ntext|a|А\ntext|a|Б", "", ru, []string{"survey!B3 (name): the name «a» is taken by row 2; way out: a name of its own"}},
	{"group not ended", "type|name|label\nbegin group|g|\ntext|a|А", "", ru, []string{"survey!A2 (type): the group is begun and never ended; way out: end_group behind its last row"}},
	{"group not begun", "type|name|label\ntext|a|А\nend group||", "", ru, []string{"survey!A3 (type): this ends a group that was not begun, or another one is still open; way out: begin_group before it"}},
	{"a later question", "type|name|label|relevant\ntext|a|А|${b} = 'x'\ntext|b|Б|", "", ru, []string{"survey!D2 (relevant): the question b comes later, in survey!B3; way out: no name, since no question comes before"}},
	{"no question", "type|name|label\nnote|a|${b}", "", ru, []string{"survey!C2 (label): there is no question b; way out: no name, since no question comes before"}},
	{"required under a condition", "type|name|label|required\ntext|a|А|${b} = 1", "", ru, []string{
		"survey!D2 (required): required is the condition «${b} = 1»; way out: yes or no; two questions with relevant, one of them required, do the same",
	}},
	{"a computed default", "type|name|label|default\ndate|a|А|today()", "", ru, []string{"survey!D2 (default): the default «today()» is computed; way out: a value; what is computed is a calculate"}},
	{"a date and time with seconds", "type|name|label|default\ndateTime|a|А|2026-05-01T09:30:15", "", ru, []string{"survey!D2 (default): default is \"2026-05-01T09:30:15\"; way out: a date and time such as 2026-12-31T17:45"}},
	{"read only", "type|name|label|read_only\ntext|a|А|yes\ntext|b|Б|no", "", ru, []string{"survey!D2 (read_only): «read_only» cannot be carried; way out: a note that repeats the value as ${name}, or a calculate"}},
	{"one choice twice", "type|name|label\nselect_one l|a|А", "list_name|name|label\nl|x|Икс\nl|x|Икс", ru, []string{
		"choices!B3 (name): the list l has the choice «x» twice; way out: a name of its own; with a choice_filter, allow_choice_duplicates in settings joins choices of one name",
	}},
	{
		"one name with two labels", "type|name|label|choice_filter\ninteger|b|Б|\nselect_one l|a|А|${b} = f", "list_name|name|label|f\nl|x|Икс|1\nl|x|Другой|2\nl|y|Игрек|1",
		"form_title|form_id|default_language|allow_choice_duplicates\nО|o|ru|yes",
		[]string{
			"choices!B3 (name): two choices of the list l have the name «x» and different labels; way out: a name of its own for each",
		},
	},
	{"a choice without a label", "type|name|label\nselect_one l|a|А", "list_name|name|label|image\nl|x|Икс|\nl|y||y.png", ru, []string{
		"choices row 3: the choice «y» has no label; way out: the words that the visitor taps, in the column label",
	}},
	{"two pictures of one choice", "type|name|label\nselect_one l|a|А", "list_name|name|label|image|image::tt\nl|x|Икс|a.png|b.png\nl|y|Игрек|c.png|c.png", ru, []string{
		"choices!E2 (image::tt): the choice «x» has another picture in another language; way out: one picture, or words instead of it",
	}},
	{"a missing translation", "type|name|label::ru|label::tt\ntext|a|А|\ntext|b|Б|Б", "", "form_title|form_id|default_language|otklik::title::tt\nО|o|ru|С", []string{
		"survey!D2 (label::tt): label has no text in Татарча (tt); way out: a text in the column label::Татарча (tt), or no columns in this language at all",
	}},
	{"an unknown language", "type|name|label::Klingonese\ntext|a|А", "", "form_title|form_id\nО|o", []string{
		"survey!C1: the language «Klingonese» is not known; way out: its code behind the name, such as label::Klingonese (xx)",
	}},
	{"two columns for one text", "type|name|label|label::ru\ntext|a|А|А", "", ru, []string{
		"survey!D1: the columns «label» and «label::ru» mean the same; way out: one of them; default_language in settings says what a column without a language is in",
	}},
	{"a choice that no question has", "type|name|label|relevant\nselect_one yn|a|А|\nnote|n|Вот|${a} = 'maybe'", yesNo, ru, []string{
		"survey!D3 (relevant): ${a} has no choice 'maybe'; way out: one of yes, no",
	}},
	{"a wrong kind", "type|name|label|otklik::kind\ntext|a|А|smiley", "", ru, []string{
		"survey!D2 (otklik::kind): the type text cannot be asked as «smiley»; way out: one of short-text, long-text, phone, email",
	}},
	{"a scale of another size", "type|name|label|otklik::kind|parameters\nrange|a|А|smiley|start=1 end=5", "", ru, []string{
		"survey!E2 (parameters): a question of the kind smiley goes from 1 to 4 in steps of 1; way out: start=1 end=4 step=1",
	}},
	{"no bounds that fit", "type|name|label|parameters\nrange|a|А|start=5 end=1", "", ru, []string{
		"survey!D2 (parameters): the slider goes from 5 to 1; way out: a max above its min",
	}},
	{"a failed formula", "type|name|label\ntext|a|#REF!", "", ru, []string{"survey!C2: the formula of this cell has failed: #REF!; way out: a text or a formula with a result"}},
}

func TestWhatCannotBeCarriedIsAnErrorWithItsCellAndAWayOut(t *testing.T) {
	for _, tt := range refusals {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := xlsform.Import("form.xlsx", bytes.NewReader(form(t, tt.survey, tt.choices, tt.settings)))
			var problems xlsform.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("the error is %v", err)
			}
			sameProblems(t, problems, tt.want)
		})
	}
}
