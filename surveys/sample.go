package surveys

// Sample chooses which visitors are asked: every n-th of those who could be, or each with a probability.
type Sample struct {
	Every       int     // 2 and up; 0 when Probability decides
	Probability float64 // above 0, below 1; 0 when Every decides
}

// Asks reports whether a visitor is asked: number counts those who could have been on this terminal, this one included,
// from 1; lot is a random number of the visit. Nil asks everyone.
func (s *Sample) Asks(number, lot uint64) bool {
	switch {
	case s == nil:
		return true
	case s.Every > 0:
		return number%uint64(s.Every) == 0
	}
	const bits = 53 // what a float64 holds exactly
	return float64(mix(lot)>>(64-bits))/(1<<bits) < s.Probability
}
