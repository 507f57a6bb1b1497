package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"otklik/surveys"
	"otklik/surveys/simulate"
	"otklik/sync/agent"
	"otklik/sync/outbox"
	"otklik/sync/recorder"
	"otklik/sync/wire"
)

// hand is a terminal of a world that a row uploads for by itself, in whatever order it likes. Outbox, recorder, enrolment
// and signatures are the real ones; when it is let go, fleetsim can go on with it.
type hand struct {
	w        *world
	dir      string
	identity agent.Identity
	box      *outbox.Outbox
	record   *recorder.Recorder
	survey   *surveys.Survey
	random   *mathrand.Rand
	// records are all that were ever saved, by seq from 1 on; sessions those they name.
	records  []wire.Record
	sessions map[wire.SessionID]wire.Session
}

// address is where terminals reach the collector.
func (w *world) address() string {
	if w.front != "" {
		return "http://" + w.front
	}
	return "http://" + w.addr
}

// byHand enrols one more terminal.
func (w *world) byHand() (*hand, error) {
	dir := filepath.Join(w.fleet, fmt.Sprintf("%04d", w.terminals+1))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	h, err := w.open(dir)
	if err != nil {
		return nil, err
	}
	_, err = agent.Enrol(context.Background(), agent.EnrolOptions{
		URL: w.address(), Code: w.code, Dir: dir, Origin: h.box.Origin(), Version: "by hand",
	})
	if err == nil {
		w.terminals++
		err = h.start()
	}
	if err != nil {
		h.letGo()
		return nil, err
	}
	return h, nil
}

// open opens the outbox of a folder.
func (w *world) open(dir string) (*hand, error) {
	source, err := os.ReadFile(w.rig.surveyFile())
	if err != nil {
		return nil, err
	}
	h := &hand{w: w, dir: dir, sessions: map[wire.SessionID]wire.Session{}}
	if h.survey, err = surveys.Load(survey, source); err != nil {
		return nil, err
	}
	w.seed++
	h.random = mathrand.New(mathrand.NewPCG(uint64(w.seed), 0))
	h.box, err = outbox.Open(filepath.Join(dir, "outbox.bolt"), outbox.Options{})
	return h, err
}

// start is what a terminal's program does once it is enrolled.
func (h *hand) start() (err error) {
	if h.identity, err = agent.LoadIdentity(h.dir); err != nil {
		return err
	}
	h.record = recorder.New(recorder.Config{Outbox: h.box, Recipients: h.identity.Recipients()})
	return nil
}

// letGo closes the outbox; another program may have it then.
func (h *hand) letGo() { _ = h.box.Close() }

// copied is the same terminal on another machine, from now on.
func (h *hand) copied(dir string) (*hand, error) {
	if err := os.CopyFS(dir, os.DirFS(h.dir)); err != nil {
		return nil, err
	}
	other, err := h.w.open(dir)
	if err != nil {
		return nil, err
	}
	other.records = append(other.records, h.records...)
	for id, s := range h.sessions {
		other.sessions[id] = s
	}
	h.w.boxes = append(h.w.boxes, filepath.Join(dir, "outbox.bolt"))
	return other, other.start()
}

// response is one of a visitor whom nobody has met.
func (h *hand) response() (*surveys.Response, error) {
	return simulate.Visitor{Began: time.Now().Add(-time.Minute)}.Respond(h.survey, h.random)
}

// thank takes n answers and thanks for them.
func (h *hand) thank(n int) error {
	for range n {
		response, err := h.response()
		if err != nil {
			return err
		}
		id, err := h.record.Save(h.survey, response)
		if err == nil {
			err = h.w.thanked(id)
		}
		if err != nil {
			return err
		}
	}
	return h.look()
}

// thanked notes an answer as fleetsim does.
func (w *world) thanked(id uuid.UUID) error {
	path := filepath.Join(w.fleet, "thanked.txt")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(id.String() + "\n")
	return errors.Join(err, f.Close())
}

// look notes the records that were added.
func (h *hand) look() error {
	for {
		known := uint64(len(h.records))
		batch, err := h.box.Next(wire.MaxBatchRecords, wire.MaxBatchBytes, func(seq uint64) bool { return seq <= known })
		if err != nil || len(batch.Records) == 0 {
			return err
		}
		h.records = append(h.records, batch.Records...)
		for _, s := range batch.Sessions {
			h.sessions[s.ID] = s
		}
	}
}

