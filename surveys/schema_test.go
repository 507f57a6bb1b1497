package surveys_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"otklik/surveys"
)

const shippedDir = "../assets/surveys"

// shipped loads every survey that Otklik comes with.
func shipped(t *testing.T) map[string]*surveys.Survey {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(shippedDir, "*.yaml"))
	if err != nil || len(files) < 3 {
		t.Fatalf("%d surveys are shipped (%v)", len(files), err)
	}
	all := map[string]*surveys.Survey{}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := surveys.Load(filepath.Base(file), source)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(file)] = s
	}
	return all
}

// validate holds a YAML source against schema.json.
func validate(t *testing.T, source []byte) error {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(shippedDir, "schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := yaml.YAMLToJSON(source)
	if err != nil {
		return err
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	return schema.Validate(instance)
}

func TestShippedSurveysFitTheSchema(t *testing.T) {
	for name, s := range shipped(t) {
		if !bytes.HasPrefix(s.Source, []byte("# yaml-language-server: $schema=schema.json\n")) {
			t.Errorf("%s does not name its schema to editors", name)
		}
		if err := validate(t, s.Source); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if s.ID+".yaml" != name {
			t.Errorf("%s holds the survey %s", name, s.ID)
		}
	}
}

func TestSchemaRefusesWhatItCanSee(t *testing.T) {
	if err := validate(t, []byte(good)); err != nil {
		t.Fatalf("the schema refuses a good survey: %v", err)
	}
	for i, m := range mistakes {
		if !m.schema {
			continue
		}
		if err := validate(t, []byte(broken(t, i))); err == nil {
			t.Errorf("%s: the schema lets it pass", m.name)
		}
	}
}

// TestSchemaAndLoadKnowTheSameWords fails when a kind is added on one side only.
func TestSchemaAndLoadKnowTheSameWords(t *testing.T) {
	for _, kind := range surveys.Kinds {
		source := bytes.Replace([]byte(good), []byte("kind: test"), []byte("kind: "+kind), 1)
		if err := validate(t, source); err != nil {
			t.Errorf("the schema does not know %s: %v", kind, err)
		}
	}
	for _, kind := range surveys.QuestionKinds {
		if err := validate(t, []byte(one(kind))); err != nil {
			t.Errorf("the schema does not know %s: %v", kind, err)
		}
	}
}
