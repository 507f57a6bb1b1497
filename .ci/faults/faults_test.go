package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

var programs *rig

func TestMain(m *testing.M) {
	var err error
	if programs, err = newRig("../.."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	programs.close()
	os.Exit(status)
}

// longest is far longer than any row takes in part, which is a minute at most.
const longest = 6 * time.Minute

func TestNothingIsLostOrDoubled(t *testing.T) {
	_ = os.Getenv("OTKLIK_TREE") // for Go's cache of test results, which does not see the tree otherwise; make sets it
	for _, f := range matrix {
		t.Run(f.name, func(t *testing.T) {
			if strings.HasPrefix(f.name, "disk-") {
				t.Skip("mounts real file systems; make soak runs it")
			}
			late := time.AfterFunc(longest, func() { programs.giveUp(f.name) })
			c, err := f.try(programs, false)
			inTime := late.Stop()
			if reason, ok := skipped(err); ok {
				t.Skip(reason)
			}
			t.Logf("%s: %+v", f.text, c)
			if !inTime {
				t.Errorf("it took longer than %s, as only what hangs does", longest)
			}
			if err != nil {
				t.Fatal(err)
			}
			if c.Thanked == 0 || c.Stored+c.Aside+c.Named < c.Thanked || c.Lost != 0 || c.Doubled != 0 {
				t.Errorf("%+v", c)
			}
		})
	}
}
