package store_test

import (
	"testing"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// FuzzCells reads any bytes as the cells of tap maps, of one survey version and any length, and adds them up.
func FuzzCells(f *testing.F) {
	f.Add([]byte{1, 0, 0, 0}, []byte{})
	f.Add([]byte{1, 2, 3}, []byte{1, 0, 0, 0, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		rows := []wire.TapMap{{Columns: 12, Cells: store.UnpackCells(a)}, {Columns: 12, Cells: store.UnpackCells(b)}}
		var want uint64
		for _, row := range rows {
			for _, n := range row.Cells {
				want += uint64(n)
			}
		}
		sums := store.SumTaps(rows)
		if len(sums) != 1 || sums[0].Taps() != want {
			t.Errorf("%d maps, %d touches; want 1, %d", len(sums), sums[0].Taps(), want)
		}
	})
}
