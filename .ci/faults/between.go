package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"sync"

	"github.com/fxamacker/cbor/v2"

	"otklik/sync/collector/keys"
	"otklik/sync/wire"
)

// between stands before the collector of a world and passes everything on. It holds the collector's keys: what it changes
// in a reply, it signs.
type between struct {
	w      *world
	signer *keys.Keys
	server *http.Server
	// change may change a reply, one at a time.
	change func(*exchange) error

	mu  sync.Mutex
	err error
}

// exchange is a request and its reply, as they were on the line.
type exchange struct {
	path          string
	request, said []byte // whole messages
	body          []byte // of the request
	status        int
	header        http.Header
	reply         []byte // the body of the reply
}

// newBetween begins to stand there. Terminals that are to go through it must not have enrolled yet.
func newBetween(w *world, change func(*exchange) error) (*between, error) {
	k, err := keys.Load(w.collector, false)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b := &between{w: w, signer: k, change: change}
	b.server = &http.Server{Handler: b}
	w.front = listener.Addr().String()
	go func() { _ = b.server.Serve(listener) }()
	return b, nil
}

// close leaves, and returns what went wrong.
func (b *between) close() error {
	_ = b.server.Close()
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

func (b *between) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, err := b.pass(r)
	if err == nil {
		err = b.change(e)
	}
	if err != nil {
		if b.err == nil && b.w.server != nil && !b.w.server.ended() {
			b.err = err
		}
		panic(http.ErrAbortHandler) // the terminal is to see no more than a cut connection
	}
	for name, values := range e.header {
		w.Header()[name] = values
	}
	w.Header().Del("Content-Length")
	w.WriteHeader(e.status)
	w.Write(e.reply)
}

// pass asks the collector.
func (b *between) pass(r *http.Request) (*exchange, error) {
	dump, err := httputil.DumpRequest(r, true)
	if err != nil {
		return nil, err
	}
	return ask(b.w.addr, dump)
}

// ask sends a request as it once was on the line.
func ask(addr string, message []byte) (*exchange, error) {
	r, err := readRequest(message)
	if err != nil {
		return nil, err
	}
	e := &exchange{path: r.URL.Path, request: message}
	if e.body, err = io.ReadAll(r.Body); err != nil {
		return nil, err
	}
	r.URL.Scheme, r.URL.Host, r.RequestURI = "http", addr, ""
	r.Body = io.NopCloser(bytes.NewReader(e.body))
	reply, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer reply.Body.Close()
	if e.said, err = httputil.DumpResponse(reply, true); err != nil {
		return nil, err
	}
	e.status, e.header = reply.StatusCode, reply.Header
	e.reply, err = io.ReadAll(reply.Body)
	return e, err
}

// contexts are those of the paths whose replies are signed.
var contexts = map[string]wire.Context{
	wire.PathEnrol: wire.EnrolContext, wire.PathBatches: wire.ReceiptContext,
	wire.PathHeartbeat: wire.HeartbeatContext, wire.PathOffer: wire.OfferContext,
}

// message is a signed reply taken apart, without knowing its fields.
type message map[any]any

// open takes the reply of an exchange apart; nil when it is none that is signed.
func (e *exchange) open() (message, error) {
	if contexts[e.path] == "" || e.status != http.StatusOK {
		return nil, nil
	}
	var s wire.Signed
	if err := wire.Decode(e.reply, &s); err != nil {
		return nil, err
	}
	var m message
	return m, cbor.Unmarshal(s.Payload[1:], &m)
}

// sign puts a message into the reply, as a collector of the given version of the protocol says it.
func (b *between) sign(e *exchange, m message, version byte) error {
	mode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		return err
	}
	item, err := mode.Marshal(m)
	if err != nil {
		return err
	}
	s := wire.Signed{Payload: append([]byte{version}, item...)}
	s.Signature, err = b.signer.Signing.Sign(nil, s.Payload, &ed25519.Options{Context: string(contexts[e.path])})
	if err == nil {
		e.reply, err = wire.Encode(s)
	}
	return err
}

func readRequest(message []byte) (*http.Request, error) {
	return http.ReadRequest(bufio.NewReader(bytes.NewReader(message)))
}
