package surveys_test

import (
	"encoding/json"
	"testing"

	"otklik/surveys"
)

func TestValuesKeepTheirFormInJSON(t *testing.T) {
	for want, v := range map[string]surveys.Value{
		"null": {}, "0": surveys.Number(0), "4": surveys.Number(4), "2.5": surveys.Number(2.5), `""`: surveys.String(""),
		`"Озак көттек"`: surveys.String("Озак көттек"), "[]": surveys.Codes(), `["a","b"]`: surveys.Codes("a", "b"),
		"{}": surveys.Rows(), `{"b":4,"a":"yes"}`: surveys.Rows(row("b", surveys.Number(4)), row("a", surveys.String("yes"))),
	} {
		data, err := json.Marshal(v)
		if err != nil || string(data) != want {
			t.Errorf("%+v is written %s (%v), want %s", v, data, err, want)
		}
		var back surveys.Value
		if err := json.Unmarshal(data, &back); err != nil || !back.Equal(v) {
			t.Errorf("%s is read as %+v (%v)", data, back, err)
		}
	}
}

func TestWhatIsNoValueIsRefused(t *testing.T) {
	for _, data := range []string{"true", "false", `{"a":null}`, `{"a":[]}`, `{"a":{}}`, `{"a":true}`, `{"a":1e999}`, `{"a":1,"a":1}`, "[1]", `[["a"]]`, `["a",null]`, "[null]", "1e999"} {
		v := surveys.Number(7)
		if err := json.Unmarshal([]byte(data), &v); err == nil || !v.IsZero() {
			t.Errorf("%s is read as %+v (%v)", data, v, err)
		}
	}
	var v surveys.Value
	for _, data := range []string{"", "nothing", "'a'", "01", "{", `{"a"}`, `{"a":1`, `{"a":1}}`} {
		if err := v.UnmarshalJSON([]byte(data)); err == nil {
			t.Errorf("%q is read as %+v", data, v)
		}
	}
}

func TestAResponseSurvivesJSON(t *testing.T) {
	s, err := surveys.Load("demo.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	r := response(s)
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back surveys.Response
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if err := s.CheckResponse(&back); err != nil || !back.Answers[0].Value.Equal(r.Answers[0].Value) || back.Answers[2].Outcome != surveys.Skipped {
		t.Errorf("%s is read as %+v (%v)", data, back, err)
	}
}

func FuzzValueUnmarshalJSON(f *testing.F) {
	for _, seed := range []string{"null", "4", "-0.5", `"a"`, `["a","b"]`, "[]", `"\ud800"`, "[null]", "{}", `{"a":4,"b":"c"}`, `{"a":{"b":{}}}`, `{"\ud800":1}`, "1e400", "n", ""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var v surveys.Value
		if err := v.UnmarshalJSON(data); err != nil {
			if !v.IsZero() {
				t.Fatalf("%q leaves %+v behind its error %v", data, v, err)
			}
			return
		}
		again, err := json.Marshal(v)
		if err != nil {
			t.Fatalf("%q is read as %+v, which cannot be written: %v", data, v, err)
		}
		var back surveys.Value
		if err := json.Unmarshal(again, &back); err != nil || !back.Equal(v) {
			t.Fatalf("%q is read as %+v, written %s and read as %+v (%v)", data, v, again, back, err)
		}
	})
}
