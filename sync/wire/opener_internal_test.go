package wire

import (
	"crypto/rand"
	"runtime"
	"strings"
	"testing"
)

// What an opener remembers is bounded whatever terminals say their glossaries are: one that costs a hundred bytes to send has
// as many tokens as one of a large survey has letters.
func TestWhatAnOpenerRemembersIsBoundedInBytes(t *testing.T) {
	private, public, err := NewSealingKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	o, err := NewOpener(private)
	if err != nil {
		t.Fatal(err)
	}
	glossary := []byte(strings.Repeat("[", maxGlossary))
	heap := func() int {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	before := heap()
	const sessions = 1200
	for range sessions {
		s, err := NewSealer(Recipients{Collector: public}, Origin{1}, glossary, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.Session(Origin{1}, s.Session()); err != nil {
			t.Fatal(err)
		}
	}
	if grown := heap() - before; grown > 80<<20 {
		t.Errorf("%d sessions take %d MB", sessions, grown>>20)
	}
	kept := len(o.sessions)
	if kept < 100 || kept == sessions {
		t.Errorf("%d of %d sessions are kept", kept, sessions)
	}
	// Small ones are kept as many as before.
	for range sessions {
		s, err := NewSealer(Recipients{Collector: public}, Origin{1}, []byte(`{"a":1}`), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.Session(Origin{1}, s.Session()); err != nil {
			t.Fatal(err)
		}
	}
	if small := len(o.sessions) - kept; small < sessions/2 {
		t.Errorf("of %d small sessions hardly any are kept: %d", sessions, small)
	}
}
