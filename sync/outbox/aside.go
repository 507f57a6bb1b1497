package outbox

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"otklik/sync/wire"
)

// What is appended to the path of an outbox. The small file with its origin stands beside the outbox because the outbox
// itself tells it in one page only, and no record of a damaged file can be opened without it.
const (
	asideInfix   = ".damaged-"
	seenSuffix   = ".seen"
	originSuffix = ".origin"
)

// SetAside renames a damaged outbox so that Open makes a new one, and returns its new name. Nothing is deleted: what can
// still be read of it can be read later, see Salvage.
func SetAside(path string, now time.Time) (string, error) {
	to := path + asideInfix + now.UTC().Format("20060102T150405.000Z")
	// A copy and not a rename, and before the outbox itself: whenever the power goes, the outbox has it beside.
	if origin, found := originBeside(path); found {
		noteOrigin(to, origin)
	}
	if err := os.Rename(path, to); err != nil {
		return "", fmt.Errorf("outbox: set %s aside: %w", path, err)
	}
	return to, syncFolder(filepath.Dir(path))
}

// Aside are the damaged files of the outbox at path that were set aside and that nobody has seen to yet, the oldest first.
func Aside(path string) []string {
	all, _ := filepath.Glob(path + asideInfix + "*") // fails for a bad pattern only
	slices.Sort(all)
	return slices.DeleteFunc(all, func(path string) bool {
		return strings.HasSuffix(path, seenSuffix) || strings.HasSuffix(path, originSuffix)
	})
}

// ConfirmAside notes that the files of Aside were seen to, and returns how many. They stay.
func ConfirmAside(path string) (int, error) {
	var err error
	all := Aside(path)
	for _, path := range all {
		err = errors.Join(err, os.Rename(path, path+seenSuffix))
	}
	return len(all), err
}

// noteOrigin writes the file beside the outbox where it is lacking or says something else. One that a power cut left empty
// is written again when the outbox is opened next, so it is not synced; and a disk that does not take it is no reason to
// ask nobody.
func noteOrigin(path string, origin wire.Origin) {
	if known, found := originBeside(path); !found || known != origin {
		_ = os.WriteFile(path+originSuffix, []byte(origin.String()+"\n"), 0o600)
	}
}

// originBeside reads what the file beside an outbox, or beside one that was set aside, says.
func originBeside(path string) (origin wire.Origin, found bool) {
	text, err := os.ReadFile(strings.TrimSuffix(path, seenSuffix) + originSuffix)
	return origin, err == nil && origin.UnmarshalText(bytes.TrimSpace(text)) == nil
}
