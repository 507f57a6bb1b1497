package rig

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Family returns a process and all that descend from it.
func Family(pid int) []int {
	all := []int{pid}
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, list := range lists {
		b, _ := os.ReadFile(list)
		for _, f := range strings.Fields(string(b)) {
			if child, err := strconv.Atoi(f); err == nil {
				all = append(all, Family(child)...)
			}
		}
	}
	return all
}

// PSS returns the memory of a process and its descendants in bytes, what they share with others in proportion.
func PSS(pid int) (int64, error) {
	total := int64(0)
	for _, p := range Family(pid) {
		n, err := kilobytes(fmt.Sprintf("/proc/%d/smaps_rollup", p), "Pss:")
		if err != nil && p == pid {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// RSS returns the resident memory of one process in bytes.
func RSS(pid int) (int64, error) { return kilobytes(fmt.Sprintf("/proc/%d/status", pid), "VmRSS:") }

func kilobytes(file, name string) (int64, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == name {
			n, err := strconv.ParseInt(f[1], 10, 64)
			return n << 10, err
		}
	}
	return 0, fmt.Errorf("%s has no %s", file, name)
}

// Files returns how many files and connections a process has open.
func Files(pid int) (int, error) {
	all, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	return len(all), err
}

// clockTick is Linux' USER_HZ, the unit of the times in /proc/PID/stat.
const clockTick = 10 * time.Millisecond

// CPU returns how long the processor has worked for a process and its descendants, in steps of 10 ms. What a descendant took
// that has ended counts on, with the one that waited for its end.
func CPU(pid int) (time.Duration, error) {
	for {
		family := Family(pid)
		total, err := worked(family)
		if err != nil {
			return 0, err
		}
		if slices.Equal(family, Family(pid)) { // else one ended between the reading of its parent's figures and its own
			return total, nil
		}
	}
}

// worked sums up a family; only its head must be there.
func worked(family []int) (time.Duration, error) {
	total := time.Duration(0)
	for i, p := range family {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p))
		if err != nil {
			if i == 0 {
				return 0, err
			}
			continue
		}
		f := strings.Fields(string(b)[strings.LastIndex(string(b), ")")+1:])
		for _, figure := range f[11:15] { // utime, stime, and those of the children waited for
			n, err := strconv.ParseInt(figure, 10, 64)
			if err != nil {
				return 0, err
			}
			total += time.Duration(n) * clockTick
		}
	}
	return total, nil
}
