package lint_test

import (
	"io/fs"
	"testing"

	"otklik/assets"
	"otklik/surveys/lint"
)

func TestShippedSurveysPassWithoutAWarning(t *testing.T) {
	names, err := fs.Glob(assets.Surveys(), "*.yaml")
	if err != nil || len(names) < 8 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		source, err := fs.ReadFile(assets.Surveys(), name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := lint.Check(name, source, lint.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Findings {
			t.Error(f)
		}
		f := r.Figures
		t.Logf("%s: %d to %d screens, %d to %d s, about %d s", name, f.Screens.Shortest, f.Screens.Longest, f.Seconds.Shortest, f.Seconds.Longest, f.Typical)
	}
}
