package main

import (
	"errors"
	"flag"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// check has rapid try a property outside of a test.
func check(times int, property func(*rapid.T)) error {
	testing.Init() // rapid asks for the flags of tests
	for option, value := range map[string]string{"rapid.checks": strconv.Itoa(times), "rapid.nofailfile": "true"} {
		if err := flag.Set(option, value); err != nil {
			return err
		}
	}
	j := &judge{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		rapid.Check(j, property)
	}()
	<-done
	if j.failed {
		return errors.New(strings.Join(j.said, "\n"))
	}
	return nil
}

// judge is rapid.TB where no test runs.
type judge struct {
	failed bool
	said   []string
}

func (j *judge) Helper()                           {}
func (j *judge) Name() string                      { return "faults" }
func (j *judge) Log(args ...any)                   { j.said = append(j.said, fmt.Sprint(args...)) }
func (j *judge) Logf(format string, args ...any)   { j.Log(fmt.Sprintf(format, args...)) }
func (j *judge) Fail()                             { j.failed = true }
func (j *judge) Failed() bool                      { return j.failed }
func (j *judge) FailNow()                          { j.Fail(); runtime.Goexit() }
func (j *judge) Error(args ...any)                 { j.Log(args...); j.Fail() }
func (j *judge) Errorf(format string, args ...any) { j.Logf(format, args...); j.Fail() }
func (j *judge) Fatal(args ...any)                 { j.Log(args...); j.FailNow() }
func (j *judge) Fatalf(format string, args ...any) { j.Logf(format, args...); j.FailNow() }
func (j *judge) Skip(args ...any)                  { j.Log(args...); j.SkipNow() }
func (j *judge) Skipf(format string, args ...any)  { j.Logf(format, args...); j.SkipNow() }
func (j *judge) SkipNow()                          { runtime.Goexit() }
