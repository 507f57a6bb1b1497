package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/google/uuid"

	"otklik/sync/agent"
	"otklik/sync/wire"
)

// A capture is what a terminal and a collector of one version said to each other, with the folders of both as they were
// when the terminal had enrolled and its answers waited: captures/NAME/before.zip holds the folders, and each exchange is
// two files, NN.request and NN.reply, whole messages of HTTP. A capture is never changed once a program with its version
// is out: what it shows is that later ones still read it.
const (
	capturesFolder = "testdata/captures"
	beforeFile     = "before.zip"
	captured       = 12 // answers in a capture
)

// capture makes a new one: go run . capture NAME.
func capture(r *rig, name string) error {
	dir := filepath.Join(capturesFolder, name)
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there (%v); a capture is never made anew: give another name", dir, err)
	}
	w, err := r.emptyWorld(1)
	if err != nil {
		return err
	}
	defer w.close()
	var all []*exchange
	b, err := newBetween(w, func(e *exchange) error { all = append(all, e); return nil })
	if err != nil {
		return err
	}
	defer b.close()
	away := w.sim(w.fleet, captured, nil, "--outage", "24h", "--verbose")
	if _, err := away.await("all visitors were thanked"); err != nil {
		return err
	}
	away.kill()
	w.server.kill()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := zipFolders(filepath.Join(dir, beforeFile), w.dir); err != nil {
		return err
	}
	if err := w.serve(); err != nil {
		return err
	}
	if _, err := w.answer(0).end(); err != nil {
		return err
	}
	if err := w.askForMore(); err != nil {
		return err
	}
	for i, e := range all {
		for ext, data := range map[string][]byte{"request": e.request, "reply": e.said} {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%02d.%s", i+1, ext)), data, 0o644); err != nil {
				return err
			}
		}
	}
	fmt.Printf("%s: %d exchanges\n", dir, len(all))
	return b.close()
}

// askForMore makes the requests that a terminal makes only after a collector was restored or exchanged its keys.
func (w *world) askForMore() error {
	h, err := w.open(filepath.Join(w.fleet, "0001"))
	if err != nil {
		return err
	}
	defer h.letGo()
	if err := h.start(); err != nil {
		return err
	}
	stats, err := h.box.Stats()
	if err != nil {
		return err
	}
	held, err := h.box.Held(0, wire.MaxRanges)
	if err != nil {
		return err
	}
	offer, err := wire.Encode(wire.Offer{Origin: h.box.Origin(), Epoch: stats.Epoch, Held: held})
	if err == nil {
		_, err = h.post(wire.PathOffer, offer)
	}
	if err == nil {
		_, err = h.request(http.MethodGet, wire.PathKeys, nil)
	}
	return err
}

func zipFolders(path, root string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for _, folder := range []string{"collector", "fleet"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || strings.HasSuffix(path, ".lock") {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			to, err := z.Create(filepath.ToSlash(name))
			if err == nil {
				_, err = to.Write(data)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return errors.Join(z.Close(), f.Sync())
}

// past is a world that goes on from a capture, with the programs of today.
type past struct {
	*world
	exchanges []*exchange
}

func (r *rig) past(dir string) (*past, error) {
	root, err := os.MkdirTemp("", "otklik-past-")
	if err != nil {
		return nil, err
	}
	// Its terminal's program was killed once.
	p := &past{world: &world{
		rig: r, dir: root, collector: filepath.Join(root, "collector"), fleet: filepath.Join(root, "fleet"),
		terminals: 1, addr: "127.0.0.1:0", crashes: 1, unthanked: map[uuid.UUID]bool{},
	}}
	if err = p.unpack(dir); err == nil {
		err = p.serve()
	}
	if err == nil {
		err = p.lead("http://" + p.addr)
	}
	if err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *past) unpack(dir string) error {
	z, err := zip.OpenReader(filepath.Join(dir, beforeFile))
	if err != nil {
		return err
	}
	defer z.Close()
	for _, f := range z.File {
		data, err := fs.ReadFile(z, f.Name)
		if err != nil {
			return err
		}
		path := filepath.Join(p.dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			return err
		}
	}
	for n := 1; ; n++ {
		var e exchange
		if e.request, err = os.ReadFile(filepath.Join(dir, fmt.Sprintf("%02d.request", n))); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			e.said, err = os.ReadFile(filepath.Join(dir, fmt.Sprintf("%02d.reply", n)))
		}
		if err == nil {
			err = e.read()
		}
		if err != nil {
			return err
		}
		p.exchanges = append(p.exchanges, &e)
	}
}

// read takes the messages of an exchange apart.
func (e *exchange) read() error {
	r, err := readRequest(e.request)
	if err != nil {
		return err
	}
	reply, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(e.said)), r)
	if err != nil {
		return err
	}
	e.path, e.status, e.header = r.URL.Path, reply.StatusCode, reply.Header
	if e.body, err = io.ReadAll(r.Body); err == nil {
		e.reply, err = io.ReadAll(reply.Body)
	}
	return err
}

