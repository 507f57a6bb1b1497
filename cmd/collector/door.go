package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

const (
	// comeAgain is how long a caller is asked to wait while the disk is not well.
	comeAgain = 30 * time.Second
	// lookAgain is how often it is tried.
	lookAgain = 5 * time.Second
)

// door answers while the store cannot be opened: the disk is full or read-only. Terminals keep everything and come again;
// people read why. Once the store is open everything goes to it.
type door struct{ inside atomic.Pointer[http.Handler] }

func (d *door) open(h http.Handler) { d.inside.Store(&h) }

// ServeHTTP implements http.Handler.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h := d.inside.Load(); h != nil {
		(*h).ServeHTTP(w, r)
		return
	}
	w.Header().Set("Retry-After", strconv.Itoa(int(comeAgain/time.Second)))
	w.Header().Set("Cache-Control", "no-store")
	if strings.HasPrefix(r.URL.Path, "/v1/") {
		body, err := json.Marshal(wire.Problem{
			Code: "unavailable", Message: "the collector cannot work just now: its disk is full or read-only",
			Hint: "keep everything and come again; its log says why",
		})
		if err != nil {
			panic(err) // three strings always marshal
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusServiceUnavailable)
		w.Write(body)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'")
	w.WriteHeader(http.StatusServiceUnavailable)
	io.WriteString(w, closedPage)
}

const closedPage = `<!doctype html>
<html lang="ru"><head><meta charset="utf-8"><meta http-equiv="refresh" content="15"><title>Отклик</title></head>
<body>
<h1>Собиратель ждёт свой диск</h1>
<p>Диск переполнен или доступен только для чтения. Ответы целы: терминалы хранят их у себя и передадут сами. Как только на
диск снова можно будет писать, эта страница откроет консоль. Причина — в журнале собирателя.</p>
<h1 lang="en">The collector waits for its disk</h1>
<p lang="en">The disk is full or read-only. No answer is lost: terminals keep them and send them by themselves. As soon as the
disk can be written to again, this page turns into the console. The collector's log says why.</p>
</body></html>
`

// unwell reports whether an error is the disk's, and may be over without anybody starting the collector anew.
func unwell(err error) bool {
	for _, one := range []error{store.ErrUnwell, syscall.ENOSPC, syscall.EROFS, syscall.EDQUOT, syscall.EIO} {
		if errors.Is(err, one) {
			return true
		}
	}
	return false
}

// whenWell does something that needs the disk, again and again until the disk is well or ctx ends.
func whenWell(ctx context.Context, do func() error) error {
	for {
		err := do()
		if err == nil || !unwell(err) {
			return err
		}
		slog.Error("the store cannot be written to; terminals are asked to come again", "error", err, "again", lookAgain)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lookAgain):
		}
	}
}
