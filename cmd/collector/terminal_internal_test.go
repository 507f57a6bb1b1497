package main

import (
	"strings"
	"testing"
	"time"

	"otklik/sync/collector/store"
)

func TestTheListSaysWhatTheConsoleSays(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	long, lately := now.Add(-store.SilentAfter-time.Second), now.Add(-store.SilentAfter)
	for want, terminal := range map[string]store.Terminal{
		"not heard of yet":         {},
		"silent since ":            {LastSeen: long, Problem: "old news"},
		"ok":                       {LastSeen: lately},
		"the disk is nearly full":  {LastSeen: lately, Problem: "the disk is nearly full"},
		"drains since ":            {LastSeen: lately, Draining: lately},
		"revoked ":                 {LastSeen: long, Revoked: long},
		"drained: it can be taken": {LastSeen: long, Draining: long, DrainNoted: long},
	} {
		if said := state(&terminal, now); !strings.HasPrefix(said, want) {
			t.Errorf("%+v is %q, want %q", terminal, said, want)
		}
	}
}
