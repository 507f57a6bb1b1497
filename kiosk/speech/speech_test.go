package speech_test

import (
	"bufio"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"otklik/kiosk/speech"
)

// machine is a PATH with programs of our own, which write what they are told into a pipe.
type machine struct {
	t     *testing.T
	dir   string
	lines chan string
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	m := &machine{t: t, dir: t.TempDir(), lines: make(chan string, 100)}
	pipe := filepath.Join(m.dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(pipe, os.O_RDWR, 0) // both ends: it never comes to an end
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	go func() {
		for s := bufio.NewScanner(f); s.Scan(); {
			m.lines <- s.Text()
		}
	}()
	t.Setenv("PATH", m.dir)
	return m
}

// has installs a program; it finds the folder in $D.
func (m *machine) has(name, script string) {
	m.t.Helper()
	if err := os.WriteFile(filepath.Join(m.dir, name), []byte("#!/bin/sh\nD="+m.dir+"\n"+script), 0o700); err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) set(name string) {
	m.t.Helper()
	if err := os.WriteFile(filepath.Join(m.dir, name), nil, 0o600); err != nil {
		m.t.Fatal(err)
	}
}

// line is what the programs say next.
func (m *machine) line() string {
	m.t.Helper()
	select {
	case l := <-m.lines:
		return l
	case <-time.After(time.Minute):
		m.t.Fatal("the programs are told nothing more")
		return ""
	}
}

const (
	espeakVoices = `Pty Language       Age/Gender VoiceName          File                 Other Languages
 2  en-gb           --/M      English_(Great_Britain) gmw/en               (en 2)
 5  ru              --/M      Russian            zle/ru
`
	// espeak reads, and with a file "hold" beside it goes on until it is ended.
	espeak = `if [ "$1" = --voices ]; then /bin/cat "$D/voices"; exit; fi
echo "espeak-ng $$ $*: $(/bin/cat)" >"$D/pipe"
if [ -e "$D/hold" ]; then exec /bin/sleep 600; fi
`
)

func (m *machine) mustFind(cfg speech.Config) *speech.Voice {
	m.t.Helper()
	if err := os.WriteFile(filepath.Join(m.dir, "voices"), []byte(espeakVoices), 0o600); err != nil {
		m.t.Fatal(err)
	}
	m.has("espeak-ng", espeak)
	v, err := speech.Find(context.Background(), cfg)
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(v.Close)
	return v
}

// espoken is a line of espeak-ng's: its process, and what it was told.
func espoken(t *testing.T, line string) (pid int, told string) {
	t.Helper()
	words := strings.SplitN(line, " ", 3)
	if len(words) < 3 || words[0] != "espeak-ng" {
		t.Fatalf("espeak-ng was awaited, not %q", line)
	}
	pid, err := strconv.Atoi(words[1])
	if err != nil {
		t.Fatal(err)
	}
	return pid, words[2]
}

func runs(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

func TestReadsInTheVoiceOfTheLanguage(t *testing.T) {
	m := newMachine(t)
	if _, err := speech.Find(context.Background(), speech.Config{}); !errors.Is(err, speech.ErrNoVoice) {
		t.Fatalf("without a program: %v", err)
	}
	v := m.mustFind(speech.Config{})
	for language, want := range map[string]bool{"ru": true, "en": true, "tt": false} {
		if v.Speaks(language) != want {
			t.Errorf("speaks %s: %v", language, !want)
		}
	}
	v.Say("ru", "Как вас\nприняли?")
	if _, told := espoken(t, m.line()); told != "-v ru -s 150 --stdin: Как вас приняли?" {
		t.Errorf("told %s", told)
	}
	v.Say("tt", "Сез ничек?") // nobody reads it
	v.Close()
	v.Say("en", "How are you?")
	if _, told := espoken(t, m.line()); told != "-v en -s 150 --stdin: How are you?" {
		t.Errorf("told %s", told)
	}
}

func TestAnotherTextAndStopEndTheOneBefore(t *testing.T) {
	m := newMachine(t)
	v := m.mustFind(speech.Config{})
	m.set("hold")
	v.Say("ru", "раз")
	first, _ := espoken(t, m.line())
	if !runs(first) {
		t.Fatal("the test proves nothing: it ended by itself")
	}
	v.Say("ru", "два")
	second, told := espoken(t, m.line())
	if runs(first) || !strings.HasSuffix(told, ": два") {
		t.Errorf("the first still runs: %v; the second reads %s", runs(first), told)
	}
	v.Close()
	if runs(second) {
		t.Error("it is still read after the stop")
	}
}

// What speech-dispatcher was given goes on without the program that gave it: it has to be told to stop.
func TestSpeechDispatcherReadsWhatNothingElseDoesAndIsSilenced(t *testing.T) {
	m := newMachine(t)
	m.has("spd-say", `case "$*" in
-L) echo "        NAME   LANGUAGE   VARIANT"; echo "   Talgat   tt-RU   none"; exit;;
-C) echo silenced >"$D/pipe"; exit;;
esac
echo "spd-say $*: $(/bin/cat)" >"$D/pipe"
exec /bin/sleep 600
`)
	v := m.mustFind(speech.Config{})
	if !v.Speaks("tt") || !v.Speaks("ru") {
		t.Fatal("one of the programs was not asked")
	}
	v.Say("tt", "!-!QUIT Исәнмесез")
	if told := m.line(); told != "spd-say -w -e -l tt: QUIT Исәнмесез" {
		t.Errorf("told %s", told)
	}
	v.Stop()
	if told := m.line(); told != "silenced" {
		t.Errorf("after the stop it was told %s", told)
	}
	v.Say("ru", "Здравствуйте")
	if _, told := espoken(t, m.line()); !strings.HasSuffix(told, ": Здравствуйте") {
		t.Errorf("told %s", told)
	}
}

func TestNothingIsReadWithoutHeadphones(t *testing.T) {
	m := newMachine(t)
	m.has("pactl", `if [ "$1" = info ]; then echo "Default Sink: out"; exit; fi
echo pactl >"$D/pipe"
if [ -e "$D/plugged" ]; then state=available; else state="not available"; fi
echo "Sink #0
	Name: out
	Ports:
		headphones: Headphones (type: Headphones, priority: 9900, $state)
	Active Port: headphones"
`)
	v := m.mustFind(speech.Config{Headphones: true, Every: time.Millisecond})
	m.set("hold")
	v.Say("ru", "Только для вас")
	for range 3 {
		if l := m.line(); l != "pactl" {
			t.Fatalf("without headphones: %s", l)
		}
	}
	m.set("plugged")
	l := m.line()
	for l == "pactl" {
		l = m.line()
	}
	pid, _ := espoken(t, l)
	if err := os.Remove(filepath.Join(m.dir, "plugged")); err != nil {
		t.Fatal(err)
	}
	for range 4 { // one may have looked before, one finds it out, the others wait for the plug
		if l := m.line(); l != "pactl" {
			t.Fatalf("after the headphones were pulled out: %s", l)
		}
	}
	if runs(pid) {
		t.Error("it is read to everybody after the headphones were pulled out")
	}
}
