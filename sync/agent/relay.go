package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"otklik/sync/wire"
)

// Relay connects neighbouring terminals with one collector. What passes is TLS between the two: a relay can neither read nor
// change it. It can see how much there is, and keep it back.
type Relay struct {
	target     string // HOST:PORT of the collector
	dial       func(ctx context.Context, network, target string) (net.Conn, error)
	neighbours []netip.Prefix
	slots      chan struct{}
	log        *slog.Logger
}

const relayed = 64 // connections at a time; a terminal holds one

// ErrNotSecret says that a way through a neighbour would show it what passes.
var ErrNotSecret = errors.New("a neighbour would see what passes: a way through one needs a collector's address with https://")

// NewRelay makes the handler of a relay to the collector at the address, for neighbours with these addresses only. dial nil
// is the way that the environment says, log nil slog.Default(). The error wraps ErrNotSecret for an address without TLS.
func NewRelay(collector string, dial func(ctx context.Context, network, target string) (net.Conn, error), neighbours []netip.Prefix,
	log *slog.Logger,
) (*Relay, error) {
	target, err := secretTarget(collector)
	if err != nil {
		return nil, err
	}
	if len(neighbours) == 0 {
		return nil, errors.New("agent: relay: no neighbours are named, so nobody could use it; say whose addresses may")
	}
	if dial == nil {
		dial = dialOut(collector)
	}
	if log == nil {
		log = slog.Default()
	}
	return &Relay{target, dial, neighbours, make(chan struct{}, relayed), log}, nil
}

// secretTarget is the HOST:PORT of a collector that TLS is spoken with.
func secretTarget(collector string) (string, error) {
	address, err := baseURL(collector)
	if err != nil {
		return "", err
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	if u.Scheme != "https" {
		return "", fmt.Errorf("agent: %w, not %s", ErrNotSecret, address)
	}
	port := u.Port()
	if port == "" {
		port = "443"
	}
	return net.JoinHostPort(u.Hostname(), port), nil
}

// Relay is NewRelay to the terminal's own collector.
func (i Identity) Relay(neighbours []netip.Prefix) (*Relay, error) {
	return NewRelay(i.URL, nil, neighbours, nil)
}

// ServeHTTP implements http.Handler. A connection lasts until one side ends it, or the request's context ends.
func (r *Relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if !r.isNeighbour(req.RemoteAddr) {
		relayProblem(w, http.StatusForbidden, "no-neighbour", "this terminal passes nothing on for "+plain(req.RemoteAddr),
			"name the address in its --relay-for")
		return
	}
	if req.Method != http.MethodConnect || !strings.EqualFold(req.Host, r.target) {
		relayProblem(w, http.StatusNotFound, "not-relayed", "this terminal connects with "+r.target+" alone",
			"a neighbour has to be enrolled at the same address, and be of the same version")
		return
	}
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	default:
		w.Header().Set("Retry-After", "5")
		relayProblem(w, http.StatusServiceUnavailable, "relay-busy", "the neighbour is busy with others' connections", "it is tried again")
		return
	}
	out, err := r.dial(req.Context(), "tcp", r.target)
	if err != nil {
		r.log.Warn("a neighbour was not connected", "neighbour", req.RemoteAddr, "error", err)
		f := transportFailure(r.target, err)
		relayProblem(w, http.StatusBadGateway, "relay-"+string(f.Reason), "the neighbour does not reach the collector: "+f.Message, f.Hint)
		return
	}
	defer out.Close()
	in, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		relayProblem(w, http.StatusInternalServerError, "not-relayed", plain(err.Error()), "tell the makers of the program")
		return
	}
	defer in.Close()
	if in.SetDeadline(time.Time{}) != nil {
		return
	}
	if _, err := io.WriteString(in, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	pass(req.Context(), in, out)
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
