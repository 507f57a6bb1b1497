package glass_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"otklik/kiosk/glass"
	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/surveys"
)

// watch leaves a glass alone for so long, on a clock of its own, and calls each second with what was painted last. It
// returns all paintings.
func watch(t *testing.T, cfg glass.Config, for_ time.Duration, second func(screen.Painted)) (all []screen.Painted) {
	t.Helper()
	test.NewTempApp(t)
	window := test.NewTempWindow(t, nil)
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(23 * time.Second) // terminals are not switched on at whole minutes
		cfg.Seed = func() uint64 { return 1 }
		cfg.Painted = func(p screen.Painted) {
			if p.Width == 1280 { // a window opens small
				all = append(all, p)
			}
		}
		g := glass.New(cfg)
		g.Open(window)
		window.Resize(fyne.NewSize(1280, 800))
		for end := time.Now().Add(for_); time.Now().Before(end); time.Sleep(time.Second) {
			synctest.Wait()
			second(all[len(all)-1])
		}
	})
	return all
}

func mustLoad(t *testing.T) *surveys.Survey {
	t.Helper()
	s, err := surveys.Load("lobby.yaml", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fingerprint is all that a painting shows.
func fingerprint(p screen.Painted) string { return fmt.Sprint(p.Screen, p.Texts, p.Targets) }

// While nobody is here the glass is painted when its scene turns and at no other time: never the same picture twice. Every
// message has its turn, however many there are, and the time of day is right to the second.
func TestAGlassThatIsLeftAloneIsPaintedOnlyWhenSomethingChanges(t *testing.T) {
	house, silent := theme.MustBrand(theme.Default), *theme.MustBrand(theme.Default)
	silent.Attract = nil
	for _, c := range []struct {
		name      string
		brand     *theme.Brand
		improved  int
		clock     bool
		paintings int // in the ten minutes from the first one
	}{
		{"nothing to tell", &silent, 0, false, 11},
		{"nothing but the time", &silent, 0, true, 11},
		{"one improvement", &silent, 1, false, 1 + 30},
		{"three improvements", &silent, 3, true, 1 + 30},
		{"a brand's messages", house, 0, true, 1 + 30},
		{"both", house, 2, false, 1 + 30},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := glass.Config{Brand: c.brand, Clock: c.clock, Visit: visit.Config{Surveys: []*surveys.Survey{mustLoad(t)}}}
			for i := range c.improved {
				cfg.Visit.Improvements = append(cfg.Visit.Improvements, visit.Improvement{Text: surveys.Text{"ru": fmt.Sprint("Стало лучше ", i)}})
			}
			all := watch(t, cfg, 10*time.Minute, func(p screen.Painted) {
				if now := time.Now().Format("15:04"); c.clock && !slices.Contains(p.Texts, now) {
					t.Errorf("at %s the glass says %v", now, p.Texts)
				}
			})
			if len(all) != c.paintings {
				t.Errorf("%d paintings, want %d", len(all), c.paintings)
			}
			var said strings.Builder
			for i, p := range all {
				if i > 0 && fingerprint(p) == fingerprint(all[i-1]) {
					t.Errorf("painting %d shows what was there before: %v", i, p.Texts)
				}
				said.WriteString(strings.Join(p.Texts, " "))
			}
			for _, i := range cfg.Visit.Improvements {
				if !strings.Contains(said.String(), i.Text["ru"]) {
					t.Errorf("%q was never told", i.Text["ru"])
				}
			}
		})
	}
}

// What is told until a time leaves the glass at that time.
func TestAnImprovementLeavesTheGlassWhenItsTimeIsOver(t *testing.T) {
	silent := *theme.MustBrand(theme.Default)
	silent.Attract = nil
	told := 0
	var ends time.Time
	cfg := glass.Config{Brand: &silent, Visit: visit.Config{Surveys: []*surveys.Survey{mustLoad(t)}}}
	cfg.Visit.Improvements = []visit.Improvement{{Text: surveys.Text{"ru": "Стулья"}, Until: time.Date(2000, 1, 1, 0, 1, 43, 0, time.UTC)}}
	ends = cfg.Visit.Improvements[0].Until
	watch(t, cfg, 3*time.Minute, func(p screen.Painted) {
		switch has := strings.Contains(strings.Join(p.Texts, " "), "Стулья"); {
		case has && time.Now().Before(ends):
			told++
		case has:
			t.Errorf("still told at %s", time.Now())
		}
	})
	if told < 20 {
		t.Errorf("told for %d seconds", told)
	}
}

// Every screen that may stand for a night moves a little each minute, and nothing else of it changes.
func TestScreensThatStandForLongMove(t *testing.T) {
	closed := strings.Replace(source, "pages:", "schedule: {from: 2030-01-01}\npages:", 1)
	s, err := surveys.Load("lobby.yaml", []byte(closed))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		want string
		cfg  visit.Config
	}{
		{"closed", visit.Config{Surveys: []*surveys.Survey{s}}},
		{"no-survey", visit.Config{}},
		{"unenrolled", visit.Config{Unenrolled: true}},
		{"disk-full", visit.Config{Full: true, Surveys: []*surveys.Survey{mustLoad(t)}}},
	} {
		all := watch(t, glass.Config{Brand: theme.MustBrand(theme.Default), Visit: c.cfg}, 10*time.Minute, func(screen.Painted) {})
		if len(all) != 11 || all[0].Screen != c.want {
			t.Errorf("%s: %d paintings of %s in ten minutes", c.want, len(all), all[0].Screen)
		}
	}
}
