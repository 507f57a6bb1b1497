package console

import "testing"

// FuzzDifferences compares any two bodies that a terminal may have sealed: a body differs from itself in nothing.
func FuzzDifferences(f *testing.F) {
	f.Add([]byte(`{"response":{"survey":"a","answers":[{"q":"mood","v":4},{"q":"mood"}]},"clock":{}}`), []byte(`{"response":{"answers":[{"v":[]}]}}`))
	f.Add([]byte(`{"response":null}`), []byte(`[]`))
	f.Add([]byte(`{"response":{"answers":[null]}}`), []byte(`{"response":{"answers":{}}}`))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		differences(a, b)
		if d := differences(a, a); len(d) > 0 {
			t.Errorf("%q differs from itself: %+v", a, d)
		}
	})
}
