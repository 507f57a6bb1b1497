package fleet_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"otklik/surveys"
	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/fleet"
	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

func TestServiceCornerIsSetForOneTerminal(t *testing.T) {
	f, s, _ := mustFleet(t)
	for i, at := range []string{"Зал", "Двор"} {
		code, err := f.IssueCode(t.Context(), at, "Левый")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Enrol(t.Context(), request(code, byte(i+1))); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.Find(t.Context(), "", "Левый"); !errors.Is(err, fleet.ErrSeveral) || !strings.Contains(err.Error(), `"Двор"`) {
		t.Errorf("a name of two: %v", err)
	}
	if _, err := f.Find(t.Context(), "Зал", "Правый"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a name of none: %v", err)
	}
	hall, err := f.Find(t.Context(), "Зал", "Левый")
	if err != nil {
		t.Fatal(err)
	}
	yard, err := f.Find(t.Context(), "Двор", "Левый")
	if err != nil {
		t.Fatal(err)
	}
	if byID, err := f.Find(t.Context(), "", hall.ID.String()); err != nil || byID.ID != hall.ID {
		t.Errorf("by its id: %+v, %v", byID, err)
	}
	config := func(of store.Terminal) wire.TerminalConfig {
		t.Helper()
		now, err := s.Terminal(t.Context(), of.ID)
		if err != nil {
			t.Fatal(err)
		}
		c, err := f.Config(t.Context(), now)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	before, besides := config(hall), config(yard)
	if err := f.SetPIN(t.Context(), hall, "12345"); !errors.Is(err, wire.ErrPIN) {
		t.Errorf("five digits: %v", err)
	}
	if err := f.SetHours(t.Context(), hall, "weekdays"); !errors.Is(err, surveys.ErrOpenings) {
		t.Errorf("hours that are none: %v", err)
	}
	set := errors.Join(f.SetPIN(t.Context(), hall, "482915"), f.SetLeave(t.Context(), hall, true), f.SetHours(t.Context(), hall, "Mon-Fri  09:00-18:00"))
	if set != nil {
		t.Fatal(set)
	}
	after := config(hall)
	if ok, err := wire.CheckPIN("482915", after.PIN); !ok || err != nil || !after.Leave || after.Hours != "mon-fri 09:00-18:00" || after.Version <= before.Version {
		t.Errorf("%+v after %+v, %v", after, before, err)
	}
	if c := config(yard); c.Version != besides.Version || c.PIN != "" || c.Leave {
		t.Errorf("the other terminal has %+v, before %+v", c, besides)
	}
	if err := errors.Join(f.SetPIN(t.Context(), hall, ""), f.SetLeave(t.Context(), hall, false), f.SetHours(t.Context(), hall, "")); err != nil {
		t.Fatal(err)
	}
	if c := config(hall); c.PIN != "" || c.Leave || c.Hours != "" || c.Version <= after.Version {
		t.Errorf("taken back: %+v", c)
	}
	if err := s.RevokeTerminal(t.Context(), hall.ID, yard.Enrolled); err != nil {
		t.Fatal(err)
	}
	if got, err := f.Find(t.Context(), "", "Левый"); err != nil || got.ID != yard.ID {
		t.Errorf("after the other was revoked: %+v, %v", got, err)
	}
}

// A corner is there from the first configuration on. A PIN that nobody chose gives way to one that was chosen at the
// terminal; one that was chosen here does not, and neither does the one of a place that another machine takes over.
func TestServiceCornerIsThereFromTheStart(t *testing.T) {
	for name, c := range map[string]struct {
		pin  fleet.PIN
		own  bool
		want string
	}{
		"none":                      {fleet.PIN{}, false, ""},
		"made":                      {fleet.PIN{Text: "482915", Made: true}, false, "482915"},
		"made, chosen on the glass": {fleet.PIN{Text: "482915", Made: true}, true, ""},
		"chosen here and there":     {fleet.PIN{Text: "482915"}, true, "482915"},
	} {
		f, s, _ := mustFleet(t)
		code, err := f.IssueCornered(t.Context(), c.pin, "Зал", "Левый")
		if err != nil {
			t.Fatal(name, err)
		}
		asked := request(code, 1)
		asked.OwnPIN = c.own
		opens := func(reply wire.EnrolReply, err error, want string) {
			t.Helper()
			if err != nil {
				t.Fatal(name, err)
			}
			if want == "" {
				if reply.Config.PIN != "" {
					t.Errorf("%s: there is a PIN: %s", name, reply.Config.PIN)
				}
				return
			}
			if ok, err := wire.CheckPIN(want, reply.Config.PIN); !ok || err != nil {
				t.Errorf("%s: the first configuration has %q, %v", name, reply.Config.PIN, err)
			}
		}
		reply, err := f.Enrol(t.Context(), asked)
		opens(reply, err, c.want)

		old, err := s.Terminal(t.Context(), reply.Terminal)
		if err != nil {
			t.Fatal(name, err)
		}
		code, err = f.IssueReplacement(t.Context(), old, fleet.PIN{Text: "739104", Made: true})
		if err != nil {
			t.Fatal(name, err)
		}
		want := c.want
		if want == "" {
			want = "739104"
		}
		reply, err = f.Enrol(t.Context(), request(code, 2))
		opens(reply, err, want)
	}
	f, _, _ := mustFleet(t)
	if _, err := f.IssueCornered(t.Context(), fleet.PIN{Text: "12a456"}, "Зал", "Левый"); !errors.Is(err, wire.ErrPIN) {
		t.Errorf("a PIN with a letter: %v", err)
	}
}

func TestTheKeepWindowIsHandedOn(t *testing.T) {
	f, s, _ := mustFleet(t)
	code, err := f.IssueCode(t.Context(), "Зал", "Левый")
	if err != nil {
		t.Fatal(err)
	}
	before, err := f.Enrol(t.Context(), request(code, 1))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetKeepWindow(t.Context(), store.KeepWindow{Days: 30, Bytes: 128 << 20}); err != nil {
		t.Fatal(err)
	}
	after, err := f.Enrol(t.Context(), request(code, 1))
	if err != nil {
		t.Fatal(err)
	}
	if c := after.Config; c.KeepDays != 30 || c.KeepBytes != 128<<20 || c.Version <= before.Config.Version || before.Config.KeepDays != 0 {
		t.Errorf("configured %+v after %+v", c, before.Config)
	}
}

// A terminal that may be in a timed test when it is told to drain is given the time of that test before it is called empty.
func TestDrainWaitsForTheLongestVisit(t *testing.T) {
	f, s, _ := mustFleet(t)
	source, err := os.ReadFile("../../../assets/surveys/knowledge-test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	source = bytes.Replace(source, []byte("time_limit: 600"), []byte("time_limit: 7200"), 1)
	exam := collectortest.Publish(t, s, source)
	code, err := f.IssueCode(t.Context(), "Зал", "Левый")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Enrol(t.Context(), request(code, 1)); err != nil {
		t.Fatal(err)
	}
	one, err := f.Find(t.Context(), "Зал", "Левый")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Drain(t.Context(), one, true); err != nil {
		t.Fatal(err)
	}
	if one, err = f.Find(t.Context(), "Зал", "Левый"); err != nil || one.DrainVisit < 2*time.Hour || exam.Test.TimeLimit != 2*time.Hour {
		t.Errorf("a visit may take %v, the test %v, %v", one.DrainVisit, exam.Test.TimeLimit, err)
	}
}

// Whatever the tickets of its surveys count, a terminal that is told to ask nobody gets a configuration of another version:
// one of the version that it has it would not look at.
func TestDrainIsAnotherConfigurationWhateverTheTickets(t *testing.T) {
	f, s, _ := mustFleet(t)
	source, err := os.ReadFile("../../../assets/surveys/knowledge-test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	exam := collectortest.Publish(t, s, bytes.Replace(source, []byte("\ntest:"), []byte("\ntest:\n  tickets: true"), 1))
	code, err := f.IssueCode(t.Context(), "Зал", "Левый")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Enrol(t.Context(), request(code, 1)); err != nil {
		t.Fatal(err)
	}
	held := map[uint64]int{} // how many surveys by version
	for issued := range 4 {
		if issued > 0 {
			if _, err := f.IssueTickets(t.Context(), exam.ID, "Отдел приёма", "Алсу", 1); err != nil {
				t.Fatal(err)
			}
		}
		for _, drain := range []bool{false, true, false} {
			one, err := f.Find(t.Context(), "Зал", "Левый")
			if err != nil {
				t.Fatal(err)
			}
			if err := f.Drain(t.Context(), one, drain); err != nil {
				t.Fatal(err)
			}
			if one, err = f.Find(t.Context(), "Зал", "Левый"); err != nil {
				t.Fatal(err)
			}
			c, err := f.Config(t.Context(), one)
			if err != nil {
				t.Fatal(err)
			}
			if drain != (len(c.Surveys) == 0) {
				t.Errorf("drained %v, it asks %v", drain, c.Surveys)
			}
			if n, known := held[c.Version]; known && n != len(c.Surveys) {
				t.Errorf("%d issued: version %d is one with %d surveys and one with %d", issued, c.Version, n, len(c.Surveys))
			}
			held[c.Version] = len(c.Surveys)
		}
	}
}
