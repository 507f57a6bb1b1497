//go:build linux

package cmd_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otklik/kiosk/visit"
	"otklik/surveys"
	"otklik/sync/agent"
	"otklik/sync/outbox"
	"otklik/sync/recorder"
	"otklik/sync/wire"
)

// A machine whose clock was never set asks people all the same. What it stores before it has heard of the collector is
// marked: the collector keeps it and does not trust its time; once the offset is known times are right again.
func TestATerminalWithoutAClockGoesOn(t *testing.T) {
	c := startCollector(t, "smiley.yaml")
	enrolment := run(t, "collector", "terminal", "enrol", "--data", c.data, "--site", "Зал", "--name", "Терминал 1")
	field := func(name string) string {
		_, rest, _ := strings.Cut(enrolment, name+": ")
		value, _, _ := strings.Cut(rest, "\n")
		return value
	}
	started, dir := time.Now(), t.TempDir()
	clock := func() time.Time { return time.Unix(300, 0).Add(time.Since(started)) } // it began in 1970
	box, err := outbox.Open(filepath.Join(dir, "outbox.bolt"), outbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	identity, err := agent.Enrol(t.Context(), agent.EnrolOptions{
		URL: field("url"), Code: field("code"), Dir: dir, Origin: box.Origin(), Version: "test",
	})
	if err != nil {
		t.Fatal(err)
	}
	told := make(chan struct{}, 100)
	a, err := agent.New(agent.Config{
		Identity: identity, Outbox: box, Dir: dir, Version: "test", Clock: clock,
		Told: func(wire.Heartbeat) { told <- struct{}{} }, Settled: func([]wire.Decision) { told <- struct{}{} },
	})
	if err != nil {
		t.Fatal(err)
	}
	record := recorder.New(recorder.Config{Outbox: box, Recipients: identity.Recipients(), Offset: a.Offset, Now: clock})
	source, err := os.ReadFile(filepath.Join("..", "assets", "surveys", "smiley.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	survey, err := surveys.Load("smiley.yaml", source)
	if err != nil {
		t.Fatal(err)
	}
	m := visit.New(visit.Config{Surveys: []*surveys.Survey{survey}}, func() uint64 { return 1 }, clock())
	now := clock()
	answer := func() {
		t.Helper()
		face := visit.Answer{Value: surveys.Number(4), Tap: surveys.Tap{500, 500}}
		for _, e := range []visit.Event{visit.Start{Language: "ru"}, face, visit.Skip{}, visit.Finish{}} {
			now = now.Add(time.Second)
			r := m.Handle(e, now)
			if r == nil {
				continue
			}
			if _, err := record.Save(survey, r); err != nil {
				t.Fatal(err)
			}
			m.Handle(visit.Saved{}, now)
			m.Handle(visit.Finish{}, now.Add(time.Second))
			return
		}
		t.Fatalf("no response; the glass shows %s", m.View(now).Screen)
	}
	queued := func() uint64 {
		stats, err := box.Stats()
		if err != nil {
			t.Fatal(err)
		}
		return stats.Queued
	}
	answer()
	go func() { _ = a.Run(t.Context()) }()
	known := func() bool { _, known := a.Offset(); return known }
	for queued() > 0 || !known() {
		<-told
	}
	answer()
	for a.SyncNow(); queued() > 0; {
		<-told
	}
	var lines []map[string]any
	file := filepath.Join(t.TempDir(), "export.jsonl")
	run(t, "collector", "export", "--data", c.data, "--survey", survey.ID, "--format", "jsonl", "-o", file)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		var one map[string]any
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, one)
	}
	if len(lines) != 2 {
		t.Fatalf("%d responses: %s", len(lines), data)
	}
	for i, want := range []struct {
		trusted bool
		year    int
	}{{false, 1970}, {true, time.Now().UTC().Year()}} {
		at, err := time.Parse(time.RFC3339, lines[i]["submitted"].(string))
		if err != nil || lines[i]["clock_trusted"] != want.trusted || at.Year() != want.year {
			t.Errorf("response %d: submitted %v, trusted %v (%v); want %d, %v", i+1, at, lines[i]["clock_trusted"], err, want.year, want.trusted)
		}
	}
}
