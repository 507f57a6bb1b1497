// Package stats makes figures of counts that are honest about small samples.
package stats

import "math"

// z is the normal quantile of the 95 % level.
const z = 1.959963984540054

// Wilson returns the 95 % interval of the share k of n, both bounds from 0 to 1 (E. B. Wilson, "Probable inference, the law
// of succession, and statistical inference", 1927). It covers chance alone. Of n = 0 nothing is known: 0 to 1.
func Wilson(k, n int) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	p, size := float64(k)/float64(n), float64(n)
	middle := p + z*z/(2*size)
	half := z * math.Sqrt(p*(1-p)/size+z*z/(4*size*size))
	whole := 1 + z*z/size
	low, high = max(0, (middle-half)/whole), min(1, (middle+half)/whole)
	switch k { // what rounding leaves of an exact bound
	case 0:
		low = 0
	case n:
		high = 1
	}
	return low, high
}
