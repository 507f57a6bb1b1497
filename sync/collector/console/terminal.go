package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// rangesShown is how many runs of seq are named one by one.
const rangesShown = 6

// coverageView is what is here of one outbox, in words: «1–1204, нет 873».
type coverageView struct {
	store.Coverage
	Text    string
	Missing uint64
	Links   uint64 // of its hash chain
}

type terminalPage struct {
	terminalView
	Outboxes []coverageView
	Free     string
	// Before and After are the terminals whose place it took, and that took its; nil for none.
	Before, After *store.Terminal
	Taps          []tapPicture
	History       []eventView
	Alarms        []alarmView
	Gone, Heard   bool // revoked; and may send all the same
}

// eventView is something that was done to a terminal, in words.
type eventView struct {
	store.Event
	Text string
}

// coverage says what is here of an outbox; "" when nothing ever was.
func (w *words) coverage(c *store.Coverage) (string, error) {
	if c.Last == 0 {
		return "", nil
	}
	whole := w.run(wire.Range{First: c.First, Last: c.Last})
	lacking := c.Lacking()
	if len(lacking) == 0 {
		return w.With("coverage.all", whole)
	}
	shown := lacking
	if n := len(lacking); n > rangesShown {
		shown = lacking[:rangesShown]
	}
	runs := make([]string, len(shown))
	for i, r := range shown {
		runs[i] = w.run(r)
	}
	list := strings.Join(runs, ", ")
	if n := len(lacking) - len(shown); n > 0 {
		more, err := w.N("coverage.more", n)
		if err != nil {
			return "", err
		}
		list += " " + more
	}
	text, err := w.With("coverage.lacking", list)
	if err != nil {
		return "", err
	}
	text = whole + ", " + text
	key, waiting := "coverage.waiting", min(c.Waiting, lacking.Count())
	if !c.Left.IsZero() {
		key = "coverage.left"
	}
	if waiting > 0 {
		on, err := w.N(key, int(waiting))
		if err != nil {
			return "", err
		}
		text += ", " + on
	}
	return text, nil
}

// run is a run of seq as people write it.
func (w *words) run(r wire.Range) string {
	if r.First == r.Last {
		return w.Number(int(r.First))
	}
	return w.Number(int(r.First)) + "–" + w.Number(int(r.Last))
}

// coverages are what is here of some outboxes, of those of which anything ever was.
func (w *words) coverages(all []store.Coverage) (views []coverageView, err error) {
	for i := range all {
		text, err := w.coverage(&all[i])
		if err != nil {
			return nil, err
		}
		if text != "" {
			views = append(views, coverageView{Coverage: all[i], Text: text, Missing: all[i].Missing()})
		}
	}
	return views, nil
}

// coverage is what is here of the outboxes of each terminal, or of one.
func (c *Console) coverage(ctx context.Context, terminal uuid.UUID) (map[uuid.UUID][]store.Coverage, error) {
	all, err := c.Store.Coverage(ctx, terminal)
	if err != nil {
		return nil, err
	}
	of := make(map[uuid.UUID][]store.Coverage)
	for _, one := range all {
		of[one.Terminal] = append(of[one.Terminal], one)
	}
	return of, nil
}

func (c *Console) showTerminal(w http.ResponseWriter, r *http.Request) error {
	id, err := uuid.Parse(r.PathValue("id"))
	if err != nil {
		return errNoPage
	}
	t, err := c.Store.Terminal(r.Context(), id)
	if err != nil {
		return err
	}
	words := c.words(r)
	here, err := c.coverage(r.Context(), id)
	if err != nil {
		return err
	}
	var p terminalPage
	if p.terminalView, err = c.terminalView(words, t, here[id], c.Now()); err != nil {
		return err
	}
	p.Outboxes = p.Here
	p.Gone, p.Heard = !t.Active(), t.MaySend()
	heads, err := c.Store.ChainHeads(r.Context())
	if err != nil {
		return err
	}
	for i := range p.Outboxes {
		for _, h := range heads {
			if h.Origin == p.Outboxes[i].Origin {
				p.Outboxes[i].Links = h.Links
			}
		}
	}
	if t.DiskFree > 0 {
		p.Free = words.Mean(float64(t.DiskFree)/1e9) + " " + gigabytes[words.language]
	}
	byID, err := c.terminalsByID(r.Context())
	if err != nil {
		return err
	}
	for id, to := range map[uuid.UUID]**store.Terminal{t.Replaces: &p.Before, t.ReplacedBy: &p.After} {
		if other, ok := byID[id]; ok && id != uuid.Nil {
			*to = &other
		}
	}
	if p.Taps, err = c.taps(r, &t); err != nil {
		return err
	}
	if p.Alarms, err = c.alarms(r, id); err != nil {
		return err
	}
	events, err := c.Store.History(r.Context(), id)
	if err != nil {
		return err
	}
	for _, e := range events {
		text, err := words.T("event." + string(e.What))
		if err != nil {
			return err
		}
		p.History = append(p.History, eventView{e, text})
	}
	return c.show(w, r, http.StatusOK, "terminal", "terminals", fmt.Sprintf("%s — %s", t.Name, t.Site), p)
}

// letSend lets a revoked terminal send what waits on it, or takes that back.
func (c *Console) letSend(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	id, err := uuid.Parse(r.PathValue("id"))
	if err != nil {
		return errNoPage
	}
	user, on := userName(r.Context()), r.PostFormValue("on") == "yes"
	if err := c.Store.LetSend(r.Context(), id, on, user, c.Now()); errors.Is(err, store.ErrConflict) {
		return errNoPage // there is no such button for one that is at work
	} else if err != nil {
		return err
	}
	c.Log.Info("revoked terminal", "terminal", id, "may send", on, "user", user)
	http.Redirect(w, r, "/terminals/"+id.String(), http.StatusSeeOther)
	return nil
}

var gigabytes = map[string]string{"ru": "ГБ", "en": "GB"}
