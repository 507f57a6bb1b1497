package cmd_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"otklik/sync/disk"
)

// mount puts a file system in place of a folder, until the test ends.
func mount(t *testing.T, source, dir, kind string, flags uintptr, options string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skipf("only root mounts file systems, and this is user %d", os.Geteuid())
	}
	if err := syscall.Mount(source, dir, kind, flags, options); err != nil {
		t.Skipf("nothing can be mounted here: mount -t %q -o %q %s: %v", kind, options, source, err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) }) // the test may have done so
}

// leave leaves so many bytes free where dir lies.
func leave(t *testing.T, dir string, bytes uint64) {
	t.Helper()
	path := filepath.Join(dir, "filler")
	info, err := os.Stat(path)
	if err != nil {
		info, err = nil, os.WriteFile(path, nil, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	free, known := disk.Free(dir)
	if !known {
		t.Fatalf("how much is free in %s is not known", dir)
	}
	size := int64(free) - int64(bytes)
	if info != nil {
		size += info.Size()
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	err = f.Truncate(0)
	if err == nil && size > 0 {
		err = syscall.Fallocate(int(f.Fd()), 0, 0, size)
	}
	if err != nil {
		t.Fatalf("leave %d bytes free: %v", bytes, err)
	}
}

// A disk that runs full stops the questions while there is still room for the answers; without one free byte nobody is
// asked either, over a restart too, and nothing that was thanked for is lost.
func TestTerminalOnAFullDiskAsksNobodyAndKeepsEverything(t *testing.T) {
	s := startCollector(t, "smiley.yaml")
	c := startCable(t, s.addr)
	small := t.TempDir()
	mount(t, "tmpfs", small, "tmpfs", 0, "size=64m")
	g := enrolKioskIn(t, s, c.addr(), small)
	d := startDisplay(t, "1280x800")
	g.open(d)
	c.set(true)
	g.tap("start:ru", "question-")
	g.tap("face:4", "thanks")
	leave(t, small, 8<<20)
	g.await("disk-full")
	leave(t, small, 0)
	g.kill()
	g.openTo(d, "disk-full")
	if free, known := disk.Free(small); !known || free != 0 {
		t.Errorf("the terminal started on a disk with %d free bytes, known %v; this test means none", free, known)
	}
	leave(t, small, 40<<20)
	g.await("attract")
	g.tap("start:tt", "question-")
	g.tap("face:1", "thanks")
	c.set(false)
	g.awaitUpload()
	if rows := s.rows("smiley"); len(rows) != 2 {
		t.Errorf("two visitors were thanked, the export has %d rows: %v", len(rows), rows)
	}
}
