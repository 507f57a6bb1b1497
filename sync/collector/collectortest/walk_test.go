package collectortest_test

import (
	"math/rand/v2"
	"testing"

	"otklik/surveys"
	"otklik/sync/collector/collectortest"
)

func TestWalkMakesGoodResponsesOfEveryKind(t *testing.T) {
	for _, source := range [][]byte{collectortest.All1, collectortest.All2, collectortest.Visit1} {
		s, err := surveys.Load("survey.yaml", source)
		if err != nil {
			t.Fatal(err)
		}
		answered := map[string]bool{}
		for seed := range uint64(200) {
			r := surveys.Response{Survey: s.ID, Version: s.Version, Number: s.Number, Language: "ru"}
			r.Answers = collectortest.Walk(s, seed, rand.New(rand.NewPCG(seed, 1)))
			if err := s.CheckResponse(&r); err != nil {
				t.Fatal(err)
			}
			for _, a := range r.Answers {
				answered[a.Question] = answered[a.Question] || !a.Value.IsZero()
			}
		}
		for _, q := range s.Questions() {
			if q.Kind.Traits().HasValue && !answered[q.Code] {
				t.Errorf("nobody answers %s", q.Code)
			}
		}
	}
}
