package console

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"otklik/sync/collector/ingest"
	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// Records is where records come in that no terminal sends: carried by a courier, or read again.
type Records interface {
	Accept(ctx context.Context, bundle io.Reader, receipts io.Writer) (ingest.Accepted, error)
	Release(ctx context.Context, id int64) (wire.Decision, error)
}

const (
	// asideShown is how many records of each kind the page shows.
	asideShown = 50
	// maxBundle bounds a file that is brought, in bytes, and bundlePatience how long it may take.
	maxBundle      = 2 << 30
	bundlePatience = time.Hour
)

// asidePage is what is not counted, and the way in for files.
type asidePage struct {
	Quarantined []quarantinedView
	Total       int // in quarantine
	Changed     []changedView
	ChangedAll  int
	// What was just done.
	Accepted *ingest.Accepted
	Released *released
	Problem  string // the key of a text
}

type released struct{ Counted, Stayed int }

type quarantinedView struct {
	store.Quarantined
	Terminal store.Terminal
}

type changedView struct {
	store.Changed
	Terminal    store.Terminal
	Differences []difference
}

// difference is one thing that two bodies tell differently.
type difference struct{ Name, Counts, Other string }

func (c *Console) showAside(w http.ResponseWriter, r *http.Request) error {
	return c.aside(w, r, http.StatusOK, asidePage{})
}

// aside shows what is kept aside; p says what was just done.
func (c *Console) aside(w http.ResponseWriter, r *http.Request, status int, p asidePage) error {
	terminals, err := c.terminalsByID(r.Context())
	if err != nil {
		return err
	}
	quarantined, total, err := c.Store.Quarantine(r.Context(), asideShown)
	if err != nil {
		return err
	}
	p.Total = total
	for _, q := range quarantined {
		p.Quarantined = append(p.Quarantined, quarantinedView{q, terminals[q.Terminal]})
	}
	changed, total, err := c.Store.Changed(r.Context(), asideShown)
	if err != nil {
		return err
	}
	p.ChangedAll = total
	for _, one := range changed {
		p.Changed = append(p.Changed, changedView{one, terminals[one.Terminal], differences(one.Original, one.Body)})
	}
	title, err := c.words(r).T("aside.title")
	if err != nil {
		return err
	}
	return c.show(w, r, status, "aside", "terminals", title, p)
}

// differences tells two bodies apart, answer by answer.
func differences(counts, other []byte) (all []difference) {
	a, b := parts(counts), parts(other)
	names := slices.Collect(maps.Keys(a))
	for name := range b {
		if _, ok := a[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		if a[name] != b[name] {
			all = append(all, difference{name, a[name], b[name]})
		}
	}
	return all
}

// parts are the answers of a body by question, and what else it says, as JSON.
func parts(body []byte) map[string]string {
	var b struct {
		Response map[string]json.RawMessage `json:"response"`
		Clock    json.RawMessage            `json:"clock"`
	}
	all := make(map[string]string)
	if json.Unmarshal(body, &b) != nil {
		return map[string]string{"?": string(body)}
	}
	var answers []map[string]json.RawMessage
	if json.Unmarshal(b.Response["answers"], &answers) == nil {
		delete(b.Response, "answers")
	}
	for _, answer := range answers {
		var question string
		_ = json.Unmarshal(answer["q"], &question) // one without a name stands under ""
		delete(answer, "q")
		text, err := json.Marshal(answer)
		if value, ok := answer["v"]; ok && len(answer) == 1 {
			text, err = value, nil
		}
		if err == nil {
			all[question] = string(text)
		}
	}
	for name, value := range b.Response {
		all["· "+name] = string(value)
	}
	all["· clock"] = string(b.Clock)
	return all
}

// releaseAside reads one record again, or all of them.
func (c *Console) releaseAside(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	done := released{}
	release := func(id int64) error {
		d, err := c.Records.Release(r.Context(), id)
		switch {
		case errors.Is(err, store.ErrNotFound): // somebody else was faster
		case err != nil:
			return err
		case d.Verdict == wire.Quarantined:
			done.Stayed++
		default:
			done.Counted++
		}
		return nil
	}
	if r.PostFormValue("all") != "" {
		for after := int64(0); ; {
			some, err := c.Store.QuarantinedAfter(r.Context(), after, asideShown)
			if err != nil {
				return err
			}
			if len(some) == 0 {
				break
			}
			for _, q := range some {
				after = q.ID
				if err := release(q.ID); err != nil {
					return err
				}
			}
		}
	} else {
		id, err := strconv.ParseInt(r.PostFormValue("id"), 10, 64)
		if err != nil {
			return errNoPage
		}
		if err := release(id); err != nil {
			return err
		}
	}
	c.Log.Info("quarantine read again", "counted", done.Counted, "stayed", done.Stayed, "user", userName(r.Context()))
	return c.aside(w, r, http.StatusOK, asidePage{Released: &done})
}

// acceptBundle takes a file that a courier brought; with answer=file it answers with the receipts for the terminal.
func (c *Console) acceptBundle(w http.ResponseWriter, r *http.Request) error {
	// A stick full of answers takes longer than a form.
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(bundlePatience)); err != nil {
		c.Log.Warn("a slow upload may be cut off", "error", err)
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBundle)
	file, err := bundleOf(r)
	if err != nil {
		return c.aside(w, r, http.StatusUnprocessableEntity, asidePage{Problem: "aside.accept.none"})
	}
	var receipts bytes.Buffer
	a, err := c.Records.Accept(r.Context(), file, &receipts)
	c.Log.Info("a bundle was brought", "terminal", a.Terminal.ID, "stored", a.Stored, "duplicates", a.Duplicates, "conflicts",
		a.Conflicts, "quarantined", a.Quarantined, "damaged", a.Damaged, "cut off", a.CutOff, "user", userName(r.Context()), "error", err)
	switch {
	case errors.Is(err, wire.ErrNoBundle), errors.Is(err, wire.ErrCutOff):
		return c.aside(w, r, http.StatusUnprocessableEntity, asidePage{Problem: "aside.accept.other"})
	case errors.Is(err, store.ErrNotFound):
		return c.aside(w, r, http.StatusUnprocessableEntity, asidePage{Problem: "aside.accept.unknown"})
	case errors.Is(err, wire.ErrSignature):
		return c.aside(w, r, http.StatusUnprocessableEntity, asidePage{Problem: "aside.accept.forged"})
	case err != nil:
		return err
	}
	if r.URL.Query().Get("answer") == "file" {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q",
			fmt.Sprintf("otklik-%s-%s.receipt", a.Terminal.ID, c.Now().In(c.Zone).Format("20060102-150405"))))
		_, err := w.Write(receipts.Bytes())
		return err
	}
	return c.aside(w, r, http.StatusOK, asidePage{Accepted: &a})
}

// bundleOf finds the file in the form, without keeping it anywhere.
func bundleOf(r *http.Request) (io.Reader, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, err
	}
	for {
		part, err := parts.NextPart()
		if err != nil {
			return nil, err
		}
		if part.FormName() == "bundle" && part.FileName() != "" {
			return part, nil
		}
	}
}
