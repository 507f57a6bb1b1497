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
	return d, err
}

var errModel = errors.New("the model of the disk does not know this")

// do makes the change of an event. It reports whether the disk is another one now.
func (d *disk) do(e event) (bool, error) {
	if e.call == "fsync" && d.isFolder(e.path) {
		d.safe, d.since = maps.Clone(d.names), nil
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
	d.since = append(d.since, nameChange{path, f})
	if f == nil {
		delete(d.names, path)
	} else {
		d.names[path] = f
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
type luck int

const (
	none  luck = iota // none of them
	every             // all
	some              // any subset, each whole
	torn              // any subset, each in any of its sectors
)

// after is what the disk holds when the power goes now.
func (d *disk) after(l luck, random *rand.Rand) map[string][]byte {
	names := maps.Clone(d.safe)
	reached := 0
	switch l {
	case every:
		reached = len(d.since)
	case some, torn:
		reached = random.IntN(len(d.since) + 1)
	}
	for _, c := range d.since[:reached] {
		if c.file == nil {
			delete(names, c.path)
		} else {
			names[c.path] = c.file
		}
	}
	image := map[string][]byte{}
	for path, f := range names {
		b := f.synced
		for _, c := range f.pending {
			switch {
			case l == none, l != every && random.IntN(2) == 0:
				continue
			case l == torn && c.data != nil:
				b = c.tear(b, random)
			default:
				b = c.apply(b)
			}
		}
		image[path] = b
	}
	return image
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
