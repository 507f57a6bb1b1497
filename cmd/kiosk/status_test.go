package main

import (
	"testing"
	"time"
)

func TestTheClockIsToldInWords(t *testing.T) {
	for behind, want := range map[time.Duration]string{
		0:                       "as the collector's",
		499 * time.Millisecond:  "as the collector's",
		90 * time.Second:        "1m30s behind the collector's",
		-2 * time.Hour:          "2h0m0s ahead of the collector's",
		-499 * time.Millisecond: "as the collector's",
	} {
		if is := clockWords(behind); is != want {
			t.Errorf("%s is %q, want %q", behind, is, want)
		}
	}
}
