package main

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"otklik/sync/collector/store"
)

// restoreCollector brings a collector back from a backup, again and again, after its terminals have sent more.
func restoreCollector(r *rig, full bool) (count, error) {
	var c count
	rounds, answers := 2, 40
	if full {
		rounds, answers = 6, 1000
	}
	w, err := r.newWorld(3)
	if err != nil {
		return c, err
	}
	defer w.close()
	path, err := w.backup()
	if err != nil {
		return c, err
	}
	for round := range rounds {
		if _, err := w.answer(answers).end(); err != nil {
			return c, err
		}
		w.server.kill()
		if _, err := r.output("collector", "restore", path, "--data", w.collector, "--replace"); err != nil {
			return c, err
		}
		var e evidence
		if err := e.readStore(filepath.Join(w.collector, "collector.db")); err != nil {
			return c, err
		}
		if len(e.Stored) != w.terminals {
			return c, fmt.Errorf("round %d: the backup brought %d answers back, want the first of each of %d terminals: "+
				"nothing was lost that could be refilled", round, len(e.Stored), w.terminals)
		}
		c.Injected++
		if err := w.restored(); err != nil {
			return c, fmt.Errorf("round %d, before it was refilled: %w", round, err)
		}
		if err := w.refill(); err != nil {
			return c, fmt.Errorf("round %d: %w", round, err)
		}
	}
	return c.with(w.settle())
}

// refill starts a collector that was restored, and looks whenever it has asked a terminal for what it lacks.
func (w *world) refill() error {
	if err := w.serve(); err != nil {
		return err
	}
	sim := w.answer(0)
	defer sim.kill()
	for w.server.next("records are asked for again", sim.done) {
		if err := w.live(sim, true); err != nil {
			return fmt.Errorf("while it is refilled: %w", err)
		}
	}
	_, err := sim.end()
	if err == nil {
		err = w.moment()
	}
	return err
}

// copyTerminals copies the folders of terminals: another machine that took the first one's disk, or its image of
// yesterday. The same numbers come with other answers: all count, and the collector tells of the copies.
func copyTerminals(r *rig, full bool) (count, error) {
	var c count
	rounds, answers := 2, 5
	if full {
		rounds, answers = 12, 40
	}
	w, err := r.newWorld(2)
	if err != nil {
		return c, err
	}
	defer w.close()
	for round := range rounds {
		other := filepath.Join(w.dir, fmt.Sprintf("copy-%d", round))
		if err := os.CopyFS(other, os.DirFS(w.fleet)); err != nil {
			return c, err
		}
		if err := os.Truncate(filepath.Join(other, "thanked.txt"), 0); err != nil {
			return c, err
		}
		if _, err := w.answer(answers).end(); err != nil { // it goes on; the copy does not know
			return c, err
		}
		if _, err := w.sim(other, answers, nil).end(); err != nil {
			return c, fmt.Errorf("the copy, round %d: %w", round, err)
		}
		thanked, err := os.ReadFile(filepath.Join(other, "thanked.txt"))
		if err != nil {
			return c, err
		}
		if err := appendTo(w.thankedFile(), thanked); err != nil {
			return c, err
		}
		boxes, err := filepath.Glob(filepath.Join(other, "*", "outbox.bolt"))
		if err != nil {
			return c, err
		}
		w.boxes = append(w.boxes, boxes...)
		c.Injected += w.terminals
		if err := w.moment(); err != nil {
			return c, fmt.Errorf("round %d: %w", round, err)
		}
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.collector, "collector.db"))
	if err != nil {
		return c, err
	}
	defer db.Close()
	told := 0
	if err := db.QueryRow("SELECT count(DISTINCT origin) FROM alarms WHERE kind = ?", store.ClonedDisk).Scan(&told); err != nil {
		return c, err
	}
	if told != w.terminals {
		return c, fmt.Errorf("the collector tells of %d copied terminals, want %d", told, w.terminals)
	}
	return c.with(w.settle())
}

func appendTo(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// twoPrograms starts a second program on the folders of a first one: it is refused, and the first goes on.
func twoPrograms(r *rig, full bool) (count, error) {
	var c count
	times := 2
	if full {
		times = 40
	}
	w, err := r.newWorld(1)
	if err != nil {
		return c, err
	}
	defer w.close()
	first := w.sim(w.fleet, 1, nil, "--outage", "24h", "--verbose")
	if _, err := first.await("all visitors were thanked"); err != nil {
		return c, err
	}
	for range times {
		second := w.answer(1)
		if out, err := second.end(); err == nil || errors.Is(err, errLate) || errors.Is(err, errPanic) {
			return c, fmt.Errorf("the second program was let in: %w\n%s", err, out)
		}
		c.Injected++
	}
	first.kill()
	w.crashes++
	return c.with(w.settle())
}

// returnTogether has a fleet take the answers of a month while the collector is away, and send all at once when it is back.
func returnTogether(r *rig, full bool) (count, error) {
	if full {
		return returnWith(r, 100, 30*300)
	}
	return returnWith(r, 10, 60)
}

func returnWith(r *rig, terminals, answers int) (count, error) {
	var c count
	w, err := r.newWorld(terminals)
	if err != nil {
		return c, err
	}
	defer w.close()
	w.server.kill()
	began := time.Now()
	fleet := w.sim(w.fleet, answers, nil, "--verbose")
	defer fleet.kill()
	thanked := 0
	err = fleet.awaitTimes("all visitors were thanked", terminals, func() bool {
		before := thanked
		thanked = w.thankedLines()
		return thanked > before
	})
	if err != nil {
		return c, err
	}
	r.say("return: %d visitors were thanked in %s", w.thankedLines(), time.Since(began).Round(time.Second))
	if err := w.live(fleet, false); err != nil {
		return c, err
	}
	began = time.Now()
	if err := w.serve(); err != nil {
		return c, err
	}
	c.Injected = terminals
	for range 2 { // while all of them upload
		if fleet.next("records uploaded", fleet.done) {
			if err := w.live(fleet, false); err != nil {
				return c, fmt.Errorf("while they upload: %w", err)
			}
		}
	}
	if _, err := fleet.endWithin(2 * time.Hour); err != nil {
		return c, err
	}
	r.say("return: all was uploaded %s after the collector was back", time.Since(began).Round(time.Second))
	return c.with(w.settle())
}
