package xlsform_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"otklik/surveys"
	"otklik/surveys/expr"
	"otklik/surveys/xlsform"
)

// describe lists everything that an author can say in a survey, one field a line. Version and Source are left out: they are
// about the text it was written as.
func describe(s *surveys.Survey) string {
	var b strings.Builder
	describeValue(&b, "", reflect.ValueOf(s))
	return b.String()
}

func describeValue(b *strings.Builder, path string, v reflect.Value) {
	switch value := v.Interface().(type) {
	case *expr.Program:
		if value != nil {
			fmt.Fprintf(b, "%s %s\n", path, value)
		}
		return
	case surveys.Value:
		if !value.IsZero() {
			fmt.Fprintf(b, "%s %+v\n", path, value)
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			describeValue(b, path, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			describeValue(b, fmt.Sprintf("%s[%d]", path, i), v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.IsExported() && f.Name != "Version" && f.Name != "Source" || f.Name == "Version" && path != "" {
				describeValue(b, path+"."+f.Name, v.Field(i))
			}
		}
	case reflect.Map:
		fmt.Fprintf(b, "%s %v\n", path, v.Interface()) // maps print in the order of their keys
	default:
		if !v.IsZero() {
			fmt.Fprintf(b, "%s %#v\n", path, v.Interface())
		}
	}
}

func load(t testing.TB, name string, source []byte) *surveys.Survey {
	t.Helper()
	s, err := surveys.Load(name, source)
	if err != nil {
		t.Fatalf("%v in\n%s", err, source)
	}
	return s
}

// imported imports a form that must have nothing wrong with it.
func imported(t testing.TB, name string, form []byte) *surveys.Survey {
	t.Helper()
	source, warnings, err := xlsform.Import(name, bytes.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range warnings {
		t.Errorf("warning: %v", w)
	}
	return load(t, name, source)
}

// mustImport returns the source of a form that may have warnings.
func mustImport(t testing.TB, name string, form []byte) []byte {
	t.Helper()
	source, _, err := xlsform.Import(name, bytes.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func exported(t testing.TB, s *surveys.Survey) []byte {
	t.Helper()
	form, err := xlsform.Export(s)
	if err != nil {
		t.Fatal(err)
	}
	return form
}

func sameSurvey(t testing.TB, got, want *surveys.Survey) {
	t.Helper()
	g, w := strings.Split(describe(got), "\n"), strings.Split(describe(want), "\n")
	for i := range max(len(g), len(w)) {
		switch {
		case i >= len(g):
			t.Fatalf("the survey ends before %q", w[i])
		case i >= len(w):
			t.Fatalf("the survey goes on with %q", g[i])
		case g[i] != w[i]:
			t.Fatalf("the survey has %q, want %q", g[i], w[i])
		}
	}
}

func TestExportedSurveysComeBackTheSame(t *testing.T) {
	files, err := filepath.Glob("../../assets/surveys/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no shipped surveys: %v", err)
	}
	for _, file := range append(files, "testdata/everything.yaml") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := load(t, file, source)
			form := exported(t, s)
			again := imported(t, "form.xlsx", form)
			sameSurvey(t, again, s)
			if a, b := contents(t, exported(t, again)), contents(t, form); a != b {
				t.Errorf("the survey that came back is exported as\n%s\nand was\n%s", a, b)
			}
		})
	}
}

// TestEverythingHasEveryKind holds testdata/everything.yaml against the list of kinds.
func TestEverythingHasEveryKind(t *testing.T) {
	source, err := os.ReadFile("testdata/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	has := map[surveys.QuestionKind]bool{}
	for _, q := range load(t, "everything.yaml", source).Questions() {
		has[q.Kind] = true
	}
	for _, kind := range surveys.QuestionKinds {
		if !has[kind] {
			t.Errorf("everything.yaml has no question of the kind %s", kind)
		}
	}
}
