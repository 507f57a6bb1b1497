package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
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

func TestNothingIsLostOrDoubled(t *testing.T) {
	for _, f := range matrix {
		t.Run(f.name, func(t *testing.T) {
			if strings.HasPrefix(f.name, "disk-") {
				t.Skip("mounts real file systems; make soak runs it")
			}
			c, err := f.try(programs, false)
			if reason, ok := skipped(err); ok {
				t.Skip(reason)
			}
			t.Logf("%s: %+v", f.text, c)
			if err != nil {
				t.Fatal(err)
			}
			if c.Thanked == 0 || c.Stored+c.Aside+c.Named < c.Thanked || c.Lost != 0 || c.Doubled != 0 {
				t.Errorf("%+v", c)
			}
		})
	}
}
