package main

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// The calls that change a disk, or tell the other end something.
const recordedCalls = "open,openat,link,linkat,write,pwrite64,ftruncate,fdatasync,fsync,rename,renameat,renameat2,unlink,unlinkat"

// recorded is strace that writes down every change with its bytes.
func recorded(file string) []string {
	return []string{"strace", "-f", "-qq", "-y", "-xx", "-s", "16777216", "-e", "signal=none", "-e", "trace=" + recordedCalls, "-o", file}
}

// event is one call of a recorded program.
type event struct {
	call string
	path string // of the file that is changed; of the old name of a rename
	to   string // the new name
	data []byte
	at   int64 // offset of data, or the size of a truncation
	// flags are those of openat.
	flags string
	// number is the event's place by when it began: what a sync that took a while has on the disk for sure was done before.
	number int
}

var (
	lineShape = regexp.MustCompile(`^(\d+) +(\w+)\((.*)$`)
	resumed   = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>(.*)$`)
)

// readTraces reads the traces of programs that ran one after another.
func readTraces(paths ...string) (all []event, err error) {
	for _, path := range paths {
		events, err := readTrace(path)
		if err != nil {
			return nil, err
		}
		before := 0
		if len(all) > 0 {
			before = all[len(all)-1].number + len(all)
		}
		for i := range events {
			events[i].number += before
		}
		all = append(all, events...)
	}
	return all, nil
}

// readTrace reads the calls that succeeded: a sync where it ended, everything else where it began.
func readTrace(path string) ([]event, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	scan := bufio.NewScanner(f)
	scan.Buffer(nil, 128<<20)
	var events []event
	numbered := 0
	open := map[string]int{}      // by thread: the event of a call that has not ended
	syncing := map[string]event{} // by thread: a sync that has not ended
	for scan.Scan() {
		line := scan.Text()
		if m := resumed.FindStringSubmatch(line); m != nil {
			if e, ok := syncing[m[1]]; ok && succeeded(m[3]) {
				events = append(events, e)
			}
			if i, ok := open[m[1]]; ok && !succeeded(m[3]) {
				events[i].call = "failed"
			}
			delete(syncing, m[1])
			delete(open, m[1])
			continue
		}
		m := lineShape.FindStringSubmatch(line)
		if m == nil {
			continue // a signal, or an end
		}
		thread, call, rest := m[1], m[2], m[3]
		unfinished := strings.HasSuffix(rest, "<unfinished ...>")
		if !unfinished && !succeeded(rest) {
			continue
		}
		e, err := parseEvent(call, rest)
		if err != nil {
			return nil, fmt.Errorf("%s: %w in %.200s", path, err, line)
		}
		numbered++
		e.number = numbered
		sync := call == "fsync" || call == "fdatasync"
		switch {
		case sync && unfinished:
			syncing[thread] = e
			continue
		case unfinished:
			open[thread] = len(events)
		}
		events = append(events, e)
	}
	return events, scan.Err()
}

// succeeded reports whether the end of a line is that of a call that returned something good. A call that was cut off by
// the program's end has no result.
func succeeded(rest string) bool {
	i := strings.LastIndex(rest, ") ")
	if i < 0 {
		return false
	}
	_, result, ok := strings.Cut(rest[i:], "= ")
	return ok && !strings.HasPrefix(result, "-") && !strings.HasPrefix(result, "?")
}

func parseEvent(call, rest string) (e event, err error) {
	e.call = call
	switch call {
	case "pwrite64", "write", "ftruncate", "fsync", "fdatasync":
		if e.path, err = pathOf(rest); err != nil {
			return e, err
		}
	}
	texts := quoted.FindAllStringSubmatch(rest, -1)
	text := func(i int) []byte {
		if err == nil && i >= len(texts) {
			err = errors.New("a string is missing")
		}
		if err != nil {
			return nil
		}
		var b []byte
		b, err = unescape(texts[i][1])
		return b
	}
	switch call {
	case "pwrite64":
		e.data = text(0)
		e.at, err = errOr(err, rest)
	case "write":
		e.data = text(0)
	case "ftruncate":
		e.at, err = errOr(err, rest)
	case "open", "openat":
		e.call = "openat"
		e.path = string(text(0))
		_, e.flags, _ = strings.Cut(rest[strings.LastIndex(rest, `"`)+1:], ", ")
	case "unlink", "unlinkat":
		e.call, e.path = "unlink", string(text(0))
	case "link", "linkat":
		e.call, e.path, e.to = "link", string(text(0)), string(text(1))
	case "rename", "renameat", "renameat2":
		e.call, e.path, e.to = "rename", string(text(0)), string(text(1))
	}
	return e, err
}

var (
	quoted     = regexp.MustCompile(`"((?:\\x[0-9a-f]{2})*)"`)
	lastNumber = regexp.MustCompile(`, (\d+)(?:\) += .*| <unfinished \.\.\.>)$`)
)

// errOr returns the last argument of a call, a number, unless there is an error already.
func errOr(err error, rest string) (int64, error) {
	if err != nil {
		return 0, err
	}
	m := lastNumber.FindStringSubmatch(rest)
	if m == nil {
		return 0, errors.New("no number at the end")
	}
	return strconv.ParseInt(m[1], 10, 64)
}

// pathOf is what strace says a descriptor is.
func pathOf(rest string) (string, error) {
	_, after, _ := strings.Cut(rest, "<")
	name, _, ok := strings.Cut(after, ">")
	if !ok {
		return "", errors.New("no path of a descriptor")
	}
	b, err := unescape(name)
	return string(b), err
}

func unescape(text string) ([]byte, error) {
	return hex.DecodeString(strings.ReplaceAll(text, `\x`, ""))
}
