package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"otklik/kiosk/service"
	"otklik/sync/agent"
)

// at is the address of a server that listens here.
func at(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// silent takes connections and says nothing.
func silent(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = c.Close() })
		}
	}()
	return l.Addr().String()
}

// tunnel is a proxy that connects whoever asks, or refuses with a status.
func tunnel(t *testing.T, status int) *url.URL {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status != http.StatusOK {
			w.WriteHeader(status)
			return
		}
		far, err := net.Dial("tcp", r.Host)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer far.Close()
		w.WriteHeader(http.StatusOK)
		near, sent, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer near.Close()
		go func() { _, _ = io.Copy(far, sent) }() // with what came before the connection was ours
		_, _ = io.Copy(near, far)
	}))
	t.Cleanup(s.Close)
	return at(t, s.URL)
}

// What the network test calls good was tried: a step tells of the machine that answered, and TLS is called TLS only where
// the collector's own certificate was seen.
func TestNetworkTestTellsWhatItTried(t *testing.T) {
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	trusted := secure.Client().Transport.(*http.Transport).TLSClientConfig
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	nobody := &tls.Config{RootCAs: x509.NewCertPool()}
	far := at(t, "https://collector.invalid") // reached by nobody but a neighbour

	for name, c := range map[string]struct {
		way  way
		want string // steps, those that failed with their reason
	}{
		"TLS":                              {way{to: at(t, secure.URL), trusted: trusted}, "name tls"},
		"no TLS":                           {way{to: at(t, plain.URL)}, "name tcp"},
		"an authority of another":          {way{to: at(t, secure.URL), trusted: nobody}, "name tls:untrusted"},
		"TLS where there is none":          {way{to: at(t, strings.Replace(plain.URL, "http:", "https:", 1)), trusted: trusted}, "name tls:untrusted"},
		"nobody listens":                   {way{to: at(t, gone.URL)}, "name tcp:not-reached"},
		"nobody listens for TLS":           {way{to: at(t, strings.Replace(gone.URL, "http:", "https:", 1)), trusted: trusted}, "name tls:not-reached"},
		"no such name":                     {way{to: far, trusted: trusted}, "name:no-name"},
		"nothing is said":                  {way{to: at(t, "https://"+silent(t)), trusted: trusted}, "name tls:timed-out"},
		"TLS through a proxy":              {way{to: at(t, secure.URL), trusted: trusted, proxy: tunnel(t, http.StatusOK)}, "name proxy tls"},
		"a proxy, an authority of another": {way{to: at(t, secure.URL), trusted: nobody, proxy: tunnel(t, http.StatusOK)}, "name proxy tls:untrusted"},
		"a proxy that wants a log-in":      {way{to: at(t, secure.URL), trusted: trusted, proxy: tunnel(t, http.StatusProxyAuthRequired)}, "name proxy tls:proxy"},
		"a proxy that is gone":             {way{to: at(t, secure.URL), trusted: trusted, proxy: at(t, gone.URL)}, "name proxy:not-reached"},
		"a neighbour":                      {way{to: far, trusted: trusted, neighbour: at(t, plain.URL).Host}, "name neighbour"},
		"a neighbour that is gone":         {way{to: far, trusted: trusted, neighbour: at(t, gone.URL).Host}, "name neighbour:not-reached"},
	} {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		var steps []string
		good := c.way.try(ctx, func(s service.Step) {
			step := s.Name
			if s.Reason != "" {
				step += ":" + s.Reason
			} else if s.Detail == "" {
				t.Errorf("%s: %s is good, and nothing says what was found", name, s.Name)
			}
			if s.Name == "tls" && s.Reason == "" && !strings.Contains(s.Detail, "TLS 1.") {
				t.Errorf("%s: TLS is called good by %q", name, s.Detail)
			}
			steps = append(steps, step)
		})
		cancel()
		if got := strings.Join(steps, " "); got != c.want || good != !strings.Contains(c.want, ":") {
			t.Errorf("%s: %s, good %v; want %s", name, got, good, c.want)
		}
	}
}

