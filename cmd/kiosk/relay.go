package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"otklik/sync/agent"
)

// relay passes neighbours' answers on; nil for a terminal that does not.
type relay struct {
	listener   net.Listener
	neighbours []netip.Prefix
}

// newRelay listens at once, so that a mistake in the address is seen when the terminal is started.
func newRelay(listen string, neighbours []string) (*relay, error) {
	if listen == "" && len(neighbours) == 0 {
		return nil, nil
	}
	if listen == "" || len(neighbours) == 0 {
		return nil, errors.New("a relay needs both --relay-listen HOST:PORT and --relay-for ADDRESS")
	}
	known, err := agent.Neighbours(neighbours)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", listen)
	return &relay{listener, known}, err
}

// run serves until ctx ends. Until the terminal is enrolled itself it has no collector to pass anything to.
func (r *relay) run(ctx context.Context, behind *behind) {
	if r == nil {
		return
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		t := behind.get()
		if t == nil {
			http.Error(w, "this terminal is not enrolled itself", http.StatusServiceUnavailable)
			return
		}
		t.relay(r.neighbours).ServeHTTP(w, req)
	})
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 2 * time.Minute,
		BaseContext: func(net.Listener) context.Context { return ctx }, // of connections that outlive their request
		IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	slog.Info("passing neighbours' answers on", "listen", r.listener.Addr().String())
	if err := server.Serve(r.listener); ctx.Err() == nil {
		slog.Error("the relay for neighbours stopped", "err", err)
	}
}

// relay is made once, with the terminal's own way to its collector.
func (t *terminal) relay(neighbours []netip.Prefix) http.Handler {
	t.relayOnce.Do(func() {
		handler, err := t.identity.Relay(neighbours)
		if err != nil {
			slog.Error("nothing is passed on for neighbours", "err", err)
			t.relayed = http.NotFoundHandler()
			return
		}
		t.relayed = handler
	})
	return t.relayed
}
