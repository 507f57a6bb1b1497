// Package cmd_test holds the house's rules and the tests of the whole program.
package cmd_test

import (
	"os/exec"
	"strings"
	"testing"
)

// arrow says what a room may never reach, directly or through another; what is in except is allowed all the same.
type arrow struct {
	from   string
	never  []string
	except []string
	why    string
}

var arrows = []arrow{
	{
		from: "otklik/surveys/...", never: []string{"otklik/sync", "otklik/kiosk", "otklik/assets", "fyne.io/"},
		why: "surveys imports nothing of ours",
	},
	{from: "otklik/sync/...", never: []string{"otklik/kiosk", "fyne.io/"}, why: "sync never sees the glass"},
	{
		from: "otklik/sync/wire", never: []string{"otklik/sync/", "go.etcd.io/", "modernc.org/", "database/sql"},
		except: []string{"otklik/sync/wire", "database/sql/driver"}, why: "the wire knows no storage",
	},
	{
		from: "otklik/sync/outbox", never: []string{"otklik/sync/agent", "otklik/sync/collector", "modernc.org/"},
		why: "the outbox stores; it sends nothing",
	},
	{from: "otklik/sync/agent", never: []string{"otklik/sync/collector", "modernc.org/"}, why: "the agent knows the collector by wire alone"},
	{
		from: "otklik/sync/collector/...", never: []string{"otklik/sync/agent", "otklik/sync/outbox", "go.etcd.io/"},
		why: "the collector knows terminals by wire alone",
	},
	{
		from: "otklik/kiosk/...", never: []string{"otklik/sync", "fyne.io/fyne/v2/app", "go.etcd.io/"},
		why: "kiosk and sync meet in cmd/kiosk only, which alone starts Fyne's driver",
	},
	{from: "otklik/kiosk/visit", never: []string{"fyne.io/", "otklik/assets"}, why: "the visit is pure"},
	{from: "otklik/kiosk/keyboard", never: []string{"fyne.io/"}, why: "the keyboard has no picture"},
	{
		from: "otklik/cmd/fleetsim", never: []string{"fyne.io/", "otklik/kiosk", "otklik/sync/collector", "modernc.org/"},
		why: "simulated terminals have no glass, and know the collector by wire alone",
	},
	{
		// survey check renders the screens of a survey with kiosk/shots, whose software renderer needs no display and no cgo. What
		// opens a window stays out: a server has none, and a driver would need the libraries of a desktop.
		from:  "otklik/cmd/collector",
		never: []string{"fyne.io/fyne/v2/app", "fyne.io/fyne/v2/internal/driver/glfw", "fyne.io/fyne/v2/internal/driver/mobile", "github.com/go-gl", "otklik/kiosk/glass", "otklik/sync/outbox"},
		why:   "a server has no glass, it only measures what would be on one",
	},
}

func TestArrowsPointDownwards(t *testing.T) {
	for _, a := range arrows {
		for _, room := range list(t, a.from) {
			deps := strings.Fields(output(t, "go", "list", "-deps", room))
			for _, dep := range deps {
				if dep != room && reaches(dep, a.never) && !reaches(dep, a.except) {
					t.Errorf("%s reaches %s: %s", room, dep, a.why)
				}
			}
		}
	}
}

func list(t *testing.T, pattern string) []string {
	rooms := strings.Fields(output(t, "go", "list", pattern))
	if len(rooms) == 0 {
		t.Fatalf("%s names no package: the table of arrows is out of date", pattern)
	}
	return rooms
}

func reaches(dep string, prefixes []string) bool {
	for _, p := range prefixes {
		if dep == strings.TrimSuffix(p, "/") || strings.HasPrefix(dep, p+"/") || strings.HasSuffix(p, "/") && strings.HasPrefix(dep, p) {
			return true
		}
	}
	return false
}

// No folder may be a drawer for whatever found no room.
func TestArrowsLeadToNoDrawers(t *testing.T) {
	for _, room := range list(t, "otklik/...") {
		for _, drawer := range []string{"util", "utils", "common", "helpers", "core", "models", "misc"} {
			for _, part := range strings.Split(room, "/") {
				if part == drawer {
					t.Errorf("%s: a package is named after what it is about", room)
				}
			}
		}
	}
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s %s: %v", name, strings.Join(args, " "), err)
	}
	return string(out)
}
