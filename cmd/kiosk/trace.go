package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/google/uuid"

	"otklik/kiosk/screen"
)

// trace writes a JSON line for each screen painted, with the places that can be touched, all words on it, how many
// goroutines run and which answers were stored since the line before. It tells the path a visitor takes and what is
// written, so it is for tests and benchmarks alone.
type trace struct {
	file *os.File
	mu   sync.Mutex
	kept []uuid.UUID
}

func openTrace(path string) (*trace, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	return &trace{file: f}, nil
}

// stored notes an answer that is durable.
func (t *trace) stored(id uuid.UUID) {
	if t != nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.kept = append(t.kept, id)
	}
}

// painted returns what the glass is to call, or nil without a trace.
func (t *trace) painted() func(screen.Painted) {
	if t == nil {
		return nil
	}
	return func(p screen.Painted) {
		t.mu.Lock()
		kept := t.kept
		t.kept = nil
		t.mu.Unlock()
		line, err := json.Marshal(struct {
			Time       time.Time
			Goroutines int
			Kept       []uuid.UUID `json:",omitempty"`
			screen.Painted
		}{time.Now(), runtime.NumGoroutine(), kept, p})
		if err == nil {
			_, err = t.file.Write(append(line, '\n'))
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "kiosk: trace:", err)
		}
	}
}
