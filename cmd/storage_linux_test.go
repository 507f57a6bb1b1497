package cmd_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// readOnly lays a read-only view of a folder over it: what is open stays so, nothing else can be written. What it returns
// takes the view away.
func readOnly(t *testing.T, dir string) (writable func()) {
	t.Helper()
	mount(t, dir, dir, "", syscall.MS_BIND, "")
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_BIND|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Fatal(err)
		}
	}
}

// A disk that does not work when the glass starts, be it the first of the day or one that was restarted, shows as a terminal
// out of service, which IT can look into; when the disk works again, so does the terminal, and nobody needs to come.
func TestDiskThatFailsAtTheStartShowsNoDesktop(t *testing.T) {
	s := startCollector(t, "smiley.yaml")
	c := startCable(t, s.addr)
	g := enrolKiosk(t, s, c.addr())
	g.setPIN("482915")
	d := startDisplay(t, "1280x800")

	writable := readOnly(t, g.data)
	g.openTo(d, "out-of-service")
	g.pointer("mousemove", "8", "8", "mousedown", "1")
	g.await("service-pin")
	g.pointer("mouseup", "1")
	g.tap("back", "out-of-service")
	writable()
	g.await("attract")
	c.set(true) // the answer has to survive what follows
	g.tap("start:ru", "question-")
	g.tap("face:4", "thanks")
	g.tap("finish", "attract")

	writable = readOnly(t, g.data)
	g.end(syscall.SIGKILL)
	g.await("out-of-service")
	writable()
	g.await("attract")

	identity := filepath.Join(g.data, "identity.json")
	whole, err := os.ReadFile(identity)
	if err == nil {
		err = os.WriteFile(identity, whole[:len(whole)/2], 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	g.end(syscall.SIGKILL)
	g.await("out-of-service")
	if err := os.WriteFile(identity, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	g.await("attract")
	c.set(false)
	g.awaitUpload()
	g.tap("start:tt", "question-")
	g.tap("face:1", "thanks")
	g.awaitUpload()
	if rows := s.rows("smiley"); len(rows) != 2 {
		t.Errorf("two visitors were thanked, the export has %d rows: %v", len(rows), rows)
	}
}
