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
	search
	Now       time.Time
	None      bool // there is no terminal at all
	Search    bool // there are so many that one is looked for
	Terminals []terminalView
	// Shown says which of how many they are, "" when it is all; Here, Earlier and Later are addresses of pages, "" for none.
	Shown, Here, Earlier, Later string
	Trouble                     int // of all terminals
	Alarms                      []alarmView
	Quarantined                 int
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
	here, err := c.coverage(r.Context(), uuid.Nil)
	if err != nil {
		return err
	}
	p := terminalsPage{search: searchOf(r.URL.Query()), Now: c.Now()}
	if err := c.find(words, &p, all, here); err != nil {
		return err
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

// find puts the terminals that are looked for on the page, those that need attention first.
func (c *Console) find(words *words, p *terminalsPage, all []store.Terminal, here map[uuid.UUID][]store.Coverage) (err error) {
	troubled := make([]bool, len(all))
	var found []int
	for i := range all {
		troubled[i] = conditionOf(&all[i], lacking(here[all[i].ID]), p.Now).trouble
		if troubled[i] {
			p.Trouble++
		}
		if p.fits(&all[i], troubled[i]) {
			found = append(found, i)
		}
	}
	p.None, p.Search = len(all) == 0, len(all) >= searchFrom || p.Find != "" || p.Only
	slices.SortStableFunc(found, func(a, b int) int {
		switch {
		case troubled[a] == troubled[b]:
			return 0
		case troubled[a]:
			return -1
		}
		return 1
	})
	p.page = min(p.page, max(1, (len(found)+terminalsShown-1)/terminalsShown))
	first := (p.page - 1) * terminalsShown
	last := min(first+terminalsShown, len(found))
	p.Here = p.at(p.page)
	if p.page > 1 {
		p.Earlier = p.at(p.page - 1)
	}
	if last < len(found) {
		p.Later = p.at(p.page + 1)
	}
	if last-first < len(found) {
		run := words.run(wire.Range{First: uint64(first + 1), Last: uint64(last)})
		if p.Shown, err = words.Among(run, words.Number(len(found))); err != nil {
			return err
		}
	}
	for _, i := range found[first:last] {
		view, err := c.terminalView(words, all[i], here[all[i].ID], p.Now)
		if err != nil {
			return err
		}
		p.Terminals = append(p.Terminals, view)
	}
	return nil
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
func (c *Console) terminalView(w *words, t store.Terminal, here []store.Coverage, now time.Time) (terminalView, error) {
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

// phrase is a text that has still to be put into words.
type phrase func(*words) (string, error)

func plainly(key string) phrase { return func(w *words) (string, error) { return w.T(key) } }

func about(key string, n int) phrase { return func(w *words) (string, error) { return w.N(key, n) } }

func lasting(key string, d time.Duration) phrase {
	return func(w *words) (string, error) {
		long, err := w.For(d)
		if err != nil {
			return "", err
		}
		return w.With(key, long)
	}
}

// condition is how a terminal is: a shape, a text, and whether somebody has to do something about it.
type condition struct {
	icon    string
	trouble bool
	say     phrase
}

// lacking is how many records are missing of a terminal's outboxes.
func lacking(here []store.Coverage) (n int) {
	for i := range here {
		n += int(here[i].Missing())
	}
	return n
}

// conditionOf says how a terminal is, so many of whose records are missing. The gravest comes first: whoever is silent says
// nothing else that is true.
func conditionOf(t *store.Terminal, missing int, now time.Time) condition {
	waiting := now.Sub(t.Oldest)
	switch {
	case !t.Active() && t.MaySend():
		return condition{"waiting", false, about("state.revoked.sending", int(t.Queued))}
	case !t.Active() && missing > 0:
		// It asks nobody, and what it lost is lost; it is named all the same.
		return condition{"attention", false, about("state.revoked.missing", missing)}
	case !t.Active():
		return condition{"revoked", false, plainly("state.revoked")}
	case t.Drained():
		return condition{"ok", false, plainly("state.drained")}
	case !t.Draining.IsZero() && now.Sub(t.LastSeen) <= store.SilentAfter:
		return condition{"waiting", false, about("state.draining", int(t.Queued))}
	case t.LastSeen.IsZero():
		return condition{"waiting", false, plainly("state.never")}
	case t.Silent(now):
		return condition{"silent", true, lasting("state.silent", now.Sub(t.LastSeen))}
	case missing > 0:
		return condition{"attention", true, about("state.missing", missing)}
	case t.Problem != "":
		return condition{"attention", true, plainly("state.problem")}
	case t.Queued > 0 && !t.Oldest.IsZero() && waiting > stuckAfter:
		return condition{"attention", true, lasting("state.stuck", waiting)}
	}
	return condition{"ok", false, plainly("state.ok")}
}

func (w *words) terminalView(t store.Terminal, here []store.Coverage, now time.Time) (v terminalView, err error) {
	is := conditionOf(&t, lacking(here), now)
	v = terminalView{Terminal: t, Icon: is.icon, Trouble: is.trouble}
	if v.State, err = is.say(w); err != nil {
		return v, err
	}
	if v.Here, err = w.coverages(here); err != nil {
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
		v.Oldest, err = w.For(now.Sub(t.Oldest))
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
