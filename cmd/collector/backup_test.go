package main_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestBackupAndRestore(t *testing.T) {
	data, dir := t.TempDir(), filepath.Join(t.TempDir(), "backups")
	url, cmd := serve(t, data)
	if out, problems, status := run(t, "", "survey", "publish", "--data", data, exitPoll); status != 0 {
		t.Fatal(out, problems)
	}
	out, problems, status := run(t, "", "backup", "--data", data, dir)
	path, _, ok := strings.Cut(strings.TrimPrefix(out, "backup: "), "\n")
	if status != 0 || !ok || !strings.Contains(out, "responses: 0") {
		t.Fatalf("backup: %d %q %q", status, out, problems)
	}
	if out, problems, status := run(t, "", "restore", path, "--data", data, "--replace"); status == 0 || !strings.Contains(problems, "stop it first") {
		t.Errorf("restored while %s is served: %d %q %q", url, status, out, problems)
	}
	cmd.Process.Kill()
	cmd.Wait()
	if out, problems, status := run(t, "", "restore", path, "--data", data); status == 0 || !strings.Contains(problems, "--replace") {
		t.Errorf("restored over a store: %d %q %q", status, out, problems)
	}
	if out, problems, status := run(t, "", "restore", dir, "--data", data, "--replace"); status == 0 || !strings.Contains(problems, path) {
		t.Errorf("restored from the folder of all backups: %d %q %q", status, out, problems)
	}
	out, problems, status = run(t, "", "restore", path, "--data", data, "--replace")
	if status != 0 || !strings.Contains(out, "another life") || !strings.Contains(out, "replaced-") {
		t.Fatalf("restore: %d %q %q", status, out, problems)
	}
	fresh := filepath.Join(t.TempDir(), "new machine")
	if out, problems, status = run(t, "", "restore", path, "--data", fresh); status != 0 || strings.Contains(out, "replaced-") {
		t.Fatalf("restore on a new machine: %d %q %q", status, out, problems)
	}
	for _, dir := range []string{data, fresh} {
		if out, _, status := run(t, "", "survey", "list", "--data", dir); status != 0 || !strings.Contains(out, "exit-poll") {
			t.Errorf("%s lists %d %q", dir, status, out)
		}
	}
	for _, args := range [][]string{
		{"backup", "--data", data, dir, "--keep", "0"},
		{"serve", "--data", data, "--backup", dir, "--backup-every", "0s"},
		{"restore", filepath.Join(dir, "none"), "--data", fresh},
	} {
		if out, problems, status := run(t, "", args...); status == 0 || problems == "" {
			t.Errorf("%v: %d %q %q", args, status, out, problems)
		}
	}
}

func TestServeMakesBackups(t *testing.T) {
	data, dir := t.TempDir(), filepath.Join(t.TempDir(), "backups")
	cmd := exec.Command(binary, "serve", "--data", data, "--listen", "127.0.0.1:0", "--backup", dir, "--backup-every", "1s", "--backup-keep", "1")
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	made := 0
	for said := bufio.NewScanner(log); said.Scan(); {
		if strings.Contains(said.Text(), "backup made") {
			if made++; made == 2 {
				if err := cmd.Process.Signal(os.Interrupt); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := cmd.Wait(); err != nil || made < 2 {
		t.Errorf("%d backups; it ended with %v", made, err)
	}
	entries, err := filepath.Glob(filepath.Join(dir, "otklik-*Z"))
	if err != nil || len(entries) != 1 {
		t.Errorf("in the folder lie %v, %v", entries, err)
	}
}
