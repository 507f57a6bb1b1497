package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"otklik/sync/collector/export"
	"otklik/sync/collector/keys"
	"otklik/sync/wire"
)

// export has the collector write what it counts, as people get it, with the report of gaps beside it.
func (w *world) export(e *evidence) error {
	file := filepath.Join(w.dir, "export.jsonl")
	if _, err := w.rig.output("collector", "export", "--data", w.collector, "--survey", survey, "--format", "jsonl", "-o", file); err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	hash := sha256.New()
	lines := bufio.NewReader(io.TeeReader(f, hash))
	e.Exported = []row{}
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) == 0 && errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		r, err := exported(line)
		if err != nil {
			return err
		}
		e.Exported = append(e.Exported, r)
	}
	k, err := keys.Load(w.collector, false)
	if err != nil {
		return err
	}
	if e.Report, err = export.ReadManifest(file+".manifest.json", k.SigningPublic()); err != nil {
		return err
	}
	if sum := hash.Sum(nil); e.Report.Rows != len(e.Exported) || e.Report.SHA256 != hex.EncodeToString(sum) {
		return fmt.Errorf("the manifest tells of %d rows and SHA-256 %s, the export has %d and %x",
			e.Report.Rows, e.Report.SHA256, len(e.Exported), sum)
	}
	for _, r := range e.Stored {
		if w.elsewhere[r.ID] {
			e.Exported = append(e.Exported, r)
		}
	}
	return nil
}

func exported(line []byte) (row, error) {
	var l struct {
		Response     uuid.UUID
		Origin, Hash string
		Seq          uint64
		Body         json.RawMessage
	}
	if err := json.Unmarshal(line, &l); err != nil {
		return row{}, fmt.Errorf("the export: %w", err)
	}
	r := row{Seq: l.Seq, ID: l.Response}
	origin, hash := fromHex(l.Origin), fromHex(l.Hash)
	if len(origin) != len(r.Origin) || len(hash) != sha256.Size {
		return row{}, fmt.Errorf("the export names no origin and hash: %s", line)
	}
	r.Origin, r.Hash = wire.Origin(origin), wire.Hash(hash)
	r.Sound = r.Hash == wire.BodyHash(r.Origin, r.Seq, r.ID, l.Body)
	return r, nil
}

// list reads the list of terminals: its column MISSING.
func (w *world) list(e *evidence) error {
	out, err := w.rig.output("collector", "terminal", "list", "--data", w.collector)
	if err != nil {
		return err
	}
	e.Listed = map[uuid.UUID]uint64{}
	head, rest, _ := strings.Cut(out, "\n")
	column := strings.Index(head, "MISSING")
	for line := range strings.Lines(rest) {
		runes := []rune(line) // the columns are counted in them
		first := strings.Fields(line)[0]
		if strings.HasSuffix(first, ":") {
			continue // about a disk that is in use no more
		}
		id, err := uuid.Parse(first)
		if err != nil || column < 0 || len(runes) < column {
			return fmt.Errorf("the list of terminals has no columns ID and MISSING:\n%s", out)
		}
		number, _, _ := strings.Cut(string(runes[column:]), " ")
		if e.Listed[id], err = strconv.ParseUint(number, 10, 64); err != nil {
			return fmt.Errorf("the list of terminals: %w\n%s", err, out)
		}
	}
	return nil
}

// fromHex is nil for what is no hexadecimal.
func fromHex(text string) []byte {
	b, err := hex.DecodeString(text)
	if err != nil {
		return nil
	}
	return b
}

// compare orders rows so that two lists of the same ones are equal.
func compare(a, b row) int {
	return slices.Compare(append(a.ID[:], a.Hash[:]...), append(b.ID[:], b.Hash[:]...))
}
