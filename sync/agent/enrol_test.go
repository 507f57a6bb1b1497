package agent_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"otklik/sync/agent"
	"otklik/sync/outbox"
	"otklik/sync/wire"
)

// office is a collector on a loopback port with a code for one terminal.
type office struct {
	*collector
	url     string
	options agent.EnrolOptions
}

func newOffice(t *testing.T) *office {
	t.Helper()
	c := newCollector(t)
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	return &office{c, server.URL, agent.EnrolOptions{
		URL: server.URL, Code: c.code(t), Dir: t.TempDir(), Origin: wire.Origin{1, 2}, Version: "1.2.3",
		Log: slog.New(slog.DiscardHandler),
	}}
}

func (c *collector) code(t *testing.T) string {
	t.Helper()
	code, err := wire.NewCode(rand.Reader, c.public())
	must(t, err)
	return code.String()
}

func TestEnrolmentMakesATerminalThatWorks(t *testing.T) {
	o := newOffice(t)
	o.publish(survey("smiley", 1))
	if _, err := agent.LoadIdentity(o.options.Dir); !errors.Is(err, agent.ErrNotEnrolled) ||
		!strings.Contains(err.Error(), "kiosk enrol") {
		t.Errorf("before: %v", err)
	}
	box, err := outbox.Open(filepath.Join(o.options.Dir, "outbox.db"), outbox.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, box.Close()) })
	o.options.Origin = box.Origin()
	o.options.Code = strings.ToLower(strings.ReplaceAll(o.options.Code, "-", " "))
	identity, err := agent.Enrol(t.Context(), o.options)
	must(t, err)
	kept, err := agent.LoadIdentity(o.options.Dir)
	must(t, err)
	if !kept.Key.Equal(identity.Key) || kept.Terminal != o.terminal || kept.URL != o.url ||
		kept.Origin != box.Origin() || !kept.SigningKey.Equal(o.public()) || string(kept.Recipients().Collector) != string(o.sealing) {
		t.Errorf("kept %+v", kept)
	}
	if info, err := os.Stat(filepath.Join(o.options.Dir, "identity.json")); err != nil ||
		runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("identity.json: %v, %v", info.Mode(), err)
	}
	if _, err := os.Stat(filepath.Join(o.options.Dir, "enrolling.json")); !os.IsNotExist(err) {
		t.Errorf("the key of the enrolment is still there twice: %v", err)
	}
	if config, list, err := agent.LoadLastGood(o.options.Dir); err != nil || config.Version != 1 || ids(list) != "smiley 1" {
		t.Errorf("first configuration %+v, %s, %v", config, ids(list), err)
	}

	// The identity does its work over a real network.
	sealer, err := wire.NewSealer(kept.Recipients(), box.Origin(), nil, rand.Reader)
	must(t, err)
	tm := &terminal{t: t, dir: o.options.Dir, outbox: box, sealer: sealer, identity: kept}
	tm.add(3)
	drained := make(chan struct{}, 1)
	config := tm.config(nil)
	config.Log = slog.New(slog.NewTextHandler(lineFunc(func(line string) {
		if strings.Contains(line, "all answers uploaded") {
			drained <- struct{}{}
		}
	}), nil))
	_, stop := run(t, config)
	<-drained
	stop()
	if tm.queued() != 0 {
		t.Errorf("%d queued", tm.queued())
	}
	if got, err := agent.ReadStatus(o.options.Dir); err != nil || got.LastUpload.IsZero() || got.Queued != 0 {
		t.Errorf("status %+v, %v", got, err)
	}
}

func TestEnrolmentGoesOnAfterALostReply(t *testing.T) {
	for name, lose := range map[string]func(http.ResponseWriter, []byte){
		"cut":      func(http.ResponseWriter, []byte) { panic(http.ErrAbortHandler) },
		"cut half": func(w http.ResponseWriter, reply []byte) { ours(w, reply[:len(reply)/2]) },
		"replaced": func(w http.ResponseWriter, _ []byte) { w.Write([]byte("<html>")) },
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			var keys []string
			o.set(func() {
				o.instead = func(w http.ResponseWriter, r *http.Request, body []byte, honest func() []byte) bool {
					reply := honest()
					keys = append(keys, fmt.Sprintf("%x", o.known[o.terminal]))
					if len(keys) == 1 {
						lose(w, reply)
					}
					return len(keys) == 1
				}
			})
			if _, err := agent.Enrol(t.Context(), o.options); err == nil {
				t.Fatal("enrolled without a reply")
			}
			if _, err := agent.LoadIdentity(o.options.Dir); !errors.Is(err, agent.ErrNotEnrolled) {
				t.Errorf("in between: %v", err)
			}
			if _, err := agent.Enrol(t.Context(), o.options); err != nil {
				t.Fatal(err)
			}
			if len(keys) != 2 || keys[0] != keys[1] {
				t.Errorf("keys %v", keys)
			}
			other := o.options // a new code gets a new key
			other.Code, other.Again = o.code(t), true
			if _, err := agent.Enrol(t.Context(), other); err != nil || keys[2] == keys[1] {
				t.Errorf("keys %v, %v", keys, err)
			}
		})
	}
}

