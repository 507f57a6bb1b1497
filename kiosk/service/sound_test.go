package service_test

import (
	"context"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"otklik/kiosk/service"
)

// The tone goes to the first player there is, as a WAV file that a player understands; a player that fails is told of in its
// own words, and where there is none that is said.
func TestToneGoesToThePlayerThereIs(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh here to stand in for a player: ", err)
	}
	cat, err := exec.LookPath("cat")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		players map[string]string // their scripts; $1 is the file
		with    string
		fails   string
	}{
		"no player":          {nil, "", ""},
		"one":                {map[string]string{"aplay": cat + ` "$1" >"$0.heard"`}, "aplay", ""},
		"the better of two":  {map[string]string{"aplay": "exit 1", "paplay": cat + ` "$1" >"$0.heard"`}, "paplay", ""},
		"one without a card": {map[string]string{"aplay": `echo "no soundcards found" >&2; exit 1`}, "aplay", "no soundcards found"},
	} {
		dir := t.TempDir()
		t.Setenv("PATH", dir)
		for player, script := range c.players {
			if err := os.WriteFile(filepath.Join(dir, player), []byte("#!"+shell+"\n"+script+"\n"), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		with, err := service.Machine{}.Beep(context.Background())
		if with != c.with || (err != nil) != (c.fails != "") || err != nil && !strings.Contains(err.Error(), c.fails) {
			t.Errorf("%s: played with %q, %v", name, with, err)
		}
		if c.with == "" || c.fails != "" {
			continue
		}
		heard, err := os.ReadFile(filepath.Join(dir, c.with+".heard"))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		le := binary.LittleEndian
		if len(heard) < 44 || string(heard[:4]) != "RIFF" || string(heard[8:16]) != "WAVEfmt " || le.Uint16(heard[20:]) != 1 ||
			int(le.Uint32(heard[4:])) != len(heard)-8 || int(le.Uint32(heard[40:])) != len(heard)-44 {
			t.Errorf("%s: what was played is no WAV file: %q", name, heard[:min(44, len(heard))])
			continue
		}
		loudest := 0
		for at := 44; at+1 < len(heard); at += 2 {
			loudest = max(loudest, int(int16(le.Uint16(heard[at:]))))
		}
		if seconds := float64(len(heard)-44) / float64(le.Uint32(heard[28:])); loudest < 8000 || seconds < 0.2 || seconds > 2 {
			t.Errorf("%s: %.2f s, the loudest sample is %d", name, seconds, loudest)
		}
		if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "otklik-*.wav")); len(left) > 0 {
			t.Errorf("%s: left are %q", name, left)
		}
	}
}
