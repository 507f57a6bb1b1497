package main_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"otklik/surveys/lint"
	"otklik/sync/collector/store/sqlite"
	"otklik/sync/collector/store/storetest"
	"otklik/sync/wire"
)

// binary is the real program, built once.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "collector")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "collector")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		panic(string(out))
	}
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

const exitPoll = "../../assets/surveys/exit-poll.yaml"

// run runs a command to its end.
func run(t *testing.T, stdin string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	cmd := exec.Command(binary, args...)
	var out, problems bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &problems
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), problems.String(), cmd.ProcessState.ExitCode()
}

// serve starts the collector and returns its address.
func serve(t *testing.T, data string, args ...string) (url string, cmd *exec.Cmd) {
	t.Helper()
	cmd = exec.Command(binary, append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0"}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			cmd.Process.Kill()
			cmd.Wait()
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("it said %q: %v", line, err)
	}
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "Listening on ")
	if !ok {
		t.Fatalf("it said %q", line)
	}
	return url, cmd
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(data)
}

func TestCommandsWorkWhileItServes(t *testing.T) {
	data := t.TempDir()
	url, served := serve(t, data)
	if status, body := get(t, url+"/healthz"); status != http.StatusOK || body != "ok\n" {
		t.Errorf("healthz: %d %q", status, body)
	}
	if status, body := get(t, url+"/"); status != http.StatusOK || !strings.Contains(body, `name="password"`) {
		t.Errorf("the console: %d %.200s", status, body)
	}
	file := filepath.Join(t.TempDir(), "out.csv")
	nextPoll := withoutOther(t, "number: 99")
	for _, c := range []struct {
		args   []string
		stdin  string
		status int
		stdout string // a pattern of all of it
		stderr string // a part of it
	}{
		{args: []string{"survey", "publish", exitPoll}, stdout: `exit-poll number \d+ \(version [0-9a-f]{16}\): published\n`},
		{args: []string{"survey", "publish", exitPoll}, stdout: `exit-poll .*: was published before, nothing changed\n`},
		{args: []string{"survey", "publish", nextPoll}, stdout: `exit-poll number 99 \(version [0-9a-f]{16}\): published\n  note: choice other of reason is no longer offered; .* \[choice-removed\]\n`},
		{args: []string{"survey", "check", "--no-screens", exitPoll}, stdout: `.*survey exit-poll number 1: errors 0, warnings 0; screens .*\n`},
		{args: []string{"survey", "publish", "main.go"}, status: 1, stdout: `(?s)main\.go:\d+:\d+: .*`, stderr: "not published"},
		{args: []string{"survey", "list"}, stdout: `(?s)ID .*exit-poll +\d+ .* 0\n`},
		{args: []string{"terminal", "enrol", "--site", "Зал", "--name", "Левый"}, stdout: `url: ` + url + `\nscan: OTKLIK1 ` + url + ` [-0-9A-Z]{29}\npin: [0-9]{6}\ncode: [0-9A-Z]{4}(-[0-9A-Z]{4}){5}\n`},
		{
			args:   []string{"terminal", "enrol", "--site", "Зал", "--name", "Правый", "--survey", "exit-poll", "--url", "https://otklik.example"},
			stdout: `url: https://otklik\.example\nscan: OTKLIK1 https://otklik\.example .*\npin: .*\ncode: .*\n`,
		},
		{ // a PIN that somebody chose is not shown again
			args:   []string{"terminal", "enrol", "--site", "Зал", "--name", "Средний", "--url", "https://otklik.example", "--pin", "482915"},
			stdout: `url: https://otklik\.example\nscan: .*\ncode: .*\n`,
		},
		{
			args: []string{"terminal", "enrol", "--site", "Зал", "--name", "Дальний", "--url", "https://otklik.example", "--pin", "-"}, stdin: "482915\n",
			stdout: `url: https://otklik\.example\nscan: .*\ncode: .*\n`,
		},
		{args: []string{"terminal", "enrol", "--site", "Зал", "--name", "Ближний", "--pin", "12345"}, status: 1, stderr: "6 to 12 digits"},
		{args: []string{"terminal", "enrol", "--site", "Зал", "--name", "Третий", "--survey", "typo"}, status: 1, stderr: "collector survey list"},
		{args: []string{"terminal", "list"}, stdout: `(?s)ID .*STATE\n`},
		{args: []string{"terminal", "pin", "Левый", "--stdin"}, stdin: "482915\n", status: 1, stderr: "collector terminal list"},
		{args: []string{"terminal", "pin", "Левый", "--stdin", "--clear"}, status: 2, stderr: "collector --help"},
		{args: []string{"terminal", "leave", "Левый", "maybe"}, status: 2, stderr: "collector --help"},
		{args: []string{"terminal", "leave", "Левый", "on"}, status: 1, stderr: "collector terminal list"},
		{args: []string{"terminal", "hours", "mon-fri 09:00-18:00"}, status: 1, stderr: "--site for all"},
		{args: []string{"terminal", "hours", "always", "--site", "Зал"}, status: 1, stderr: "collector terminal list"},
		{args: []string{"terminal", "revoke", "00000000-0000-4000-8000-000000000000"}, status: 1, stderr: "collector terminal list"},
		{args: []string{"terminal", "revoke", "nonsense"}, status: 2, stderr: "collector --help"},
		{args: []string{"user", "add", "--name", "Алсу"}, stdout: `name: Алсу\npassword: [a-z2-9-]{23}\n`},
		{args: []string{"user", "add", "--name", "алсу"}, status: 1, stderr: "--if-missing"},
		{args: []string{"user", "add", "--name", "алсу", "--if-missing"}},
		{args: []string{"user", "add", "--name", "b", "--password-stdin"}, stdin: "a long password\n", stdout: `name: b\n`},
		{args: []string{"user", "add", "--name", "c", "--password-stdin"}, stdin: "short\n", status: 1, stderr: "12 to 256"},
		{args: []string{"export", "--survey", "exit-poll", "-o", file, "--header", "tt", "--bom", "--separator", "semicolon"}, stderr: "0 responses written to " + file},
		{args: []string{"export", "--survey", "exit-poll", "-o", "-"}, stdout: `response_id,survey,version,terminal,site,language,audience,started,submitted,seconds,who,.*\r\n`, stderr: `"format": "otklik/manifest/1"`},
		{args: []string{"export", "--survey", "nowhere", "-o", file}, status: 1, stderr: "collector survey list"},
		{args: []string{"export", "--survey", "exit-poll"}, status: 2, stderr: "--output"},
		{args: []string{"serve", "--listen", strings.TrimPrefix(url, "http://")}, status: 1, stderr: "another collector"},
	} {
		args := append(c.args, "--data", data)
		stdout, stderr, status := run(t, c.stdin, args...)
		if status != c.status || !regexp.MustCompile(`^(?:`+c.stdout+`)$`).MatchString(stdout) && !(c.status == 2) || !strings.Contains(stderr, c.stderr) {
			t.Errorf("collector %s: status %d, want %d\nout: %s\nerr: %s", strings.Join(c.args, " "), status, c.status, stdout, stderr)
		}
	}
	if text, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(text), "\uFEFFҖавап;") && !strings.HasPrefix(string(text), "\uFEFFҖ") {
		t.Errorf("the file starts %.40q (%v)", text, err)
	}
	if err := served.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := served.Wait(); err != nil {
		t.Errorf("it did not stop cleanly: %v", err)
	}
	// Without the server the address is still known, and so is everything else.
	if stdout, stderr, status := run(t, "", "terminal", "enrol", "--data", data, "--site", "Зал", "--name", "Левый"); status != 0 || !strings.HasPrefix(stdout, "url: "+url+"\n") {
		t.Errorf("status %d: %s%s", status, stdout, stderr)
	}
}