func TestClockIsGoodOnlyWhereItIsKnown(t *testing.T) {
	for want, s := range map[string]agent.Status{
		"clock-unknown": {},
		"":              {OffsetKnown: true, Offset: -59_000},
		"clock":         {OffsetKnown: true, Offset: -61_000},
	} {
		if step := clockStep(s); step.Reason != want || step.Name != "time" || (step.Detail == "") != (want == "clock-unknown") {
			t.Errorf("%+v: %+v, want %q", s, step, want)
		}
	}
}

func TestWhatCameOfSendingIsToldInWords(t *testing.T) {
	then := time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)
	before := agent.Status{Queued: 5, LastContact: then}
	cut := []agent.Trouble{
		{Area: agent.ConfigArea, Reason: agent.BadSurvey}, {Area: agent.UploadArea, Reason: agent.NotReached, Message: "cut"},
	}
	for _, c := range []struct {
		now   agent.Status
		tried bool
		want  service.Sent
		why   string
	}{
		{agent.Status{LastContact: then.Add(1)}, true, service.Sent{Answers: 5, Heard: true}, ""},
		{agent.Status{Queued: 2, LastContact: then.Add(1), Troubles: cut}, true, service.Sent{Answers: 3, Left: 2, Heard: true}, "not-reached"},
		{agent.Status{Queued: 5, LastContact: then, Troubles: cut}, true, service.Sent{Left: 5}, "not-reached"},
		{agent.Status{Queued: 4, LastContact: then.Add(1), Troubles: cut}, false, service.Sent{Answers: 1, Left: 4, Heard: true}, ""},
		{agent.Status{Queued: 6, LastContact: then}, true, service.Sent{Left: 6}, ""},
	} {
		got, why := sent(before, c.now, c.tried), ""
		if got.Trouble != nil {
			why = got.Trouble.Reason
		}
		got.Trouble = nil
		if got != c.want || why != c.why {
			t.Errorf("%+v: %+v because of %q, want %+v %q", c.now, got, why, c.want, c.why)
		}
	}
}

// Everything that IT must hear of stands on the page of the state, with the time since when where there is one.
func TestStateTellsOfEveryTrouble(t *testing.T) {
	dir := t.TempDir()
	term := mustTerminal(t, dir)
	behind := &behind{t: term}
	c := newCorner(dir, behind, &offer{dir: dir}, func() {})
	reasons := func() (all []string) {
		for _, trouble := range c.State().Troubles {
			all = append(all, trouble.Reason)
		}
		return all
	}
	if got := reasons(); !slices.Equal(got, []string{"clock-unknown"}) {
		t.Fatalf("a terminal that has heard of nobody yet says %q", got)
	}
	began := time.Now()
	crashes := &crashFolder{dir: dir}
	for i := range 3 {
		if err := crashes.write(began.Add(time.Duration(i-1)*time.Minute), "killed", nil); err != nil {
			t.Fatal(err)
		}
	}
	c.started = began.Add(-time.Second)
	aside := filepath.Join(dir, outboxName+".damaged-"+began.UTC().Format("20060102T150405.000Z"))
	if err := os.WriteFile(aside, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	behind.lacks(context.DeadlineExceeded)
	s := c.State()
	want := []string{"storage", "damaged", "crashed", "clock-unknown"}
	if got := reasons(); !slices.Equal(got, want) {
		t.Fatalf("says %q, want %q", got, want)
	}
	for _, trouble := range s.Troubles[:3] {
		if since := time.Since(trouble.Since); since < -5*time.Minute || since > 24*time.Hour {
			t.Errorf("%s since %s", trouble.Reason, trouble.Since)
		}
	}
	if said := s.Troubles[2].Said; said != "2" {
		t.Errorf("the glass died twice since the start, and %q is said", said)
	}
}
