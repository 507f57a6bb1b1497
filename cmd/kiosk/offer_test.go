package main

import (
	"testing"
	"testing/synctest"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// The collector may answer before the window is there: the glass still starts, and then shows what came.
func TestConfigurationThatComesBeforeTheGlassWaitsForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ready := make(chan struct{})
		var shown []string
		o := &offer{dir: t.TempDir(), ready: ready, show: func(v visit.Config) { shown = append(shown, v.Language) }}
		go o.set(visit.Config{Language: "tt"})
		synctest.Wait()
		if free := o.mu.TryLock(); !free || len(shown) != 0 {
			close(ready)
			t.Fatalf("a configuration that waits for the glass: the lock is free %v, shown %q", free, shown)
		}
		o.mu.Unlock()
		if first := o.begin(visit.Config{Language: "ru"}); first.Language != "ru" {
			t.Errorf("the glass starts with %q", first.Language)
		}
		close(ready)
		synctest.Wait()
		if len(shown) != 1 || shown[0] != "tt" || o.config.Language != "tt" {
			t.Errorf("shown %q, kept %q", shown, o.config.Language)
		}
	})
}

func TestARevokedTerminalAsksNobodyUntilItIsTakenBack(t *testing.T) {
	ready := make(chan struct{})
	close(ready)
	var shown visit.Config
	o := &offer{dir: t.TempDir(), ready: ready, show: func(v visit.Config) { shown = v }}
	all := visit.Config{Language: "ru", Surveys: []*surveys.Survey{{ID: "mood"}}}
	o.stopped = true // as it was when the glass ended
	if first := o.begin(all); len(first.Surveys) != 0 {
		t.Error("the glass starts with questions")
	}
	o.stop(false)
	if len(shown.Surveys) != 1 {
		t.Error("nothing is asked although the terminal was taken back")
	}
	o.stop(true)
	if len(shown.Surveys) != 0 {
		t.Error("questions are asked whose answers reach nobody")
	}
	if o.set(all); len(shown.Surveys) != 0 {
		t.Error("another configuration brings the questions back")
	}
}
