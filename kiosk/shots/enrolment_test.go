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
	"fyne.io/fyne/v2/test"

	"otklik/kiosk/service"
	"otklik/kiosk/theme"
)

// gate is a machine that no collector lets in.
type gate struct{ reason, said, asked string }

func (g *gate) Read(text string) (i service.Invitation) {
	if after, ok := strings.CutPrefix(text, "scan "); ok {
		i.Address, i.Code, _ = strings.Cut(after, " ")
		i.Code, i.Authority, _ = strings.Cut(i.Code, " ")
		return i
	}
	if len(text) == 29 {
		i.Code = text
	}
	return i
}

func (g *gate) Enrol(_ context.Context, i service.Invitation) (string, string) {
	g.asked = strings.TrimSpace(i.Address + " " + i.Code + " " + i.Authority)
	return g.reason, g.said
}

const typedCode = "7k3m-x0xx-9q2r-tt41-zz8p-0a1b"

// door is the enrolment on a canvas in memory, with a clock of its own.
type door struct {
	*desk
	gate      *gate
	enrolment *service.Enrolment
	lapse     func() // what the last After would do
	after     time.Duration
}

func mustDoor(t *testing.T, d theme.Display, e eased) *door {
	t.Helper()
	o := &door{desk: mustDesk(t, d, e, service.Machine{}), gate: &gate{}}
	o.enrolment = service.NewEnrolment(service.EnrolmentConfig{
		Enroller: o.gate, Show: o.stage.ShowPanel, Do: func(f func()) { o.work <- f },
		After: func(d time.Duration, f func()) func() bool {
			o.lapse, o.after = f, d
			return func() bool { o.lapse = nil; return true }
		},
	})
	return o
}

// scan is what a scanner that poses as a keyboard does.
func (o *door) scan(text string) {
	for _, r := range text {
		o.stage.TypedRune(r)
	}
	o.stage.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
}

func (o *door) reads(words string) bool {
	return strings.Contains(strings.Join(o.shown.Texts, " "), words)
}

func TestEnrolmentTakesAScanOrACodeAndAnAddress(t *testing.T) {
	test.NewTempApp(t)
	o := mustDoor(t, displays[0], eases[0])
	o.enrolment.Open("en")
	want := func(screen, asked string) {
		t.Helper()
		if o.shown.Screen != screen || o.gate.asked != asked {
			t.Fatalf("on the glass is %s, the collector was asked %q; want %s and %q", o.shown.Screen, o.gate.asked, screen, asked)
		}
		o.gate.asked = ""
	}
	o.scan("nonsense")
	want("enrol-code", "")
	if !o.reads("no enrolment code") {
		t.Errorf("nonsense is met with %q", o.shown.Texts)
	}
	o.enrolment.Open("en")
	o.gate.reason = "no-name"
	o.scan("scan https://a.example " + typedCode)
	(<-o.work)()
	want("enrol-address", "https://a.example "+typedCode)
	if !o.reads("https://a.example") || !o.reads("name was not found") {
		t.Errorf("an unknown name is met with %q", o.shown.Texts)
	}
	o.gate.reason = "code-used"
	o.tap(t, "next") // the same once more
	(<-o.work)()
	want("enrol-code", "https://a.example "+typedCode)
	o.gate.reason = "no-name"
	o.scan("scan https://a.example " + typedCode + " authority")
	(<-o.work)()
	want("enrol-address", "https://a.example "+typedCode+" authority")
	o.tap(t, "next") // it holds while the address is put right
	(<-o.work)()
	want("enrol-address", "https://a.example "+typedCode+" authority")
	o.tap(t, "back")
	o.gate.reason = ""
	o.scan(typedCode) // and goes with the code that it came with
	want("enrol-address", "")
	for _, r := range "a.example" {
		o.stage.TypedRune(r)
	}
	o.tap(t, "next")
	(<-o.work)()
	want("enrol-busy", "https://a.example "+typedCode)
	o.enrolment.Close()
	if o.shown.Screen != "no-survey" {
		t.Errorf("after it: %s", o.shown.Screen)
	}

	// A code that somebody left is forgotten, and so is an attempt that was given up.
	o.enrolment.Open("en")
	o.scan(typedCode)
	o.lapse()
	want("enrol-code", "")
	if o.reads("7k3m") || o.after < time.Minute {
		t.Errorf("after %v the glass shows %q", o.after, o.shown.Texts)
	}
	o.gate.reason = "timed-out"
	o.scan("scan https://a.example " + typedCode)
	o.tap(t, "back")
	(<-o.work)()
	if o.reads("in time") {
		t.Errorf("an attempt that was given up speaks: %q", o.shown.Texts)
	}
}

// Every page of the enrolment, with the longest of the refusals, in three languages and on every display and in each ease, keeps the sizes of the glass.
func TestEnrolmentFitsEveryDisplay(t *testing.T) {
	test.NewTempApp(t)
	for i := range len(displays) * len(eases) {
		d, e := displays[i/len(eases)], eases[i%len(eases)]
		for _, lang := range []string{"ru", "tt", "en"} {
			n := 0
			o := mustDoor(t, d, e)
			look := func(name string) {
				t.Helper()
				n++
				where := fmt.Sprintf("%s %s %dx%d %.1f″ %s", e.name, lang, d.Width, d.Height, d.Inches, name)
				for _, m := range e.measure(name, o.shown, o.stage, d) {
					t.Errorf("%s: %s", where, m)
				}
				if dir := os.Getenv("SERVICE_PICTURES"); dir != "" {
					f, err := os.Create(filepath.Join(dir, fmt.Sprintf("enrol-%s-%dx%d-%.0f-%02d.png", lang, d.Width, d.Height, d.Inches, n)))
					if err == nil {
						err = errors.Join(png.Encode(f, o.canvas.Capture()), f.Close())
					}
					if err != nil {
						t.Fatal(err)
					}
				}
			}
			o.enrolment.Open(lang)
			look("code")
			o.scan("1")
			look("bad code")
			o.gate.reason, o.gate.said = "wrong-key", "the collector cannot work just now"
			o.enrolment.Open(lang)
			o.scan("scan h " + typedCode) // short: each letter is painted
			look("busy")
			(<-o.work)()
			look("wrong-key")
			if !strings.HasSuffix(o.shown.Screen, "code") {
				t.Errorf("a wrong key leads to %s", o.shown.Screen)
			}
			o.scan(typedCode)
			look("address")
			for _, r := range []string{
				"bad-address", "wrong-clock", "not-reached", "untrusted", "not-ours", "unavailable",
			} {
				o.gate.reason = r
				o.tap(t, "next")
				(<-o.work)()
				look(r)
				if problem := o.shown.Texts; !strings.HasSuffix(o.shown.Screen, "address") || len(problem) == 0 {
					t.Errorf("%s leads to %s", r, o.shown.Screen)
				}
			}
		}
	}
}
