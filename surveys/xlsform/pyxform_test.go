package xlsform_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"otklik/surveys/xlsform"
)

// pyxformForms is the folder of pyxform's example forms; it does not belong to the repository.
const pyxformForms = "../../../shared/xlsforms/pyxform"

const (
	noPlace   = "no question about places: the terminal stands in one; a choice of places can be a select_one"
	noMedia   = "a question answered by a tap or by typing; the terminal records no pictures, sound or files"
	noRepeat  = "the questions written out as often as they are needed, each group with its relevant"
	noSound   = "the words in label; the terminal plays no sound and no film"
	noFile    = "the list on the sheet choices (up to 500 entries with the appearance minimal)"
	noForm    = "the questions of the other form written into this one"
	noChinese = "::中文 (zh), or no columns in this language at all"
)

// specForm is what is wrong with pyxform's form that has everything, in its three versions; the numbers of rows differ.
func specForm(rows, more, repeat, missing, phone, launch string, beyond ...string) []string {
	problems := []string{
		"survey!R2 (label::chinese): label has no text in 中文 (zh), nor in the rows " + rows + " and " + more + " more; way out: a text in the column label" + noChinese,
		"survey!Q" + missing + " (hint::chinese): hint has no text in 中文 (zh); way out: a text in the column hint" + noChinese,
		"survey!F" + next(missing) + " (hint): hint has no text in English (en); way out: a text in the column hint::English (en), or no columns in this language at all",
		"survey!T9 (audio): «audio» cannot be carried; way out: " + noSound,
		"survey!U9 (image::english): the question «text_image_audio_video_test» has another picture in another language; way out: one picture, or words instead of it",
		"survey!V9 (media::audio::chinese): «media::audio::chinese» cannot be carried; way out: " + noSound,
		"survey!W9 (media::video): «media::video» cannot be carried; way out: " + noSound,
		"survey row 10: the question «display_image_test» has no label; way out: what the visitor is asked, in the column label",
	}
	if repeat != "" {
		problems = append(problems, "survey!A15 (type): the type «begin repeat» cannot be carried; way out: "+noRepeat)
	}
	problems = append(problems,
		"survey!J17 (requiredMsg): required_message has no text in 中文 (zh); way out: a text in the column required_message"+noChinese,
		"survey!A24 (type): the table «name» has no label; way out: what the rows are asked about, in the column label of the group",
		"survey!A34 (type): the type «geopoint» cannot be carried; way out: "+noPlace,
		"survey!A35 (type): the type «barcode» cannot be carried; way out: a text or integer to type what the code says",
		"survey!A36 (type): the type «image» cannot be carried; way out: "+noMedia+"; a signature is an image with the appearance signature",
		"survey!A37 (type): the type «audio» cannot be carried; way out: "+noMedia,
		"survey!A38 (type): the type «video» cannot be carried; way out: "+noMedia,
		"survey!A44 (type): «end» is named by the form, and its value is not known while the form is filled in; way out: no ${end}; the end of each response is recorded anyway",
	)
	problems = append(problems, beyond...)
	return append(problems,
		"survey!A"+phone+" (type): «phonenumber» is named by the form, and its value is not known while the form is filled in; way out: no ${phonenumber}; a terminal has no telephone number",
		"survey!L"+launch+" (appearance): the appearance «ex:org.thirdparty.app.activityname» cannot be carried; way out: a question that the terminal asks itself; it starts no other program",
		"choices row 4: the choice «a» has no label; way out: the words that the visitor taps, in the column label",
		"choices row 5: the choice «b» has no label; way out: the words that the visitor taps, in the column label")
}

func next(digit string) string { return string(digit[0] + 1) }

const simserial = "survey!A52 (type): «simserial» is named by the form, and its value is not known while the form is filled in; way out: no ${simserial}; a terminal has no SIM card"

