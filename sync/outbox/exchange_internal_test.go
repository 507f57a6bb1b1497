//go:build linux

package outbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
)

const exchangeVariable = "OTKLIK_OUTBOX_TEST_EXCHANGE"

// exchange is the child of the tests below: it prunes an outbox by copying it, and then stores answers, of which it prints
// each once it is stored.
func exchange(t *testing.T, path string) {
	o, err := Open(path, Options{KeepBytes: 1, compactMin: 1})
	if err != nil {
		fmt.Println("refused", err)
		return
	}
	defer o.Close()
	_, err = o.Prune(time.Now())
	fmt.Println("pruned", err)
	add := fillerOf(t, o, 1)
	for range 5 {
		switch was := o.count.last; {
		case add() == nil:
			fmt.Println("stored", o.count.last)
		case o.Recover() == nil && o.count.last > was: // with the bytes of the first attempt
			fmt.Println("stored", o.count.last)
		}
	}
}

// TestAnExchangeThatIsBrokenOffLosesNothing kills the program, and fails its disk, at each call of an exchange.
func TestAnExchangeThatIsBrokenOffLosesNothing(t *testing.T) {
	if path := os.Getenv(exchangeVariable); path != "" {
		exchange(t, path)
		return
	}
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	const kept, queued = 40, 5
	base := filepath.Join(t.TempDir(), "o.bolt")
	must(t, backlogged(t, base, kept, queued, Options{}).Close())
	before, err := os.ReadFile(base)
	must(t, err)

	// with has a child exchange the outbox under strace, and returns what it said, and whether strace did anything.
	with := func(inject string) (said string, met bool) {
		must(t, errors.Join(os.WriteFile(base, before, 0o600), os.RemoveAll(base+".compact")))
		log := filepath.Join(t.TempDir(), "strace")
		call, _, _ := strings.Cut(inject, ":")
		child := exec.Command(strace, "-f", "-qq", "-o", log, "-e", "trace="+call, "-e", "signal=none", "-e", "inject="+inject,
			os.Args[0], "-test.run", "^"+t.Name()+"$")
		child.Env = append(os.Environ(), exchangeVariable+"="+base, "GOMAXPROCS=1")
		out, _ := child.CombinedOutput()
		done, err := os.ReadFile(log)
		must(t, err)
		if strings.Contains(string(out), "panic") {
			t.Fatalf("%s: %s", inject, out)
		}
		killed := child.ProcessState.Sys().(syscall.WaitStatus).Signaled() // strace ends as its child did
		return string(out), killed || strings.Contains(string(done), "INJECTED")
	}
	// holds sees that all that waited and all that was said to be stored is there.
	holds := func(inject, said string) (exchanged bool) {
		o, err := Open(base, Options{})
		if err != nil {
			t.Fatalf("%s: %v\n%s", inject, err, said)
		}
		defer o.Close()
		must(t, o.Check())
		stored := uint64(strings.Count(said, "stored "))
		if n := o.count.queued; n < queued+stored || n > queued+stored+1 || o.count.last != kept+n {
			t.Fatalf("%s: %d wait, the last is seq %d; %d waited and %d were stored\n%s", inject, n, o.count.last, queued, stored, said)
		}
		must(t, o.view("look", func(tx *bolt.Tx) error {
			for seq := uint64(kept + 1); seq <= o.count.last; seq++ {
				if _, err := decodeEntry(seqKey(seq), tx.Bucket(queuedBucket).Get(seqKey(seq))); err != nil {
					return err
				}
			}
			return nil
		}))
		return o.count.kept == 0
	}

	hits, after, not := map[string]int{}, 0, 0
	faults := []string{
		"pwrite64:signal=KILL", "fdatasync:signal=KILL", "fsync:signal=KILL", "renameat:signal=KILL", "unlinkat:signal=KILL",
		"openat:signal=KILL", "ftruncate:signal=KILL", "munmap:signal=KILL",
		"pwrite64:error=EIO", "pwrite64:error=ENOSPC", "fdatasync:error=EIO", "fsync:error=EIO", "renameat:error=EIO", "ftruncate:error=ENOSPC",
	}
	for _, fault := range faults {
		for n, missed := 1, 0; missed < 2; n++ {
			inject := fmt.Sprintf("%s:when=%d", fault, n)
			said, met := with(inject)
			if missed++; met {
				missed = 0
				hits[fault]++
			}
			if holds(inject, said) {
				after++
			} else {
				not++
			}
		}
	}
	t.Logf("%v; afterwards %d outboxes were pruned, %d not", hits, after, not)
	if len(hits) < len(faults) || after < 20 || not < 10 {
		t.Error("the faults did not hit what they were to")
	}
}
