package console

import (
	"net/http"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"

	"otklik/sync/collector/store"
)

// restoredShown is how long the page tells of a restore after all terminals have sent again what was lacking.
const restoredShown = 7 * 24 * time.Hour

// life puts into the page how it stands with backups, and with what was lost since one that was restored.
func (c *Console) life(r *http.Request, words *words, p *terminalsPage) error {
	state, err := c.Store.BackupState(r.Context())
	if err != nil {
		return err
	}
	if err := words.backups(p, state); err != nil {
		return err
	}
	restored, err := c.Store.Restored(r.Context())
	if err != nil || restored.At.IsZero() {
		return err
	}
	p.Refilled = restored.Refilled >= restored.Terminals
	if p.Refilled && p.Now.Sub(restored.At) > restoredShown {
		return nil
	}
	p.Restored, err = words.localizer.Localize(&i18n.LocalizeConfig{MessageID: "restored", TemplateData: map[string]any{
		"At": words.Moment(restored.At), "Taken": words.Moment(restored.Taken),
		"N": words.Number(restored.Refilled), "Of": words.Number(restored.Terminals),
	}})
	return err
}

// backups says what is wrong: the last one failed, or the last good one is too old for how often they are made.
func (w *words) backups(p *terminalsPage, state store.BackupState) (err error) {
	good := !state.Good.Began.IsZero()
	if good {
		p.BackupLast, err = w.With("backup.last", w.Moment(state.Good.Began))
	} else {
		p.BackupLast, err = w.T("backup.none")
	}
	if err != nil {
		return err
	}
	switch {
	case state.Last.Problem != "":
		p.BackupDetail = state.Last.Problem
		p.Backup, err = w.With("backup.failed", w.Moment(state.Last.Began))
	case good && state.Every > 0 && p.Now.Sub(state.Good.Began) > 2*state.Every:
		p.Backup, err = w.With("backup.late", w.Moment(state.Good.Began))
	}
	return err
}
