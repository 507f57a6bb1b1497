package main_test

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"otklik/sync/wire"
)

// A collector that is started while its disk is full or read-only asks everybody to come again, and says to people why; it
// opens by itself when the disk is well.
func TestServeWaitsForItsDisk(t *testing.T) {
	for name, c := range map[string]struct{ spoil, mend func(dir string) error }{
		"read-only": {
			spoil: func(dir string) error {
				return syscall.Mount("small", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, "")
			},
			mend: func(dir string) error { return syscall.Mount("small", dir, "tmpfs", syscall.MS_REMOUNT, "") },
		},
		"full": {
			spoil: func(dir string) error {
				err := os.WriteFile(filepath.Join(dir, "filler"), make([]byte, 16<<20), 0o600)
				if !errors.Is(err, syscall.ENOSPC) {
					return errors.Join(errors.New("the disk is not full"), err)
				}
				return nil
			},
			mend: func(dir string) error { return os.Remove(filepath.Join(dir, "filler")) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := syscall.Mount("small", dir, "tmpfs", 0, "size=8m"); err != nil {
				if errors.Is(err, syscall.EPERM) {
					t.Skip("a small disk can be mounted by root only")
				}
				t.Fatal(err)
			}
			t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
			data := filepath.Join(dir, "data")
			if _, stderr, status := run(t, "", "user", "add", "--name", "a", "--data", data); status != 0 {
				t.Fatal(stderr)
			}
			if err := c.spoil(dir); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(binary, "serve", "--data", data, "--listen", "127.0.0.1:0")
			stderr, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { cmd.Process.Kill(); cmd.Wait() }()
			log := bufio.NewScanner(stderr)
			url := ""
			for log.Scan() && !strings.Contains(log.Text(), "cannot be written to") {
				if m := regexp.MustCompile(`msg=listening url=(\S+)`).FindStringSubmatch(log.Text()); m != nil {
					url = m[1]
				}
			}
			if url == "" {
				t.Fatal("it does not serve")
			}
			go io.Copy(io.Discard, stderr)
			for _, path := range []string{"/", "/terminals", "/healthz", wire.PathKeys} {
				resp, err := http.Get(url + path)
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				says := map[bool]string{false: "Диск переполнен или доступен только для чтения", true: `"code":"unavailable"`}[path == wire.PathKeys]
				if err != nil || resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" || !strings.Contains(string(body), says) {
					t.Errorf("%s: %s, Retry-After %q, %s", path, resp.Status, resp.Header.Get("Retry-After"), body)
				}
			}
			if err := c.mend(dir); err != nil {
				t.Fatal(err)
			}
			if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil || strings.TrimSpace(line) != "Listening on "+url {
				t.Fatalf("it said %q, %v", line, err)
			}
			if status, body := get(t, url+"/healthz"); status != http.StatusOK {
				t.Errorf("well again: %d %s", status, body)
			}
			if status, body := get(t, url+"/"); status != http.StatusOK || !strings.Contains(body, `name="password"`) {
				t.Errorf("the console: %d %.100s", status, body)
			}
		})
	}
}
