package sqlite_test

import (
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"otklik/sync/collector/store"
	"otklik/sync/collector/store/storetest"
	"otklik/sync/wire"
)

// genuine makes an arrival whose hash is that of its body, as ingest does.
func genuine(origin wire.Origin, seq uint64, says string) store.Arrival {
	return storetest.Genuine(origin, seq, says)
}

// chained keeps nine records of two terminals in some batches, one of them in quarantine and one conflict, and returns
// the file.
func chained(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "collector.db")
	s := mustOpen(t, path)
	for _, name := range []string{"Левый", "Правый"} {
		origin := storetest.Origin(name)
		in := store.Intake{Terminal: storetest.Enrolled(t, s, "Зал", name).ID, Origin: origin, Received: storetest.Now}
		for _, batch := range [][]store.Arrival{
			{genuine(origin, 1, "да"), genuine(origin, 2, "нет"), genuine(origin, 3, "да")},
			{genuine(origin, 5, "да"), genuine(origin, 4, "нет")},
			{genuine(origin, 2, "подменено"), {Seq: 9, AnswerID: storetest.AnswerID(9), Reason: "seal broken", Raw: []byte{9}}},
		} {
			in.Arrivals = batch
			if _, err := s.Keep(t.Context(), in); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// raw runs SQL on a store's file behind its back.
func raw(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path}).String())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func verify(t *testing.T, path string, anchors ...store.ChainHead) store.Verification {
	t.Helper()
	s := mustOpen(t, path)
	defer s.Close()
	v, err := s.Verify(t.Context(), anchors)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func heads(t *testing.T, path string) []store.ChainHead {
	t.Helper()
	s := mustOpen(t, path)
	defer s.Close()
	h, err := s.ChainHeads(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestUntouchedStoreVerifies(t *testing.T) {
	path := chained(t)
	v := verify(t, path, heads(t, path)...)
	if len(v.Faults) != 0 || v.Origins != 2 || v.Responses != 10 || v.Conflicts != 2 || v.Quarantined != 2 {
		t.Errorf("%+v", v)
	}
}

func TestTamperingIsNamed(t *testing.T) {
	left := storetest.Origin("Левый")
	where := fmt.Sprintf("WHERE origin = x'%s' AND seq = ", left)
	columns := "origin, seq, answer_id, terminal, survey, version, number, language, audience, started, submitted, clock_trusted, " +
		"received, seconds, hash, body, ticket, ticket_state, chain"
	for name, c := range map[string]struct {
		sql  string
		seq  uint64
		says string // what the first fault of the outbox says
	}{
		"a body":            {"UPDATE responses SET body = replace(body, 'да', 'не') " + where + "3", 3, "body"},
		"a time":            {"UPDATE responses SET submitted = submitted - 86400000 " + where + "3", 3, "changed"},
		"a survey":          {"UPDATE responses SET survey = 'other' " + where + "1", 1, "changed"},
		"a ticket's worth":  {"UPDATE responses SET ticket_state = 'good' " + where + "5", 5, "changed"},
		"its link":          {"UPDATE responses SET chain = zeroblob(32) " + where + "5", 5, "changed"},
		"one taken out":     {"DELETE FROM responses " + where + "3", 4, "follow seq 2"},
		"the first one":     {"DELETE FROM responses " + where + "1", 2, "follow seq 0"},
		"the last one":      {"DELETE FROM responses " + where + "5", 0, "1 of 5 responses were taken out"},
		"one put in":        {"INSERT INTO responses (" + columns + ") SELECT " + strings.Replace(columns, "seq", "77", 1) + " FROM responses " + where + "3", 77, "body"},
		"one put in before": {"INSERT INTO responses (id, " + columns + ") SELECT -1, " + strings.Replace(columns, "seq", "77", 1) + " FROM responses " + where + "3", 77, "body"},
		"order":             {"UPDATE responses SET seq = CASE seq WHEN 2 THEN 30 ELSE seq END " + where + "2", 30, "body"},
		"a conflict":        {"UPDATE conflicts SET body = 'nothing' " + where + "2", 2, "kept aside in conflicts"},
		"quarantine":        {"UPDATE quarantine SET raw = x'00' " + where + "9", 9, "kept aside in quarantine"},
		"none in it":        {"DELETE FROM quarantine " + where + "9", 0, "6 records were counted"},
		"the head":          {fmt.Sprintf("UPDATE chains SET head = zeroblob(32) WHERE origin = x'%s'", left), 5, "does not come to"},
		"no chain":          {fmt.Sprintf("DELETE FROM chains WHERE origin = x'%s'", left), 5, "were put in"},
	} {
		t.Run(name, func(t *testing.T) {
			path := chained(t)
			raw(t, path, c.sql)
			v := verify(t, path)
			if c.says == "6 records were counted" { // the chain of the quarantine shows it as well
				if len(v.Faults) != 2 {
					t.Fatalf("%+v", v.Faults)
				}
				v.Faults = slices.DeleteFunc(v.Faults, func(f store.Fault) bool {
					return strings.Contains(f.Problem, "does not follow seq 0") || strings.Contains(f.Problem, "in quarantine were taken out")
				})
			}
			if len(v.Faults) != 1 || v.Faults[0].Origin != left || v.Faults[0].Seq != c.seq || !strings.Contains(v.Faults[0].Problem, c.says) {
				t.Errorf("%+v, want seq %d: …%s…", v.Faults, c.seq, c.says)
			}
		})
	}
}

// Whoever makes a whole chain anew is given away by a head that was signed before.
func TestChainMadeAnewIsGivenAwayByAnEarlierHead(t *testing.T) {
	path := chained(t)
	before := heads(t, path)
	rechain(t, path, "UPDATE responses SET seconds = 7 WHERE seq = 3")
	if v := verify(t, path); len(v.Faults) != 0 {
		t.Fatalf("the forger left traces: %+v", v.Faults)
	}
	v := verify(t, path, before...)
	if len(v.Faults) != 2 || !strings.Contains(v.Faults[0].Problem, "made anew") {
		t.Errorf("%+v", v.Faults)
	}
}

// rechain changes rows and has the chains made as the migration makes them over rows that were there before.
func rechain(t *testing.T, path string, statements ...string) {
	t.Helper()
	raw(t, path, append(statements, "ALTER TABLE responses DROP COLUMN chain", "DROP TABLE chains",
		"DELETE FROM goose_db_version WHERE version_id IN (16, 17, 29)")...)
	mustOpen(t, path).Close()
}

func TestMigratedStoreIsChainedOverWhatItHad(t *testing.T) {
	path := chained(t)
	want := heads(t, path)
	rechain(t, path)
	if got := heads(t, path); len(got) != 3 || !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	s := mustOpen(t, path)
	origin := storetest.Origin("Левый")
	terminals, err := s.Terminals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Keep(t.Context(), store.Intake{
		Terminal: terminals[0].ID, Origin: origin, Received: storetest.Now, Arrivals: []store.Arrival{genuine(origin, 6, "да")},
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if v := verify(t, path, want...); len(v.Faults) != 0 || v.Responses != 11 {
		t.Errorf("%+v", v)
	}
}

// Records that arrive while it is looked are no fault.
func TestVerifyWhileRecordsArrive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "collector.db")
	s := mustOpen(t, path)
	defer s.Close()
	origin := storetest.Origin("Левый")
	in := store.Intake{Terminal: storetest.Enrolled(t, s, "Зал", "Левый").ID, Origin: origin, Received: storetest.Now}
	kept := make(chan error, 1)
	go func() {
		for seq := uint64(1); seq <= 600; seq++ {
			in.Arrivals = []store.Arrival{genuine(origin, seq, "да")}
			if _, err := s.Keep(t.Context(), in); err != nil {
				kept <- err
				return
			}
		}
		kept <- nil
	}()
	for {
		v, err := s.Verify(t.Context(), nil)
		if err != nil || len(v.Faults) != 0 {
			t.Errorf("%+v, %v", v, err)
		}
		select {
		case err := <-kept:
			if err != nil {
				t.Fatal(err)
			}
			return
		default:
		}
	}
}

// What lies in quarantine cannot be taken out unseen, even by one who knows the counts; what left it is somewhere else.
func TestQuarantineTakenOutIsNamed(t *testing.T) {
	for name, c := range map[string]struct{ sql, says string }{
		"the last one":     {"DELETE FROM quarantine WHERE id = (SELECT max(id) FROM quarantine)", "1 of 2 records in quarantine were taken out"},
		"the first one":    {"DELETE FROM quarantine WHERE id = (SELECT min(id) FROM quarantine)", "does not follow"},
		"all":              {"DELETE FROM quarantine", "2 of 2 records in quarantine were taken out"},
		"called a stray":   {"UPDATE quarantine SET stray = 1", "does not follow"},
		"said to be read":  {"UPDATE quarantine SET released = 1", "is nowhere else"},
		"made to disagree": {"UPDATE quarantine SET received = received + 1", "does not follow"},
	} {
		t.Run(name, func(t *testing.T) {
			path := chained(t)
			before := heads(t, path)
			raw(t, path, c.sql, "UPDATE origins AS o SET kept = (SELECT count(DISTINCT seq) FROM responses AS r WHERE r.origin = o.origin)")
			v := verify(t, path, before...)
			if !slices.ContainsFunc(v.Faults, func(f store.Fault) bool { return strings.Contains(f.Problem, c.says) }) {
				t.Errorf("%+v, want …%s…", v.Faults, c.says)
			}
		})
	}
}

// One that was read at last leaves the quarantine, and the chain holds.
func TestReleasedRecordStaysInTheChain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "collector.db")
	s := mustOpen(t, path)
	origin := storetest.Origin("Левый")
	in := store.Intake{Terminal: storetest.Enrolled(t, s, "Зал", "Левый").ID, Origin: origin, Received: storetest.Now}
	keep := func(seq uint64) {
		t.Helper()
		in.Arrivals = []store.Arrival{{Seq: seq, AnswerID: storetest.AnswerID(seq), Reason: "no key", Raw: []byte{byte(seq)}}}
		if _, err := s.Keep(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	keep(1)
	keep(2)
	aside, err := s.QuarantinedAfter(t.Context(), 0, 9)
	if err != nil {
		t.Fatal(err)
	}
	in.Arrivals = []store.Arrival{genuine(origin, 2, "да")}
	if _, err := s.Release(t.Context(), aside[1].ID, in); err != nil {
		t.Fatal(err)
	}
	keep(3)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if v := verify(t, path); len(v.Faults) != 0 || v.Quarantined != 2 || v.Responses != 1 {
		t.Errorf("%+v", v)
	}
}
