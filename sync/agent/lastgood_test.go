package agent_test

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"otklik/surveys"
	"otklik/sync/agent"
	"otklik/sync/wire"
)

// handed is what OnConfig got.
type handed struct {
	configs []wire.TerminalConfig
	surveys [][]*surveys.Survey
}

func (h *handed) take(c wire.TerminalConfig, s []*surveys.Survey) {
	h.configs, h.surveys = append(h.configs, c), append(h.surveys, s)
}

func TestANewConfigurationIsFollowedAndKept(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		if _, _, err := agent.LoadLastGood(tm.dir); !errors.Is(err, agent.ErrNoConfig) {
			t.Fatalf("before the first: %v", err)
		}
		c.publish(survey("smiley", 1), survey("exit-poll", 1))
		var got handed
		config := tm.config(l.transport())
		config.OnConfig = got.take
		a, stop := run(t, config)
		after(0)
		if len(got.configs) != 1 || got.configs[0].Version != 1 || ids(got.surveys[0]) != "smiley 1, exit-poll 1" {
			t.Fatalf("handed over: %+v", got)
		}
		after(10 * time.Minute)
		if n := len(c.times(wire.PathSurveys)); n != 2 || len(got.configs) != 1 {
			t.Errorf("%d surveys fetched, %d configurations handed over", n, len(got.configs))
		}
		if h := c.heartbeats(); h[len(h)-1].Config != 1 || len(h[len(h)-1].Surveys) != 2 {
			t.Errorf("heartbeat %+v", h[len(h)-1])
		}
		c.publish(survey("smiley", 2), survey("exit-poll", 1))
		after(time.Minute)
		if len(got.configs) != 2 || ids(got.surveys[1]) != "smiley 2, exit-poll 1" || len(c.times(wire.PathSurveys)) != 3 {
			t.Errorf("%d handed over, %d fetched", len(got.configs), len(c.times(wire.PathSurveys)))
		}
		if s := a.Status(); s.Config != 2 || s.Site != "Чулман, 12" || s.Name != "Зал 1" || len(s.Surveys) != 2 {
			t.Errorf("status %+v", s)
		}
		stop()

		l.breakOff(&netError{}) // a start without a network
		kept, list, err := agent.LoadLastGood(tm.dir)
		if err != nil || kept.Version != 2 || kept.Name != "Зал 1" || ids(list) != "smiley 2, exit-poll 1" {
			t.Errorf("kept: %+v, %s, %v", kept, ids(list), err)
		}
		files, err := os.ReadDir(filepath.Join(tm.dir, "surveys"))
		if err != nil || len(files) != 2 {
			t.Errorf("files %v, %v", files, err)
		}
		a, _ = run(t, config)
		after(time.Minute)
		if s := a.Status(); s.Config != 2 || len(got.configs) != 2 {
			t.Errorf("without a network: config %d, %d handed over", s.Config, len(got.configs))
		}
	})
}

func TestACollectorFromABackupIsFollowedBack(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		c.publish(survey("smiley", 1))
		c.set(func() { c.config.Version = 9 })
		var got handed
		config := tm.config(l.transport())
		config.OnConfig = got.take
		run(t, config)
		after(0)
		c.set(func() { c.config.Version = 4 })
		after(time.Minute)
		if len(got.configs) != 2 || got.configs[1].Version != 4 {
			t.Errorf("handed over %+v", got.configs)
		}
		c.set(func() { c.config = wire.TerminalConfig{} }) // never configured: says nothing
		after(5 * time.Minute)
		if len(got.configs) != 2 {
			t.Errorf("handed over %+v", got.configs)
		}
	})
}

// A collector whose disk lost a change counts its configurations on from before it, and comes to a version that a terminal holds
// with other content. The rate is no part of it: it goes by the hour.
func TestAnotherConfigurationOfTheSameVersionIsFollowed(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		c.publish(survey("smiley", 1))
		c.set(func() {
			c.config.Improvements = []wire.Improvement{{Text: map[string]string{"ru": "Стало светлее"}, Until: time.Now().Add(time.Hour)}}
		})
		var got handed
		config := tm.config(l.transport())
		config.OnConfig = got.take
		_, stop := run(t, config)
		after(3 * time.Minute)
		stop()
		run(t, config)
		c.set(func() { c.config.Rate = 1 << 20 })
		after(3 * time.Minute)
		if len(got.configs) != 1 {
			t.Fatalf("the same one was handed over %d times", len(got.configs))
		}
		c.set(func() { c.config.Surveys = nil })
		after(3 * time.Minute)
		if len(got.configs) != 2 || len(got.configs[1].Surveys) != 0 {
			t.Errorf("handed over %+v", got.configs)
		}
	})
}

