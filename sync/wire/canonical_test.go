package wire_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"otklik/surveys"
	"otklik/sync/wire"
)

// The writer of canonical bodies is held to encoding/json, which the first program wrote them with.
func TestCanonicalBodyIsEncodingJSON(t *testing.T) {
	same := func(t interface{ Fatalf(string, ...any) }, body *wire.Body) {
		b := *body
		b.Response.Started, b.Clock.Wall = b.Response.Started.UTC().Truncate(time.Second), b.Clock.Wall.UTC().Truncate(time.Millisecond)
		want, wantErr := json.Marshal(&b)
		got, err := wire.CanonicalBody(body)
		if (err == nil) != (wantErr == nil) || string(got) != string(want) {
			t.Fatalf("%+v\n got %s, %v\nwant %s, %v", b, got, err, want, wantErr)
		}
	}
	rapid.Check(t, func(t *rapid.T) { same(t, anyBody().Draw(t, "body")) })
	for _, v := range []surveys.Value{
		{},
		surveys.Number(0), surveys.Number(1 / negativeInfinity()), surveys.Number(negativeInfinity()), surveys.Number(1e300), surveys.Number(1 << 53),
		surveys.Number(-2.5), surveys.String("</script>\u2028"), surveys.String("\xff"), surveys.String("ә ө"), surveys.Codes(), surveys.Codes("a", "<"),
		surveys.Rows(surveys.RowValue{Row: "<", Value: surveys.Number(1)}, surveys.RowValue{Row: "b", Value: surveys.String("x")}),
	} {
		same(t, &wire.Body{Response: surveys.Response{Ticket: "1234567894", Zone: 180, Answers: []surveys.Answer{{Question: "q", Value: v}}}})
	}
	same(t, &wire.Body{})
	same(t, &wire.Body{Response: surveys.Response{Answers: []surveys.Answer{}}, Clock: wire.Clock{Wall: time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)}})
}

func negativeInfinity() float64 { var zero float64; return -1 / zero }
