package cmd_test

import (
	"bytes"
	"encoding/pem"
	"io"
	"net"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// heard is what passed on the wire between two terminals.
type heard struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (h *heard) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all.Write(b)
}

// listen leads to a target and keeps all that passes.
func (h *heard) listen(t *testing.T, target string) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", target)
			if err != nil {
				_ = in.Close()
				continue
			}
			carry := func(to, from net.Conn) {
				_, _ = io.Copy(io.MultiWriter(to, h), from)
				_ = to.Close()
				_ = from.Close()
			}
			go carry(out, in)
			go carry(in, out)
		}
	}()
	return l.Addr().String()
}

// freeAddress is where nobody listens yet.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// Two real terminals, of which one has no way to the collector but through the other.
func TestATerminalWithoutAnUplinkSendsThroughItsNeighbour(t *testing.T) {
	s := startCollector(t, "exit-poll.yaml")
	to := &url.URL{Scheme: "http", Host: s.addr}
	front := httptest.NewTLSServer(httputil.NewSingleHostReverseProxy(to))
	defer front.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: front.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	enrol := func(name string) *glass {
		t.Helper()
		g := &glass{t: t, data: t.TempDir()}
		out := run(t, "collector", "terminal", "enrol", "--data", s.data, "--site", "Зал", "--name", name)
		_, code, _ := strings.Cut(out, "code: ")
		run(t, "kiosk", "enrol", "--collector", front.URL, "--ca", ca, "--code", strings.TrimSpace(code), "--data", g.data)
		return g
	}
	at := freeAddress(t)
	var wire heard
	neighbour, far := enrol("сосед"), enrol("дальний")
	neighbour.args = []string{"--relay-listen", at, "--relay-for", "127.0.0.1"}
	far.args = []string{"--via", wire.listen(t, at)}

	// The neighbour is not there yet: the answer waits.
	far.open(startDisplay(t, "1280x800"))
	far.visitor("ru", []string{"4", "4", "4", "4", "4"}, "")
	awaitStatus(t, far.data, func(said string) bool { return strings.Contains(said, "the neighbour ") })
	neighbour.open(startDisplay(t, "1280x800"))
	awaitStatus(t, far.data, func(said string) bool { return strings.Contains(said, `"queued": 0,`) })
	if rows := s.rows("exit-poll"); len(rows) != 1 {
		t.Errorf("%d answers are with the collector", len(rows))
	}
	wire.mu.Lock()
	defer wire.mu.Unlock()
	if !bytes.Contains(wire.all.Bytes(), []byte("CONNECT "+strings.TrimPrefix(front.URL, "https://"))) {
		t.Error("nothing passed between the two: this test listens at the wrong place")
	}
	for _, word := range []string{"/v1/", "exit-poll", "дальний", "Зал", "Signature"} {
		if bytes.Contains(wire.all.Bytes(), []byte(word)) {
			t.Errorf("the neighbour reads %q", word)
		}
	}
}

// awaitStatus waits for what a running terminal writes down of itself.
func awaitStatus(t *testing.T, data string, holds func(string) bool) {
	t.Helper()
	var said []byte
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		said, _ = os.ReadFile(filepath.Join(data, "status.json"))
		if holds(string(said)) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the terminal says:\n%s", said)
		}
	}
}
