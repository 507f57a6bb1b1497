package main

import (
	"io"
	"net"
	"net/http"
	"slices"
	"testing"
	"time"
)

// serving has a handler answer on a listener with this patience, and returns its address.
func serving(t *testing.T, patience time.Duration, handler http.HandlerFunc) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler}
	ended := make(chan struct{})
	go func() { defer close(ended); server.Serve(patientListener{l, patience}) }()
	t.Cleanup(func() { server.Close(); <-ended })
	return l.Addr().String()
}

// ask sends a request and leaves the reply unread.
func ask(t *testing.T, address string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if _, err := io.WriteString(c, "GET / HTTP/1.0\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestACallerWhoStopsReadingIsCutOff(t *testing.T) {
	let := make(chan error, 1)
	address := serving(t, 50*time.Millisecond, func(w http.ResponseWriter, _ *http.Request) {
		for piece := make([]byte, 1<<20); ; {
			if _, err := w.Write(piece); err != nil {
				let <- err
				return
			}
		}
	})
	ask(t, address)
	select {
	case <-let:
	case <-time.After(time.Minute):
		t.Fatal("the handler still writes")
	}
}

// counted is a connection that notes how much is written within each deadline.
type counted struct {
	net.Conn
	within []int
}

func (c *counted) SetWriteDeadline(time.Time) error {
	c.within = append(c.within, 0)
	return nil
}

func (c *counted) Write(b []byte) (int, error) {
	c.within[len(c.within)-1] += len(b)
	return len(b), nil
}

// The whole of a long reply may take longer than the patience: it is for each piece anew.
func TestALongReplyHasItsTime(t *testing.T) {
	c := &counted{}
	n, err := (&patientConn{c, time.Minute}).Write(make([]byte, 2*patientBytes+1))
	if err != nil || n != 2*patientBytes+1 || !slices.Equal(c.within, []int{patientBytes, patientBytes, 1}) {
		t.Errorf("%d bytes, within each deadline %d; %v", n, c.within, err)
	}
}
