package shots_test

import (
	"strings"
	"testing"

	"otklik/kiosk/shots"
	"otklik/kiosk/theme"
	"otklik/surveys"
)

const crowded = `id: crowded
number: 1
kind: poll
languages: [ru, en]
title: {ru: Опрос, en: A poll}
pages:
  - questions:
      - code: fits
        kind: yes-no
        text: {ru: Вам понравилось?, en: Did you like it?}
      - code: long
        kind: long-text
        text:
          ru: Короткий вопрос
          en: >-
            TEXT
`

func TestMisfitsNameQuestionLanguageAndDisplay(t *testing.T) {
	source := strings.Replace(crowded, "TEXT", strings.TrimSpace(strings.Repeat("interdepartmental correspondence ",
		14)), 1)
	s, err := surveys.Load("crowded.yaml", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	small := theme.Display{Width: 800, Height: 480, Inches: 7}
	found, err := shots.Misfits(s, []theme.Display{small, {Width: 1080, Height: 1920, Inches: 32}})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatal("a paragraph fits a display of 7 inches")
	}
	for _, m := range found {
		if m.Question != "long" || m.Language != "en" || m.Display != small {
			t.Errorf("%+v", m)
		}
	}
}

// A choice that has room in letters as usual is higher than the glass in larger ones.
func TestMisfitsAreFoundInLargeLettersToo(t *testing.T) {
	const wide = `id: wide
number: 1
kind: poll
languages: [ru]
title: {ru: Опрос}
pages:
  - questions:
      - code: which
        kind: single-choice
        text: {ru: Что это?}
        choices: [{code: a, text: {ru: Достопримечательностямидостопримечательностями Достопримечательностямидостопримечательностями}}, {code: b, text: {ru: Другое}}]
`
	s, err := surveys.Load("wide.yaml", []byte(wide))
	if err != nil {
		t.Fatal(err)
	}
	found, err := shots.Misfits(s, []theme.Display{{Width: 480, Height: 800, Inches: 7}})
	if err != nil || len(found) == 0 || found[0].Letters == 0 || found[0].Question != "which" {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestParseDisplay(t *testing.T) {
	for written, want := range map[string]theme.Display{
		"1080x1920":      {Width: 1080, Height: 1920},
		"1280x800@10.1":  {Width: 1280, Height: 800, Inches: 10.1},
		"":               {},
		"1080":           {},
		"1080x1920@":     {},
		"1080x1920@32in": {},
		"1080x1920 ":     {Width: 1080, Height: 1920},
		"10x1920":        {},
		"1080x1920@1":    {},
		"1080x1920@nan":  {},
		"99999x1920":     {},
	} {
		d, err := shots.ParseDisplay(written)
		if d != want || (err != nil) != (want == theme.Display{}) {
			t.Errorf("%q is %+v, %v", written, d, err)
		}
	}
}
