package cmd_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What does not work on a terminal is read in the console in the language of the page, and by whoever types commands in the
// terminal's own words.
func TestConsoleSaysATerminalsTroubleInItsLanguage(t *testing.T) {
	s := startCollector(t, "exit-poll.yaml")
	fleet := t.TempDir()
	readSimulated(t, run(t, "fleetsim", s.fleet(fleet, 1, 1, "--code", reusableCode(t, s, 1))...))
	damaged := filepath.Join(fleet, "0001", "outbox.bolt.damaged-20260115T104100.000Z")
	if err := os.WriteFile(damaged, []byte("nothing that can be read"), 0o600); err != nil {
		t.Fatal(err)
	}
	readSimulated(t, run(t, "fleetsim", s.fleet(fleet, 1, 1)...))
	if list := run(t, "collector", "terminal", "list", "--data", s.data); !strings.Contains(list, "outbox: damaged, set aside as") {
		t.Errorf("the list says\n%s", list)
	}
	add := exec.Command(filepath.Join(bin, "collector"), "user", "add", "--data", s.data, "--name", "it", "--password-stdin")
	add.Stdin = strings.NewReader("a long and quiet evening\n")
	if out, err := add.CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	page := func(r *http.Response, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	console := "http://" + s.addr
	page(browser.PostForm(console+"/login", url.Values{"name": {"it"}, "password": {"a long and quiet evening"}}))
	for language, want := range map[string]string{"ru": "Файл очереди был повреждён и отложен", "en": "The file of the queue was damaged"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, console+"/terminals", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept-Language", language)
		if body := page(browser.Do(request)); !strings.Contains(body, want) || strings.Contains(body, "set aside as outbox") {
			t.Errorf("%s: the page says\n%s", language, body)
		}
	}
}