func TestEnrolmentNeverReplacesAnIdentityUnasked(t *testing.T) {
	o := newOffice(t)
	o.publish(survey("smiley", 1))
	first, err := agent.Enrol(t.Context(), o.options)
	must(t, err)
	if _, err := agent.Enrol(t.Context(), o.options); !errors.Is(err, agent.ErrEnrolled) {
		t.Errorf("error %v", err)
	}
	must(t, os.WriteFile(filepath.Join(o.options.Dir, "identity.json"), []byte("{"), 0o600))
	if _, err := agent.Enrol(t.Context(), o.options); err == nil {
		t.Error("a damaged identity was replaced unasked")
	}
	// Another collector, whose configurations happen to have the same numbers and whose surveys do not come yet.
	other := newOffice(t)
	other.publish(survey("exit-poll", 1))
	sources := other.surveys
	other.surveys = nil
	other.options.Dir, other.options.Again = o.options.Dir, true
	_, err = agent.Enrol(t.Context(), other.options)
	must(t, err)
	if config, _, err := agent.LoadLastGood(o.options.Dir); !errors.Is(err, agent.ErrNoConfig) {
		t.Errorf("the former collector's configuration %+v holds: %v", config, err)
	}
	other.set(func() { other.surveys = sources })
	other.options.Code = other.code(t)
	second, err := agent.Enrol(t.Context(), other.options)
	must(t, err)
	if second.Key.Equal(first.Key) || second.URL != other.url {
		t.Errorf("second identity %v", second)
	}
	if _, list, err := agent.LoadLastGood(o.options.Dir); err != nil || ids(list) != "exit-poll 1" {
		t.Errorf("surveys %s, %v", ids(list), err)
	}
}

// A collector that exchanged its keys is the same one to a terminal that is enrolled there again, whether it had heard of the
// exchange or not: what is kept for it is offered to it when it was restored. Another one is another.
func TestEnrollingAgainKnowsACollectorByItsFormerKeys(t *testing.T) {
	for _, c := range []struct {
		name           string
		heard, another bool
	}{{"it followed", true, false}, {"it was away", false, false}, {"another", false, true}} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			first, err := agent.Enrol(t.Context(), o.options)
			must(t, err)
			former := o.key
			_, next, err := ed25519.GenerateKey(rand.Reader)
			must(t, err)
			_, sealing, err := wire.NewSealingKey(nil)
			must(t, err)
			link := succession(t, former, next, sealing)
			if c.heard {
				_, err := agent.Succeed(o.options.Dir, first, []wire.Succession{{SigningKey: next.Public().(ed25519.PublicKey), SealingKey: sealing}})
				must(t, err)
			}
			o.set(func() {
				o.key, o.sealing = next, sealing
				if c.another {
					return
				}
				o.instead = func(w http.ResponseWriter, r *http.Request, _ []byte, _ func() []byte) bool {
					if r.URL.Path != wire.PathKeys {
						return false
					}
					body, err := wire.Encode(wire.Successions{Chain: [][]byte{link}})
					must(t, err)
					ours(w, body)
					return true
				}
			})
			o.options.Code, o.options.Again = o.code(t), true
			again, err := agent.Enrol(t.Context(), o.options)
			must(t, err)
			if same := again.Collector == first.Collector; same == c.another || again.Key.Equal(first.Key) {
				t.Errorf("it is the same collector: %v", same)
			}
		})
	}
}

