package wire_test

import (
	"errors"
	"strings"
	"testing"

	"otklik/sync/wire"
)

func TestPINIsKnownByItsHashAlone(t *testing.T) {
	hash, err := wire.HashPIN("482915")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(hash, "482915") || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("the hash is %s", hash)
	}
	if again, _ := wire.HashPIN("482915"); again == hash {
		t.Error("two hashes of one PIN are the same")
	}
	for pin, want := range map[string]bool{"482915": true, "482916": false, "": false, "4829150": false} {
		if ok, err := wire.CheckPIN(pin, hash); ok != want || err != nil {
			t.Errorf("%q: %v, %v", pin, ok, err)
		}
	}
	for _, pin := range []string{"", "12345", "1234567890123", "12345a", "１２３４５６"} {
		if _, err := wire.HashPIN(pin); !errors.Is(err, wire.ErrPIN) {
			t.Errorf("%q is taken for a PIN: %v", pin, err)
		}
	}
	for _, bad := range []string{"", "482915", strings.Replace(hash, "m=19456", "m=99999999", 1), strings.Replace(hash, "argon2id", "argon2i", 1)} {
		if ok, err := wire.CheckPIN("482915", bad); ok || err == nil {
			t.Errorf("hash %q: %v, %v", bad, ok, err)
		}
	}
}
