package access

import "testing"

// FuzzParseHash reads any text as the hash of a password: what is taken costs no more than what is made here at most.
func FuzzParseHash(f *testing.F) {
	for _, seed := range []string{
		"$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$c3Vtc3Vtc3Vtc3Vtc3Vtc3Vtc3Vtc3U", "$argon2id$v=19$m=0,t=0,p=0$$", "$$$$$",
		"$argon2id$v=19$m=4294967295,t=1,p=255$AA$AAAAAAAAAAAAAAAAAAAAAAAA", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, phc string) {
		c, _, sum, err := parseHash(phc)
		if err == nil && (c.Memory == 0 || c.Memory > maxMemory || c.Passes == 0 || c.Passes > maxPasses || c.Threads == 0 || len(sum) < 16) {
			t.Errorf("%q: %+v, %d bytes", phc, c, len(sum))
		}
	})
}