func TestEnrolmentTrustsOnlyTheCollectorOfTheCode(t *testing.T) {
	o := newOffice(t)
	stranger := newOffice(t)
	o.options.URL = stranger.url
	if _, err := agent.Enrol(t.Context(), o.options); !errors.Is(err, wire.ErrSignature) {
		t.Errorf("error %v", err)
	}
	// A go-between that knows the right public key cannot sign with it.
	o.options.URL = o.url
	o.set(func() {
		o.instead = func(w http.ResponseWriter, r *http.Request, body []byte, honest func() []byte) bool {
			_, key, err := ed25519.GenerateKey(rand.Reader)
			must(t, err)
			ours(w, signed(t, wire.EnrolContext, key, wire.EnrolReply{
				Terminal: o.terminal, Origin: o.options.Origin, SigningKey: o.public(), SealingKey: make([]byte, 32),
			}))
			return true
		}
	})
	if _, err := agent.Enrol(t.Context(), o.options); !errors.Is(err, wire.ErrSignature) {
		t.Errorf("error %v", err)
	}
	if _, err := agent.LoadIdentity(o.options.Dir); !errors.Is(err, agent.ErrNotEnrolled) {
		t.Errorf("an identity was left: %v", err)
	}
}

func TestEnrolmentWithoutSurveysStands(t *testing.T) {
	o := newOffice(t)
	o.publish(survey("smiley", 1))
	o.set(func() { clear(o.surveys) })
	if _, err := agent.Enrol(t.Context(), o.options); err != nil {
		t.Fatal(err)
	}
	if _, err := agent.LoadIdentity(o.options.Dir); err != nil {
		t.Error(err)
	}
	if _, _, err := agent.LoadLastGood(o.options.Dir); !errors.Is(err, agent.ErrNoConfig) {
		t.Errorf("error %v", err)
	}
}

func TestEnrolmentRefusalsSayWhatToDo(t *testing.T) {
	for _, c := range []struct {
		name string
		with func(*office)
		says string
	}{
		{"a code mistyped", func(o *office) { o.options.Code = "ABCD" }, "collector terminal enrol"},
		{"no code", func(o *office) { o.options.Code = "" }, "collector terminal enrol"},
		{"an address without a scheme", func(o *office) { o.options.URL = "feedback.example.org" }, "https://"},
		{"an address with a path", func(o *office) { o.options.URL += "/otklik" }, "after the host"},
		{"an address with a password", func(o *office) { o.options.URL = "https://u:p@example.org" }, "password"},
		{"no address", func(o *office) { o.options.URL = "" }, "https://"},
		{"no outbox", func(o *office) { o.options.Origin = wire.Origin{} }, "open the outbox"},
		{"nobody there", func(o *office) { o.options.URL = "http://127.0.0.1:1" }, "is the collector running"},
		{"a code that was used", func(o *office) {
			o.instead = func(w http.ResponseWriter, _ *http.Request, _ []byte, _ func() []byte) bool {
				problem(w, http.StatusConflict, "code-used")
				return true
			}
		}, "do about code-used"},
		{"a folder that cannot be written to", func(o *office) {
			must(t, os.RemoveAll(o.options.Dir))
			must(t, os.WriteFile(o.options.Dir, nil, 0o600))
		}, "check"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			c.with(o)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if _, err := agent.Enrol(ctx, o.options); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v; it should say %q", err, c.says)
			}
		})
	}
}

func TestADamagedIdentityIsNoIdentity(t *testing.T) {
	o := newOffice(t)
	_, err := agent.Enrol(t.Context(), o.options)
	must(t, err)
	path := filepath.Join(o.options.Dir, "identity.json")
	whole, err := os.ReadFile(path)
	must(t, err)
	for name, change := range map[string]func(string) string{
		"cut short":            func(s string) string { return s[:len(s)/2] },
		"no key":               func(s string) string { return strings.Replace(s, `"key"`, `"kex"`, 1) },
		"no collector's key":   func(s string) string { return strings.Replace(s, `"signing_key"`, `"x"`, 1) },
		"no sealing key":       func(s string) string { return strings.Replace(s, `"sealing_key"`, `"x"`, 1) },
		"no terminal":          func(s string) string { return strings.Replace(s, `"terminal"`, `"x"`, 1) },
		"an address of no web": func(s string) string { return strings.Replace(s, "http://", "ftp://", 1) },
	} {
		must(t, os.WriteFile(path, []byte(change(string(whole))), 0o600))
		if _, err := agent.LoadIdentity(o.options.Dir); err == nil || errors.Is(err, agent.ErrNotEnrolled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnIdentityDoesNotPrintItsKey(t *testing.T) {
	o := newOffice(t)
	identity, err := agent.Enrol(t.Context(), o.options)
	must(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(verb, identity); text != identity.String() {
			t.Errorf("%s prints %s", verb, text)
		}
	}
}

// lineFunc takes what a log writes.
type lineFunc func(line string)

func (f lineFunc) Write(p []byte) (int, error) { f(string(p)); return len(p), nil }
