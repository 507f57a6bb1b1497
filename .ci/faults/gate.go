package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync/atomic"

	"otklik/sync/wire"
)

// gate stands before a collector, as a proxy does, and can let heartbeats through and no answers. A connection that was made
// while it was shut brings no answers later either: what a program that was killed has sent may be read after its end.
type gate struct {
	server *http.Server
	shut   atomic.Bool
}

// madeShut tells of a connection that the gate was shut when it was made.
type madeShut struct{}

// newGate has the terminals of a world reach their collector through a gate from now on.
func (w *world) newGate() (*gate, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w.front = listener.Addr().String()
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: w.addr})
		r.Out.Host = r.In.Host
	}}
	g := &gate{}
	g.server = &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if (g.shut.Load() || r.Context().Value(madeShut{}) == true) && r.URL.Path == wire.PathBatches {
			http.Error(rw, "closed", http.StatusBadGateway)
			return
		}
		proxy.ServeHTTP(rw, r)
	})}
	g.server.ConnContext = func(ctx context.Context, _ net.Conn) context.Context {
		return context.WithValue(ctx, madeShut{}, g.shut.Load())
	}
	go func() { _ = g.server.Serve(listener) }()
	return g, nil
}

// gatedWorld is an emptyWorld behind a gate.
func (r *rig) gatedWorld(terminals int) (*world, *gate, error) {
	w, err := r.emptyWorld(terminals)
	if err != nil {
		return nil, nil, err
	}
	g, err := w.newGate()
	if err != nil {
		w.close()
		return nil, nil, err
	}
	return w, g, nil
}

func (g *gate) close() { _ = g.server.Close() }

// queue has each terminal take n answers that do not reach the collector, and tell it in a heartbeat how far its count is.
func (w *world) queue(g *gate, n int) error {
	g.shut.Store(true)
	defer func() {
		// connections are taken in their order: when this one has an answer, all before it were made while it was shut
		if reply, err := client.Get("http://" + w.front); err == nil {
			reply.Body.Close()
		}
		client.CloseIdleConnections()
		g.shut.Store(false)
	}()
	sim := w.sim(w.fleet, n, nil, "--verbose")
	err := sim.awaitTimes("all visitors were thanked", w.terminals, func() bool { return false })
	sim.kill()
	w.crashes += w.terminals
	if err == nil {
		err = w.moment()
	}
	if err != nil {
		return err
	}
	sim = w.answer(0)
	defer sim.kill()
	return w.heard()
}

// heard waits until the collector knows the count of each outbox.
func (w *world) heard() error {
	counts := map[wire.Origin]uint64{}
	e, err := w.gather(false)
	if err != nil {
		return err
	}
	for _, b := range e.Boxes {
		counts[b.Origin] = b.Last
	}
	var trouble error
	err = eventually("the collector heard the counts of all outboxes", func() bool {
		var e evidence
		trouble = e.readStore(w.store())
		for origin, n := range counts {
			if e.Told[origin] != n {
				return false
			}
		}
		return trouble == nil
	})
	if err != nil {
		return fmt.Errorf("%w: %w", err, trouble)
	}
	return nil
}