func TestSurveyCheckNamesThePlace(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "broken.yaml")
	if err := os.WriteFile(broken, []byte("id: broken\nnumber: zero\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, _, status := run(t, "", "survey", "check", exitPoll)
	if status != 0 || !strings.Contains(stdout, "survey exit-poll") {
		t.Errorf("a right one: %d %s", status, stdout)
	}
	stdout, _, status = run(t, "", "survey", "check", exitPoll, broken)
	if status != 1 || !strings.Contains(stdout, broken+":2:9: ") {
		t.Errorf("a broken one: %d %s", status, stdout)
	}
	if _, stderr, status := run(t, "", "survey", "check", "nowhere.yaml"); status == 0 || !strings.Contains(stderr, "nowhere.yaml") {
		t.Errorf("one that is not: %d %s", status, stderr)
	}
}

// withoutOther writes the exit poll as another number, without the last choice of its reasons.
func withoutOther(t *testing.T, number string) (path string) {
	t.Helper()
	source, err := os.ReadFile(exitPoll)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(source), "number: 1", number, 1)
	start := strings.Index(text, "          - code: other")
	end := strings.Index(text, "\n  - questions:\n      - code: comment")
	if start < 0 || end < start {
		t.Fatal("the exit poll has no other reason")
	}
	path = filepath.Join(t.TempDir(), "next.yaml")
	if err := os.WriteFile(path, []byte(text[:start]+text[end:]), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSurveyCheckComparesWithWhatIsPublished(t *testing.T) {
	data := t.TempDir()
	if _, stderr, status := run(t, "", "survey", "check", "--no-screens", "--data", data, exitPoll); status != 1 || !strings.Contains(stderr, "there is no collector's store") {
		t.Errorf("an empty folder: %d %s", status, stderr)
	}
	if _, stderr, status := run(t, "", "survey", "publish", "--data", data, exitPoll); status != 0 {
		t.Fatal(stderr)
	}
	for path, want := range map[string]struct {
		status int
		rules  string
	}{
		exitPoll:                      {0, ""},
		withoutOther(t, "number: 2"):  {0, "note choice-removed"},
		withoutOther(t, "number:  1"): {1, "error number-not-raised, note choice-removed"},
	} {
		stdout, _, status := run(t, "", "survey", "check", "--json", "--no-screens", "--data", data, path)
		var said struct{ Files []lint.Report }
		if err := json.Unmarshal([]byte(stdout), &said); err != nil || len(said.Files) != 1 || status != want.status {
			t.Fatalf("%s: %d %v %s", path, status, err, stdout)
		}
		var rules []string
		for _, f := range said.Files[0].Findings {
			rules = append(rules, string(f.Severity)+" "+f.Rule)
		}
		if strings.Join(rules, ", ") != want.rules || said.Files[0].Figures.Screens.Longest != 9 || said.Files[0].Survey != "exit-poll" {
			t.Errorf("%s: %v, want %s; %+v", path, rules, want.rules, said.Files[0])
		}
	}
}

func TestSurveyCheckTriesTheScreens(t *testing.T) {
	long := filepath.Join(t.TempDir(), "long.yaml")
	source := "id: long\nnumber: 1\nkind: poll\nlanguages: [ru]\ntitle: {ru: Опрос}\npages:\n  - questions:\n" +
		"      - {code: q, kind: long-text, text: {ru: " + strings.Repeat("Межведомственная ", 25) + "}}\n"
	if err := os.WriteFile(long, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"--display", "800x480@7"}, 1, `:8:\d+: error: question q in ru does not fit 800×480, 7″: .* \[does-not-fit\]`},
		{[]string{"--no-screens"}, 0, `:8:\d+: warning: .* \[too-long\]`},
	} {
		stdout, stderr, status := run(t, "", append([]string{"survey", "check", long}, c.args...)...)
		if status != c.status || !regexp.MustCompile(c.want).MatchString(stdout) {
			t.Errorf("%v: %d, want %s in\n%s%s", c.args, status, c.want, stdout, stderr)
		}
	}
	if _, stderr, status := run(t, "", "survey", "check", long, "--display", "wide"); status != 1 || !strings.Contains(stderr, "WIDTHxHEIGHT") {
		t.Errorf("no display: %d %s", status, stderr)
	}
}

