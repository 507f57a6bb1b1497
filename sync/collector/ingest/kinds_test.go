package ingest_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"otklik/surveys"
	"otklik/sync/collector/collectortest"
	"otklik/sync/wire"
)

// allBody is a visit to the survey of all kinds.
func allBody(s *surveys.Survey, seed uint64, answers []surveys.Answer) *wire.Body {
	return &wire.Body{
		Response: surveys.Response{
			Survey: s.ID, Version: s.Version, Number: s.Number, Language: "ru", Seed: seed,
			Started: now().Add(-time.Hour), Seconds: 41, Answers: answers,
		},
		Clock: wire.Clock{Wall: now().Add(-time.Hour + 41250*time.Millisecond), Monotonic: int64(seed >> 20), Boot: "0a1b2c3d"},
	}
}

// What a terminal seals of any visit is, byte for byte, what the collector stores.
func TestEveryKindIsStoredAsItWasSealed(t *testing.T) {
	c := mustCollector(t)
	c.survey = collectortest.Publish(t, c.store, collectortest.All1)
	m := mustTerminal(t, c, "Левый")
	seq, last := uint64(0), int64(0)
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		body := allBody(c.survey, seed, collectortest.Walk(c.survey, seed, rand.New(rand.NewPCG(seed, 1))))
		for i := range body.Response.Answers {
			a := &body.Response.Answers[i]
			// What people type is anything a text may hold.
			if q := c.survey.Question(a.Question); q.Kind == surveys.LongText && !a.Value.IsZero() {
				a.Value = surveys.String("ө" + rapid.StringMatching(`[ -~\n«»—ёқӘ😀"\\<>&\x{2028}]{0,80}`).Draw(rt, "comment"))
			}
		}
		want, err := wire.CanonicalBody(body)
		if err != nil {
			rt.Fatal(err)
		}
		seq++
		r, err := m.sealer.Seal(seq, m.answerID(seq), body)
		if err != nil {
			rt.Fatal(err)
		}
		receipt := m.send(m.batch(r))
		if d := receipt.Decisions[0]; d.Verdict != wire.Stored {
			rt.Fatalf("%s\nverdict %d: %s", want, d.Verdict, d.Reason)
		}
		kept, err := c.store.LatestResponses(t.Context(), c.survey.ID, 1)
		if err != nil || kept[0].ID <= last || !bytes.Equal(kept[0].Body, want) {
			rt.Fatalf("kept   %s\nsealed %s\n%v", kept[0].Body, want, err)
		}
		last = kept[0].ID
		var read wire.Body
		if err := json.Unmarshal(kept[0].Body, &read); err != nil {
			rt.Fatal(err)
		}
		for i, a := range read.Response.Answers {
			if said := body.Response.Answers[i]; !a.Value.Equal(said.Value) || a.Outcome != said.Outcome {
				rt.Fatalf("%s: read %+v, said %+v", a.Question, a, said)
			}
		}
	})
}

// One good and one bad answer of each kind: the good one is stored, the bad one set aside with a reason that names the
// question.
func TestEveryKindIsCheckedOnArrival(t *testing.T) {
	n, s, list := surveys.Number, surveys.String, surveys.Codes
	rows := func(code string, v surveys.Value) surveys.Value {
		return surveys.Rows(surveys.RowValue{Row: code, Value: v})
	}
	pairs := map[string][2]surveys.Value{
		"mood": {n(4), n(5)}, "stars": {n(5), n(0)}, "advise": {n(0), n(11)}, "effort": {n(7), n(8)},
		"who": {s("seeker"), s("nobody")}, "why": {list("staff", "speed"), list("speed", "staff")},
		"place": {s("desk"), list("desk")}, "district": {s("other"), s("east")},
		"order": {list("outcome", "speed"), list("speed", "price", "outcome")},
		"parts": {rows("hall", n(2)), rows("hall", n(9))}, "often": {rows("call", s("daily")), rows("call", n(1))},
		"again": {s("yes"), s("perhaps")}, "comfort": {n(-0.5), n(0.3)}, "minutes": {n(36.6), n(36.65)},
		"day": {s("2024-02-29"), s("2023-02-29")}, "hour": {s("23:59"), s("24:00")}, "moment": {s("2024-02-29T23:59"), s("2024-02-29T23:59:00")},
		"word": {s("да"), s("")}, "comment": {s("а\nб"), s("а\tб")}, "phone": {s("+79172345678"), s("8 917 234 56 78")},
		"email": {s("roza@example.ru"), s("roza@")}, "agree": {s("no"), s("maybe")}, "sign": {s("M1 2L3 4"), s("M1 2Z")},
		"sum": {n(4.5), s("4.5")}, "window": {s("A-12"), n(12)}, "bye": {surveys.Value{}, n(1)},
	}
	c := mustCollector(t)
	c.survey = collectortest.Publish(t, c.store, collectortest.All1)
	m := mustTerminal(t, c, "Левый")
	var good, bad []wire.Record
	seq := uint64(0)
	seal := func(a surveys.Answer) wire.Record {
		seq++
		r, err := m.sealer.Seal(seq, m.answerID(seq), allBody(c.survey, 0, []surveys.Answer{a}))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	var asked []string
	for _, q := range c.survey.Questions() {
		pair, ok := pairs[q.Code]
		if !ok {
			t.Errorf("%s has no values to try", q.Code)
		}
		good = append(good, seal(collectortest.Said(q.Code, pair[0])))
		bad = append(bad, seal(collectortest.Said(q.Code, pair[1])))
		asked = append(asked, q.Code)
	}
	good = append(good, seal(surveys.Answer{Question: "parts", Outcome: surveys.Declined}), seal(surveys.Answer{Question: "mood", Outcome: surveys.TimedOut}))
	bad = append(bad, seal(surveys.Answer{Question: "mood", Outcome: surveys.Declined}), seal(surveys.Answer{Question: "parts", Outcome: surveys.Declined, Value: rows("hall", n(2))}))
	asked = append(asked, "mood", "parts")
	for _, d := range m.send(m.batch(good...)).Decisions {
		if d.Verdict != wire.Stored {
			t.Errorf("seq %d: verdict %d: %s", d.Seq, d.Verdict, d.Reason)
		}
	}
	for i, d := range m.send(m.batch(bad...)).Decisions {
		if d.Verdict != wire.Quarantined || !strings.Contains(d.Reason, "question "+asked[i]) {
			t.Errorf("%s: verdict %d: %s", asked[i], d.Verdict, d.Reason)
		}
	}
}
