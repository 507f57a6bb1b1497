package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// TapMaps implements store.Fleet.
func (s *Store) TapMaps(ctx context.Context, terminal uuid.UUID) ([]store.TapMap, error) {
	rows, err := list(ctx, s.db, "tap maps", func(rows *sql.Rows, m *wire.TapMap) error {
		var cells []byte
		err := rows.Scan(&m.Survey, &m.Version, &m.Columns, &cells)
		m.Cells = store.UnpackCells(cells)
		return err
	}, "SELECT survey, version, columns, cells FROM tap_maps WHERE terminal = ?", terminal[:])
	if err != nil {
		return nil, err
	}
	return store.SumTaps(rows), nil
}

// mergeTaps takes in the tap maps of a heartbeat.
func (t *tx) mergeTaps(terminal uuid.UUID, maps []wire.TapMap, received time.Time) error {
	for _, m := range maps[:min(len(maps), wire.MaxTapMaps)] {
		if m.Check() != nil {
			continue // a heartbeat says more than this, and a terminal that errs here goes on erring
		}
		var known []byte
		err := t.row("SELECT cells FROM tap_maps WHERE terminal = ? AND id = ? AND columns = ?", []any{terminal[:], m.ID[:], m.Columns}, &known)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if before := store.UnpackCells(known); len(before) == len(m.Cells) {
			m.Merge(wire.TapMap{Cells: before})
		}
		if _, err := t.exec("INSERT INTO tap_maps (terminal, id, survey, version, columns, cells, changed) VALUES (?, ?, ?, ?, ?, ?, ?) "+
			"ON CONFLICT (terminal, id) DO UPDATE SET cells = excluded.cells, changed = excluded.changed "+
			"WHERE columns = excluded.columns",
			terminal[:], m.ID[:], m.Survey, m.Version, m.Columns, store.PackCells(m.Cells), millis(received)); err != nil {
			return err
		}
	}
	if len(maps) == 0 {
		return nil
	}
	_, err := t.exec("DELETE FROM tap_maps WHERE terminal = ?1 AND id NOT IN "+
		"(SELECT id FROM tap_maps WHERE terminal = ?1 ORDER BY changed DESC, id LIMIT ?2)", terminal[:], store.MaxTapMaps)
	return err
}
