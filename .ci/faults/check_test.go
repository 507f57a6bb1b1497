package main

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"otklik/sync/wire"
)

// Each invariant is broken on purpose: a checker that cannot fail shows nothing.
func TestTheCheckerSeesEachBreach(t *testing.T) {
	w, err := programs.newWorld(2)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	if _, err := w.answer(4).end(); err != nil {
		t.Fatal(err)
	}
	if f, err := w.settle(); err != nil || f.Thanked != 10 || f.Stored != 10 {
		t.Fatalf("before anything is broken: %+v, %v", f, err)
	}
	w.server.kill()
	whole := filepath.Join(w.dir, "whole")
	if err := os.CopyFS(whole, os.DirFS(w.collector)); err != nil {
		t.Fatal(err)
	}
	thanked, err := os.ReadFile(filepath.Join(w.fleet, "thanked.txt"))
	if err != nil {
		t.Fatal(err)
	}
	sqlite := func(statements ...string) func(*testing.T) {
		return func(t *testing.T) {
			db, err := sql.Open("sqlite", "file:"+filepath.Join(w.collector, "collector.db"))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			for _, s := range statements {
				if _, err := db.ExecContext(context.Background(), s); err != nil {
					t.Fatalf("%s: %v", s, err)
				}
			}
		}
	}
	const columns = "origin, seq, answer_id, terminal, survey, version, number, language, audience, started, submitted, " +
		"clock_trusted, received, seconds, hash, body"
	for _, c := range []struct {
		name, want string
		do         func(*testing.T)
	}{
		{"a stored row is deleted", "A: ", sqlite("DELETE FROM responses WHERE id = 3")},
		{"a stored row is there twice", "B: ", sqlite("DROP INDEX responses_key",
			"INSERT INTO responses ("+columns+") SELECT "+columns+" FROM responses WHERE id = 3",
			"CREATE INDEX responses_key ON responses (origin, seq, answer_id)")},
		{"a stored answer is changed", "B: ", sqlite("UPDATE responses SET body = replace(body, '{', '{ ') WHERE id = 3")},
		{"a stored answer is another one with its hash", "B: ", func(t *testing.T) {
			e, err := w.gather(true)
			if err != nil {
				t.Fatal(err)
			}
			other := e.Stored[2]
			other.Hash[0] ^= 1
			e.Stored[2], e.Exported[2] = other, other
			if f := e.drained(0); !strings.Contains(strings.Join(f.Broken, "\n"), "another hash than the terminal's") {
				t.Errorf("not seen: %v", f.Broken)
			}
			sqlite("UPDATE responses SET hash = zeroblob(32) WHERE id = 3")(t)
		}},
		{"an answer is there that nobody was thanked for", "C: ", func(t *testing.T) {
			lines := strings.SplitAfter(string(thanked), "\n")
			if err := os.WriteFile(filepath.Join(w.fleet, "thanked.txt"), []byte(strings.Join(lines[1:], "")), 0o600); err != nil {
				t.Fatal(err)
			}
		}},
		{"the collector counts more than it has", "D: ", sqlite("UPDATE origins SET kept = kept + 1")},
		{"a seq is missing", "D: ", sqlite("UPDATE responses SET seq = seq + 100 WHERE id = 3")},
		{"a gap is named that is none", "D: ", func(t *testing.T) {
			e, err := w.gather(true)
			if err != nil {
				t.Fatal(err)
			}
			e.Report.Terminals[1].Lacking = wire.Ranges{{First: 2, Last: 2}}
			if f := e.drained(0); !strings.Contains(strings.Join(f.Broken, "\n"), "the report says") {
				t.Errorf("not seen: %v", f.Broken)
			}
			sqlite("UPDATE origins SET last_seq = 9")(t) // as a heartbeat would say
		}},
		{"an answer of an outbox that is gone is not named", "A: ", func(t *testing.T) {
			e, err := w.gather(true)
			if err != nil {
				t.Fatal(err)
			}
			lost := row{Origin: e.Boxes[0].Origin, Seq: 6, ID: uuid.New()}
			e.Thanked = append(e.Thanked, lost.ID)
			e.Buried = append(e.Buried, box{Origin: lost.Origin, Last: 6, Queued: map[uuid.UUID]row{lost.ID: lost}})
			if f := e.drained(0); f.Lost != 1 || !strings.Contains(strings.Join(f.Broken, "\n"), "no gap names seq 6") {
				t.Errorf("not seen: %+v", f)
			}
			sqlite("DELETE FROM responses WHERE id = 3")(t)
		}},
		{"the export lacks rows", "E: ", sqlite("UPDATE responses SET survey = 'other' WHERE id = 3")},
		{"a thanked answer never was", "A: ", func(t *testing.T) {
			if err := os.WriteFile(filepath.Join(w.fleet, "thanked.txt"),
				[]byte(string(thanked)+uuid.NewString()+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := os.RemoveAll(w.collector); err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(w.collector, os.DirFS(whole)); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(w.fleet, "thanked.txt"), thanked, 0o600); err != nil {
				t.Fatal(err)
			}
			c.do(t)
			e, err := w.gather(true)
			if err != nil {
				t.Fatal(err)
			}
			f := e.drained(0)
			for _, b := range f.Broken {
				if strings.HasPrefix(b, c.want) {
					return
				}
			}
			t.Errorf("invariant %sholds all the same: %v", c.want, f.Broken)
		})
	}
}
