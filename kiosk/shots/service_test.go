package shots_test

import (
	"context"
	"errors"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"otklik/kiosk/screen"
	"otklik/kiosk/service"
	"otklik/kiosk/shots"
	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
)

// station is a terminal with much to say.
type station struct{}

var noon = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

func (station) State() service.State {
	return service.State{
		Site: "Главный зал, второй этаж", Name: "Терминал 12", ID: "01234567-89ab-7def-8123-456789abcdef",
		Collector: "https://otklik.kadrovyi-centr.example:8443", Version: "v1.4.0-12-gabcdef0", Config: 42,
		Surveys: []string{"exit-poll 3 (f3db4ba1)", "suggestion 1 (05d41f8a)", "satisfaction 12 (37b5c7d2)"},
		Clock:   noon, Offset: -90 * time.Minute, OffsetKnown: true, LastContact: noon, Oldest: noon.Add(-72 * time.Hour),
		Queued: 1234, Thanked: 56789, Stored: 310, Safe: 5120, DiskFree: 3 << 30, DiskKnown: true, DiskDays: 12, DiskDaysKnown: true,
		Troubles: []service.Trouble{
			{Reason: "untrusted", Since: noon},
			{Reason: "refused", Said: "this terminal was revoked on 2026-01-14", Since: noon},
			{Reason: "damaged"},
			{Reason: "crashed", Said: "4", Since: noon},
			{Reason: "disk-soon", Said: "12"},
			{Reason: "unsent", Since: noon.Add(-72 * time.Hour)},
			{Reason: "clock-unknown"},
		},
	}
}

func (station) Sync(context.Context) service.Sent {
	return service.Sent{Answers: 34, Left: 1200, Heard: true, Trouble: &service.Trouble{Reason: "timed-out", Since: noon}}
}

func (station) Network(_ context.Context, told func(service.Step)) {
	told(service.Step{Name: "address", Detail: "https://otklik.kadrovyi-centr.example:8443"})
	told(service.Step{Name: "name", Detail: "192.0.2.17, 2001:db8::17"})
	told(service.Step{Name: "tls", Reason: "untrusted"})
}

func (station) Offers(string) ([]service.Offer, string) {
	return []service.Offer{
		{ID: "exit-poll", Title: "Как прошёл ваш визит сегодня"},
		{ID: "suggestion", Title: "Предложения и жалобы"},
		{ID: "employers", Title: "Работодателям: что улучшить"},
		{ID: "staff", Title: "Как вам работается в центре"},
	}, "suggestion"
}
func (station) Pick(string) error { return errors.New("no room") }
func (station) Rescue(string) (string, int, error) {
	return "otklik-Главный-зал-второй-этаж-Терминал-12-20260115-120000.rescue", 1234, nil
}
func (station) Restart()       {}
func (station) Leave()         {}
func (station) MayLeave() bool { return true }

// measure says what is wrong with a panel for staff.
func (e eased) measure(name string, shown screen.Painted, stage *screen.Stage, d theme.Display) []string {
	shot := shots.Shot{
		Name: name, Targets: shown.Targets, Content: stage.Content(), Ease: e.ease, Colours: theme.MustBrand(e.brand).Colours(e.ease.Contrast),
		Focus: stage.SetFocus,
	}
	return append(shots.Measure(shot, d), meetings(shot, d)...)
}

// desk is the service corner on a canvas in memory.
type desk struct {
	canvas software.WindowlessCanvas
	stage  *screen.Stage
	corner *service.Corner
	shown  screen.Painted
	work   chan func()
	late   []func() // what waits for time to pass, the last the latest
}

func mustDesk(t *testing.T, d theme.Display, e eased, machine service.Machine) *desk {
	t.Helper()
	k := &desk{canvas: software.NewCanvas(), work: make(chan func(), 100)}
	k.stage = screen.NewStage(d, theme.MustBrand(e.brand), func(visit.Event) {}, func(p screen.Painted) { k.shown = p })
	k.canvas.SetPadded(false)
	k.canvas.SetContent(k.stage.Content())
	k.canvas.Resize(fyne.NewSize(float32(d.Width), float32(d.Height)))
	k.stage.Show(visit.View{Screen: visit.NoSurvey, Shown: 1, Language: "ru", Ease: visit.Ease(e.ease)})
	lock := service.NewLock(filepath.Join(t.TempDir(), "wrong"), func([]byte) error { return nil }, func(pin string) (bool, error) { return pin == "482915", nil },
		func() time.Time { return noon })
	k.corner = service.New(service.Config{
		Terminal: station{}, Lock: lock, Machine: machine, Show: k.stage.ShowPanel, Cells: k.stage.GridSize,
		Do: func(f func()) { k.work <- f }, After: func(d time.Duration, f func()) func() bool {
			k.late = append(k.late, f)
			return func() bool { return true }
		},
	})
	return k
}

func (k *desk) tap(t *testing.T, name string) {
	t.Helper()
	for _, p := range k.shown.Targets {
		if p.Name == name {
			test.TapCanvas(k.canvas, fyne.NewPos(p.X+p.W/2, p.Y+p.H/2))
			return
		}
	}
	t.Fatalf("no %s on %s: %v", name, k.shown.Screen, k.shown.Targets)
}