func TestTheLastGoodSurveysStayInForce(t *testing.T) {
	good := survey("smiley", 2)
	version := func(source []byte) string {
		s, err := surveys.Load("x.yaml", source)
		must(t, err)
		return s.Version
	}
	for _, b := range []struct {
		name   string
		reason agent.Reason
		spoil  func(c *collector)
	}{
		{"a survey that does not load", agent.BadSurvey, func(c *collector) {
			source := []byte("id: smiley\nnumber: 3\nkind: newer-than-this-program\n")
			v := sum16(source)
			c.surveys["smiley/"+v] = source
			c.config.Surveys[0] = wire.SurveyRef{ID: "smiley", Version: v, Number: 3}
		}},
		{"a survey that was changed on the way", agent.BadSurvey, func(c *collector) {
			c.surveys["smiley/"+version(good)] = append(bytes.Clone(good), "# ad\n"...)
		}},
		{"a survey under another's name", agent.BadSurvey, func(c *collector) {
			c.config.Surveys[0].ID = "exit-poll"
			c.surveys["exit-poll/"+version(good)] = good
		}},
		{"a survey that is too large", agent.TooLarge, func(c *collector) {
			c.surveys["smiley/"+version(good)] = make([]byte, surveys.MaxSourceBytes+1)
		}},
		{"a survey that is not there", agent.Refused, func(c *collector) { clear(c.surveys) }},
		{"a name that leads elsewhere", agent.BadConfig, func(c *collector) { c.config.Surveys[0].ID = "../../smiley" }},
		{"a version that leads elsewhere", agent.BadConfig, func(c *collector) { c.config.Surveys[0].Version = "../0123456789abc" }},
	} {
		t.Run(b.name, func(t *testing.T) {
			world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
				c.publish(survey("smiley", 1))
				var got handed
				config := tm.config(l.transport())
				config.OnConfig = got.take
				a, stop := run(t, config)
				after(0)
				c.publish(good)
				c.set(func() { b.spoil(c) })
				after(time.Hour)
				tr, _ := trouble(a.Status(), agent.ConfigArea)
				if tr.Reason != b.reason || tr.Hint == "" || len(got.configs) != 1 || a.Status().Config != 1 {
					t.Errorf("trouble %+v, %d handed over, config %d", tr, len(got.configs), a.Status().Config)
				}
				h := c.heartbeats()
				if last := h[len(h)-1]; last.Config != 1 || !strings.Contains(last.Problem, tr.Message) {
					t.Errorf("heartbeat %+v", last)
				}
				if n := len(c.times(wire.PathSurveys)); b.reason == agent.BadSurvey && n > 6 {
					t.Errorf("a survey that cannot be used was fetched %d times in an hour", n-1)
				}
				tm.add(1)
				after(0)
				if tm.queued() != 0 {
					t.Error("answers wait for a survey")
				}
				kept, list, err := agent.LoadLastGood(tm.dir)
				if err != nil || kept.Version != 1 || ids(list) != "smiley 1" {
					t.Errorf("kept %+v, %s, %v", kept, ids(list), err)
				}
				c.publish(survey("smiley", 4))
				after(time.Minute)
				if len(got.configs) != 2 || ids(got.surveys[1]) != "smiley 4" || a.Status().Problem() != "" {
					t.Errorf("after the correction: %d handed over, %q", len(got.configs), a.Status().Problem())
				}
				stop()
			})
		})
	}
}

