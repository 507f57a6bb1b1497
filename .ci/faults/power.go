package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/uuid"

	"otklik/sync/agent"
	"otklik/sync/collector/keys"
	"otklik/sync/collector/store/sqlite"
	"otklik/sync/outbox"
	"otklik/sync/wire"
)

// images goes through a trace and gives the disks that a power cut may leave to check, each once: after each change all of
// them where they are at most `few`, or else the one with nothing of what was not synced, the one with all of it, and few of
// those between; and few more in which writes are torn. hear learns what was said to others, and reports whether more is asked
// of the disk from then on. It returns how many disks there were.
func images(d *disk, events []event, few int, hear func(e event) (bool, error),
	check func(image map[string][]byte) error,
) (int, error) {
	random := rand.New(rand.NewPCG(1, uint64(len(events))))
	seen := map[[32]byte]bool{}
	total := 0
	for n, e := range events {
		changed, err := d.do(e)
		if err != nil {
			return total, err
		}
		said, err := hear(e)
		if err != nil {
			return total, err
		}
		if said {
			clear(seen) // more is asked of the same disk now
		}
		if !changed && !said {
			continue
		}
		for _, l := range d.lucks(few, random) {
			image := d.after(l)
			sum := fingerprint(image)
			if seen[sum] {
				continue
			}
			seen[sum] = true
			total++
			if err := check(image); err != nil {
				return total, fmt.Errorf("power cut after call %d, %s of %s, luck %T: %w", n, e.call, e.path, l, err)
			}
		}
	}
	return total, nil
}

// lucks are the ways in which the power may go now that are tried.
func (d *disk) lucks(few int, random *rand.Rand) []luck {
	all := []luck{fixed(false), fixed(true)}
	if n := d.subsets(few + 1); n <= few {
		for i := range n {
			all = append(all, numbered{&i})
		}
	} else {
		for range few / 2 {
			all = append(all, drawn{random, false})
		}
	}
	for range few / 2 {
		all = append(all, drawn{random, true})
	}
	return all
}

// fingerprint is the same for images that hold the same.
func fingerprint(image map[string][]byte) [32]byte {
	h := sha256.New()
	for _, path := range slices.Sorted(maps.Keys(image)) {
		fmt.Fprintf(h, "%s %d\n", path, len(image[path]))
		h.Write(image[path])
	}
	return [32]byte(h.Sum(nil))
}

