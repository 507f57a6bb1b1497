package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"otklik/sync/outbox"
)

// rescue copies what waits in the outbox, sealed as it is, into a folder: a file named by the terminal and the time, and
// beside it its SHA-256 as sha256sum writes it. Both are on the medium and read back when it returns nil.
func rescue(folder string, box *outbox.Outbox, terminal string, now time.Time) (name string, answers int, err error) {
	name = fmt.Sprintf("otklik-%s-%s.rescue", fileWords(terminal), now.Format("20060102-150405"))
	path := filepath.Join(folder, name)
	defer func() {
		if err != nil {
			_ = os.Remove(path + ".new")
		}
	}()
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return "", 0, err
	}
	written := sha256.New()
	answers, err = box.Rescue(io.MultiWriter(f, written), now)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", 0, err
	}
	sum := written.Sum(nil)
	if err := os.Rename(path+".new", path); err != nil {
		return "", 0, err
	}
	note, err := os.Create(path + ".sha256")
	if err != nil {
		return "", 0, err
	}
	_, err = fmt.Fprintf(note, "%x  %s\n", sum, name)
	if err = errors.Join(err, note.Sync(), note.Close(), syncFolder(folder)); err != nil {
		return "", 0, err
	}
	back, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer back.Close()
	read := sha256.New()
	if _, err := io.Copy(read, back); err != nil {
		return "", 0, err
	}
	if !bytes.Equal(read.Sum(nil), sum) {
		return "", 0, errors.New("what was read back is not what was written: the medium is broken")
	}
	return name, answers, nil
}

// syncFolder makes the names in a folder durable.
func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// fileWords makes a text fit for the name of a file on any medium.
func fileWords(text string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '-'
	}, text)
	if runes := []rune(clean); len(runes) > 60 {
		clean = string(runes[:60])
	}
	return strings.Trim(clean, "-")
}
