package agent

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"otklik/sync/wire"
)

var update = flag.Bool("update", false, "write the golden files anew: only for a file that no released program knows")

func fuzzIdentity() Identity {
	key := bytes.Repeat([]byte{7}, 32)
	return Identity{
		Terminal: uuid.UUID{1, 15: 2}, Origin: wire.Origin{3}, URL: "https://feedback.example.org", Key: ed25519.NewKeyFromSeed(key),
		SigningKey: bytes.Repeat([]byte{8}, 32), SealingKey: bytes.Repeat([]byte{9}, 32), EscrowKey: bytes.Repeat([]byte{10}, 32),
		Collector: wire.Hash{11}, CA: "-----BEGIN CERTIFICATE-----\n",
	}
}

// golden is what each file of the data folder is written as.
func golden(t testing.TB) map[string][]byte {
	t.Helper()
	config, err := wire.Encode(wire.TerminalConfig{Version: 7, Site: "Зал", Name: "Левый", KeepDays: 14})
	must := func(data []byte, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	must(config, err)
	identity, status := fuzzIdentity(), Status{Terminal: uuid.UUID{1}, URL: "https://feedback.example.org", Queued: 3, Written: time.Unix(1_800_000_000, 0).UTC()}
	return map[string][]byte{
		"identity-v1.json":  must(marshalFile(&identity)),
		"enrolling-v1.json": must(marshalFile(&enrolling{Key: identity.Key, Code: []byte{1, 2, 3}})),
		"status-v1.json":    must(marshalFile(&status)),
		"config-v1.cbor":    config,
		"beat-v1":           []byte(beatMark + "1800000000\n"),
	}
}

func TestFilesOfEveryVersionAreRead(t *testing.T) {
	for name, data := range golden(t) {
		path := filepath.Join("testdata", name)
		if *update {
			if err := errors.Join(os.MkdirAll("testdata", 0o755), os.WriteFile(path, data, 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(path); err != nil || !bytes.Equal(want, data) {
			t.Errorf("%s is written as\n%s\nnot as\n%s, %v", name, data, want, err)
		}
	}
	read := func(name string) []byte {
		t.Helper()
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	// Without their first line they are of programs that wrote no format.
	older := func(data []byte) []byte { return bytes.Replace(data, []byte("\n  \"format\": 1,"), nil, 1) }
	newer := func(data []byte) []byte { return bytes.Replace(data, []byte(`"format": 1`), []byte(`"format": 2`), 1) }
	for name, parse := range map[string]func([]byte) error{
		"identity-v1.json": func(data []byte) error {
			i, err := parseIdentity(data)
			if err == nil && (i.Terminal != fuzzIdentity().Terminal || !i.Key.Equal(fuzzIdentity().Key) || i.CA == "") {
				t.Errorf("read %v", i)
			}
			return err
		},
		"enrolling-v1.json": func(data []byte) error {
			e, err := parseEnrolling(data)
			if err == nil && (!e.Key.Equal(fuzzIdentity().Key) || hex.EncodeToString(e.Code) != "010203") {
				t.Errorf("read %x", e.Code)
			}
			return err
		},
		"status-v1.json": func(data []byte) error {
			s, err := parseStatus(data)
			if err == nil && s.Queued != 3 {
				t.Errorf("read %+v", s)
			}
			return err
		},
	} {
		data := read(name)
		if err := parse(data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if old := older(data); bytes.Equal(old, data) {
			t.Errorf("%s has no format", name)
		} else if err := parse(old); err != nil {
			t.Errorf("%s of an older program: %v", name, err)
		}
		if err := parse(newer(data)); !errors.Is(err, ErrNewer) {
			t.Errorf("%s of a newer program: %v", name, err)
		}
	}
	if c, err := parseConfig(read("config-v1.cbor")); err != nil || c.Name != "Левый" {
		t.Errorf("read %+v, %v", c, err)
	}
	for _, text := range []string{string(read("beat-v1")), "1800000000\n"} {
		if n, err := parseBeat([]byte(text)); err != nil || n != 1_800_000_000 {
			t.Errorf("%q: %d, %v", text, n, err)
		}
	}
	if n, err := parseBeat([]byte("otklik-beat/2 7\n")); err == nil {
		t.Errorf("a count of a newer program is %d", n)
	}
}

// FuzzFiles holds that no bytes in the agent's own files, or said by whoever answers in the collector's place, end the
// program, and that an identity that is read is whole.
func FuzzFiles(f *testing.F) {
	for _, data := range golden(f) {
		f.Add(data)
		f.Add(data[:len(data)/2])
	}
	f.Add([]byte(`{"code":"revoked","message":"no","hint":"?","proof":"AQID"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if i, err := parseIdentity(data); err == nil {
			if err := i.check(); err != nil || i.Collector == (wire.Hash{}) {
				t.Errorf("a broken identity was read: %v", err)
			}
		}
		if e, err := parseEnrolling(data); err == nil && len(e.Key) != 0 && len(e.Key) != 64 {
			t.Errorf("a key of %d bytes", len(e.Key))
		}
		_, _ = parseStatus(data)
		_, _ = parseBeat(data)
		if c, err := parseConfig(data); err == nil {
			for _, ref := range c.Surveys {
				if checkRef(ref) == nil && filepath.Base(surveyName(ref)) != surveyName(ref) {
					t.Errorf("%+v leads out of the folder", ref)
				}
			}
		} else if !errors.Is(err, wire.ErrMalformed) {
			t.Error(err)
		}
		if p := parseProblem(data); len([]rune(p.Message)) > maxWords+1 {
			t.Errorf("%d characters are said", len(p.Message))
		}
	})
}
