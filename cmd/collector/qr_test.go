package main_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// authority is a certificate in PEM.
func authority(t *testing.T) []byte {
	t.Helper()
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

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
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, authority(t), 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, status = run(t, "", "terminal", "enrol", "--data", data, "--site", "Зал", "--name", "Правый",
		"--url", "https://otklik.kadrovyi-centr.example:8443", "--ca", ca, "--qr", file)
	_, after, _ = strings.Cut(stdout, "scan: ")
	scan, _, _ = strings.Cut(after, "\n")
	if status != 0 || !strings.HasPrefix(scan, "OTKLIK2 https://otklik.kadrovyi-centr.example:8443 ") {
		t.Fatalf("status %d: %s%s", status, stdout, stderr)
	}
	if read, err := exec.Command("zbarimg", "--quiet", "--raw", file).Output(); err != nil || strings.TrimSpace(string(read)) != scan {
		t.Errorf("the QR code with an authority holds %q, want %q, %v", read, scan, err)
	}
	for content, want := range map[string]string{
		"": "no certificate", string(authority(t)) + string(authority(t)): "more than one certificate",
	} {
		if err := os.WriteFile(ca, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, stderr, status := run(t, "", "terminal", "enrol", "--data", data, "--site", "Зал", "--name", "Третий",
			"--url", "https://otklik.example", "--ca", ca); status != 1 || !strings.Contains(stderr, want) {
			t.Errorf("%d %s, want %q", status, stderr, want)
		}
	}
	if _, stderr, status := run(t, "", "terminal", "enrol", "--data", data, "--site", "Зал", "--name", "Левый",
		"--url", "https://otklik.example", "--qr", filepath.Join(data, "no", "folder.png")); status != 1 || !strings.Contains(stderr, "give the command again") {
		t.Errorf("a folder that is not: %d %s", status, stderr)
	}
}
