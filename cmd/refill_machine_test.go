package cmd_test

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"otklik/surveys"
	"otklik/sync/collector/store"
	"otklik/sync/collector/store/sqlite"
	"otklik/sync/collector/store/storetest"
	"otklik/sync/outbox"
	"otklik/sync/wire"
)

// chain is one real outbox and one real store with everything that may happen between them: receipts that get lost, backups
// made and failed, restores of the last good one, refills broken off anywhere, power cuts, time.
type chain struct {
	dir      string
	now      time.Time
	terminal store.Terminal

	box    *outbox.Outbox
	sealer *wire.Sealer
	store  *sqlite.Store
	lives  int

	thanked map[uuid.UUID]bool
	good    string // file of the last good backup
	backup  store.Backup
	after   uint64 // how far the refill under way is
}

const chainKeep = time.Hour

// Whatever happens, each answer that was thanked for is in the end stored once.
func TestNoSequenceOfBackupsAndRestoresLosesAnAnswer(t *testing.T) {
	folder := t.TempDir()
	empty := filepath.Join(folder, "empty.db")
	s, err := sqlite.Open(t.Context(), empty)
	fatal(t, err)
	terminal := storetest.Enrolled(t, s, "Hall", "Left")
	fatal(t, s.Close())
	_, public, err := wire.NewSealingKey(nil)
	fatal(t, err)
	restores, refilled := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		c := &chain{
			dir: filepath.Join(folder, uuid.NewString()), now: time.Unix(1_800_000_000, 0), terminal: terminal,
			thanked: map[uuid.UUID]bool{},
		}
		fatal(t, os.Mkdir(c.dir, 0o700))
		defer os.RemoveAll(c.dir)
		c.openBox(rt)
		defer func() { c.box.Close() }()
		c.sealer, err = wire.NewSealer(wire.Recipients{Collector: public}, c.box.Origin(), nil, rand.Reader)
		fatal(rt, err)
		c.openStore(rt, empty)
		defer func() { c.store.Close() }()
		rt.Repeat(map[string]func(*rapid.T){
			"answers": c.answers, "upload": c.upload, "heartbeat": c.heartbeat, "offer": func(t *rapid.T) { refilled += c.offer(t) },
			"backup": c.makeBackup, "restore": func(t *rapid.T) { c.restore(t); restores++ },
			"prune": c.prune, "power cut": c.powerCut,
			"": func(t *rapid.T) { fatal(t, c.box.Check()) },
		})
		c.settleAll(rt)
	})
	if restores == 0 || refilled == 0 {
		t.Errorf("%d restores, %d records sent again: nothing was tried", restores, refilled)
	}
}

func fatal(t interface{ Fatal(...any) }, err error) {
	if err != nil {
		t.Fatal(err)
	}
}

func (c *chain) openBox(t *rapid.T) {
	box, err := outbox.Open(filepath.Join(c.dir, "outbox"), outbox.Options{Clock: func() time.Time { return c.now }, KeepFor: chainKeep})
	fatal(t, err)
	c.box = box
}

// openStore goes on with a copy of a file.
func (c *chain) openStore(t *rapid.T, from string) {
	data, err := os.ReadFile(from)
	fatal(t, err)
	c.lives++
	path := filepath.Join(c.dir, fmt.Sprintf("store-%d", c.lives))
	fatal(t, os.WriteFile(path, data, 0o600))
	c.store, err = sqlite.Open(t.Context(), path)
	fatal(t, err)
}

func (c *chain) answers(t *rapid.T) {
	for range rapid.IntRange(1, 40).Draw(t, "answers") {
		id := uuid.Must(uuid.NewV7())
		_, err := c.box.Append(id, c.sealer.Session(), func(seq uint64) (wire.Record, error) {
			return c.sealer.Seal(seq, id, &wire.Body{Response: surveys.Response{Survey: "smiley", Started: c.now}})
		})
		fatal(t, err)
		c.thanked[id] = true
	}
}

// upload sends one batch. Now and then the receipt is lost.
func (c *chain) upload(t *rapid.T) {
	c.send(t, rapid.IntRange(1, 60).Draw(t, "records"), rapid.IntRange(0, 4).Draw(t, "lost") > 0)
}