// batch puts records together with the sessions they name.
func (h *hand) batch(records []wire.Record) wire.Batch {
	b := wire.Batch{Origin: h.box.Origin(), Records: records}
	named := map[wire.SessionID]bool{}
	for _, r := range records {
		if s, ok := h.sessions[r.Session]; ok && !named[r.Session] {
			b.Sessions = append(b.Sessions, s)
		}
		named[r.Session] = true
	}
	return b
}

// send uploads a batch and returns the receipt, which is for it.
func (h *hand) send(b wire.Batch) (wire.Receipt, error) {
	body, err := wire.Encode(b)
	if err != nil {
		return wire.Receipt{}, err
	}
	return h.sendBytes(body)
}

// drain uploads all that waits, as an agent does.
func (h *hand) drain() error {
	for {
		b, err := h.box.Next(wire.MaxBatchRecords, wire.MaxBatchBytes, nil)
		if err != nil || len(b.Records) == 0 {
			return err
		}
		receipt, err := h.send(b)
		if err == nil {
			_, err = h.box.Settle(receipt)
		}
		if err != nil {
			return err
		}
	}
}

func (h *hand) sendBytes(body []byte) (receipt wire.Receipt, err error) {
	reply, err := h.post(wire.PathBatches, body)
	if err == nil {
		err = wire.OpenSigned(wire.ReceiptContext, h.identity.SigningKey, reply, &receipt)
	}
	if err == nil && receipt.Batch != sha256.Sum256(body) {
		err = errors.New("the receipt is for another batch")
	}
	return receipt, err
}

// refusedError is what the collector says when it takes nothing of a request.
type refusedError struct {
	status int
	wire.Problem
}

func (r *refusedError) Error() string { return fmt.Sprintf("%d %s: %s", r.status, r.Code, r.Message) }

// post sends a message.
func (h *hand) post(path string, body []byte) ([]byte, error) {
	return h.request(http.MethodPost, path, body)
}

// client makes the requests of a row. A reply that never comes is a failure of the collector.
var client = &http.Client{Timeout: patience}

// request makes a signed request and returns the body of a success.
func (h *hand) request(method, path string, body []byte) ([]byte, error) {
	request, err := http.NewRequest(method, h.w.address()+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", wire.ContentType)
	nonce := make([]byte, 16)
	rand.Read(nonce)
	if err := wire.SignRequest(request, body, h.identity.Terminal, h.identity.Key,
		base64.RawURLEncoding.EncodeToString(nonce), time.Now()); err != nil {
		return nil, err
	}
	reply, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer reply.Body.Close()
	data, err := io.ReadAll(reply.Body)
	if err != nil || reply.StatusCode == http.StatusOK {
		return data, err
	}
	refused := &refusedError{status: reply.StatusCode}
	if err := json.Unmarshal(data, &refused.Problem); err != nil {
		return nil, fmt.Errorf("%d %s: %w", reply.StatusCode, strings.TrimSpace(string(data)), err)
	}
	return nil, refused
}

// hash is that of a record's body, as the collector must come to.
func (h *hand) hash(opener *wire.Opener, r wire.Record) (wire.Hash, error) {
	origin := h.box.Origin()
	if err := opener.Session(origin, h.sessions[r.Session]); err != nil {
		return wire.Hash{}, err
	}
	canonical, err := opener.OpenCanonical(origin, r)
	return wire.BodyHash(origin, r.Seq, r.AnswerID, canonical), err
}

// changed is a record under the name of another, with other content.
func (h *hand) changed(of wire.Record) (wire.Record, error) {
	response, err := h.response()
	if err != nil {
		return wire.Record{}, err
	}
	sealer, err := wire.NewSealer(h.identity.Recipients(), h.box.Origin(), wire.Glossary(h.survey), rand.Reader)
	if err != nil {
		return wire.Record{}, err
	}
	h.sessions[sealer.Session().ID] = sealer.Session()
	return sealer.Seal(of.Seq, of.AnswerID, &wire.Body{Response: *response, Clock: wire.Clock{Wall: time.Now()}})
}
