package lint_test

import (
	"io/fs"
	"os"
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
