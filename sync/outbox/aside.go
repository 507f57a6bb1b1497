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

	"otklik/sync/disk"
	"otklik/sync/wire"
)

// What is appended to the path of an outbox. The small file with its origin stands beside the outbox because the outbox
// itself tells it in one page only, and no record of a damaged file can be opened without it.
const (
	asideInfix   = ".damaged-"
	asideStamp   = "20060102T150405.000Z"
	seenSuffix   = ".seen"
	originSuffix = ".origin"
)

// setAside renames a damaged outbox so that a new one can be made, and returns its new name. The caller holds the lock of
// the outbox: another process may have set it aside already, and this would be the new one.
func setAside(path string, now time.Time) (string, error) {
	to := path + asideInfix + now.UTC().Format(asideStamp)
	// A copy and not a rename, and before the outbox itself: whenever the power goes, the outbox has it beside.
	if origin, found := originBeside(path); found {
		if err := noteOrigin(to, origin); err != nil {
			return "", fmt.Errorf("outbox: set %s aside: %w", path, err)
		}
	}
	if err := os.Rename(path, to); err != nil {
		return "", fmt.Errorf("outbox: set %s aside: %w", path, err)
	}
	return to, disk.SyncFolder(filepath.Dir(path))
}

// AsideProblem says of the files of Aside what the collector should hear with every heartbeat until somebody has seen to
// them; "" when there are none.
func AsideProblem(path string) string {
	all := Aside(path)
	if len(all) == 0 {
		return ""
	}
	size := int64(0)
	if info, err := os.Stat(all[0]); err == nil {
		size = info.Size()
	}
	text := fmt.Sprintf("outbox: damaged, set aside as %s (%d KB), a new one was begun; answers in it may be lacking: "+
		"kiosk rescue --from %[1]s -o FILE saves them, then kiosk rescue --confirm ends this alarm", filepath.Base(all[0]), size>>10)
	if len(all) > 1 {
		text += fmt.Sprintf("; and %d more files", len(all)-1)
	}
	return text
}

// Aside are the damaged files of the outbox at path that were set aside and that nobody has seen to yet, the oldest first.
func Aside(path string) []string {
	all, _ := filepath.Glob(path + asideInfix + "*") // fails for a bad pattern only
	slices.Sort(all)
	return slices.DeleteFunc(all, func(path string) bool {
		return strings.HasSuffix(path, seenSuffix) || strings.HasSuffix(path, originSuffix) || strings.HasSuffix(path, originSuffix+".new")
	})
}

// AsideAt is when a file of Aside was set aside; the zero time for another.
func AsideAt(path string) time.Time {
	_, stamp, _ := strings.Cut(filepath.Base(path), asideInfix)
	at, _ := time.Parse(asideStamp, stamp)
	return at
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

// The file with an origin is one line of text: its version and the origin. Programs before it wrote the origin alone.
const originMark = "otklik-origin/1 "

// noteOrigin writes the file beside the outbox where it is lacking or says something else. After nil it is on the disk: it
// must never say less than the outbox does, or of another one.
func noteOrigin(path string, origin wire.Origin) error {
	if known, found := originBeside(path); found && known == origin {
		return nil
	}
	beside := path + originSuffix
	f, err := os.OpenFile(beside+".new", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(originMark + origin.String() + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(beside+".new", beside)
	}
	if err != nil {
		return err
	}
	return disk.SyncFolder(filepath.Dir(beside))
}

// originBeside reads what the file beside an outbox, or beside one that was set aside, says.
func originBeside(path string) (origin wire.Origin, found bool) {
	text, err := os.ReadFile(strings.TrimSuffix(path, seenSuffix) + originSuffix)
	if err != nil {
		return origin, false
	}
	return parseOrigin(text)
}

// parseOrigin reads such a file; one of a newer program tells nothing.
func parseOrigin(text []byte) (origin wire.Origin, told bool) {
	word := bytes.TrimPrefix(bytes.TrimSpace(text), []byte(originMark))
	return origin, origin.UnmarshalText(word) == nil && origin != (wire.Origin{})
}
