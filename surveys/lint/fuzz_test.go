package lint_test

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"otklik/assets"
	"otklik/surveys/lint"
)

// FuzzCheck: whatever loads is checked without a panic and in bounded time, and a finding stands in the file.
func FuzzCheck(f *testing.F) {
	for _, c := range cases {
		f.Add([]byte(c.trips))
		f.Add([]byte(c.not))
	}
	names, err := fs.Glob(assets.Surveys(), "*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		source, err := fs.ReadFile(assets.Surveys(), name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(source)
	}
	everything, err := os.ReadFile("../xlsform/testdata/everything.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(everything)
	f.Fuzz(func(t *testing.T, source []byte) {
		done := make(chan struct{})
		go func() {
			defer close(done)
			r, err := lint.Check("fuzz.yaml", source, lint.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			for _, found := range r.Findings {
				if found.Line < 1 || found.Column < 1 || found.Message == "" || found.Rule == "" {
					t.Errorf("%+v", found)
				}
			}
		}()
		select {
		case <-done:
		case <-time.After(time.Minute): // far more than the slowest survey takes on the slowest machine
			t.Fatal("the check does not end")
		}
	})
}

// The largest survey, all of whose conditions name all questions before, is checked in bounded time: what takes too many
// combinations is left undecided.
func TestTheLargestSurveyIsCheckedInBoundedTime(t *testing.T) {
	var questions []string
	condition := "true()"
	for i := range 200 {
		questions = append(questions, fmt.Sprintf("code: q%d, kind: stars, text: {ru: Как вам зал?}, relevance: %q", i, condition))
		if i%20 == 0 {
			condition = fmt.Sprintf("${q%d} = 6", i)
		} else if i%20 < 8 {
			condition += fmt.Sprintf(" or ${q%d} + ${q%d} > 11", i, i-1)
		}
	}
	began := time.Now()
	r := check(t, pages(strings.Join(questions, "\n")), lint.Options{})
	t.Logf("%d findings in %v", len(r.Findings), time.Since(began))
	if len(r.Findings) == 0 || r.Figures.Screens.Longest == 0 {
		t.Errorf("%+v", r)
	}
}
