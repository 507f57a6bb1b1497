package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestEnrolmentsQRCodeHoldsTheInvitation(t *testing.T) {
	data, file := t.TempDir(), filepath.Join(t.TempDir(), "terminal.png")
	stdout, stderr, status := run(t, "", "terminal", "enrol", "--data", data, "--site", "Зал", "--name", "Левый",
		"--url", "https://otklik.kadrovyi-centr.example:8443", "--qr", file)
	_, after, _ := strings.Cut(stdout, "scan: ")
	scan, _, _ := strings.Cut(after, "\n")
	if status != 0 || !strings.HasPrefix(scan, "OTKLIK1 https://otklik.kadrovyi-centr.example:8443 ") {
		t.Fatalf("status %d: %s%s", status, stdout, stderr)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the picture: %v, %v", info, err)
	}
	read, err := exec.Command("zbarimg", "--quiet", "--raw", file).Output()
	if err != nil {
		t.Fatalf("zbarimg: %v; .ci/setup test installs it (zbar-tools)", err)
	}
	if got := strings.TrimSpace(string(read)); got != scan {
		t.Errorf("the QR code holds %q, want %q", got, scan)
	}
	if _, stderr, status := run(t, "", "terminal", "enrol", "--data", data, "--site", "Зал", "--name", "Левый",
		"--url", "https://otklik.example", "--qr", filepath.Join(data, "no", "folder.png")); status != 1 || !strings.Contains(stderr, "give the command again") {
		t.Errorf("a folder that is not: %d %s", status, stderr)
	}
}
