package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"
)

// likeAnswers is text of what answers are made of, and of what they never are.
func likeAnswers(r *rand.Rand) string {
	words := []string{
		`{"q":"`, `rate`, `who`, `","v":`, `"employer"`, `,"t":`, `35`, `4`, `0`, `-7`, `-`, `007`, `}`, `,`, `[`, `]`, `"skipped"`, `"o":`,
		`"2026-11-23T09:30:15Z"`, `"2026-11-23T09:30:15.12Z"`, `"2027-01-15T08:00:00Z"`, `"deadbeef"`, `"Спасибо, было быстро"`, `"ә\"ө"`, `"`, `\`,
		"null", "true", "9007199254740993", `"a longer comment in English"`, "\xff",
	}
	var text strings.Builder
	for range r.IntN(80) {
		text.WriteString(words[r.IntN(len(words))])
	}
	return text.String()
}

// TestPackingNeverChanges holds packed bytes to those of the first program: a record that is sealed again elsewhere, or
// compared by its bytes, must come out the same.
func TestPackingNeverChanges(t *testing.T) {
	const want = "db2dfb6917ed6144bfe24dc245b5c4bb"
	r := rand.New(rand.NewPCG(1, 2))
	sum := sha256.New()
	for range 3000 {
		words := newTemplate([]byte(likeAnswers(r)))
		for range 4 {
			text := likeAnswers(r)
			packed, err := words.pack(nil, []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			sum.Write(packed)
			if back, err := words.unpack(packed); err != nil || string(back) != text {
				t.Fatalf("%q came back as %q, %v", text, back, err)
			}
		}
	}
	if got := hex.EncodeToString(sum.Sum(nil)[:16]); got != want {
		t.Errorf("packed bytes hash to %s, not %s", got, want)
	}
}