func (k *desk) has(name string) bool {
	for _, p := range k.shown.Targets {
		if p.Name == name {
			return true
		}
	}
	return false
}

// find turns a list until the key shows, and touches it.
func (k *desk) find(t *testing.T, name string) {
	t.Helper()
	for range 20 {
		if k.has(name) {
			k.tap(t, name)
			return
		}
		k.tap(t, "more")
	}
	t.Fatalf("no %s on %s", name, k.shown.Screen)
}

// Every page of the service corner, in three languages, on every display and in each ease, keeps the sizes of the glass: what can be
// touched is wide enough, words stay on the glass and do not overlap.
func TestServiceCornerFitsEveryDisplay(t *testing.T) {
	test.NewTempApp(t)
	root := t.TempDir()
	for path, text := range map[string]string{
		"proc/self/mounts":                     "/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /media/usb\\040stick vfat rw,nosuid 0 0\n/dev/sr0 /media/cd iso9660 ro 0 0\n",
		"sys/class/backlight/panel/brightness": "100\n", "sys/class/backlight/panel/max_brightness": "200\n",
	} {
		if err := os.MkdirAll(filepath.Join(root, filepath.Dir(path)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, path), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i := range len(displays) * len(eases) {
		d, e := displays[i/len(eases)], eases[i%len(eases)]
		for _, lang := range []string{"ru", "tt", "en"} {
			n := 0
			k := mustDesk(t, d, e, service.Machine{Root: root})
			look := func(name string) {
				t.Helper()
				n++
				where := fmt.Sprintf("%s %s %dx%d %.1f″ %s", e.name, lang, d.Width, d.Height, d.Inches, name)
				if !strings.HasPrefix(k.shown.Screen, "service-"+strings.Split(name, " ")[0]) {
					t.Fatalf("%s: on the glass is %s", where, k.shown.Screen)
				}
				if !k.has("cell:0") && !k.has("fill") { // those two cover the glass without gaps, as they must
					for _, m := range e.measure(name, k.shown, k.stage, d) {
						t.Errorf("%s: %s", where, m)
					}
				}
				if dir := os.Getenv("SERVICE_PICTURES"); dir != "" {
					f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%s-%dx%d-%.0f-%02d-%s.png", lang, d.Width, d.Height, d.Inches, n, name)))
					if err == nil {
						err = errors.Join(png.Encode(f, k.canvas.Capture()), f.Close())
					}
					if err != nil {
						t.Fatal(err)
					}
				}
			}
			k.corner.Open(lang)
			for range 4 { // one wrong PIN, three more until it has to wait
				for _, digit := range "111111" {
					k.tap(t, "key:"+string(digit))
				}
				k.tap(t, "open")
				(<-k.work)()
			}
			look("pin wrong")
			k = mustDesk(t, d, e, service.Machine{Root: root})
			k.corner.Open(lang)
			look("pin")
			for _, digit := range "482915" {
				k.tap(t, "key:"+string(digit))
			}
			look("pin typed")
			k.tap(t, "open")
			(<-k.work)()
			look("menu")
			k.find(t, "state")
			look("state looking")
			(<-k.work)()
			look("state")
			for i := 2; k.has("turn") && i < 8; i++ {
				k.tap(t, "turn")
				look(fmt.Sprintf("state %d", i))
			}
			k.tap(t, "sync")
			look("state sending")
			(<-k.work)()
			look("state sent")
			k.tap(t, "back")
			k.find(t, "network")
			look("network")
			k.tap(t, "start")
			for range 4 {
				(<-k.work)()
			}
			look("network tried")
			k.tap(t, "back")
			k.find(t, "survey")
			(<-k.work)()
			look("survey")
			k.find(t, "pick:employers")
			(<-k.work)()
			look("survey failed")
			k.tap(t, "back")
			k.find(t, "rescue")
			(<-k.work)()
			look("rescue")
			k.tap(t, "media:0")
			look("rescue writing")
			(<-k.work)()
			look("rescue done")
			k.tap(t, "back")
			k.find(t, "touch")
			look("touch")
			k.tap(t, "start")
			k.tap(t, "cell:0")
			look("touch grid")
			columns, rows := k.stage.GridSize()
			for i := 1; i < columns*rows-2; i++ {
				k.tap(t, fmt.Sprintf("cell:%d", i))
			}
			k.late[len(k.late)-1]()
			look("touch silent")
			k.tap(t, "go-on")
			for i := range columns * rows {
				k.tap(t, fmt.Sprintf("cell:%d", i))
				if !k.has("cell:0") {
					break
				}
			}
			look("touch done")
			k.tap(t, "back")
			k.find(t, "display")
			look("display")
			k.tap(t, "start")
			look("display colour")
			for range 6 {
				k.tap(t, "fill")
			}
			look("display again")
			k.tap(t, "back")
			k.find(t, "sound")
			look("sound")
			k.tap(t, "back")
			k.find(t, "brightness")
			look("brightness")
			k.find(t, "percent:75")
			if data, _ := os.ReadFile(filepath.Join(root, "sys/class/backlight/panel/brightness")); strings.TrimSpace(string(data)) != "150" {
				t.Errorf("the brightness is %s", data)
			}
			k.tap(t, "back")
			k.tap(t, "back")
			if k.shown.Screen != "no-survey" {
				t.Errorf("after closing: %s", k.shown.Screen)
			}
		}
	}
}
