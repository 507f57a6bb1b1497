package ingest

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"otklik/surveys"
	"otklik/sync/wire"
)

func drawBody(t *rapid.T) *wire.Body {
	text := rapid.OneOf(rapid.StringMatching(`[a-z_]{0,8}`), rapid.String())
	value := rapid.OneOf(
		rapid.Map(rapid.IntRange(-5, 11), func(n int) surveys.Value { return surveys.Number(float64(n)) }),
		rapid.Map(rapid.Float64(), surveys.Number),
		rapid.Map(text, surveys.String),
		rapid.Map(rapid.SliceOfN(text, 0, 3), func(c []string) surveys.Value { return surveys.Codes(c...) }),
		rapid.Map(rapid.SliceOfNDistinct(text, 0, 3, rapid.ID), func(codes []string) surveys.Value {
			rows := make([]surveys.RowValue, len(codes))
			for i, c := range codes {
				rows[i] = surveys.RowValue{Row: c, Value: surveys.Number(float64(i) - 0.5)}
				if i > 0 {
					rows[i].Value = surveys.String(c)
				}
			}
			return surveys.Rows(rows...)
		}),
		rapid.Just(surveys.Value{}),
	)
	instant := rapid.Map(rapid.Int64Range(-1e12, 2e14), func(ms int64) time.Time { return time.UnixMilli(ms) })
	answer := rapid.Custom(func(t *rapid.T) surveys.Answer {
		return surveys.Answer{
			Question: text.Draw(t, "question"), Value: value.Draw(t, "value"),
			Outcome: surveys.Outcome(text.Draw(t, "outcome")), Tenths: rapid.Int().Draw(t, "tenths"),
		}
	})
	return &wire.Body{
		Response: surveys.Response{
			Survey: text.Draw(t, "survey"), Version: text.Draw(t, "version"), Number: rapid.Int().Draw(t, "number"),
			Language: text.Draw(t, "language"), Audience: text.Draw(t, "audience"), Seed: rapid.Uint64().Draw(t, "seed"),
			Ticket:  rapid.OneOf(rapid.Just(""), text).Draw(t, "ticket"),
			Partial: rapid.Bool().Draw(t, "partial"), Gap: rapid.IntRange(-1, 9).Draw(t, "gap"),
			Tap:     surveys.Tap{rapid.IntRange(-1, 9).Draw(t, "x"), rapid.IntRange(0, 9).Draw(t, "y")},
			Started: instant.Draw(t, "started"), Seconds: rapid.IntRange(-1, 999).Draw(t, "seconds"),
			Answers: rapid.SliceOfN(answer, 0, 4).Draw(t, "answers"),
		},
		Clock: wire.Clock{
			Wall: instant.Draw(t, "wall"), Monotonic: rapid.Int64().Draw(t, "mono"), Boot: text.Draw(t, "boot"),
			Offset: rapid.Int64().Draw(t, "offset"), OffsetKnown: rapid.Bool().Draw(t, "known"),
		},
	}
}

// sameAsJSON checks that parseBody says of data what encoding/json says.
func sameAsJSON(t interface{ Fatalf(string, ...any) }, data []byte) {
	var want wire.Body
	wantErr := errors.Join(json.Unmarshal(data, &want), checkForm(data))
	got, err := parseBody(data)
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%s\nerror %v, encoding/json %v", data, err, wantErr)
	}
	if err == nil && !reflect.DeepEqual(*got, want) {
		t.Fatalf("%s\n got %+v\nwant %+v", data, *got, want)
	}
}

func TestParseBodyIsEncodingJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := drawBody(t)
		data, err := wire.CanonicalBody(body)
		if err != nil {
			return // a number or a year that JSON has no form for
		}
		sameAsJSON(t, data)
	})
}

const usual = `{"response":{"survey":"visit","version":"0a1b","number":1,"language":"ru","audience":"employer","seed":18446744073709551615,"ticket":"1234567894","partial":true,"gap":7,"tap":[500,310],` +
	`"started":"2026-03-02T09:29:36Z","seconds":41,"answers":[{"q":"mood","v":4,"t":12},{"q":"why","v":["staff","speed"]},` +
	`{"q":"none","v":[]},{"q":"parts","v":{"staff":4,"hall":"good"}},{"q":"comfort","v":-36.6},{"q":"clear","o":"skipped"},{"q":"comment","v":"Долго ждали"}]},` +
	`"clock":{"wall":"2026-03-02T09:30:16.25Z","mono":12345,"boot":"0a1b2c3d","offset":-90000,"offset_known":true}}`

