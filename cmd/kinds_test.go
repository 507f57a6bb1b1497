package cmd_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"

	"otklik/kiosk/screen"
	"otklik/kiosk/shots"
	"otklik/surveys"
	"otklik/surveys/xlsform"
	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/export"
)

// unseen are the kinds that have no screen, and why.
var unseen = map[surveys.QuestionKind]string{
	surveys.Calculated: "follows from other answers",
	surveys.Hidden:     "known to the terminal",
}

// Every kind of question has a place in every room: a screen and a picture of it answered, a column in exports, and a
// type in Excel forms that leads back to it.
func TestEveryKindOfQuestionIsKnownEverywhere(t *testing.T) {
	source, err := os.ReadFile("../kiosk/shots/testdata/every-kind.yaml")
	if err != nil {
		t.Fatal(err)
	}
	seen, err := surveys.Load("every-kind.yaml", source)
	if err != nil {
		t.Fatal(err)
	}
	if err := screen.Shows(seen); err != nil {
		t.Error(err)
	}
	stored := collectortest.NewStore(t)
	all := collectortest.Publish(t, stored, collectortest.All1)
	var table bytes.Buffer
	if _, err := export.CSV(t.Context(), stored, all.ID, export.Options{}, &table); err != nil {
		t.Fatal(err)
	}
	columns, err := csv.NewReader(&table).Read()
	if err != nil {
		t.Fatal(err)
	}
	form, err := xlsform.Export(all)
	if err != nil {
		t.Fatal(err)
	}
	source, _, err = xlsform.Import("all.xlsx", bytes.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	again, err := surveys.Load("all.yaml", source)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range surveys.QuestionKinds {
		of := func(q *surveys.Question) bool { return q.Kind == kind }
		if why := unseen[kind]; (why == "") != kind.Traits().HasScreen {
			t.Errorf("%s: has a screen: %v; %s", kind, kind.Traits().HasScreen, why)
		}
		if i := slices.IndexFunc(seen.Questions(), of); (i >= 0) != kind.Traits().HasScreen {
			t.Errorf("%s: every-kind.yaml has one: %v", kind, i >= 0)
		} else if i >= 0 && kind.Traits().HasValue {
			q := seen.Questions()[i]
			if err := q.Check(shots.Sample(q, "ru")); err != nil {
				t.Errorf("the sample of %s: %v", kind, err)
			}
		}
		i := slices.IndexFunc(all.Questions(), of)
		if i < 0 {
			t.Errorf("the collector's survey of all kinds has no %s", kind)
			continue
		}
		code := all.Questions()[i].Code
		has := slices.ContainsFunc(columns, func(c string) bool { return c == code || strings.HasPrefix(c, code+"/") })
		if has != kind.Traits().HasValue {
			t.Errorf("%s: has a column: %v", kind, has)
		}
		if q := again.Question(code); q == nil || q.Kind != kind {
			t.Errorf("%s comes back from Excel as %+v", kind, q)
		}
	}
}
