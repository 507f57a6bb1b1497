package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/nicksnyder/go-i18n/v2/i18n"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

const (
	// stuckAfter is how long a record may wait on a terminal that is in touch.
	stuckAfter = time.Hour
	// alarmsShown is how many alarms the page shows: each is all of one kind about one outbox.
	alarmsShown = 50
)

// terminalView is a terminal with its state in words.
type terminalView struct {
	store.Terminal
	Icon  string // a shape of its own for each kind of state
	State string
	// Troubles are what the terminal reports, in the language of the page; Detail is the same in the terminal's own words.
	Troubles []string
	Detail   string
	Trouble  bool
	Seen     string
	Oldest   string
	Here     []coverageView
	// Escrow says whether it seals for the escrow key, "" where there is none or the terminal seals nothing any more.
	Escrow string
	Seals  bool
}

type terminalsPage struct {
	Now         time.Time
	Terminals   []terminalView
	Trouble     int
	Alarms      []alarmView
	Quarantined int
	// Restored says how far terminals are with sending again what a backup lacked, "" when none was restored lately.
	Restored string
	Refilled bool // all of them have
	// Escrow says how many seal for the escrow key, "" where there is none; all of them with Escrowed.
	Escrow   string
	Escrowed bool
	// Backup says what is wrong with making backups, "" for nothing, BackupDetail what the program said, and BackupLast when
	// the last good one was.
	Backup, BackupDetail, BackupLast string
}

type alarmView struct {
	store.Alarm
	Text     string
	Often    string // and since when, "" for once
	Terminal store.Terminal
}

func (c *Console) showTerminals(w http.ResponseWriter, r *http.Request) error {
	all, err := c.Store.Terminals(r.Context())
	if err != nil {
		return err
	}
	words := c.words(r)
	p := terminalsPage{Now: c.Now()}
	here, err := c.coverages(r, uuid.Nil)
	if err != nil {
		return err
	}
	for _, t := range all {
		view, err := c.terminalView(words, t, here[t.ID], p.Now)
		if err != nil {
			return err
		}
		if view.Trouble {
			p.Trouble++
		}
		p.Terminals = append(p.Terminals, view)
	}
	if seal, of := store.Escrowed(all, c.Escrow); len(c.Escrow) > 0 && of > 0 {
		if p.Escrow, err = words.NOf("terminals.escrow", seal, of); err != nil {
			return err
		}
		p.Escrowed = seal == of
	}
	if p.Alarms, err = c.alarms(r, uuid.Nil); err != nil {
		return err
	}
	if _, p.Quarantined, err = c.Store.Quarantine(r.Context(), 0); err != nil {
		return err
	}
	if err := c.life(r, words, &p); err != nil {
		return err
	}
	title, err := words.T("terminals.title")
	if err != nil {
		return err
	}
	return c.show(w, r, http.StatusOK, "terminals", "terminals", title, p)
}

// alarms are those that nobody has read yet, about one terminal, or about all for the zero ID.
func (c *Console) alarms(r *http.Request, about uuid.UUID) ([]alarmView, error) {
	alarms, err := c.Store.Alarms(r.Context(), alarmsShown)
	if err != nil {
		return nil, err
	}
	if about != uuid.Nil {
		alarms = slices.DeleteFunc(alarms, func(a store.Alarm) bool { return a.Terminal != about })
	}
	terminals, err := c.terminalsByID(r.Context())
	if err != nil {
		return nil, err
	}
	words := c.words(r)
	views := make([]alarmView, len(alarms))
	for i, a := range alarms {
		v := alarmView{Alarm: a, Terminal: terminals[a.Terminal]}
		if v.Text, err = words.With("alarm."+string(a.Kind), words.Number(int(a.Seq))); err != nil {
			return nil, err
		}
		if a.Times > 1 {
			since, err := words.With("alarm.since", words.Moment(a.First))
			if err != nil {
				return nil, err
			}
			times, err := words.N("alarm.times", a.Times)
			if err != nil {
				return nil, err
			}
			v.Often = times + " " + since
		}
		views[i] = v
	}
	return views, nil
}

