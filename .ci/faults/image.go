package main

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// disk is a model of what a disk may hold when the power goes: of each file the bytes that were synced, and the changes
// since then, of which any may have reached the disk and any may not, in any order, whole or in part. Names are as
// uncertain until their folder is synced, but change in their order, as a journal makes them.
type disk struct {
	ours  func(path string) bool
	names map[string]*inode // as the programs see them
	safe  map[string]*inode // as they were when the folder was synced
	since []nameChange
}

type inode struct {
	synced  []byte
	pending []change
	end     int64 // where the next write without an offset goes: these programs open a file to write it from its start
}

// change is a write, or with nil data a truncation to at.
type change struct {
	at    int64
	data  []byte
	event int
}

type nameChange struct {
	path string
	file *inode // nil: the name is gone
}

// newDisk is a disk with the files of a folder that are ours, all synced.
func newDisk(dir string, ours func(path string) bool) (*disk, error) {
	d := &disk{ours: ours, names: map[string]*inode{}}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !ours(path) {
			return err
		}
		data, err := os.ReadFile(path)
		d.names[path] = &inode{synced: data}
		return err
	})
	d.safe = maps.Clone(d.names)
	if errors.Is(err, os.ErrNotExist) {
		err = nil // there is nothing yet
	}
	return d, err
}

var errModel = errors.New("the model of the disk does not know this")

// do makes the change of an event. It reports whether the disk is another one now.
func (d *disk) do(e event) (bool, error) {
	if e.call == "fsync" && d.isFolder(e.path) {
		d.since = slices.DeleteFunc(d.since, func(c nameChange) bool {
			in := filepath.Dir(c.path) == e.path
			if in {
				c.do(d.safe)
			}
			return in
		})
		return true, nil
	}
	if !d.ours(e.path) || e.call == "failed" {
		return false, nil
	}
	f := d.names[e.path]
	if f == nil && e.call != "openat" && e.call != "unlink" {
		return false, fmt.Errorf("%w: %s of %s, which is not there", errModel, e.call, e.path)
	}
	switch e.call {
	case "openat":
		switch {
		case f == nil && strings.Contains(e.flags, "O_CREAT"):
			d.rename(e.path, &inode{})
			return true, nil
		case f != nil && strings.Contains(e.flags, "O_TRUNC"):
			f.pending = append(f.pending, change{event: e.number})
			f.end = 0
			return true, nil
		}
		return false, nil
	case "pwrite64":
		f.pending = append(f.pending, change{e.at, e.data, e.number})
	case "write":
		f.pending = append(f.pending, change{f.end, e.data, e.number})
		f.end += int64(len(e.data))
	case "ftruncate":
		f.pending = append(f.pending, change{e.at, nil, e.number})
	case "fsync", "fdatasync":
		rest := slices.IndexFunc(f.pending, func(c change) bool { return c.event >= e.number })
		if rest < 0 {
			rest = len(f.pending)
		}
		for _, c := range f.pending[:rest] {
			f.synced = c.apply(f.synced)
		}
		f.pending = slices.Clone(f.pending[rest:])
	case "rename":
		d.rename(e.path, nil)
		d.rename(e.to, f)
	case "link":
		d.rename(e.to, f)
	case "unlink":
		d.rename(e.path, nil)
	default:
		return false, fmt.Errorf("%w: %s to %s", errModel, e.call, e.path)
	}
	return true, nil
}

func (d *disk) isFolder(path string) bool {
	for name := range d.names {
		if filepath.Dir(name) == path {
			return true
		}
	}
	return false
}

func (d *disk) rename(path string, f *inode) {
	c := nameChange{path, f}
	d.since = append(d.since, c)
	c.do(d.names)
}

func (c nameChange) do(names map[string]*inode) {
	if c.file == nil {
		delete(names, c.path)
	} else {
		names[c.path] = c.file
	}
}

