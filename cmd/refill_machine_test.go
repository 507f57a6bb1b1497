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
// made and failed, restores of the last good one, a disk that loses what it said it had written, refills broken off anywhere,
// power cuts, time.
type chain struct {
	dir      string
	now      time.Time
	terminal store.Terminal

	box    *outbox.Outbox
	sealer *wire.Sealer
	store  *sqlite.Store
	lives  int

	thanked map[uuid.UUID]uint64 // seq
	good    string               // file of the last good backup
	backup  store.Backup
	after   uint64 // how far the refill under way is
	beats   uint64
	before  string // file of the store as the disk may still have it, "" for none
	lossy   bool   // the disk lost something
}

const chainKeep = time.Hour

// Whatever happens, each answer that was thanked for is in the end stored once. Only where the disk lost what a terminal had
// let go of because a backup had it, it is not: then it is named, and that backup still has it.
func TestNoSequenceOfBackupsAndRestoresLosesAnAnswer(t *testing.T) {
	folder := t.TempDir()
	empty := filepath.Join(folder, "empty.db")
	s, err := sqlite.Open(t.Context(), empty)
	fatal(t, err)
	terminal := storetest.Enrolled(t, s, "Hall", "Left")
	fatal(t, s.Close())
	_, public, err := wire.NewSealingKey(nil)
	fatal(t, err)
	restores, refilled, losses, again := 0, 0, 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		c := &chain{
			dir: filepath.Join(folder, uuid.NewString()), now: time.Unix(1_800_000_000, 0), terminal: terminal,
			thanked: map[uuid.UUID]uint64{},
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
			"answers": c.answers, "upload": c.upload, "heartbeat": func(t *rapid.T) { again += c.heartbeat(t) }, "offer": func(t *rapid.T) { refilled += c.offer(t) },
			"backup": c.makeBackup, "restore": func(t *rapid.T) { c.restore(t); restores++ },
			"written": c.written, "disk loses": func(t *rapid.T) { c.lose(t); losses++ },
			"prune": c.prune, "power cut": c.powerCut,
			"": func(t *rapid.T) { fatal(t, c.box.Check()) },
		})
		c.settleAll(rt)
	})
	if restores == 0 || refilled == 0 || losses == 0 || again == 0 {
		t.Errorf("%d restores, %d records sent again, %d losses, %d sent again: nothing was tried", restores, refilled, losses, again)
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
		seq, err := c.box.Append(id, c.sealer.Session(), func(seq uint64) (wire.Record, error) {
			return c.sealer.Seal(seq, id, &wire.Body{Response: surveys.Response{Survey: "smiley", Started: c.now}})
		})
		fatal(t, err)
		c.thanked[id] = seq
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

// heartbeat does what agent and collector do, and returns how many records are sent again.
func (c *chain) heartbeat(t *rapid.T) int {
	epoch, err := c.store.Epoch(t.Context())
	fatal(t, err)
	stats, err := c.box.Stats()
	fatal(t, err)
	c.beats++
	_, err = c.store.Beat(t.Context(), c.terminal.ID, wire.Heartbeat{
		Origin: c.box.Origin(), Beat: c.beats, FirstSeq: stats.FirstSeq, LastSeq: stats.LastSeq, Queued: stats.Queued,
	}, c.now)
	fatal(t, err)
	safe, backups, err := c.store.Safe(t.Context(), c.box.Origin())
	fatal(t, err)
	if stats.Epoch != epoch {
		c.after = 0
	}
	fill, err := c.box.See(epoch, c.now)
	fatal(t, err)
	fatal(t, c.box.MarkSafe(epoch, backups, safe))
	if fill {
		return 0
	}
	lacking, missing := c.lacking(t)
	if missing == 0 {
		return 0
	}
	n, err := c.box.Requeue(lacking)
	fatal(t, err)
	return n
}

// lacking is what is not in the store of all that was numbered, and how much of it does not wait.
func (c *chain) lacking(t *rapid.T) (wire.Ranges, uint64) {
	all, err := c.store.Coverage(t.Context(), c.terminal.ID)
	fatal(t, err)
	for i := range all {
		if all[i].Origin == c.box.Origin() {
			return all[i].Lacking(), all[i].Missing()
		}
	}
	return nil, 0
}

// written notes what the disk really has.
func (c *chain) written(t *rapid.T) {
	c.before = filepath.Join(c.dir, uuid.NewString())
	_, err := c.store.Copy(t.Context(), c.before)
	fatal(t, err)
}

// lose has the store come back as the disk had it, in the same epoch.
func (c *chain) lose(t *rapid.T) {
	if c.before == "" {
		t.Skip("all was written")
	}
	fatal(t, c.store.Close())
	c.openStore(t, c.before)
	c.before, c.lossy = "", true
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
	c.before = ""
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
	for range 2 { // the second finds what the first sent
		c.heartbeat(t)
		for stats, err := c.box.Stats(); stats.Filled != stats.Epoch; stats, err = c.box.Stats() {
			fatal(t, err)
			c.offer(t)
		}
		for c.send(t, wire.MaxBatchRecords, true) {
		}
	}
	stored := map[uuid.UUID]int{}
	fatal(t, c.store.EachResponse(t.Context(), "smiley", 0, func(r *store.Response) error {
		stored[r.AnswerID]++
		return nil
	}))
	c.heartbeat(t)
	lacking, missing := c.lacking(t)
	lost := uint64(0)
	for id, seq := range c.thanked {
		switch {
		case stored[id] == 1:
		case stored[id] == 0 && c.lossy && lacking.Contains(seq):
			lost++
		default:
			t.Fatalf("answer %s, seq %d, is stored %d times", id, seq, stored[id])
		}
	}
	if lost != missing || len(stored)+int(lost) != len(c.thanked) {
		t.Fatalf("%d are stored, %d are lost, %d are named, %d were thanked", len(stored), lost, missing, len(c.thanked))
	}
	if n, err := c.box.Requeue(lacking); err != nil || n > 0 {
		t.Fatalf("%d that are named are still on the terminal, %v", n, err)
	}
}
