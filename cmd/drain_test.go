//go:build linux

package cmd_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// BenchmarkDrain uploads a backlog of one terminal through one connection, with the real programs. Memory is what a process has
// of its own, in half of the looks and in the worst of all; pages of its files, which the kernel takes back as it likes, are
// not in it. A backlog of another size is tried by DRAIN_RECORDS=1000000. The worst look is a matter of how many there are, too:
// hundreds of small backlogs are compared with a large one.
func BenchmarkDrain(b *testing.B) {
	sizes := []int{10_000, 100_000}
	if n, err := strconv.Atoi(os.Getenv("DRAIN_RECORDS")); err == nil {
		sizes = []int{n}
	}
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := startCollector(b, "exit-poll.yaml")
			var wall time.Duration
			var sent int
			var terminal, collector use
			for b.Loop() {
				b.StopTimer()
				folder := b.TempDir()
				fill(b, s, folder, n)
				b.StartTimer()
				began, before := time.Now(), spent(b, s.cmd.Process.Pid)
				drain := exec.Command(filepath.Join(bin, "fleetsim"), s.fleet(folder, 1, 0, "--single")...)
				var out strings.Builder
				drain.Stdout = &out
				if err := drain.Start(); err != nil {
					b.Fatal(err)
				}
				ended := make(chan struct{})
				watched := make(chan struct{})
				go func() {
					defer close(watched)
					for {
						terminal.look(drain.Process.Pid)
						collector.look(s.cmd.Process.Pid)
						select {
						case <-ended:
							return
						case <-time.After(5 * time.Millisecond):
						}
					}
				}()
				err := drain.Wait()
				wall += time.Since(began)
				close(ended)
				<-watched
				if err != nil {
					b.Fatal(err)
				}
				terminal.cpu += drain.ProcessState.UserTime() + drain.ProcessState.SystemTime()
				collector.cpu += spent(b, s.cmd.Process.Pid) - before
				got := readSimulated(b, out.String())
				if got.Acknowledged != n {
					b.Fatalf("%+v", got)
				}
				sent += got.BytesSent
			}
			records := float64(n * b.N)
			b.ReportMetric(records/wall.Seconds(), "records/s")
			b.ReportMetric(float64(sent)/records, "bytes/record")
			b.ReportMetric(terminal.cpu.Seconds()/float64(b.N), "s-cpu-terminal")
			b.ReportMetric(collector.cpu.Seconds()/float64(b.N), "s-cpu-collector")
			b.ReportMetric(terminal.share(0.5), "MB-terminal-p50")
			b.ReportMetric(terminal.share(1), "MB-terminal-most")
			b.ReportMetric(collector.share(0.5), "MB-collector-p50")
			b.ReportMetric(collector.share(1), "MB-collector-most")
		})
	}
}

// fill has a new terminal in folder thank n visitors while it does not reach the collector.
func fill(b *testing.B, s *server, folder string, n int) {
	path := filepath.Join(folder, "thanked.txt")
	if err := syscall.Mkfifo(path, 0o600); err != nil { // so that each line is an event
		b.Fatal(err)
	}
	fifo, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer fifo.Close()
	cmd := exec.Command(filepath.Join(bin, "fleetsim"),
		s.fleet(folder, 1, n, "--single", "--outage", "24h", "--code", reusableCode(b, s, 1))...)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	thanked := bufio.NewScanner(fifo)
	for range n {
		if !thanked.Scan() {
			b.Fatal(thanked.Err())
		}
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		b.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		b.Log("filled:", err)
	}
	if err := os.Remove(path); err != nil {
		b.Fatal(err)
	}
}

// use is what a process took.
type use struct {
	looks []float64 // MB of its own, each time it was looked at
	cpu   time.Duration
}

// share is what a process had at most in this share of the looks.
func (u *use) share(of float64) float64 {
	slices.Sort(u.looks)
	return u.looks[int(of*float64(len(u.looks)-1))]
}

// look notes how much memory a process has now. One that has ended has none.
func (u *use) look(pid int) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return
	}
	for line := range strings.Lines(string(text)) {
		if kb, is := strings.CutPrefix(line, "RssAnon:"); is {
			n, _ := strconv.ParseFloat(strings.Fields(kb)[0], 64)
			u.looks = append(u.looks, n/1024)
		}
	}
}

// spent is the CPU time of a process, which Linux counts in hundredths of a second.
func spent(b *testing.B, pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}
