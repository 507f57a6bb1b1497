package fleet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"otklik/surveys"
	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// ErrSeveral says that a name alone does not tell which terminal is meant.
var ErrSeveral = errors.New("several terminals are called so")

// Find returns the terminal with that name at site, or anywhere when site is "", or with that id. Revoked ones are passed
// over, but by an id. Errors wrap store.ErrNotFound or ErrSeveral, and say which there are.
func (f *Fleet) Find(ctx context.Context, site, name string) (store.Terminal, error) {
	all, err := f.store.Terminals(ctx)
	if err != nil {
		return store.Terminal{}, err
	}
	var found []store.Terminal
	for _, t := range all {
		if (t.Active() && t.Name == name || strings.EqualFold(t.ID.String(), name)) && (site == "" || t.Site == site) {
			found = append(found, t)
		}
	}
	switch len(found) {
	case 0:
		return store.Terminal{}, fmt.Errorf("no terminal at work is called %q: %w; look at the list: collector terminal list",
			name, store.ErrNotFound)
	case 1:
		return found[0], nil
	}
	var sites []string
	for _, t := range found {
		sites = append(sites, fmt.Sprintf("%q", t.Site))
	}
	return store.Terminal{}, fmt.Errorf("%q: %w; say --site, which is one of %s", name, ErrSeveral, strings.Join(sites, ", "))
}

// SetPIN gives the service corner of a terminal another PIN, of which only the hash is kept; "" takes it away, and then the
// one set on the terminal holds. The error wraps wire.ErrPIN when the text cannot be a PIN.
func (f *Fleet) SetPIN(ctx context.Context, t store.Terminal, pin string) error {
	hash := ""
	if pin != "" {
		var err error
		if hash, err = wire.HashPIN(pin); err != nil {
			return err
		}
	}
	return f.store.SetTerminalPIN(ctx, t.ID, hash)
}

// Drain has a terminal ask nobody any more and only send what it has, or takes that back.
func (f *Fleet) Drain(ctx context.Context, t store.Terminal, on bool) error {
	visit, err := f.longestVisit(ctx, t)
	if err != nil {
		return err
	}
	return f.store.DrainTerminal(ctx, t.ID, on, visit, f.now())
}

// LetSend lets a terminal that was revoked send what waits on it, or takes that back; by is the user who decided it.
// store.ErrConflict when it was not revoked.
func (f *Fleet) LetSend(ctx context.Context, id uuid.UUID, on bool, by string) error {
	return f.store.LetSend(ctx, id, on, by, f.now())
}

// commonVisit is longer than anybody stays who is not in a test.
const commonVisit = 30 * time.Minute

// longestVisit is how long a visit on a terminal may last, by the time limits of what it asks.
func (f *Fleet) longestVisit(ctx context.Context, t store.Terminal) (time.Duration, error) {
	latest, err := f.store.LatestSurveys(ctx)
	if err != nil {
		return 0, err
	}
	longest := commonVisit
	for _, v := range latest {
		if len(t.Surveys) > 0 && !slices.Contains(t.Surveys, v.ID) {
			continue
		}
		if s, err := surveys.Load(v.ID, v.Source); err == nil && s.Test != nil {
			longest = max(longest, commonVisit+s.Test.TimeLimit)
		}
	}
	return longest, nil
}

// IssueReplacement makes a one-time code for another machine that takes over the place of a terminal, revoked or not: its
// name, site, surveys and service corner. The terminal works on until the code is used, and is revoked then; what waits on
// it can still be brought as a file. pin is for a place that has none. store.ErrConflict when a third one has its name.
func (f *Fleet) IssueReplacement(ctx context.Context, t store.Terminal, pin PIN) (wire.Code, error) {
	if t.ReplacedBy != uuid.Nil {
		return wire.Code{}, fmt.Errorf("fleet: terminal %s was replaced already, by %s: %w", t.ID, t.ReplacedBy, store.ErrConflict)
	}
	hash, err := pin.hash()
	if err != nil {
		return wire.Code{}, err
	}
	return f.issue(ctx, store.Enrolment{
		Site: t.Site, Name: t.Name, Surveys: t.Surveys, Replaces: t.ID, PIN: hash, PINMade: pin.Made,
	})
}

// SetLeave says whether the service corner of a terminal leads to the desktop.
func (f *Fleet) SetLeave(ctx context.Context, t store.Terminal, on bool) error {
	return f.store.SetTerminalLeave(ctx, t.ID, on)
}

// SetHours says when the centre of a terminal is open, see surveys.ParseOpenings: outside of these hours its glass asks
// nobody and sleeps. "" is always. The error wraps surveys.ErrOpenings when the text is none.
func (f *Fleet) SetHours(ctx context.Context, t store.Terminal, text string) error {
	hours, err := surveys.ParseOpenings(text)
	if err != nil {
		return err
	}
	return f.store.SetTerminalHours(ctx, t.ID, surveys.FormatOpenings(hours))
}

// At returns the terminals at work at a site. The error wraps store.ErrNotFound when there are none.
func (f *Fleet) At(ctx context.Context, site string) ([]store.Terminal, error) {
	all, err := f.store.Terminals(ctx)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(t store.Terminal) bool { return !t.Active() || t.Site != site })
	if len(all) == 0 {
		return nil, fmt.Errorf("no terminal at work stands at %q: %w; look at the list: collector terminal list", site, store.ErrNotFound)
	}
	return all, nil
}
