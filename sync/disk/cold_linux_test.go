package disk_test

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"unsafe"

	"otklik/sync/disk"
)

// remembered is how many pages of a file the system has in memory, and of how many.
func remembered(t *testing.T, f *os.File, size int) (n, of int) {
	t.Helper()
	data, err := syscall.Mmap(int(f.Fd()), 0, size, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Munmap(data) }()
	pages := make([]byte, (size+os.Getpagesize()-1)/os.Getpagesize())
	_, _, errno := syscall.Syscall(syscall.SYS_MINCORE, uintptr(unsafe.Pointer(&data[0])), uintptr(size), uintptr(unsafe.Pointer(&pages[0])))
	if errno != 0 {
		t.Fatal(errno)
	}
	for _, p := range pages {
		n += int(p & 1)
	}
	return n, len(pages)
}

func TestColdFileIsReadFromItsMedium(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	var fs syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(path), &fs); err != nil {
		t.Fatal(err)
	}
	const tmpfs = 0x01021994
	if fs.Type == tmpfs {
		t.Skip("the temporary folder lies in memory (tmpfs), which has no medium")
	}
	text := bytes.Repeat([]byte("otklik\n"), 100_000)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Sync(); err != nil {
		t.Fatal(err)
	}
	if n, of := remembered(t, f, len(text)); n < of {
		t.Fatalf("%d of %d pages are in memory before", n, of)
	}
	if err := disk.Cold(f); err != nil {
		t.Fatal(err)
	}
	if n, of := remembered(t, f, len(text)); n != 0 {
		t.Errorf("%d of %d pages are still in memory", n, of)
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, text) {
		t.Errorf("reads %d bytes, %v", len(got), err)
	}
}
