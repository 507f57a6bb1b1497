package wire

import "fmt"

// The grid of a tap map: so coarse that a cell is about a finger, or a key, wide.
const (
	TapsLong  = 20 // cells along the longer side of the glass
	TapsShort = 12 // cells along its shorter side
	// MaxTapMaps is how many maps a heartbeat may carry.
	MaxTapMaps = 16
	maxTapName = 64 // bytes of a survey's id or version
)

// TapMap counts where a glass was touched, for nothing but to find a dead zone of a touchscreen and palms that lean on a
// corner: no order, no time, all screens of a survey in one. Counts only rise, so a map may be told any number of times.
type TapMap struct {
	// ID is random, of this row of counts: a terminal that lost its counts begins another one.
	ID [8]byte `cbor:"1,keyasint,omitzero" json:"id"`
	// Survey and Version name what was asked; "" for the screens of no survey.
	Survey  string `cbor:"2,keyasint,omitempty" json:"survey,omitempty"`
	Version string `cbor:"3,keyasint,omitempty" json:"version,omitempty"`
	// Columns is TapsShort on an upright glass and TapsLong on one that lies; the other number is that of the rows.
	Columns int `cbor:"4,keyasint,omitzero" json:"columns"`
	// Cells are the counts, row by row from the top, each from the left.
	Cells []uint32 `cbor:"5,keyasint,omitempty" json:"cells"`
}

// NewTapMap returns an empty map, for an upright glass or one that lies.
func NewTapMap(upright bool) TapMap {
	columns := TapsLong
	if upright {
		columns = TapsShort
	}
	return TapMap{Columns: columns, Cells: make([]uint32, TapsLong*TapsShort)}
}

// Check says what is wrong with a map that a terminal tells; the error wraps ErrMalformed.
func (m *TapMap) Check() error {
	switch {
	case m.Columns != TapsLong && m.Columns != TapsShort:
		return fmt.Errorf("%w: a tap map of %d columns", ErrMalformed, m.Columns)
	case len(m.Cells) != TapsLong*TapsShort:
		return fmt.Errorf("%w: a tap map of %d cells", ErrMalformed, len(m.Cells))
	case len(m.Survey) > maxTapName || len(m.Version) > maxTapName:
		return fmt.Errorf("%w: a tap map of a survey with a name of %d bytes", ErrMalformed, max(len(m.Survey), len(m.Version)))
	}
	return nil
}

// Cell is the index of the cell at a place, given in thousandths from the left and from the top.
func (m *TapMap) Cell(x, y int) int {
	rows := TapsLong * TapsShort / m.Columns
	at := func(share, of int) int { return min(max(0, share*of/1000), of-1) }
	return at(y, rows)*m.Columns + at(x, m.Columns)
}

// Taps is the sum of the counts.
func (m *TapMap) Taps() (sum uint64) {
	for _, n := range m.Cells {
		sum += uint64(n)
	}
	return sum
}

// Merge takes in what is told of the same counts at another time, earlier or later, as often as it comes: the higher count
// of each cell holds. Both have passed Check and have the same ID.
func (m *TapMap) Merge(told TapMap) {
	for i, n := range told.Cells {
		m.Cells[i] = max(m.Cells[i], n)
	}
}
