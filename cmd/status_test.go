package cmd_test

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"otklik/sync/wire"
)

// Networks that answer in the collector's place, and what kiosk status calls each.
var impostors = []struct {
	name, reason, words string
	tls, proxy          bool
	answer              http.HandlerFunc
}{
	{name: "a captive portal", reason: "redirected", words: "see if the network wants a log-in", answer: func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/login", http.StatusFound)
	}},
	{name: "200 with HTML", reason: "not-ours", words: "check the address, and that the network asks for no log-in", answer: logIn},
	{name: "HTML that calls itself a message", reason: "malformed", words: "cannot be read", answer: ours(func(w http.ResponseWriter) {
		w.Write([]byte("<html>Войдите в сеть</html>"))
	})},
	{name: "a reply cut short", reason: "cut-off", words: "ended early", answer: ours(func(w http.ResponseWriter) {
		w.Header().Set("Content-Length", "1000")
		w.Write([]byte("half"))
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})},
	{name: "a gzip bomb", reason: "encoded", words: "switch off compression", answer: ours(func(w http.ResponseWriter) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		for zeros := make([]byte, 1<<20); ; {
			if _, err := z.Write(zeros); err != nil {
				return // the terminal has left
			}
		}
	})},
	{name: "a reply without an end", reason: "too-large", words: "a collector does not answer so", answer: ours(func(w http.ResponseWriter) {
		for zeros := make([]byte, 1<<20); ; {
			if _, err := w.Write(zeros); err != nil {
				return
			}
		}
	})},
	{name: "intercepted TLS", reason: "untrusted", words: "install the centre's certificate authority", tls: true, answer: logIn},
	{name: "a proxy that wants a log-in", reason: "proxy", words: "let the terminal pass", proxy: true, answer: func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusProxyAuthRequired)
	}},
}

func logIn(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	w.Write([]byte("<html>Войдите в сеть</html>"))
}

// ours says that a reply is a message of the protocol.
func ours(answer func(http.ResponseWriter)) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", wire.ContentType)
		answer(w)
	}
}

// Whatever answers in the collector's place, the answer stays on the terminal and kiosk status says why.
func TestStatusNamesWhateverAnswersInTheCollectorsPlace(t *testing.T) {
	s := startCollector(t, "exit-poll.yaml")
	fleet := t.TempDir()
	home := filepath.Join(fleet, "0001")
	simulate(t, s.fleet(fleet, 1, 1, "--code", reusableCode(t, s, 1), "--outage", "24h"), "", "all visitors were thanked")
	collector := s.addr
	for _, i := range impostors {
		t.Run(i.name, func(t *testing.T) {
			front := httptest.NewUnstartedServer(i.answer)
			front.Config.ErrorLog = log.New(io.Discard, "", 0) // of terminals that hang up
			if i.tls {
				front.StartTLS()
			} else {
				front.Start()
			}
			defer front.Close()
			address, proxy := front.URL, ""
			if i.proxy {
				address, proxy = "http://collector.test", front.URL
			}
			lead(t, home, address)
			args := s.fleet(fleet, 1, 0)
			for n, arg := range args {
				if strings.HasPrefix(arg, "http://") {
					args[n] = address
				}
			}
			simulate(t, args, proxy, "area=upload reason="+i.reason)
			out, err := exec.Command(filepath.Join(bin, "kiosk"), "status", "--data", home).Output()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 1 {
				t.Errorf("kiosk status: %v, want it to leave with 1", err)
			}
			for _, want := range []string{"(" + i.reason + ", since ", i.words, " 1, the oldest since "} {
				if !strings.Contains(string(out), want) {
					t.Errorf("kiosk status does not say %q:\n%s", want, out)
				}
			}
		})
	}
	lead(t, home, "http://"+collector)
	run(t, "fleetsim", s.fleet(fleet, 1, 0)...)
	s.wantStored(thanked(t, fleet))
	if out := run(t, "kiosk", "status", "--data", home); !regexp.MustCompile(`waiting +nothing\n`).MatchString(out) || strings.Contains(out, "trouble") {
		t.Errorf("with the collector again:\n%s", out)
	}
}

// simulate runs a terminal until it says something, and has it leave in order.
func simulate(t *testing.T, args []string, proxy, until string) {
	t.Helper()
	sim := exec.Command(filepath.Join(bin, "fleetsim"), append(args, "--verbose")...)
	sim.Env = append(os.Environ(), "HTTP_PROXY="+proxy)
	said, err := sim.StderrPipe()
	if err == nil {
		err = sim.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sim.Process.Kill(); _ = sim.Wait() }()
	lines := readLines(said)
	lines.await(t, until, func(line string) bool { return strings.Contains(line, until) })
	if err := sim.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := sim.Wait(); err != nil {
		t.Fatal(err)
	}
}

// lead has a terminal go to another address.
func lead(t *testing.T, home, address string) {
	t.Helper()
	path := filepath.Join(home, "identity.json")
	data, err := os.ReadFile(path)
	var identity map[string]any
	if err == nil {
		err = json.Unmarshal(data, &identity)
	}
	identity["url"] = address
	if err == nil {
		data, err = json.Marshal(identity)
	}
	if err == nil {
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
