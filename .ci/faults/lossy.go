package main

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"

	gofs "github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// lossy is a file system in memory that a power cut treats as a disk does that keeps no more of a promise than it gave:
// what was written since a file was synced is there in part, in any order, torn, or not at all; names that were made,
// changed or deleted since their folder was synced are as they were at some moment since then.
type lossy struct {
	mu      sync.Mutex
	root    *node
	files   uint64
	journal []renaming
	ops     int // changes and syncs so far
	at      int // the one that the power goes before
	off     bool
	cut     chan struct{} // closed when it went
	server  *fuse.Server
	dir     string
	// unreal has the disk forget to sync, for a try of what the row sees.
	unreal func(name string) bool
}

// node is a file or a folder: as programs see it, and as it is on the disk.
type node struct {
	gofs.Inode
	l         *lossy
	id        uint64
	mode      uint32
	name      string // the last it was given
	live      []byte
	disk      []byte
	pending   []write
	names     map[string]*node // of a folder
	disknames map[string]*node
}

// write is one that was not synced; cut is the new size of a file, -1 where it is none.
type write struct {
	at   int64
	data []byte
	cut  int64
}

// renaming is one change of names, all of it at once.
type renaming []naming

type naming struct {
	folder *node
	name   string
	to     *node // nil: the name is gone
}

// mount mounts a file system over a folder, with what is in it. The power goes before its nth change or sync.
func mount(dir string, n int, unreal func(string) bool) (*lossy, error) {
	l := &lossy{at: n, cut: make(chan struct{}), dir: dir, unreal: unreal}
	l.root = l.make(syscall.S_IFDIR | 0o700)
	if err := l.load(l.root, dir); err != nil {
		return nil, err
	}
	if err := hold(dir); err != nil {
		return nil, err
	}
	server, err := gofs.Mount(dir, l.root, &gofs.Options{
		MountOptions:   fuse.MountOptions{DirectMountStrict: true, FsName: "lossy", Name: "lossy", DisableXAttrs: true, MaxWrite: 1 << 20},
		RootStableAttr: &gofs.StableAttr{Mode: syscall.S_IFDIR, Ino: l.root.id},
	})
	l.server = server
	return l, err
}

// hold empties the folder below, so that nothing shows there by mistake.
func hold(dir string) error {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
	}
	return err
}

func (l *lossy) make(mode uint32) *node {
	l.files++
	n := &node{l: l, id: l.files + 1, mode: mode}
	if mode&syscall.S_IFMT == syscall.S_IFDIR {
		n.names, n.disknames = map[string]*node{}, map[string]*node{}
	}
	return n
}

// load takes a folder as it is, all of it on the disk.
func (l *lossy) load(to *node, dir string) error {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		info, infoErr := e.Info()
		if err = errors.Join(err, infoErr); err != nil {
			return err
		}
		n := l.make(syscall.S_IFREG | uint32(info.Mode().Perm()))
		if e.IsDir() {
			n = l.make(syscall.S_IFDIR | uint32(info.Mode().Perm()))
			err = l.load(n, path)
		} else {
			n.live, err = os.ReadFile(path)
			n.disk = bytes.Clone(n.live)
		}
		n.name, to.names[e.Name()], to.disknames[e.Name()] = e.Name(), n, n
	}
	return err
}

// end unmounts, and leaves in the folder what the power cut leaves, or all where none came. Programs that used it must have
// ended. It returns how many changes there were, and whether the power was cut.
func (l *lossy) end(random *rand.Rand) (changes int, hit bool, err error) {
	if err := l.server.Unmount(); err != nil {
		return 0, false, err
	}
	l.server.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.off {
		return l.ops, false, l.store(l.root, l.dir, func(n *node) map[string]*node { return n.names }, func(n *node) []byte { return n.live })
	}
	for _, c := range l.journal[:random.IntN(len(l.journal)+1)] {
		c.apply()
	}
	kind := random.IntN(4) // of what was not synced: nothing, or any part of it
	return l.ops, true, l.store(l.root, l.dir, func(n *node) map[string]*node { return n.disknames }, func(n *node) []byte {
		if kind == 0 {
			return n.disk
		}
		return n.torn(random)
	})
}

func (c renaming) apply() {
	for _, n := range c {
		if n.to == nil {
			delete(n.folder.disknames, n.name)
		} else {
			n.folder.disknames[n.name] = n.to
		}
	}
}

// torn is the content with some of the writes that were not synced, and one of them only in part.
func (n *node) torn(random *rand.Rand) []byte {
	const sector = 512
	data := bytes.Clone(n.disk)
	some := slices.Clone(n.pending)
	random.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
	some = some[:random.IntN(len(some)+1)]
	for i, w := range some {
		if i == 0 && len(w.data) > sector && random.IntN(2) == 0 {
			w.data = w.data[:sector*(1+random.IntN(len(w.data)/sector))]
		}
		data = w.apply(data)
	}
	return data
}

func (w write) apply(data []byte) []byte {
	size := max(len(data), int(w.at)+len(w.data))
	if w.cut >= 0 {
		size = int(w.cut)
	}
	if size > len(data) {
		data = append(data, make([]byte, size-len(data))...)
	}
	data = data[:size]
	copy(data[min(int(w.at), size):], w.data)
	return data
}

func (l *lossy) store(from *node, dir string, names func(*node) map[string]*node, content func(*node) []byte) error {
	for name, n := range names(from) {
		path := filepath.Join(dir, name)
		var err error
		if n.names != nil {
			if err = os.MkdirAll(path, fs.FileMode(n.mode&0o777)); err == nil {
				err = l.store(n, path, names, content)
			}
		} else {
			err = os.WriteFile(path, content(n), fs.FileMode(n.mode&0o777))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// step is called with every change and sync, under the lock. It reports whether there is power for it.
func (l *lossy) step() bool {
	if l.off {
		return false
	}
	l.ops++
	if l.ops == l.at {
		l.off = true
		close(l.cut)
	}
	return !l.off
}
