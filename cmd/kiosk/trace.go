package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"time"

	"otklik/kiosk/screen"
)

// trace writes a JSON line for each screen painted, with the places that can be touched, all words on it and how many
// goroutines run. It tells the path a visitor takes and what is written, so it is for tests and benchmarks alone.
type trace struct{ file *os.File }

func openTrace(path string) (*trace, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	return &trace{f}, nil
}

// painted returns what the glass is to call, or nil without a trace.
func (t *trace) painted() func(screen.Painted) {
	if t == nil {
		return nil
	}
	return func(p screen.Painted) {
		line, err := json.Marshal(struct {
			Time       time.Time
			Goroutines int
			screen.Painted
		}{time.Now(), runtime.NumGoroutine(), p})
		if err == nil {
			_, err = t.file.Write(append(line, '\n'))
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "kiosk: trace:", err)
		}
	}
}
