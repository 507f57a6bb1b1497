package main

import (
	"strings"
	"testing"
)

// The images are of use only when they show what a program does that syncs too little.
func TestImagesShowAProgramThatDoesNotSync(t *testing.T) {
	for _, c := range []struct {
		name   string
		run    func(*rig, bool, func(event) bool) (count, error)
		unreal func(event) bool
	}{
		{"the outbox syncs no answer", cutTerminalWith, func(e event) bool {
			return e.call == "fdatasync" && strings.HasSuffix(e.path, "outbox.bolt")
		}},
		{"the new outbox is renamed before it is synced", cutTerminalWith, func(e event) bool {
			return (e.call == "fsync" || e.call == "fdatasync") && strings.HasSuffix(e.path, "outbox.bolt.new")
		}},
		{"the folder of the new outbox is not synced", cutTerminalWith, func(e event) bool {
			return e.call == "fsync" && strings.HasSuffix(e.path, "/0001")
		}},
		{"the store syncs no log", cutCollectorWith, func(e event) bool {
			return strings.HasPrefix(e.call, "f") && strings.HasSuffix(e.path, "collector.db-wal")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := c.run(programs, false, c.unreal)
			if err == nil || !strings.Contains(err.Error(), "power cut after call") {
				t.Fatalf("not seen: %v", err)
			}
			t.Log(err)
		})
	}
}
