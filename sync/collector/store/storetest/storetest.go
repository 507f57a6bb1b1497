// Package storetest holds every implementation of store.Store to the promises in its documentation.
package storetest

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// Place is where one empty store will be. Each call opens it once more, as another process would; the test closes it.
type Place func() store.Store

// Now is the time of everything the suite keeps.
var Now = time.Date(2026, 3, 2, 9, 30, 15, 250e6, time.UTC)

// Run runs the whole suite; newPlace makes a place for an empty store.
func Run(t *testing.T, newPlace func(t *testing.T) Place) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Place)
	}{
		{"Epoch", epochStays},
		{"Keep", keep},
		{"KeepResend", keepResend},
		{"KeepConflicts", keepConflicts},
		{"KeepQuarantine", keepQuarantine},
		{"KeepAtOnce", keepAtOnce},
		{"KeepNeedsTerminal", keepNeedsTerminal},
		{"Responses", responses},
		{"Enrolment", enrolment},
		{"EnrolmentRefusals", enrolmentRefusals},
		{"ReusableCode", reusableCode},
		{"Revoke", revoke},
		{"Settings", settings},
		{"Beat", beat},
		{"Missing", missing},
		{"Sightings", sightings},
		{"TapMaps", tapMaps},
		{"Drain", drain},
		{"Replace", replace},
		{"Coverage", coverage},
		{"ReadAtOnce", readAtOnce},
		{"Lost", lost},
		{"EnrolledAgain", enrolledAgain},
		{"Foreign", foreign},
		{"Beats", beats},
		{"WentBack", wentBack},
		{"Alarms", alarms},
		{"LetSend", letSend},
		{"QuarantineNumbers", quarantineNumbers},
		{"Publish", publish},
		{"Tickets", tickets},
		{"TicketsOnce", ticketsOnce},
		{"TicketsBound", ticketsBound},
		{"Improvements", improvements},
		{"Users", users},
		{"Backups", backups},
		{"Lacks", lacks},
		{"Revive", revive},
		{"SecondProcess", secondProcess},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, newPlace(t)) })
	}
}

// openAt opens the store and closes it when the test ends.
func openAt(t *testing.T, p Place) store.Store {
	t.Helper()
	s := p()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// Enrolled makes a terminal the whole way, from the code on.
func Enrolled(t testing.TB, s store.Store, site, name string) store.Terminal {
	t.Helper()
	code := sha256.Sum256([]byte(site + "/" + name))
	err := s.IssueEnrolment(t.Context(), store.Enrolment{
		CodeHash: code, Site: site, Name: name, Issued: Now, Expires: Now.Add(24 * time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	terminal, err := s.RedeemEnrolment(t.Context(), store.Redemption{
		CodeHash: code, PublicKey: []byte("key of " + site + "/" + name), Origin: Origin(name), Version: "1.0",
		Terminal: uuid.NewSHA1(uuid.Nil, code[:]), Now: Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return terminal
}

// Origin makes an origin from a name.
func Origin(name string) (o wire.Origin) {
	sum := sha256.Sum256([]byte(name))
	copy(o[:], sum[:])
	return o
}

// Arrival makes a response that can be told from others by seq and what it says.
func Arrival(seq uint64, says string) store.Arrival {
	body := fmt.Appendf(nil, `{"response":{"survey":"smiley","answers":[{"q":"mood","v":%q}]}}`, says)
	return store.Arrival{
		Seq: seq, AnswerID: AnswerID(seq),
		Response: store.Response{
			Survey: "smiley", Version: "0123456789abcdef", Number: 3, Language: "tt", Audience: "employer",
			Started: Now.Add(-time.Minute), Submitted: Now, ClockTrusted: true, Seconds: 41,
			Hash: sha256.Sum256(body), Body: body,
		},
	}
}

// Genuine is Arrival with the hash that a response of an outbox has, so that the store verifies.
func Genuine(origin wire.Origin, seq uint64, says string) store.Arrival {
	a := Arrival(seq, says)
	a.Response.Hash = wire.BodyHash(origin, seq, a.AnswerID, a.Response.Body)
	return a
}

// AnswerID is the answer id of Arrival(seq, …).
func AnswerID(seq uint64) (id uuid.UUID) {
	id = uuid.MustParse("0190a000-0000-7000-8000-000000000000")
	binary.BigEndian.PutUint32(id[12:], uint32(seq))
	return id
}

// intake makes a batch of a terminal whose origin is Origin(its name).
func intake(t store.Terminal, arrivals ...store.Arrival) store.Intake {
	return store.Intake{Terminal: t.ID, Origin: Origin(t.Name), Received: Now.Add(time.Second), Arrivals: arrivals}
}

func mustKeep(t *testing.T, s store.Store, in store.Intake) []wire.Decision {
	t.Helper()
	d, err := s.Keep(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if len(d) != len(in.Arrivals) {
		t.Fatalf("%d decisions on %d arrivals", len(d), len(in.Arrivals))
	}
	for i := range d {
		if d[i].Seq != in.Arrivals[i].Seq || d[i].AnswerID != in.Arrivals[i].AnswerID {
			t.Fatalf("decision %d is about another record: %+v", i, d[i])
		}
	}
	return d
}

func wantVerdicts(t *testing.T, got []wire.Decision, want ...wire.Verdict) {
	t.Helper()
	for i := range want {
		if got[i].Verdict != want[i] {
			t.Errorf("seq %d: verdict %d (%s), want %d", got[i].Seq, got[i].Verdict, got[i].Reason, want[i])
		}
	}
}

// all returns copies of the responses of a survey.
func all(t *testing.T, s store.Store, survey string) (rs []store.Response) {
	t.Helper()
	err := s.EachResponse(t.Context(), survey, 0, func(r *store.Response) error {
		rs = append(rs, *r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
