package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// seenCurtain is a curtain that nobody sees.
type seenCurtain struct{ drops int }

func (c *seenCurtain) Prepare()   {}
func (c *seenCurtain) Drop()      { c.drops++ }
func (c *seenCurtain) Lift()      {}
func (c *seenCurtain) Down() bool { return c.drops > 0 }
func (c *seenCurtain) Close()     {}

// The curtain is for the time between two glasses: whoever leaves, or whose start was a mistake, has the display back.
func TestCurtainFallsOnlyWhereAnotherGlassFollows(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh here to end as a glass would: ", err)
	}
	// each script is started again with the same folder, and knows by a file in it that it was
	again := `[ -e again ] && exit 0; touch again; `
	for name, c := range map[string]struct {
		script string
		drops  int
		status int
	}{
		"leaves":                      {"exit 0", 0, 0},
		"cannot start":                {"exit 1", 0, failed},
		"fails after it had answered": {again + "printf .; exit 1", 1, 0},
		"dies before it answered":     {again + "kill -9 $$", 1, 0},
		"panics before it answered":   {again + "exit 2", 1, 0},
		"is started anew":             {again + "exit 4", 1, 0},
		"is slow to answer":           {"sleep 2.5; exit 0", 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			curtain := &seenCurtain{}
			s := &supervisor{
				glass: []string{shell, "-c", c.script}, hangAfter: time.Minute, crashes: &crashFolder{dir: filepath.Join(t.TempDir())},
				curtain: curtain, notify: func(string) {},
			}
			err := s.run(context.Background())
			var ended endedError
			if errors.As(err, &ended); ended.status != c.status || err != nil && c.status == 0 {
				t.Errorf("ended with %v, want status %d", err, c.status)
			}
			if curtain.drops != c.drops {
				t.Errorf("the curtain fell %d times, want %d", curtain.drops, c.drops)
			}
		})
	}
}

// A machine that is short of memory may not start a program just now: one that was there before is started again when it can.
func TestAGlassThatDoesNotStartAgainIsStartedLater(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh here to end as a glass would: ", err)
	}
	t.Chdir(t.TempDir())
	const glass, away = "./glass", "./away"
	script := "#!" + shell + "\n[ -e again ] && exit 0; touch again; printf .; mv " + glass + " " + away + "; exit 2\n"
	if err := os.WriteFile(glass, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	curtain, waited := &seenCurtain{}, 0
	s := &supervisor{
		glass: []string{glass}, hangAfter: time.Minute, crashes: &crashFolder{dir: t.TempDir()}, curtain: curtain,
		notify: func(string) { // the supervisor waits
			if curtain.drops > 0 && os.Rename(away, glass) == nil {
				waited++
			}
		},
	}
	if err := s.run(context.Background()); err != nil || waited != 1 || curtain.drops == 0 {
		t.Errorf("it ended with %v; it waited %d times, the curtain fell %d times", err, waited, curtain.drops)
	}
	if err := os.Remove(glass); err != nil {
		t.Fatal(err)
	}
	s.seen = false
	if err := s.run(context.Background()); err == nil {
		t.Error("a glass that was never there is waited for")
	}
}

func TestTheGlassIsStartedThriftyUnlessToldOtherwise(t *testing.T) {
	given := []string{"HOME=/root", "NOTIFY_SOCKET=/run/x", "WATCHDOG_USEC=1", "FYNE_CACHE=1m"}
	got, want := glassEnvironment(given), []string{"HOME=/root", "FYNE_CACHE=1m", "MALLOC_ARENA_MAX=2"}
	if !slices.Equal(got, want) {
		t.Errorf("the glass is started with %q, want %q", got, want)
	}
}
