package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

// network is what lies between the terminals of a world and its collector, and does what it is told.
type network struct {
	w       *world
	proxy   *toxiproxy.Proxy
	unheard int // answers that the collector had committed when they came again: their reply was lost
	runs    int
}

// newNetwork puts a network before a world's collector. The terminals must not have enrolled yet: they keep the address.
func newNetwork(w *world) (*network, error) {
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop())
	n := &network{w: w, proxy: toxiproxy.NewProxy(server, "network", "127.0.0.1:0", w.addr)}
	if err := n.proxy.Start(); err != nil {
		return nil, err
	}
	w.front = n.proxy.Listen
	return n, nil
}

// trouble is what a network may do to one direction of its connections.
type trouble struct {
	Type       string         `json:"type"`
	Stream     string         `json:"stream"` // upstream is to the collector
	Attributes map[string]any `json:"attributes"`
}

const (
	toCollector = "upstream"
	toTerminal  = "downstream"
)

func (t trouble) String() string { return fmt.Sprintf("%s %s %v", t.Stream, t.Type, t.Attributes) }

// do makes the network so for all connections, old and new.
func (n *network) do(t trouble) error {
	data, err := json.Marshal(t)
	if err == nil {
		_, err = n.proxy.Toxics.AddToxicJson(bytes.NewReader(data))
	}
	return err
}

// heal makes the network good. Connections that were in trouble may be cut by it.
func (n *network) heal() { n.proxy.Toxics.ResetToxics(context.Background()) }

// slowly lets the terminals answer and send while the network is only slow: nothing is to be sent twice.
func (n *network) slowly(t trouble) error {
	if err := n.do(t); err != nil {
		return err
	}
	out, err := n.w.answer(3).end()
	n.heal()
	if err != nil {
		return err
	}
	again, err := duplicates(out)
	if err == nil && again > 0 {
		err = fmt.Errorf("%d answers were sent again although the network was only slow", again)
	}
	return errors.Join(err, n.w.moment())
}

// cutting lets the terminals answer while the network cuts every connection somewhere. It reports whether one was cut.
// Every other time the terminals' program is killed before the network is good again.
func (n *network) cutting(t trouble) (cut bool, err error) {
	if err := n.do(t); err != nil {
		return false, err
	}
	defer n.heal()
	p := n.w.sim(n.w.fleet, 3, nil, "--verbose")
	cut, err = p.awaitUploads(n.w.terminals)
	if err != nil {
		return false, err
	}
	return cut, n.finish(p)
}

// finish ends what runs, and counts the answers whose reply was lost.
func (n *network) finish(p *process) error {
	if n.runs++; n.runs%2 == 0 && !p.ended() {
		p.kill()
		n.w.crashes += n.w.terminals
		n.heal()
		return n.w.moment() // what was not heard counts when it comes again
	}
	n.heal()
	out, err := p.end()
	if err != nil {
		return err
	}
	again, err := duplicates(out)
	n.unheard += again
	return errors.Join(err, n.w.moment())
}

// duplicates are the answers that the collector had when the terminals sent them, as fleetsim counts them.
func duplicates(out string) (int, error) {
	var sum struct{ Duplicates int }
	lines := strings.Split(strings.TrimSpace(out), "\n")
	err := json.Unmarshal([]byte(lines[len(lines)-1]), &sum)
	return sum.Duplicates, err
}

// awaitUploads returns when each of the terminals tried to upload, and reports whether anything failed; a program that
// ended has done all it wanted.
func (p *process) awaitUploads(terminals int) (failed bool, err error) {
	for {
		late := time.After(patience)
		p.mu.Lock()
		said, more := p.said, p.more
		p.mu.Unlock()
		tried := map[string]bool{}
		failed = false
		for _, line := range said {
			bad := strings.Contains(line, "area=upload ")
			failed = failed || bad || strings.Contains(line, "area=heartbeat ")
			if bad || strings.Contains(line, "records uploaded") {
				_, terminal, _ := strings.Cut(line, "terminal=")
				terminal, _, _ = strings.Cut(terminal, " ")
				tried[terminal] = true
			}
		}
		if len(tried) == terminals || p.ended() {
			return failed, nil
		}
		select {
		case <-more:
		case <-p.done:
		case <-late:
			return failed, fmt.Errorf("%d of %d terminals tried to upload; %s said:\n%s", len(tried), terminals, p.name, p.all())
		}
	}
}

// sweepBytes cuts all connections of one direction after n bytes, for rising n until nothing is cut any more.
func (n *network) sweepBytes(stream string, step func(int) int) (cuts int, err error) {
	for at := 0; ; at += step(at) {
		cut, err := n.cutting(trouble{"limit_data", stream, map[string]any{"bytes": at}})
		if err != nil {
			return cuts, fmt.Errorf("cut %s after %d bytes: %w", stream, at, err)
		}
		if !cut {
			return cuts, nil
		}
		cuts++
	}
}