// lay writes an image of the files in dir into the folder to.
func lay(image map[string][]byte, dir, to string) error {
	if err := errors.Join(os.RemoveAll(to), os.MkdirAll(to, 0o700)); err != nil {
		return err
	}
	for path, data := range image {
		name, err := filepath.Rel(dir, path)
		name = filepath.Join(to, name)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(name), 0o700)
		}
		if err == nil {
			err = os.WriteFile(name, data, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// cutTerminal records a terminal from before its outbox is made, and opens every outbox that a power cut may leave.
func cutTerminal(r *rig, full bool) (count, error) { return cutTerminalWith(r, full, nil) }

// cutTerminalWith is cutTerminal with a trace from which unreal takes events: what a program would have done that was
// written worse.
func cutTerminalWith(r *rig, full bool, unreal func(event) bool) (count, error) {
	var c count
	answers, few := 12, 12
	if full {
		answers, few = 60, 64
	}
	w, err := r.emptyWorld(1)
	if err != nil {
		return c, err
	}
	defer w.close()
	trace := filepath.Join(w.dir, "trace")
	if _, err := w.answer(answers, recorded(trace)...).end(); err != nil {
		return c, err
	}
	events, err := readTrace(trace)
	if err != nil {
		return c, err
	}
	if unreal != nil {
		events = slices.DeleteFunc(events, unreal)
	}
	opener, err := w.opener()
	if err != nil {
		return c, err
	}
	d, err := newDisk(filepath.Join(w.dir, "nothing-yet"), w.ofTerminal)
	if err != nil {
		return c, err
	}
	var thanked []uuid.UUID
	hear := func(e event) (bool, error) {
		id, said, err := w.thanks(e)
		if said {
			thanked = append(thanked, id)
		}
		return said, err
	}
	to := filepath.Join(w.dir, "image")
	c.Injected, err = images(d, events, few, hear, func(image map[string][]byte) error {
		if err := lay(image, w.home(), to); err != nil {
			return err
		}
		if err := knowsItself(to, len(thanked) > 0); err != nil {
			return err
		}
		return holds(filepath.Join(to, "outbox.bolt"), thanked, opener)
	})
	if err != nil {
		return c, err
	}
	if len(thanked) != answers {
		return c, fmt.Errorf("the trace shows %d thanked of %d", len(thanked), answers)
	}
	return c.with(w.settle())
}

// ofTerminal are the files of a terminal that must outlast a power cut. What it says of its state is written anew when it
// starts.
func (w *world) ofTerminal(path string) bool {
	name, err := filepath.Rel(w.home(), path)
	return err == nil && !strings.HasPrefix(name, "..") && !strings.HasPrefix(name, "status.json") && !strings.HasSuffix(name, ".lock")
}

// knowsItself sees that a terminal knows who it is, once anybody was thanked, or that it has still to learn it; and that it
// has a configuration with all its surveys or none yet.
func knowsItself(home string, enrolled bool) error {
	if _, err := agent.LoadIdentity(home); err != nil && (enrolled || !errors.Is(err, agent.ErrNotEnrolled)) {
		return err
	}
	if _, _, err := agent.LoadLastGood(home); err != nil && !errors.Is(err, agent.ErrNoConfig) {
		return err
	}
	return nil
}

// holds opens an outbox as the terminal does and sees that everything thanked is in it, and one answer more at most.
func holds(path string, thanked []uuid.UUID, opener *opener) error {
	box, err := outbox.Open(path, outbox.Options{})
	if err != nil {
		return fmt.Errorf("it does not open: %w", err)
	}
	if err := errors.Join(box.Check(), box.Close()); err != nil {
		return err
	}
	b, err := readBox(path, opener)
	if err != nil {
		return err
	}
	for _, id := range thanked {
		_, queued := b.Queued[id]
		if _, kept := b.Kept[id]; !queued && !kept {
			return fmt.Errorf("invariant A: answer %s was thanked and is not in it", id)
		}
	}
	if extra := len(b.Queued) + len(b.Kept) - len(thanked); extra > 1 || len(b.Unreadable) > 0 {
		return fmt.Errorf("invariant C: it holds %d answers without thanks, and %d that cannot be read", extra, len(b.Unreadable))
	}
	return nil
}

// cutCollector records a collector from before its store and keys are made until it has taken answers, and opens every store that a power cut may leave.
func cutCollector(r *rig, full bool) (count, error) { return cutCollectorWith(r, full, nil) }

func cutCollectorWith(r *rig, full bool, unreal func(event) bool) (count, error) {
	var c count
	answers, few := 4, 3
	if full {
		answers, few = 20, 16
	}
	w, err := r.bareWorld(3)
	if err != nil {
		return c, err
	}
	defer w.close()
	d, err := newDisk(w.collector, w.ofCollector)
	if err != nil {
		return c, err
	}
	trace := filepath.Join(w.dir, "trace")
	if err := w.publish(recorded(trace + "-publish")...).trouble(); err != nil {
		return c, err
	}
	if w.code, err = codeOf(w.newCode(recorded(trace + "-code")...).end()); err != nil {
		return c, err
	}
	if err := w.serve(recorded(trace + "-serve")...); err != nil {
		return c, err
	}
	if _, err := w.answer(answers).end(); err != nil {
		return c, err
	}
	w.server.kill()
	events, err := readTraces(trace+"-publish", trace+"-code", trace+"-serve")
	if err != nil {
		return c, err
	}
	if unreal != nil {
		events = slices.DeleteFunc(events, unreal)
	}
	k, err := keys.Load(w.collector, false)
	if err != nil {
		return c, err
	}
	acknowledged := map[uuid.UUID]bool{}
	met := false                // a terminal was answered, and knows the collector by its key
	said := map[string][]byte{} // on each connection, since its last reply began
	hear := func(e event) (bool, error) {
		if e.call != "write" || !strings.HasPrefix(e.path, "socket:") {
			return false, nil
		}
		met = true
		if bytes.HasPrefix(e.data, []byte("HTTP/1.1 ")) {
			said[e.path] = nil
		}
		said[e.path] = append(said[e.path], e.data...)
		_, body, _ := bytes.Cut(said[e.path], []byte("\r\n\r\n"))
		var receipt wire.Receipt
		if wire.OpenSigned(wire.ReceiptContext, k.SigningPublic(), body, &receipt) != nil {
			return false, nil // another reply, or not all of it
		}
		for _, d := range receipt.Decisions {
			acknowledged[d.AnswerID] = true
		}
		return true, nil
	}
	to := filepath.Join(w.dir, "image")
	c.Injected, err = images(d, events, few, hear, func(image map[string][]byte) error {
		if err := lay(image, w.collector, to); err != nil {
			return err
		}
		_, used := image[w.store()]
		found, err := keys.Load(to, !used) // as the program does
		if err != nil {
			return err
		}
		if met && !found.SigningPublic().Equal(k.SigningPublic()) {
			return errors.New("the collector has another key than its terminals know it by")
		}
		return keeps(filepath.Join(to, "collector.db"), acknowledged)
	})
	if err != nil {
		return c, err
	}
	if len(acknowledged) != 3*answers {
		return c, fmt.Errorf("the trace shows receipts for %d answers of %d", len(acknowledged), 3*answers)
	}
	return c.with(w.settle())
}

// ofCollector are the files of a collector that must outlast a power cut: all but those that processes share while they run.
func (w *world) ofCollector(path string) bool {
	return filepath.Dir(path) == w.collector && !strings.HasSuffix(path, "-shm") && !strings.HasSuffix(path, ".lock") &&
		filepath.Base(path) != "lock"
}

// keeps opens a store as the collector does and sees that everything acknowledged is in it.
func keeps(path string, acknowledged map[uuid.UUID]bool) error {
	s, err := sqlite.Open(context.Background(), path)
	if err != nil {
		return fmt.Errorf("it does not open: %w", err)
	}
	if err := s.Close(); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		return err
	}
	defer db.Close()
	var sound string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&sound); err != nil || sound != "ok" {
		return fmt.Errorf("it is not sound: %s, %w", sound, err)
	}
	var e evidence
	if err := e.readStore(path); err != nil {
		return err
	}
	there := map[uuid.UUID]bool{}
	for _, r := range e.Stored {
		if there[r.ID] || !r.Sound {
			return fmt.Errorf("invariant B: answer %s is there twice or changed", r.ID)
		}
		there[r.ID] = true
	}
	for id := range acknowledged {
		if !there[id] && !e.Aside[id] {
			return fmt.Errorf("invariant A: answer %s was acknowledged and is not stored", id)
		}
	}
	return nil
}