func (c *chain) send(t *rapid.T, most int, heard bool) (more bool) {
	batch, err := c.box.Next(most, wire.MaxBatchBytes, nil)
	fatal(t, err)
	if len(batch.Records) == 0 {
		return false
	}
	in := store.Intake{Terminal: c.terminal.ID, Origin: batch.Origin, Received: c.now}
	for _, r := range batch.Records {
		in.Arrivals = append(in.Arrivals, store.Arrival{Seq: r.Seq, AnswerID: r.AnswerID, Response: store.Response{
			Survey: "smiley", Version: "1", Hash: sha256.Sum256(r.Sealed), Body: []byte("{}"),
		}})
	}
	decisions, err := c.store.Keep(t.Context(), in)
	fatal(t, err)
	for _, d := range decisions {
		if d.Verdict != wire.Stored && d.Verdict != wire.Duplicate {
			t.Fatalf("seq %d: %+v", d.Seq, d)
		}
	}
	stats, err := c.box.Stats()
	fatal(t, err)
	epoch, err := c.store.Epoch(t.Context())
	fatal(t, err)
	if heard && (stats.Epoch == epoch || stats.Epoch == wire.Epoch{}) { // as the agent does, see agent.knows
		_, err := c.box.See(epoch, c.now)
		fatal(t, err)
		_, err = c.box.Settle(wire.Receipt{Origin: batch.Origin, Epoch: epoch, Decisions: decisions})
		fatal(t, err)
	}
	return true
}

func (c *chain) heartbeat(t *rapid.T) {
	epoch, err := c.store.Epoch(t.Context())
	fatal(t, err)
	safe, backups, err := c.store.Safe(t.Context(), c.box.Origin())
	fatal(t, err)
	stats, err := c.box.Stats()
	fatal(t, err)
	if stats.Epoch != epoch {
		c.after = 0
	}
	_, err = c.box.See(epoch, c.now)
	fatal(t, err)
	fatal(t, c.box.MarkSafe(epoch, backups, safe))
}

// offer does one page of a refill, if one is due.
func (c *chain) offer(t *rapid.T) int {
	stats, err := c.box.Stats()
	fatal(t, err)
	epoch, err := c.store.Epoch(t.Context())
	fatal(t, err)
	if stats.Epoch != epoch || stats.Filled == epoch {
		return 0
	}
	held, err := c.box.Held(c.after, 1)
	fatal(t, err)
	if len(held) == 0 {
		fatal(t, c.box.Filled(epoch))
		c.after = 0
		return 0
	}
	missing, err := c.store.Lacks(t.Context(), c.box.Origin(), held)
	fatal(t, err)
	n, err := c.box.Requeue(missing)
	fatal(t, err)
	c.after = held[len(held)-1].Last
	return n
}

// makeBackup copies the store; the power may go before the copy counts.
func (c *chain) makeBackup(t *rapid.T) {
	path := filepath.Join(c.dir, uuid.NewString())
	had, err := c.store.Copy(t.Context(), path)
	fatal(t, err)
	b := store.Backup{Began: c.now, Ended: c.now, Path: path, Ranges: had.Ranges()}
	if rapid.IntRange(0, 3).Draw(t, "fails") == 0 {
		b.Problem = "the power went"
	} else {
		c.good, c.backup = path, b
	}
	fatal(t, c.store.NoteBackup(t.Context(), b))
}

func (c *chain) restore(t *rapid.T) {
	if c.good == "" {
		t.Skip("no backup yet")
	}
	fatal(t, c.store.Close())
	c.openStore(t, c.good)
	fatal(t, c.store.Revive(t.Context(), c.now, c.backup))
}

func (c *chain) prune(t *rapid.T) {
	c.now = c.now.Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "minutes")) * time.Minute)
	_, err := c.box.Prune(c.now)
	fatal(t, err)
}

func (c *chain) powerCut(t *rapid.T) {
	fatal(t, c.box.Close())
	c.openBox(t)
	c.after = 0 // a refill begins anew
}

// settleAll lets the terminal come to rest, and holds the store against what was thanked for.
func (c *chain) settleAll(t *rapid.T) {
	c.powerCut(t)
	c.heartbeat(t)
	for stats, err := c.box.Stats(); stats.Filled != stats.Epoch; stats, err = c.box.Stats() {
		fatal(t, err)
		c.offer(t)
	}
	for c.send(t, wire.MaxBatchRecords, true) {
	}
	stored := map[uuid.UUID]int{}
	fatal(t, c.store.EachResponse(t.Context(), "smiley", 0, func(r *store.Response) error {
		stored[r.AnswerID]++
		return nil
	}))
	for id := range c.thanked {
		if stored[id] != 1 {
			t.Fatalf("answer %s is stored %d times", id, stored[id])
		}
	}
	if len(stored) != len(c.thanked) {
		t.Fatalf("%d are stored, %d were thanked", len(stored), len(c.thanked))
	}
}
