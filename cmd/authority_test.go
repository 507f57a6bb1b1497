package cmd_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A centre's own certificate authority is on no terminal. One scan brings its fingerprint, and the terminal asks people: over
// TLS with a proxy before the collector, and nothing was installed on the machine.
func TestScannedCodeBringsTheCentresOwnAuthority(t *testing.T) {
	s := startCollector(t, "smiley.yaml")
	address, err := url.Parse("http://" + s.addr)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewTLSServer(httputil.NewSingleHostReverseProxy(address))
	t.Cleanup(proxy.Close)
	pin := filepath.Join(t.TempDir(), "ca.pem")
	der := proxy.Certificate().Raw
	if err := os.WriteFile(pin, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	invite := func(name string, more ...string) (scan, code string) {
		t.Helper()
		out := run(t, "collector", append([]string{"terminal", "enrol", "--data", s.data, "--site", "Зал", "--name", name}, more...)...)
		_, scan, _ = strings.Cut(out, "scan: ")
		scan, _, _ = strings.Cut(scan, "\n")
		_, code, _ = strings.Cut(out, "\ncode: ")
		return scan, strings.TrimSpace(code)
	}
	if scan, _ := invite("Без своего центра"); !strings.HasPrefix(scan, "OTKLIK1 ") {
		t.Errorf("without an authority the invitation is %q, which older terminals cannot read", scan)
	}
	s.kill()
	s.more = []string{"--url", proxy.URL, "--ca", pin}
	s.start()
	scan, _ := invite("Терминал")
	sum := sha256.Sum256(der)
	if want := "OTKLIK2 " + proxy.URL + " " + hex.EncodeToString(sum[:]) + " "; !strings.HasPrefix(scan, want) {
		t.Fatalf("the invitation is %q, want %q", scan, want)
	}
	g := &glass{t: t, data: t.TempDir()}
	g.openTo(startDisplay(t, "1280x800"), "enrol-code")
	g.pointer("type", "--delay", "2", scan)
	g.pointer("key", "Return")
	g.await("attract")
	g.tap("start:ru", "question-visit")
	g.tap("face:4", "thanks")
	g.awaitUpload()
	if rows := s.rows("smiley"); len(rows) != 1 || rows[0]["terminal"] != "Терминал" {
		t.Errorf("the collector has %v", rows)
	}

	// On the command line, from another collector's word and from none.
	_, code := invite("Второй", "--url", proxy.URL)
	second := t.TempDir()
	enrol := []string{"enrol", "--data", second, "--collector", proxy.URL, "--code", code}
	refuses(t, "not trusted", "kiosk", enrol...)
	refuses(t, "neither shows nor serves", "kiosk", append(enrol, "--ca-sha256", strings.Repeat("ab", 32))...)
	says(t, "Enrolled as", "kiosk", append(enrol, "--ca-sha256", hex.EncodeToString(sum[:]))...)
}