func TestDamagedFilesAreFetchedAgain(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, dir string){
		"a survey's bytes": func(t *testing.T, dir string) {
			files, err := filepath.Glob(filepath.Join(dir, "surveys", "smiley-*.yaml"))
			must(t, err)
			must(t, os.WriteFile(files[0], []byte("id: smi"), 0o600))
		},
		"a survey gone": func(t *testing.T, dir string) {
			files, err := filepath.Glob(filepath.Join(dir, "surveys", "smiley-*.yaml"))
			must(t, err)
			must(t, os.Remove(files[0]))
		},
		"the configuration": func(t *testing.T, dir string) {
			must(t, os.Truncate(filepath.Join(dir, "config.cbor"), 7))
		},
	} {
		t.Run(name, func(t *testing.T) {
			world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
				c.publish(survey("smiley", 1), survey("exit-poll", 1))
				_, stop := run(t, tm.config(l.transport()))
				after(0)
				stop()
				damage(t, tm.dir)
				_, list, err := agent.LoadLastGood(tm.dir)
				if err == nil || errors.Is(err, agent.ErrNoConfig) {
					t.Errorf("the damage went unseen: %v", err)
				}
				if name != "the configuration" && ids(list) != "exit-poll 1" {
					t.Errorf("left of the surveys: %q", ids(list))
				}
				a, err := agent.New(tm.config(l.transport()))
				must(t, err)
				if a.Status().Problem() == "" {
					t.Error("the status says nothing of the damage")
				}
				var got handed
				config := tm.config(l.transport())
				config.OnConfig = got.take
				a, _ = run(t, config)
				after(0)
				if len(got.configs) != 1 || ids(got.surveys[0]) != "smiley 1, exit-poll 1" || a.Status().Problem() != "" {
					t.Errorf("handed over %+v, %q", got, a.Status().Problem())
				}
				if _, list, err := agent.LoadLastGood(tm.dir); err != nil || len(list) != 2 {
					t.Errorf("kept %s, %v", ids(list), err)
				}
			})
		})
	}
}

func TestAConfigurationWhoseSurveysDoNotAllComeIsNotKept(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		c.publish(survey("smiley", 1))
		_, stop := run(t, tm.config(l.transport()))
		after(0)
		c.publish(survey("smiley", 2), survey("exit-poll", 1))
		c.set(func() {
			c.instead = func(w http.ResponseWriter, r *http.Request, _ []byte, _ func() []byte) bool {
				if strings.HasPrefix(r.URL.Path, wire.PathSurveys+"exit-poll") {
					panic(http.ErrAbortHandler)
				}
				return false
			}
		})
		after(5 * time.Minute)
		stop() // the power goes; one of two new surveys is on the disk
		if kept, list, err := agent.LoadLastGood(tm.dir); err != nil || kept.Version != 1 || ids(list) != "smiley 1" {
			t.Errorf("kept %+v, %s, %v", kept, ids(list), err)
		}
	})
}

func ids(list []*surveys.Survey) string {
	var names []string
	for _, s := range list {
		names = append(names, s.ID+" "+string(rune('0'+s.Number)))
	}
	return strings.Join(names, ", ")
}

func TestMarksOfTicketsAreKeptWithoutFetchingTheSurveyAgain(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		c.publish(survey("smiley", 1))
		var got handed
		config := tm.config(l.transport())
		config.OnConfig = got.take
		_, stop := run(t, config)
		after(0)
		marks := make([][8]byte, wire.MaxTickets)
		for i := range marks {
			marks[i] = [8]byte{byte(i >> 8), byte(i), 7: 9}
		}
		c.set(func() {
			c.config.Version++
			c.config.Surveys = slices.Clone(c.config.Surveys)
			c.config.Surveys[0].Tickets = marks
		})
		after(time.Minute)
		if len(got.configs) != 2 || !slices.Equal(got.configs[1].Surveys[0].Tickets, marks) || len(c.times(wire.PathSurveys)) != 1 {
			t.Errorf("%d configurations, %d surveys fetched", len(got.configs), len(c.times(wire.PathSurveys)))
		}
		stop()
		kept, _, err := agent.LoadLastGood(tm.dir)
		if err != nil || !slices.Equal(kept.Surveys[0].Tickets, marks) {
			t.Errorf("%d marks kept, %v", len(kept.Surveys[0].Tickets), err)
		}
		if h := c.heartbeats(); len(h[len(h)-1].Surveys[0].Tickets) != 0 {
			t.Error("a heartbeat repeats the marks")
		}
	})
}