func TestParseBodyReadsTheUsualFormItself(t *testing.T) {
	r := reader{rest: usual}
	var b wire.Body
	if r.body(&b); r.strange {
		t.Errorf("stopped before %q", r.rest)
	}
	sameAsJSON(t, []byte(usual))
	// Every way to cut it, and every byte missing.
	for i := range usual {
		sameAsJSON(t, []byte(usual[:i]))
		sameAsJSON(t, []byte(usual[:i]+usual[i+1:]))
	}
	for _, c := range [][2]string{
		{`"number":1`, `"number":01`},
		{`"number":1`, `"number":-0`},
		{`"number":1`, `"number":1.5`},
		{`"number":1`, `"number":null`},
		{`"v":4`, `"v":4e0`},
		{`"v":4`, `"v":null`},
		{`"v":4`, `"v":{}`},
		{`"v":4`, `"v":-4`},
		{`-36.6`, `-0.5`},
		{`-36.6`, `-00.5`},
		{`-36.6`, `36.`},
		{`-36.6`, `.5`},
		{`-36.6`, `1.5e3`},
		{`-36.6`, `1.2.3`},
		{`-36.6`, `1-.2`},
		{`-36.6`, `0.1000000000000000055511151231257827`},
		{`"hall":"good"`, `"staff":"good"`},
		{`"hall":"good"`, `"hall":null`},
		{`"hall":"good"`, `"hall":[]`},
		{`"hall":"good"`, `"hall":{}`},
		{`"hall":"good"`, `"hall":"good",`},
		{`4,"hall"`, `4 ,"hall"`},
		{`"mono":12345`, `"mono":1234567890123456`},
		{`18446744073709551615`, `18446744073709551616`},
		{`Долго`, `\u0434олго\n`},
		{`Долго`, "\xff"},
		{`"boot"`, `"BOOT"`},
		{`"mono"`, `"more":true,"mono"`},
		{`"offset_known":true`, `"offset_known":false`},
		{"2026-03-02T09", "2026-03-32T09"},
		{`{"q":"mood",`, `{"q":"mood","q":"twice",`},
		{`[]`, `["a",]`},
		{`}}`, `}} `},
		{`}}`, `}}x`},
	} {
		changed := strings.Replace(usual, c[0], c[1], 1)
		if changed == usual {
			t.Fatalf("%s is not there", c[0])
		}
		sameAsJSON(t, []byte(changed))
	}
}

func FuzzParseBody(f *testing.F) {
	f.Add([]byte(usual))
	f.Fuzz(func(t *testing.T, data []byte) { sameAsJSON(t, data) })
}

func BenchmarkParseBody(b *testing.B) {
	for b.Loop() {
		if _, err := parseBody([]byte(usual)); err != nil {
			b.Fatal(err)
		}
	}
}

// What is kept is exported byte for byte, so it has to be what an encoder of JSON leaves as it is.
func TestContentThatAnExportWouldChangeIsNoAnswer(t *testing.T) {
	for name, c := range map[string]struct{ content, why string }{
		"white space":  {strings.Replace(usual, `"seconds":41`, `"seconds": 41`, 1), "white space"},
		"a last line":  {usual + "\n", "white space"},
		"not in UTF-8": {strings.Replace(usual, "Долго", "\xff", 1), "UTF-8"},
	} {
		if _, err := parseBody([]byte(c.content)); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %v", name, err)
		}
	}
	later := strings.Replace(usual, `"seconds":41`, `"later":{"x":[1,"<>"]},"seconds":41`, 1)
	if _, err := parseBody([]byte(later)); err != nil {
		t.Errorf("with fields of a later version: %v", err)
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(json.RawMessage(later)); err != nil || out.String() != later+"\n" {
		t.Errorf("an export has %s (%v)", &out, err)
	}
}
