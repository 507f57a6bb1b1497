package surveys_test

import (
	"errors"
	"testing"

	"otklik/surveys"
)

const placed = `id: placed
number: 1
kind: poll
languages: [ru, tt]
title: {ru: А, tt: Ә}
pages:
  - relevance: true()
    questions:
      - code: q
        kind: matrix
        text:
          ru: Вопрос
          tt: Сорау
        scale: stars
        rows:
          - code: a
            text: {ru: Первая, tt: Беренче}
          - {code: b, text: {ru: Вторая, tt: "Икенче"}}
`

func TestPlacesAreThoseOfTheValues(t *testing.T) {
	s, places, err := surveys.LoadPlaces("placed.yaml", []byte(placed))
	if err != nil || s.Question("q") == nil {
		t.Fatal(err)
	}
	for path, want := range map[string][2]int{
		"/kind":                               {3, 7},
		"/languages/1":                        {4, 17},
		"/title/tt":                           {5, 20},
		"/pages/0":                            {7, 5},
		"/pages/0/relevance":                  {7, 16},
		"/pages/0/questions/0/code":           {9, 15},
		"/pages/0/questions/0/text":           {12, 11},
		"/pages/0/questions/0/text/tt":        {13, 15},
		"/pages/0/questions/0/rows/1/text/tt": {18, 46},
		"/pages/0/questions/0/rows/1/text/en": {18, 29}, // left out: what would hold it
		"/pages/0/questions/0/relevance":      {9, 9},
		"/invitation/ru":                      {1, 1},
		"":                                    {1, 1},
	} {
		if line, column := places.At(path); line != want[0] || column != want[1] {
			t.Errorf("%s stands at %d:%d, want %v", path, line, column, want)
		}
	}
	var problems surveys.Problems
	if _, _, err := surveys.LoadPlaces("broken.yaml", []byte("id: 1")); !errors.As(err, &problems) {
		t.Errorf("a broken survey: %v", err)
	}
}
