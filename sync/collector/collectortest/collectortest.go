// Package collectortest makes real stores with surveys and responses in them for the tests of the rooms above the store.
package collectortest

import (
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"otklik/surveys"
	"otklik/sync/collector/store"
	"otklik/sync/collector/store/sqlite"
	"otklik/sync/collector/store/storetest"
	"otklik/sync/wire"
)

// Now is the time of everything that is kept.
var Now = storetest.Now

// Two versions of one exit poll. The second one drops a choice, a question and a language,
// and adds a choice, a question and an audience.
var (
	//go:embed visit-1.yaml
	Visit1 []byte
	//go:embed visit-2.yaml
	Visit2 []byte
)

// Two versions of one test with a question of every kind. The second one drops and adds a question, a row and choices.
var (
	//go:embed all-1.yaml
	All1 []byte
	//go:embed all-2.yaml
	All2 []byte
)

// Law is a test that is taken by ticket.
//
//go:embed law.yaml
var Law []byte

// NewStore opens an empty store that is closed when the test ends.
func NewStore(t testing.TB) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "collector.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Publish loads and publishes a survey.
func Publish(t testing.TB, s store.Store, source []byte) *surveys.Survey {
	t.Helper()
	survey, err := surveys.Load("survey.yaml", source)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.PublishSurvey(t.Context(), store.SurveyVersion{
		ID: survey.ID, Number: survey.Number, Version: survey.Version, Source: source, Published: Now,
	}); err != nil {
		t.Fatal(err)
	}
	return survey
}

// Respond keeps a response to a survey, as if seq of the terminal had brought it seq seconds after Now.
func Respond(t testing.TB, s store.Store, terminal store.Terminal, seq uint64, survey *surveys.Survey, answers ...surveys.Answer) {
	t.Helper()
	RespondBy(t, s, terminal, seq, survey, "", answers...)
}

// RespondBy is Respond by a ticket.
func RespondBy(t testing.TB, s store.Store, terminal store.Terminal, seq uint64, survey *surveys.Survey, ticket string,
	answers ...surveys.Answer,
) {
	t.Helper()
	RespondAs(t, s, terminal, seq, survey, func(r *surveys.Response) { r.Ticket = ticket }, answers...)
}

// RespondAs is Respond with a response that was changed first.
func RespondAs(t testing.TB, s store.Store, terminal store.Terminal, seq uint64, survey *surveys.Survey,
	change func(*surveys.Response), answers ...surveys.Answer,
) {
	t.Helper()
	submitted := Now.Add(time.Duration(seq) * time.Second)
	values := surveys.Answers{}
	for _, a := range answers {
		if !a.Value.IsZero() {
			values[a.Question] = a.Value
		}
	}
	r := surveys.Response{
		Audience: survey.AudienceOf(values),
		Survey:   survey.ID, Version: survey.Version, Number: survey.Number, Language: survey.Languages[0],
		Started: submitted.Add(-40 * time.Second), Seconds: 40, Answers: answers,
	}
	change(&r)
	body, err := json.Marshal(wire.Body{Response: r, Clock: wire.Clock{Wall: submitted, OffsetKnown: true}})
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.Keep(t.Context(), store.Intake{
		Terminal: terminal.ID, Origin: storetest.Origin(terminal.Name), Received: submitted.Add(time.Second),
		Arrivals: []store.Arrival{{
			Seq: seq, AnswerID: AnswerID(terminal, seq),
			Response: store.Response{
				Survey: r.Survey, Version: r.Version, Number: r.Number, Language: r.Language, Audience: r.Audience,
				Started: r.Started, Submitted: submitted, ClockTrusted: true, Seconds: r.Seconds,
				Ticket: r.Ticket,
				Hash:   sha256.Sum256(body), Body: body,
			},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if d[0].Verdict != wire.Stored {
		t.Fatalf("seq %d: %+v", seq, d[0])
	}
}

// AnswerID is the answer id that Respond gives.
func AnswerID(terminal store.Terminal, seq uint64) uuid.UUID {
	return uuid.NewSHA1(terminal.ID, []byte{byte(seq >> 8), byte(seq)})
}

// Said is an answer, Skip one that was skipped.
func Said(question string, v surveys.Value) surveys.Answer {
	return surveys.Answer{Question: question, Value: v}
}

// Skip is a question that was skipped.
func Skip(question string) surveys.Answer {
	return surveys.Answer{Question: question, Outcome: surveys.Skipped}
}