// apply returns the bytes with the change made.
func (c change) apply(b []byte) []byte {
	end := c.at + int64(len(c.data))
	switch {
	case c.data == nil && int64(len(b)) > c.at:
		return slices.Clone(b[:c.at])
	case int64(len(b)) < end:
		b = append(slices.Clone(b), make([]byte, end-int64(len(b)))...)
	default:
		b = slices.Clone(b)
	}
	copy(b[c.at:], c.data)
	return b
}

// luck says which of the changes that were not synced reach the disk.
type luck interface {
	names(of int) int         // how many of the changes of names, in their order
	whole(c change) bool      // whether a change is there
	torn() (*rand.Rand, bool) // whether it may be there in some of its sectors only
}

// fixed is none of the changes, or all.
type fixed bool

func (f fixed) names(of int) int {
	if f {
		return of
	}
	return 0
}
func (f fixed) whole(change) bool        { return bool(f) }
func (f fixed) torn() (*rand.Rand, bool) { return nil, false }

// drawn is any of the subsets; tearing says that each change may be there in any of its sectors.
type drawn struct {
	random  *rand.Rand
	tearing bool
}

func (d drawn) names(of int) int         { return d.random.IntN(of + 1) }
func (d drawn) whole(change) bool        { return d.random.IntN(2) == 1 }
func (d drawn) torn() (*rand.Rand, bool) { return d.random, d.tearing }

// numbered is one subset of all: the rest of n is taken apart choice by choice.
type numbered struct{ n *int }

func (c numbered) choose(of int) int {
	choice := *c.n % of
	*c.n /= of
	return choice
}
func (c numbered) names(of int) int         { return c.choose(of + 1) }
func (c numbered) whole(change) bool        { return c.choose(2) == 1 }
func (c numbered) torn() (*rand.Rand, bool) { return nil, false }

// subsets is how many different disks there may be when the power goes now and no change is torn, or most when there are
// more.
func (d *disk) subsets(most int) int {
	n := len(d.since) + 1
	seen := map[*inode]bool{}
	for _, f := range d.reachable() {
		if seen[f] {
			continue
		}
		seen[f] = true
		for range f.pending {
			if n *= 2; n >= most {
				return most
			}
		}
	}
	return min(n, most)
}

// reachable are the files that have, had or may have a name after a power cut, in a fixed order.
func (d *disk) reachable() (files []*inode) {
	for _, path := range slices.Sorted(maps.Keys(d.safe)) {
		files = append(files, d.safe[path])
	}
	for _, c := range d.since {
		if c.file != nil {
			files = append(files, c.file)
		}
	}
	return files
}

// after is what the disk holds when the power goes now.
func (d *disk) after(l luck) map[string][]byte {
	names := maps.Clone(d.safe)
	for _, c := range d.since[:l.names(len(d.since))] {
		c.do(names)
	}
	holds := map[*inode][]byte{}
	for _, f := range d.reachable() {
		if _, done := holds[f]; !done {
			holds[f] = f.after(l)
		}
	}
	image := map[string][]byte{}
	for path, f := range names {
		image[path] = holds[f]
	}
	return image
}

func (f *inode) after(l luck) []byte {
	b := f.synced
	for _, c := range f.pending {
		random, tearing := l.torn()
		switch {
		case !l.whole(c):
		case tearing && c.data != nil:
			b = c.tear(b, random)
		default:
			b = c.apply(b)
		}
	}
	return b
}

// tear makes the change in some of its sectors, of 512 bytes or 4096.
func (c change) tear(b []byte, random *rand.Rand) []byte {
	size := []int64{512, 4096}[random.IntN(2)]
	for from := int64(0); from < int64(len(c.data)); {
		to := min(int64(len(c.data)), (c.at+from)/size*size+size-c.at)
		if random.IntN(2) == 0 {
			b = change{at: c.at + from, data: c.data[from:to]}.apply(b)
		}
		from = to
	}
	return b
}