// A survey is tried on the glass of the terminals it goes to, as these told it, and on no other.
func TestSurveyCheckTriesTheScreensOfTheTerminals(t *testing.T) {
	data := t.TempDir()
	if _, stderr, status := run(t, "", "survey", "publish", "--data", data, exitPoll); status != 0 {
		t.Fatal(stderr)
	}
	s, err := sqlite.Open(t.Context(), filepath.Join(data, "collector.db"))
	if err != nil {
		t.Fatal(err)
	}
	for i, display := range []string{"480x800@5", "", "a wall", "480x800@5", "320x240@3"} {
		terminal := storetest.Enrolled(t, s, "Hall", fmt.Sprint("Terminal ", i))
		if _, err := s.Beat(t.Context(), terminal.ID, wire.Heartbeat{
			Origin: wire.Origin{byte(i), 1}, Beat: 1, Display: display,
		}, time.Now()); err != nil {
			t.Fatal(err)
		}
		if i == 4 { // it no longer asks anybody
			if err := s.RevokeTerminal(t.Context(), terminal.ID, time.Now()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	long := filepath.Join(t.TempDir(), "long.yaml")
	source := "id: long\nnumber: 1\nkind: poll\nlanguages: [ru]\ntitle: {ru: Опрос}\npages:\n  - questions:\n" +
		"      - {code: q, kind: long-text, text: {ru: " + strings.Repeat("Межведомственная ", 25) + "}}\n"
	if err := os.WriteFile(long, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, status := run(t, "", "survey", "check", "--data", data, long)
	if status != 1 || !strings.Contains(stdout, "does not fit 480×800, 5″") {
		t.Errorf("status %d:\n%s%s", status, stdout, stderr)
	}
	if n := regexp.MustCompile(`does not fit \d+×\d+`).FindAllString(stdout, -1); slices.ContainsFunc(n, func(s string) bool {
		return s != "does not fit 480×800"
	}) {
		t.Errorf("tried on other displays: %v", n)
	}
}

func TestKeysAreNeverMadeAnewBesideAStore(t *testing.T) {
	data := t.TempDir()
	if _, stderr, status := run(t, "", "user", "add", "--name", "a", "--data", data); status != 0 {
		t.Fatal(stderr)
	}
	if err := os.Remove(filepath.Join(data, "signing.key")); err != nil {
		t.Fatal(err)
	}
	if _, stderr, status := run(t, "", "survey", "list", "--data", data); status != 1 || !strings.Contains(stderr, "bring it back from a backup") {
		t.Errorf("without its key: %d %s", status, stderr)
	}
}

// Who mistypes the folder is told, and gets neither an empty export nor a backup of nothing.
func TestAFolderWithoutAStoreIsLeftAsItIs(t *testing.T) {
	data, elsewhere := t.TempDir(), t.TempDir()
	for _, args := range [][]string{
		{"terminal", "list"},
		{"terminal", "drain", "Левый"},
		{"survey", "list"},
		{"survey", "show", "exit-poll"},
		{"ticket", "list", "--survey", "law"},
		{"improvement", "list"},
		{"export", "--survey", "exit-poll", "-o", filepath.Join(elsewhere, "a.csv")},
		{"backup", elsewhere},
		{"verify"},
		{"accept", exitPoll},
		{"quarantine", "list"},
	} {
		stdout, stderr, status := run(t, "", append(args, "--data", data)...)
		if status != 1 || stdout != "" || !strings.Contains(stderr, "no collector's store in "+data+"; name its folder with --data") {
			t.Errorf("%v: %d %s%s", args, status, stdout, stderr)
		}
	}
	for _, dir := range []string{data, elsewhere} {
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%s holds %v, %v", dir, left, err)
		}
	}
}

func TestEnrolNeedsAnAddress(t *testing.T) {
	if _, stderr, status := run(t, "", "terminal", "enrol", "--data", t.TempDir(), "--site", "Зал", "--name", "Левый"); status != 1 || !strings.Contains(stderr, "--url") {
		t.Errorf("%d %s", status, stderr)
	}
}

func TestVerifyQuarantineAndPlaces(t *testing.T) {
	data, file := t.TempDir(), filepath.Join(t.TempDir(), "answers.csv")
	for _, c := range []struct {
		args           []string
		stdout, stderr string
		status         int
	}{
		{args: []string{"survey", "publish", exitPoll}},
		{args: []string{"terminal", "enrol", "--site", "Зал", "--name", "Левый", "--url", "http://c.example"}, stdout: "code: "},
		{args: []string{"export", "--survey", "exit-poll", "-o", file}, stderr: "0 responses"},
		{args: []string{"verify", "--manifest", file + ".manifest.json"}, stdout: "all chains and hashes hold"},
		{args: []string{"verify", "--manifest", file}, status: 1, stderr: "no manifest of this collector"},
		{args: []string{"quarantine", "list"}, stdout: "REASON"},
		{args: []string{"quarantine", "release", "--all"}, stdout: "released: 0"},
		{args: []string{"quarantine", "release", "7"}, status: 1, stderr: "not in quarantine"},
		{args: []string{"quarantine", "release"}, status: 1, stderr: "--all"},
		{args: []string{"terminal", "drain", "Левый"}, status: 1, stderr: "collector terminal list"},
		{args: []string{"terminal", "replace", "Левый", "--url", "http://c.example"}, status: 1, stderr: "collector terminal list"},
		{args: []string{"accept", file}, status: 1, stderr: "no bundle of a terminal"},
	} {
		stdout, stderr, status := run(t, "", append(c.args, "--data", data)...)
		if status != c.status || !strings.Contains(stdout, c.stdout) || !strings.Contains(stderr, c.stderr) {
			t.Errorf("%v: status %d\n%s%s", c.args, status, stdout, stderr)
		}
	}
}
