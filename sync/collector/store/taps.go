package store

import (
	"cmp"
	"encoding/binary"
	"slices"

	"otklik/sync/wire"
)

// MaxTapMaps is how many rows of counts are kept of one terminal; those that rose longest ago make room.
const MaxTapMaps = 64

// TapMap is how often each cell of a terminal's glass was touched while a version of a survey was on it; "" for the screens
// of no survey.
type TapMap struct {
	Survey, Version string
	Columns         int      // see wire.TapMap
	Cells           []uint64 // row by row
}

// Taps is the sum of the counts.
func (m *TapMap) Taps() (sum uint64) {
	for _, n := range m.Cells {
		sum += n
	}
	return sum
}

// SumTaps adds up what counts the same survey version on the same grid: the maps with the most touches first.
func SumTaps(rows []wire.TapMap) []TapMap {
	var sums []TapMap
	for _, row := range rows {
		i := slices.IndexFunc(sums, func(m TapMap) bool {
			return m.Survey == row.Survey && m.Version == row.Version && m.Columns == row.Columns
		})
		if i < 0 {
			i = len(sums)
			sums = append(sums, TapMap{row.Survey, row.Version, row.Columns, make([]uint64, len(row.Cells))})
		}
		// What is kept has cells for the whole grid; a damaged row has fewer, and its touches count all the same.
		sums[i].Cells = append(sums[i].Cells, make([]uint64, max(0, len(row.Cells)-len(sums[i].Cells)))...)
		for cell, n := range row.Cells {
			sums[i].Cells[cell] += uint64(n)
		}
	}
	slices.SortStableFunc(sums, func(a, b TapMap) int {
		return cmp.Or(cmp.Compare(b.Taps(), a.Taps()), cmp.Compare(a.Survey, b.Survey), cmp.Compare(a.Version, b.Version))
	})
	return sums
}

// PackCells is the form in which the cells of a tap map are kept: four bytes each, little-endian.
func PackCells(cells []uint32) (packed []byte) {
	for _, n := range cells {
		packed = binary.LittleEndian.AppendUint32(packed, n)
	}
	return packed
}

// UnpackCells reads them; bytes that are no whole cell are left out.
func UnpackCells(packed []byte) []uint32 {
	cells := make([]uint32, len(packed)/4)
	for i := range cells {
		cells[i] = binary.LittleEndian.Uint32(packed[4*i:])
	}
	return cells
}
