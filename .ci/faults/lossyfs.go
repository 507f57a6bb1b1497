package main

import (
	"bytes"
	"context"
	"slices"
	"syscall"

	gofs "github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// begin takes the lock; the error is what a machine without power says.
func (n *node) begin(changes bool) syscall.Errno {
	n.l.mu.Lock()
	if n.l.off || changes && !n.l.step() {
		n.l.mu.Unlock()
		return syscall.EIO
	}
	return 0
}

func (n *node) end() { n.l.mu.Unlock() }

func (n *node) attr(out *fuse.Attr) {
	out.Ino, out.Mode, out.Size, out.Nlink = n.id, n.mode, uint64(len(n.live)), 1
	out.Blksize, out.Blocks = 4096, (out.Size+511)/512
}

// child is what the kernel knows a file by.
func (n *node) child(ctx context.Context, of *node, out *fuse.EntryOut) *gofs.Inode {
	of.attr(&out.Attr)
	return n.NewInode(ctx, of, gofs.StableAttr{Mode: of.mode & syscall.S_IFMT, Ino: of.id})
}

func (n *node) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*gofs.Inode, syscall.Errno) {
	if e := n.begin(false); e != 0 {
		return nil, e
	}
	defer n.end()
	if of := n.names[name]; of != nil {
		return n.child(ctx, of, out), 0
	}
	return nil, syscall.ENOENT
}

func (n *node) Readdir(context.Context) (gofs.DirStream, syscall.Errno) {
	if e := n.begin(false); e != 0 {
		return nil, e
	}
	defer n.end()
	var all []fuse.DirEntry
	for name, of := range n.names {
		all = append(all, fuse.DirEntry{Name: name, Mode: of.mode & syscall.S_IFMT, Ino: of.id})
	}
	return gofs.NewListDirStream(all), 0
}

func (n *node) Getattr(_ context.Context, _ gofs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	if e := n.begin(false); e != 0 {
		return e
	}
	defer n.end()
	n.attr(&out.Attr)
	return 0
}

func (n *node) Setattr(_ context.Context, _ gofs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	size, cuts := in.GetSize()
	if e := n.begin(cuts); e != 0 {
		return e
	}
	defer n.end()
	if cuts {
		n.put(write{cut: int64(size)})
	}
	if mode, is := in.GetMode(); is {
		n.mode = n.mode&syscall.S_IFMT | mode&0o7777
	}
	n.attr(&out.Attr)
	return 0
}

// put changes the content; it is not on the disk yet.
func (n *node) put(w write) {
	n.pending = append(n.pending, w)
	n.live = w.apply(n.live)
}

func (n *node) Open(_ context.Context, flags uint32) (gofs.FileHandle, uint32, syscall.Errno) {
	trunc := flags&syscall.O_TRUNC != 0
	if e := n.begin(trunc); e != 0 {
		return nil, 0, e
	}
	defer n.end()
	if trunc {
		n.put(write{cut: 0})
	}
	return nil, 0, 0
}

func (n *node) Read(_ context.Context, _ gofs.FileHandle, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	if e := n.begin(false); e != 0 {
		return nil, e
	}
	defer n.end()
	return fuse.ReadResultData(dest[:copy(dest, n.live[min(off, int64(len(n.live))):])]), 0
}

func (n *node) Write(_ context.Context, _ gofs.FileHandle, data []byte, off int64) (uint32, syscall.Errno) {
	if e := n.begin(true); e != 0 {
		return 0, e
	}
	defer n.end()
	n.put(write{at: off, data: bytes.Clone(data), cut: -1})
	return uint32(len(data)), 0
}

// Fsync brings a file's content to the disk, and of a folder the names in it.
func (n *node) Fsync(context.Context, gofs.FileHandle, uint32) syscall.Errno {
	if e := n.begin(true); e != 0 {
		return e
	}
	defer n.end()
	if n.l.unreal != nil && n.l.unreal(n.name) {
		return 0
	}
	if n.names == nil {
		n.disk, n.pending = bytes.Clone(n.live), nil
		return 0
	}
	n.l.journal = slices.DeleteFunc(n.l.journal, func(c renaming) bool {
		of := slices.ContainsFunc(c, func(m naming) bool { return m.folder == n })
		if of {
			c.apply()
		}
		return of
	})
	return 0
}

func (n *node) Flush(context.Context, gofs.FileHandle) syscall.Errno { return 0 }

// rename gives and takes names; they are not on the disk yet.
func (l *lossy) rename(c renaming) {
	for _, m := range c {
		if m.to == nil {
			delete(m.folder.names, m.name)
		} else {
			m.folder.names[m.name], m.to.name = m.to, m.name
		}
	}
	l.journal = append(l.journal, c)
}

func (n *node) add(ctx context.Context, name string, mode uint32, out *fuse.EntryOut) (*gofs.Inode, syscall.Errno) {
	if e := n.begin(true); e != 0 {
		return nil, e
	}
	defer n.end()
	if n.names[name] != nil {
		return nil, syscall.EEXIST
	}
	of := n.l.make(mode)
	n.l.rename(renaming{{n, name, of}})
	return n.child(ctx, of, out), 0
}

func (n *node) Create(ctx context.Context, name string, _, mode uint32, out *fuse.EntryOut) (*gofs.Inode, gofs.FileHandle, uint32, syscall.Errno) {
	of, e := n.add(ctx, name, syscall.S_IFREG|mode&0o7777, out)
	return of, nil, 0, e
}

func (n *node) Mkdir(ctx context.Context, name string, mode uint32, out *fuse.EntryOut) (*gofs.Inode, syscall.Errno) {
	return n.add(ctx, name, syscall.S_IFDIR|mode&0o7777, out)
}

func (n *node) Link(ctx context.Context, target gofs.InodeEmbedder, name string, out *fuse.EntryOut) (*gofs.Inode, syscall.Errno) {
	of, is := target.(*node)
	if !is {
		return nil, syscall.EXDEV
	}
	if e := n.begin(true); e != 0 {
		return nil, e
	}
	defer n.end()
	if n.names[name] != nil {
		return nil, syscall.EEXIST
	}
	n.l.rename(renaming{{n, name, of}})
	return n.child(ctx, of, out), 0
}

func (n *node) Unlink(_ context.Context, name string) syscall.Errno {
	if e := n.begin(true); e != 0 {
		return e
	}
	defer n.end()
	if n.names[name] == nil {
		return syscall.ENOENT
	}
	n.l.rename(renaming{{n, name, nil}})
	return 0
}

func (n *node) Rmdir(ctx context.Context, name string) syscall.Errno {
	if of := n.names[name]; of != nil && len(of.names) > 0 {
		return syscall.ENOTEMPTY
	}
	return n.Unlink(ctx, name)
}

func (n *node) Rename(_ context.Context, name string, to gofs.InodeEmbedder, newName string, flags uint32) syscall.Errno {
	folder, is := to.(*node)
	if !is || flags != 0 {
		return syscall.EINVAL
	}
	if e := n.begin(true); e != 0 {
		return e
	}
	defer n.end()
	of := n.names[name]
	if of == nil {
		return syscall.ENOENT
	}
	n.l.rename(renaming{{n, name, nil}, {folder, newName, of}})
	return 0
}

func (n *node) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	out.Bsize, out.Frsize, out.Blocks, out.Bfree, out.Bavail, out.NameLen = 4096, 4096, 1<<20, 1<<19, 1<<19, 255
	return 0
}
