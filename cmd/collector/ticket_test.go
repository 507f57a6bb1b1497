package main_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otklik/surveys"
)

func TestTicketsAreIssuedToAFileAndListed(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	for _, args := range [][]string{
		{"survey", "publish", "--data", data, "../../sync/collector/collectortest/law.yaml", exitPoll},
		{"ticket", "issue", "--data", data, "--survey", "law", "--count", "3", "--series", "Отдел приёма", "-o", data + "/t.csv"},
	} {
		if _, problems, status := run(t, "", args...); status != 0 {
			t.Fatalf("%v: %s", args, problems)
		}
	}
	file, err := os.ReadFile(filepath.Join(data, "t.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(file))).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	list, _, _ := run(t, "", "ticket", "list", "--data", data, "--survey", "law")
	for _, row := range rows[1:] {
		if plain, err := surveys.CheckTicket(row[3]); err != nil || plain != row[2] || row[1] != "Отдел приёма" {
			t.Errorf("row %q: %v", row, err)
		}
		if !strings.Contains(list, row[2]) {
			t.Errorf("ticket %s is not in the list:\n%s", row[2], list)
		}
	}
	if n := strings.Count(list, "not used"); n != 3 {
		t.Errorf("%d tickets are not used:\n%s", n, list)
	}
	for want, args := range map[string][]string{
		"not taken by ticket":     {"--survey", "exit-poll", "--count", "3", "--series", "x"},
		"1 to 500":                {"--survey", "law", "--count", "501", "--series", "x"},
		"collector survey list":   {"--survey", "nowhere", "--count", "1", "--series", "x"},
		"the series is \"\", it ": {"--survey", "law", "--count", "1", "--series", ""},
	} {
		_, problems, status := run(t, "", append([]string{"ticket", "issue", "--data", data}, args...)...)
		if status == 0 || !strings.Contains(problems, want) {
			t.Errorf("%v: status %d, %s", args, status, problems)
		}
	}
}