// lead has the terminal go to the collector where it is today.
func (p *past) lead(url string) error {
	path := filepath.Join(p.fleet, "0001", "identity.json")
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var identity map[string]any
	if err := json.Unmarshal(data, &identity); err != nil {
		return err
	}
	identity["url"] = url
	if data, err = json.Marshal(identity); err == nil {
		err = os.WriteFile(path, data, 0o600)
	}
	return err
}

// replay sends what the terminal of then sent, byte for byte, and holds what is said to it against what was said then.
func (p *past) replay() error {
	for i, then := range p.exchanges {
		now, err := ask(p.addr, then.request)
		if err == nil {
			err = then.sameAs(now)
		}
		if err != nil {
			return fmt.Errorf("exchange %d, %s: %w", i+1, then.path, err)
		}
	}
	return nil
}

// sameAs holds a reply against the one of then: it says all that it said then, and may say more.
func (e *exchange) sameAs(now *exchange) error {
	if now.status != e.status || now.header.Get("Content-Type") != e.header.Get("Content-Type") {
		return fmt.Errorf("it answers %d %s, then %d %s", now.status, now.header.Get("Content-Type"), e.status, e.header.Get("Content-Type"))
	}
	was, err := e.open()
	if err != nil {
		return err
	}
	is, err := now.open()
	switch {
	case err != nil:
		return err
	case was == nil && !bytes.Equal(e.reply, now.reply):
		return errors.New("it answers with another body")
	}
	if e.path != wire.PathEnrol && e.path != wire.PathOffer {
		delete(was, uint64(4)) // the time
	}
	return says(is, was, "the reply")
}

// says reports where a message does not say what another did.
func says(is, was any, where string) error {
	if m, ok := was.(message); ok {
		was = map[any]any(m)
	}
	if m, ok := is.(message); ok {
		is = map[any]any(m)
	}
	switch was := was.(type) {
	case map[any]any:
		is, ok := is.(map[any]any)
		for key, value := range was {
			if err := says(is[key], value, fmt.Sprintf("%s.%v", where, key)); err != nil || !ok {
				return errors.Join(err, fmt.Errorf("%s is no map: %t", where, !ok))
			}
		}
		return nil
	case []any:
		is, ok := is.([]any)
		if !ok || len(is) != len(was) {
			return fmt.Errorf("%s has %d parts, then %d", where, len(is), len(was))
		}
		for i := range was {
			if err := says(is[i], was[i], fmt.Sprintf("%s[%d]", where, i)); err != nil {
				return err
			}
		}
		return nil
	}
	if !reflect.DeepEqual(is, was) {
		return fmt.Errorf("%s is %v, then %v", where, is, was)
	}
	return nil
}

// known is what of a message a collector of then could say: it has no key that the one of then did not use.
func known(now, then any) any {
	switch now := now.(type) {
	case map[any]any:
		then, ok := then.(map[any]any)
		if !ok {
			return now
		}
		for key, value := range now {
			if _, was := then[key]; !was {
				delete(now, key)
			} else {
				now[key] = known(value, then[key])
			}
		}
		return now
	case []any:
		if then, ok := then.([]any); ok && len(then) > 0 {
			for i := range now {
				now[i] = known(now[i], then[0])
			}
		}
	}
	return now
}

// read shows that a terminal of today reads what the collector of then said.
func (p *past) read() error {
	identity, err := agent.LoadIdentity(filepath.Join(p.fleet, "0001"))
	if err != nil {
		return err
	}
	decided := 0
	for i, e := range p.exchanges {
		var message any
		switch e.path {
		case wire.PathEnrol:
			message = &wire.EnrolReply{}
		case wire.PathHeartbeat:
			message = &wire.HeartbeatReply{}
		case wire.PathOffer:
			message = &wire.OfferReply{}
		case wire.PathBatches:
			message = &wire.Receipt{}
		default:
			continue
		}
		if err := wire.OpenSigned(contexts[e.path], identity.SigningKey, e.reply, message); err != nil {
			return fmt.Errorf("exchange %d, %s: %w", i+1, e.path, err)
		}
		if r, is := message.(*wire.Receipt); is {
			decided += len(r.Decisions)
			if r.Batch != sha256.Sum256(e.body) {
				return fmt.Errorf("exchange %d: the receipt is for another batch", i+1)
			}
		}
	}
	if decided != captured {
		return fmt.Errorf("the receipts of then decide on %d answers, want %d", decided, captured)
	}
	return nil
}
