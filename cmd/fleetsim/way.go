package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"otklik/sync/agent"
)

// way is the network between the terminals and the collector, with what was written to it.
type way struct {
	sent atomic.Uint64 // bytes
	back atomic.Int64  // Unix nanoseconds: nobody reaches anything before
	only *http.Transport
	// shared is only to those who send: one of them that is done closes nothing.
	shared http.RoundTripper
}

// newWay makes it; single is one connection for all.
func newWay(single bool) *way {
	w := &way{}
	if single {
		w.only = w.make()
		w.only.MaxConnsPerHost = 1
		w.shared = struct{ http.RoundTripper }{w.only}
	}
	return w
}

// transport is what one terminal sends through.
func (w *way) transport() http.RoundTripper {
	if w.shared != nil {
		return w.shared
	}
	return w.make()
}

// cut keeps everybody from the collector for so long.
func (w *way) cut(d time.Duration) {
	w.back.Store(time.Now().Add(d).UnixNano())
	if w.only != nil && d > 0 {
		w.only.CloseIdleConnections()
	}
}

var errOutage = errors.New("an outage, as --outage asks")

func (w *way) make() *http.Transport {
	t := agent.NewTransport()
	dial := t.DialContext
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if time.Now().UnixNano() < w.back.Load() {
			return nil, &net.OpError{Op: "dial", Net: network, Err: errOutage}
		}
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &counted{conn, &w.sent}, nil
	}
	return t
}

// counted is a connection that counts what is written to it.
type counted struct {
	net.Conn
	sent *atomic.Uint64
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.sent.Add(uint64(n))
	return n, err
}