// pyxformTable says of each form: so many questions, or exactly these errors.
var pyxformTable = []struct {
	file      string
	questions string // their codes and kinds
	problems  []string
}{
	{"attribute_columns_test.xlsx", "", specForm("4, 5, 7, 11, 12, 13, 14, 15, 17, 18, 20, 22", "19", "15", "5", "54", "59", simserial)},
	{"bad_calc.xlsx", "", []string{"survey!D2 (calculation): because is no function or operator of the language; way out: 'because' if it is a text"}},
	{"case_insensitivity.xlsx", "", []string{
		"SURVEY!A3 (TYPE): the type «select_one_external c1» cannot be carried; way out: " + noFile,
		"SURVEY!A4 (TYPE): the type «osm c1» cannot be carried; way out: " + noPlace,
		"EXTERNAL_CHOICES: the sheet «EXTERNAL_CHOICES» cannot be carried; way out: " + noFile,
		"ENTITIES: the sheet «ENTITIES» cannot be carried; way out: no entities; responses are the only thing that is stored",
		"OSM: the sheet «OSM» cannot be carried; way out: " + noPlace,
	}},
	{"choice_filter_test.xlsx", "state single-choice, county single-choice, city single-choice", nil},
	{"extra_columns.xlsx", "a short-text", nil},
	{"extra_sheet_names.xlsx", "test short-text", nil},
	{"field-list.xlsx", "", []string{
		"survey!C3 (label::english): label has no text in 中文 (zh); way out: a text in the column label" + noChinese,
		"survey!D3 (hint): hint has no text in 中文 (zh); way out: a text in the column hint" + noChinese,
	}},
	{"flat_xlsform_test.xlsx", "", specForm("3, 6, 7, 11, 12, 13, 14, 17, 18, 20, 22, 25", "18", "", "7", "54", "59", simserial)},
	{"group.xlsx", "family_name short-text, phone_number phone, age number", nil},
	{"include.xlsx", "", []string{"survey!A3 (type): the type «include» cannot be carried; way out: " + noForm}},
	{"include_json.xlsx", "", []string{"survey!A2 (type): the type «include» cannot be carried; way out: " + noForm}},
	{"loop.xlsx", "", []string{"survey!A3 (type): the type «begin loop over toilet_type» cannot be carried; way out: " + noRepeat +
		"; a table of several things is a group with the appearance table-list"}},
	{"or_other.xlsx", "", []string{
		"survey!D3 (choice_filter): choice_filter names «yes», which is no column of the sheet choices; way out: a column, or a text in quotes: 'yes'",
	}},
	{"pull_data.xlsx", "", []string{"survey!D2 (calculation): pulldata is no function or operator of the language; way out: " + noFile}},
	{"specify_other.xlsx", "sex single-choice, sex_other short-text", nil},
	{"survey_no_name.xlsx", "state short-text", nil},
	{"text_and_integer.xlsx", "your_name short-text, your_age number", nil},
	{"xlsform_spec_test.xlsx", "", specForm("4, 5, 7, 11, 12, 13, 14, 15, 17, 18, 20, 22", "18", "15", "5", "52", "57")},
	{"yes_or_no_question.xlsx", "good_day single-choice", nil},
}

func TestPyxformsFormsAreImportedOrExplained(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(pyxformForms, "*.xlsx"))
	if err != nil || len(files) == 0 {
		t.Skipf("%s has no forms: pyxform's examples are not part of the repository", pyxformForms)
	}
	if len(files) != len(pyxformTable) {
		t.Errorf("the folder has %d forms, the table %d", len(files), len(pyxformTable))
	}
	for _, want := range pyxformTable {
		t.Run(want.file, func(t *testing.T) {
			f, err := os.Open(filepath.Join(pyxformForms, want.file))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			source, _, err := xlsform.Import(want.file, f)
			var problems xlsform.Problems
			errors.As(err, &problems)
			var got []string
			for _, p := range problems {
				got = append(got, strings.TrimPrefix(p.Error(), want.file+": "))
			}
			if !slices.Equal(got, want.problems) {
				t.Errorf("problems:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want.problems, "\n"))
			}
			if err != nil {
				return
			}
			var questions []string
			for _, q := range load(t, want.file, source).Questions() {
				questions = append(questions, q.Code+" "+string(q.Kind))
			}
			if got := strings.Join(questions, ", "); got != want.questions {
				t.Errorf("questions %s, want %s", got, want.questions)
			}
		})
	}
}
