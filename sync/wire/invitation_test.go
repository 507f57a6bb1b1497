package wire_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"otklik/sync/wire"
)

func TestInvitationIsReadHoweverItArrives(t *testing.T) {
	pub, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	code, err := wire.NewCode(rand.Reader, pub)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []wire.Invitation{
		{Address: "https://otklik.example:8443", Code: code},
		{Address: "https://otklik1", Code: code},
		{Address: "https://otklik.example:8443", Code: code, Authority: wire.Hash{0xab, 30: 0xcd, 31: 0xef}},
		{Address: "https://otklik1", Code: code, Authority: wire.Hash{1}},
	} {
		arrives(t, want)
	}
	for typed, want := range map[string]error{
		"": wire.ErrInvitation, code.String(): wire.ErrInvitation, "OTKLIK1 https://a": wire.ErrInvitation,
		"OTKLIK1 https://a 1234": wire.ErrCode, "OTKLIK2 https://a " + code.String(): wire.ErrInvitation,
		"OTKLIK2 https://a " + strings.Repeat("0", 64) + " " + code.String(): wire.ErrInvitation,
		"OTKLIK2 https://a " + strings.Repeat("1", 64):                       wire.ErrCode,
		"OTKLIK3 https://a " + code.String():                                 wire.ErrInvitation,
	} {
		if _, err := wire.ParseInvitation(typed); !errors.Is(err, want) {
			t.Errorf("%q: %v", typed, err)
		}
	}
}

// arrives reads an invitation in every way that it is typed or scanned.
func arrives(t *testing.T, want wire.Invitation) {
	t.Helper()
	text := want.String()
	russian := map[rune]rune{}
	keys := []rune("йцукенгшщзфывапролдячсмитью.Ж")
	for i, r := range []rune("qwertyuiopasdfghjklzxcvbnm./:") {
		russian[r] = keys[i]
	}
	layout := strings.Map(func(r rune) rune {
		if to, ok := russian[r]; ok {
			return to
		}
		return r
	}, strings.ToLower(text))
	for _, typed := range []string{
		text, text + "\r\n", strings.ToLower(text), strings.ToUpper(text), "https://" + text, text + "  ", layout, strings.ToUpper(layout),
	} {
		got, err := wire.ParseInvitation(typed)
		if err != nil || got != want {
			t.Errorf("%q: %+v, %v", typed, got, err)
		}
	}
}

// An invitation comes from a scanner or from somebody's fingers: whatever is read can be shown and read again.
func FuzzInvitation(f *testing.F) {
	f.Add(wire.Invitation{Address: "https://otklik.example:8443", Code: wire.Code{1, 2, 3}}.String())
	f.Add(wire.Invitation{Address: "https://otklik2", Code: wire.Code{1, 2, 3}, Authority: wire.Hash{4}}.String())
	f.Add("https://otklik.example 0123")
	f.Fuzz(func(t *testing.T, text string) {
		read, err := wire.ParseInvitation(text)
		if err != nil {
			return
		}
		if again, err := wire.ParseInvitation(read.String()); err != nil || again != read {
			t.Errorf("%q is %+v, shown as %q and read as %+v, %v", text, read, read.String(), again, err)
		}
	})
}
