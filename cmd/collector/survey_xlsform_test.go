package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func TestSurveyGoesOutAsAnExcelFormAndComesBack(t *testing.T) {
	dir := t.TempDir()
	data, form, again := filepath.Join(dir, "data"), filepath.Join(dir, "form.xlsx"), filepath.Join(dir, "again.yaml")
	succeeds := func(args ...string) (stdout, stderr string) {
		t.Helper()
		stdout, stderr, status := run(t, "", args...)
		if status != 0 {
			t.Fatalf("collector %s: status %d\n%s%s", strings.Join(args, " "), status, stdout, stderr)
		}
		return stdout, stderr
	}
	succeeds("survey", "publish", "--data", data, exitPoll)
	succeeds("survey", "show", "--data", data, "exit-poll", "--format", "xlsx", "-o", form)
	_, said := succeeds("survey", "import", form, "-o", again)
	if strings.Contains(said, "warning") || !strings.Contains(said, "survey exit-poll number 1") {
		t.Errorf("import said %s", said)
	}
	succeeds("survey", "check", again)
	want, err := os.ReadFile(exitPoll)
	if err != nil {
		t.Fatal(err)
	}
	if source, _ := succeeds("survey", "show", "--data", data, "exit-poll"); source != string(want) {
		t.Errorf("the survey is shown as\n%s", source)
	}
	for _, args := range [][]string{{"nobody"}, {"exit-poll", "--number", "7"}} {
		if _, said, status := run(t, "", append([]string{"survey", "show", "--data", data}, args...)...); status == 0 || !strings.Contains(said, args[0]) {
			t.Errorf("show %v: status %d, %s", args, status, said)
		}
	}
}

func TestFormThatCannotBeCarriedWritesNoSurvey(t *testing.T) {
	form, output := filepath.Join(t.TempDir(), "form.xlsx"), filepath.Join(t.TempDir(), "form.yaml")
	f := excelize.NewFile()
	defer f.Close()
	for cell, text := range map[string]string{"A1": "type", "B1": "name", "C1": "label::ru", "A2": "geopoint", "B2": "where", "C2": "Где вы?"} {
		if err := f.SetCellStr("Sheet1", cell, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SaveAs(form); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, status := run(t, "", "survey", "import", form, "-o", output)
	if status != 1 || !strings.Contains(stdout, "Sheet1!A2 (type): the type «geopoint» cannot be carried") || !strings.Contains(stderr, "cannot be imported") {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
	if _, err := os.Stat(output); !os.IsNotExist(err) {
		t.Errorf("there is a survey all the same: %v", err)
	}
}