// acknowledgeAlarm takes an alarm that somebody has read off the page.
func (c *Console) acknowledgeAlarm(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	id, err := strconv.ParseInt(r.PostFormValue("id"), 10, 64)
	if err != nil {
		return errNoPage
	}
	user := userName(r.Context())
	err = c.Store.AcknowledgeAlarm(r.Context(), id, user, c.Now())
	if err != nil && !errors.Is(err, store.ErrNotFound) { // somebody else was faster
		return err
	}
	c.Log.Info("alarm acknowledged", "id", id, "user", user)
	http.Redirect(w, r, "/terminals", http.StatusSeeOther)
	return nil
}

// terminalView says how a terminal is, and whether it seals for the escrow key.
func (c *Console) terminalView(w *words, t store.Terminal, here []coverageView, now time.Time) (terminalView, error) {
	v, err := w.terminalView(t, here, now)
	if err != nil || len(c.Escrow) == 0 || !t.Active() || t.Drained() {
		return v, err
	}
	key := "terminal.escrow.no"
	if v.Seals = t.SealsFor(c.Escrow); v.Seals {
		key = "terminal.escrow.yes"
	}
	v.Escrow, err = w.T(key)
	return v, err
}

// terminalView says how a terminal is. The gravest comes first: whoever is silent says nothing else that is true.
func (w *words) terminalView(t store.Terminal, here []coverageView, now time.Time) (v terminalView, err error) {
	v = terminalView{Terminal: t, Trouble: true, Here: here}
	missing := 0
	for _, one := range here {
		missing += int(one.Missing)
	}
	quiet, waiting := now.Sub(t.LastSeen), now.Sub(t.Oldest)
	switch {
	case !t.Active() && t.MaySend():
		v.Icon, v.Trouble = "waiting", false
		v.State, err = w.N("state.revoked.sending", int(t.Queued))
	case !t.Active() && missing > 0:
		v.Icon, v.Trouble = "attention", false // it asks nobody, and what it lost is lost; it is named all the same
		v.State, err = w.N("state.revoked.missing", missing)
	case !t.Active():
		v.Icon, v.Trouble = "revoked", false
		v.State, err = w.T("state.revoked")
	case t.Drained():
		v.Icon, v.Trouble = "ok", false
		v.State, err = w.T("state.drained")
	case !t.Draining.IsZero() && quiet <= store.SilentAfter:
		v.Icon, v.Trouble = "waiting", false
		v.State, err = w.N("state.draining", int(t.Queued))
	case t.LastSeen.IsZero():
		v.Icon, v.Trouble = "waiting", false
		v.State, err = w.T("state.never")
	case t.Silent(now):
		v.Icon = "silent"
		v.State, err = w.lasting("state.silent", quiet)
	case missing > 0:
		v.Icon = "attention"
		v.State, err = w.N("state.missing", missing)
	case t.Problem != "":
		v.Icon = "attention"
		v.State, err = w.T("state.problem")
	case t.Queued > 0 && !t.Oldest.IsZero() && waiting > stuckAfter:
		v.Icon = "attention"
		v.State, err = w.lasting("state.stuck", waiting)
	default:
		v.Icon, v.Trouble = "ok", false
		v.State, err = w.T("state.ok")
	}
	if err != nil {
		return v, err
	}
	v.Detail = t.Problem
	if v.Troubles, err = w.troubles(t.Troubles); err != nil {
		return v, err
	}
	if !t.LastSeen.IsZero() {
		if v.Seen, err = w.Ago(t.LastSeen, now); err != nil {
			return v, err
		}
	}
	if t.Queued > 0 && !t.Oldest.IsZero() {
		v.Oldest, err = w.For(waiting)
	}
	return v, err
}

// counted are the reasons that are told with a number.
var counted = map[string]bool{wire.TroubleDiskSoon: true, wire.TroubleCrashed: true}

// troubles says what does not work on a terminal, and what to do. A reason that only a newer program knows is named.
func (w *words) troubles(all []wire.Trouble) (texts []string, err error) {
	for _, t := range all {
		key, text := "trouble."+t.Reason, ""
		if counted[t.Reason] {
			text, err = w.N(key, max(1, int(t.Count))) // less than a day is no day
		} else {
			text, err = w.T(key)
		}
		if unknown := (*i18n.MessageNotFoundErr)(nil); errors.As(err, &unknown) {
			text, err = w.With("trouble.unknown", t.Reason)
		}
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, nil
}

// lasting is a text about something that has lasted for d.
func (w *words) lasting(key string, d time.Duration) (string, error) {
	long, err := w.For(d)
	if err != nil {
		return "", err
	}
	return w.With(key, long)
}
