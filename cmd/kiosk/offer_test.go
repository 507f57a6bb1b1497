package main

import (
	"testing"
	"testing/synctest"

	"otklik/kiosk/visit"
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