// halfOpen leaves the connections open and lets nothing through any more in one direction, while the terminals upload. With
// patient it is the terminals that give up.
func (n *network) halfOpen(stream string, patient bool) error {
	w := n.w
	p := w.sim(w.fleet, 12, nil, "--verbose", "--rate", "16")
	if err := p.awaitTimes("records uploaded", w.terminals, never); err != nil {
		return err
	}
	before, err := w.stored()
	if err == nil {
		err = n.do(trouble{"timeout", stream, map[string]any{"timeout": 0}})
	}
	defer n.heal()
	switch {
	case err != nil:
	case patient:
		_, err = p.await("reason=timed-out")
	case stream == toTerminal:
		err = w.awaitStored(before + 1)
	default:
		_, err = p.await("all visitors were thanked")
	}
	if err != nil {
		return err
	}
	return n.finish(p)
}

// flapping takes the whole way down and up again while the terminals upload.
func (n *network) flapping(times int) error {
	w := n.w
	p := w.sim(w.fleet, 8*times, nil, "--verbose", "--rate", "20")
	for i := range times {
		if err := p.awaitTimes("records uploaded", (i+1)*w.terminals, never); err != nil {
			return err
		}
		n.proxy.Stop()
		if err := p.awaitTimes("area=upload reason=", i+1, never); err != nil {
			return err
		}
		if err := n.proxy.Start(); err != nil {
			return err
		}
	}
	return n.finish(p)
}

// stored is how many answers the collector counts.
func (w *world) stored() (int, error) {
	var e evidence
	err := e.readStore(filepath.Join(w.collector, "collector.db"))
	return len(e.Stored), err
}

// awaitStored returns when the collector has committed so many.
func (w *world) awaitStored(want int) error {
	var have int
	var err error
	late := eventually(fmt.Sprintf("the collector has %d answers", want), func() bool {
		have, err = w.stored()
		return err != nil || have >= want
	})
	return errors.Join(err, late)
}

// never is for what makes no progress while it is waited for.
func never() bool { return false }

// slowNetworks pass everything on in the end.
var slowNetworks = []trouble{
	{"latency", toCollector, map[string]any{"latency": 150, "jitter": 100}},
	{"latency", toTerminal, map[string]any{"latency": 150, "jitter": 100}},
	{"bandwidth", toCollector, map[string]any{"rate": 4}}, // KB a second
	{"bandwidth", toTerminal, map[string]any{"rate": 1}},
	{"slicer", toCollector, map[string]any{"average_size": 7, "size_variation": 5, "delay": 300}},
	{"slicer", toTerminal, map[string]any{"average_size": 3, "size_variation": 2, "delay": 300}},
	{"slow_close", toCollector, map[string]any{"delay": 500}},
	{"slow_close", toTerminal, map[string]any{"delay": 500}},
}

// cuttingNetworks end every connection.
var cuttingNetworks = []trouble{
	{"reset_peer", toCollector, map[string]any{"timeout": 0}},
	{"reset_peer", toTerminal, map[string]any{"timeout": 0}},
	{"reset_peer", toTerminal, map[string]any{"timeout": 20}},
	{"timeout", toCollector, map[string]any{"timeout": 200}},
	{"timeout", toTerminal, map[string]any{"timeout": 200}},
}

// breakNetwork has terminals send through networks that are slow, half open, cut and away.
func breakNetwork(r *rig, full bool) (count, error) {
	var c count
	w, err := r.emptyWorld(3)
	if err != nil {
		return c, err
	}
	defer w.close()
	n, err := newNetwork(w)
	if err != nil {
		return c, err
	}
	defer n.proxy.Stop()
	if _, err := w.answer(1).end(); err != nil {
		return c, err
	}
	slow, cutting, flaps := slowNetworks, cuttingNetworks, 12
	step := func(int) int { return 11 }
	if !full {
		slow, cutting, flaps = slow[4:5], slices.Concat(cutting[1:2], cutting[4:]), 2
		step = func(at int) int { return 150 + at }
	}
	for _, t := range slow {
		if err := n.slowly(t); err != nil {
			return c, fmt.Errorf("%s: %w", t, err)
		}
		c.Injected++
	}
	for _, t := range cutting {
		cut, err := n.cutting(t)
		if err == nil && !cut {
			err = errNothing
		}
		if err != nil {
			return c, fmt.Errorf("%s: %w", t, err)
		}
		c.Injected++
	}
	for _, stream := range []string{toTerminal, toCollector} {
		for _, patient := range []bool{false, true} {
			if patient && !full {
				continue // takes the terminals' own time out
			}
			if err := n.halfOpen(stream, patient); err != nil {
				return c, fmt.Errorf("half open %s: %w", stream, err)
			}
			c.Injected++
		}
	}
	if err := n.flapping(flaps); err != nil {
		return c, fmt.Errorf("down and up: %w", err)
	}
	c.Injected += flaps
	cuts, err := n.sweepBytes(toCollector, step)
	c.Injected += cuts
	if err != nil {
		return c, err
	}
	before := n.unheard
	cuts, err = n.sweepBytes(toTerminal, step)
	c.Injected += cuts
	if err != nil {
		return c, err
	}
	if lost := n.unheard - before; lost < cuts/2 {
		return c, fmt.Errorf("after %d cuts of replies only %d answers were committed unheard: the run shows little", cuts, lost)
	}
	return c.with(w.settle())
}
