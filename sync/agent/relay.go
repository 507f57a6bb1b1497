package agent

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"otklik/sync/wire"
)

// Relay passes requests of neighbouring terminals on to one collector, and the replies back. It can neither read nor change
// what it passes: answers are sealed for the collector, requests are signed by the neighbour and replies by the collector.
// It can see how many there are, and keep them back.
type Relay struct {
	collector  string
	transport  http.RoundTripper
	neighbours []netip.Prefix
	slots      chan struct{}
	log        *slog.Logger
}

const relayed = 4 // requests passed on at a time

// passed are the headers that go through; bodies are as the neighbour signed them.
var passed = []string{"Content-Type", "Content-Digest", "Signature-Input", "Signature", "User-Agent"}

// NewRelay makes the handler of a relay to the collector at the address, for neighbours with these addresses only.
// transport nil is NewTransport's, log nil slog.Default().
func NewRelay(collector string, transport http.RoundTripper, neighbours []netip.Prefix, log *slog.Logger) (*Relay, error) {
	address, err := baseURL(collector)
	if err != nil {
		return nil, err
	}
	if len(neighbours) == 0 {
		return nil, errors.New("agent: relay: no neighbours are named, so nobody could use it; say whose addresses may")
	}
	if transport == nil {
		transport = NewTransport()
	}
	if log == nil {
		log = slog.Default()
	}
	return &Relay{address, transport, neighbours, make(chan struct{}, relayed), log}, nil
}

// Relay is NewRelay to the terminal's own collector, the way it goes itself.
func (i Identity) Relay(neighbours []netip.Prefix) (*Relay, error) {
	transport, err := i.transport()
	if err != nil {
		return nil, err
	}
	return NewRelay(i.URL, transport, neighbours, nil)
}

// ServeHTTP implements http.Handler.
func (r *Relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if !r.isNeighbour(req.RemoteAddr) {
		relayProblem(w, http.StatusForbidden, "no-neighbour", "this terminal passes nothing on for "+plain(req.RemoteAddr),
			"name the address in its --relay-for")
		return
	}
	if !isTerminalPath(req) {
		relayProblem(w, http.StatusNotFound, "not-relayed", "only a terminal's batches, heartbeats and surveys are passed on",
			"enrol where the collector can be reached")
		return
	}
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	default:
		w.Header().Set("Retry-After", "5")
		relayProblem(w, http.StatusServiceUnavailable, "relay-busy", "the neighbour is busy with others' requests", "it is tried again")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, wire.MaxBodyBytes))
	if err != nil {
		relayProblem(w, http.StatusRequestEntityTooLarge, "too-large", "the body cannot be passed on: "+plain(err.Error()), "send less at a time")
		return
	}
	out, err := http.NewRequestWithContext(req.Context(), req.Method, r.collector+req.URL.EscapedPath(), bytes.NewReader(body))
	if err != nil {
		relayProblem(w, http.StatusBadRequest, "not-relayed", plain(err.Error()), "update the older of the two terminals")
		return
	}
	for _, name := range passed {
		if values := req.Header.Values(name); len(values) > 0 {
			out.Header[name] = values
		}
	}
	out.Header.Set("Accept-Encoding", "identity")
	reply, err := r.transport.RoundTrip(out) // which follows no redirect
	if err != nil {
		r.log.Warn("a neighbour's request was not passed on", "neighbour", req.RemoteAddr, "error", err)
		f := transportFailure(r.collector, err)
		relayProblem(w, http.StatusBadGateway, "relay-"+string(f.Reason), "the neighbour does not reach the collector: "+f.Message, f.Hint)
		return
	}
	defer reply.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(reply.Body, maxReplyBytes+1))
	if err != nil || len(answer) > maxReplyBytes {
		relayProblem(w, http.StatusBadGateway, "relay-cut-off", "the collector's reply did not come whole to the neighbour", "it is tried again")
		return
	}
	for _, name := range []string{"Content-Type", "Content-Encoding", "Retry-After", "Location"} {
		if v := reply.Header.Get(name); v != "" {
			w.Header().Set(name, v)
		}
	}
	w.WriteHeader(reply.StatusCode)
	w.Write(answer)
}

func (r *Relay) isNeighbour(remote string) bool {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return false
	}
	at, err := netip.ParseAddr(host)
	for _, p := range r.neighbours {
		if err == nil && p.Contains(at.Unmap().WithZone("")) {
			return true
		}
	}
	return false
}

// isTerminalPath reports whether a request is of an enrolled terminal. Enrolling is not: its code would pass in clear.
func isTerminalPath(req *http.Request) bool {
	switch path := req.URL.Path; {
	case req.URL.RawQuery != "":
		return false
	case req.Method == http.MethodPost:
		return path == wire.PathBatches || path == wire.PathHeartbeat || path == wire.PathOffer
	case req.Method == http.MethodGet:
		return path == wire.PathKeys || strings.HasPrefix(path, wire.PathSurveys) && !strings.Contains(path, "..")
	}
	return false
}

func relayProblem(w http.ResponseWriter, status int, code, message, hint string) {
	body, err := json.Marshal(wire.Problem{Code: code, Message: message, Hint: hint})
	if err != nil {
		panic(err) // three strings always marshal
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(body)
}

// Neighbours reads addresses and networks: 192.168.7.12, 10.4.0.0/16.
func Neighbours(texts []string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range texts {
		p, err := netip.ParsePrefix(text)
		if one, addrErr := netip.ParseAddr(text); addrErr == nil {
			p, err = netip.PrefixFrom(one, one.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%q is neither an address such as 192.168.7.12 nor a network such as 192.168.7.0/24", text)
		}
		all = append(all, p)
	}
	return all, nil
}
