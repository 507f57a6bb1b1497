package service

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Machine is the computer that the terminal is: its media, its light, its sound. The zero value is this one; Root puts
// another folder in place of / in tests.
type Machine struct{ Root string }

func (m Machine) path(p string) string { return filepath.Join("/", m.Root, p) }

// Medium is something plugged in that files can be carried away on.
type Medium struct {
	Name   string // for people
	Folder string // where it is mounted; "" for not yet
	Device string // what would be mounted
}

// ErrNotMounted says that a medium cannot be mounted from here; the error says why.
var ErrNotMounted = errors.New("it cannot be mounted")

// Use has do work in the folder of a medium. One that is not mounted is mounted for as long as do takes: when Use returns
// nil, all is on the medium and it can be pulled out. The error wraps ErrNotMounted, or is do's.
func (m Machine) Use(medium Medium, do func(folder string) error) (err error) {
	if medium.Folder != "" {
		return do(medium.Folder)
	}
	folder, unmount, err := m.mount(medium.Device)
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrNotMounted, medium.Device, err)
	}
	defer func() { err = errors.Join(err, unmount()) }()
	return do(folder)
}

// light is the folder of the display's backlight, "" without one that can be set.
func (m Machine) light() string {
	all, _ := filepath.Glob(m.path("sys/class/backlight/*/brightness")) // fails for a bad pattern only
	for _, p := range all {
		if f, err := os.OpenFile(p, os.O_WRONLY, 0); err == nil {
			_ = f.Close()
			return filepath.Dir(p)
		}
	}
	return ""
}

func readNumber(path string) (int, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(data)))
}

// Brightness is how bright the display is, in percent to the next quarter; false when it cannot be set.
func (m Machine) Brightness() (int, bool) {
	folder := m.light()
	if folder == "" {
		return 0, false
	}
	now, err := readNumber(filepath.Join(folder, "brightness"))
	most, errMost := readNumber(filepath.Join(folder, "max_brightness"))
	if err != nil || errMost != nil || most <= 0 {
		return 0, false
	}
	return int(math.Round(float64(now)/float64(most)*4)) * 25, true
}

// SetBrightness makes the display as bright as that, in percent.
func (m Machine) SetBrightness(percent int) error {
	folder := m.light()
	most, err := readNumber(filepath.Join(folder, "max_brightness"))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "brightness"), []byte(strconv.Itoa(max(1, most*percent/100))), 0o644)
}

// players are the programs that can play a sound, the better ones first.
var players = []string{"paplay", "pw-play", "aplay"}

// Beep plays a short sound and returns the program it was played with, "" when there is none.
func (m Machine) Beep(ctx context.Context) (with string, err error) {
	for _, name := range players {
		program, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		f, err := os.CreateTemp("", "otklik-*.wav")
		if err != nil {
			return name, err
		}
		defer os.Remove(f.Name())
		_, err = f.Write(beep())
		if errClose := f.Close(); err == nil {
			err = errClose
		}
		if err != nil {
			return name, err
		}
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		if out, err := exec.CommandContext(ctx, program, f.Name()).CombinedOutput(); err != nil {
			return name, fmt.Errorf("%s: %w: %.200s", name, err, bytes.TrimSpace(out))
		}
		return name, nil
	}
	return "", nil
}

// beep is a tone of 880 Hz for 0.4 s that swells and fades, as a WAV file: 16 bits, one channel.
func beep() []byte {
	const rate, n = 22050, 22050 * 4 / 10
	var b bytes.Buffer
	put := func(v any) { _ = binary.Write(&b, binary.LittleEndian, v) } // a buffer takes everything
	b.WriteString("RIFF")
	put(uint32(36 + 2*n))
	b.WriteString("WAVEfmt ")
	put(uint32(16))
	put([]uint16{1, 1})
	put([]uint32{rate, 2 * rate})
	put([]uint16{2, 16})
	b.WriteString("data")
	put(uint32(2 * n))
	for i := range n {
		at := float64(i) / n
		put(int16(12000 * math.Sin(math.Pi*at) * math.Sin(2*math.Pi*880*float64(i)/rate)))
	}
	return b.Bytes()
}
