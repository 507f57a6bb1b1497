package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"otklik/sync/wire"
)

// ext4 is a small real file system in a file, on a loop device.
type ext4 struct {
	image, at string
	ballast   string // a file that takes the room away
}

// newExt4 makes one and mounts it. It says why when this machine allows no such thing.
func newExt4(dir, at string) (*ext4, error) {
	if os.Geteuid() != 0 {
		return nil, &skipError{"mounting a file system on a loop device needs root, and this is user " + fmt.Sprint(os.Geteuid())}
	}
	if _, err := os.Stat("/dev/loop-control"); err != nil {
		return nil, &skipError{"there are no loop devices: " + err.Error()}
	}
	f := &ext4{image: filepath.Join(dir, "ext4.img"), at: at, ballast: filepath.Join(at, "ballast")}
	if err := os.MkdirAll(at, 0o700); err != nil {
		return nil, err
	}
	if err := command("truncate", "-s", "12M", f.image); err != nil {
		return nil, err
	}
	if err := command("mkfs.ext4", "-q", f.image); err != nil {
		return nil, err
	}
	if err := f.mount(); err != nil {
		return nil, &skipError{"a loop device cannot be mounted here: " + err.Error()}
	}
	return f, nil
}

func command(name string, args ...string) error {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

func (f *ext4) mount() error { return command("mount", "-o", "loop,errors=remount-ro", f.image, f.at) }

// again takes the file system away, repairs it as a boot does, and mounts it again.
func (f *ext4) again() error {
	if err := command("umount", f.at); err != nil {
		return err
	}
	_ = command("e2fsck", "-fy", f.image) // it leaves with 1 when it repaired something; mounting will tell
	return f.mount()
}

func (f *ext4) close() { _ = command("umount", "-l", f.at) }

// fill leaves only so many bytes free.
func (f *ext4) fill(leave int) error {
	file, err := os.Create(f.ballast)
	if err != nil {
		return err
	}
	block := make([]byte, 64<<10)
	for err == nil {
		_, err = file.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		return errors.Join(err, file.Close())
	}
	size, err := file.Seek(0, 2)
	return errors.Join(err, file.Truncate(size-int64(leave)), file.Sync(), file.Close())
}

// readOnly has the kernel find an error, upon which it allows no more writes: what a dying SD card does.
func (f *ext4) readOnly() error {
	var device string
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(mounts)) {
		if w := strings.Fields(line); len(w) > 1 && w[1] == f.at {
			device = filepath.Base(w[0])
		}
	}
	trigger := filepath.Join("/sys/fs/ext4", device, "trigger_fs_error")
	if err := os.WriteFile(trigger, []byte("a test"), 0); err != nil {
		return &skipError{"the kernel does not let an error be triggered: " + err.Error()}
	}
	return nil
}

// remount mounts the file system anew with an option: ro, rw. Under a program that has a file open for writing the kernel
// refuses ro, so that it is what a program meets when it starts; under a running one, readOnly is the same.
func (f *ext4) remount(how string) error { return command("mount", "-o", "remount,"+how, f.at) }

// goingDown is EXT4_IOC_SHUTDOWN, and noFlush its way of a power cut: the journal is not written out either.
const (
	goingDown = 0x8004587d
	noFlush   = 2
)

// powerCut stops all that the file system does, as a power cut would; what it has in memory never reaches the image.
func (f *ext4) powerCut() error {
	d, err := os.Open(f.at)
	if err != nil {
		return err
	}
	defer d.Close()
	return ioctl(d, goingDown, noFlush)
}

// thankedLines is how many were thanked so far.
func (w *world) thankedLines() int {
	text, _ := os.ReadFile(w.thankedFile())
	return strings.Count(string(text), "\n")
}

// eventually waits until something is so.
func eventually(what string, so func() bool) error {
	for began := time.Now(); !so(); time.Sleep(time.Millisecond) {
		if time.Since(began) > patience {
			return fmt.Errorf("it never came that %s", what)
		}
	}
	return nil
}

// diskOfTerminal fills the real disk of a terminal, makes it read-only under it, and cuts its power.
func diskOfTerminal(r *rig, full bool) (count, error) {
	var c count
	w, err := r.emptyWorld(1)
	if err != nil {
		return c, err
	}
	defer w.close()
	disk, err := newExt4(w.dir, filepath.Join(w.fleet, "0001"))
	if err != nil {
		return c, err
	}
	defer disk.close()
	if _, err := w.answer(1).end(); err != nil {
		return c, err
	}
	rounds := 2
	if full {
		rounds = 25
	}
	for round := range rounds {
		for name, harm := range map[string]func() error{
			"full":      func() error { return disk.fill(8192 * (1 + round)) },
			"read-only": disk.readOnly,
			"power cut": disk.powerCut,
		} {
			before := w.thankedLines()
			// Nobody is there to upload to, so that all must lie in the outbox.
			sim := w.sim(w.fleet, 100000, nil, "--outage", "24h")
			err := eventually("somebody is thanked", func() bool { return sim.ended() || w.thankedLines() > before+3+7*round })
			if err == nil {
				err = harm()
			}
			if err == nil {
				_, err = sim.await("nobody is thanked")
			}
			if err == nil && name == "full" {
				healthy := w.thankedLines()
				if err = os.Remove(disk.ballast); err == nil {
					err = eventually("it works again once there is room", func() bool {
						return sim.ended() || w.thankedLines() > healthy
					})
				}
			}
			if sim.ended() {
				err = errors.Join(err, sim.trouble())
			}
			sim.kill()
			w.crashes++
			c.Injected++
			err = errors.Join(err, w.excuse(sim))
			if err == nil {
				err = disk.again()
			}
			if err == nil {
				err = w.moment()
			}
			if err != nil {
				return c, fmt.Errorf("the terminal's disk: %s, round %d: %w", name, round, err)
			}
		}
		c.Injected++
		if err := w.startReadOnly(disk); err != nil {
			return c, fmt.Errorf("the terminal's disk: remounted read-only, round %d: %w", round, err)
		}
	}
	return c.with(w.settle())
}

// startReadOnly starts a terminal on a disk that was remounted: nobody is thanked, and it says what is wrong.
func (w *world) startReadOnly(disk *ext4) error {
	if err := disk.remount("ro"); err != nil {
		return err
	}
	before := w.thankedLines()
	sim := w.answer(1)
	_, waits := sim.await("nobody is thanked")
	sim.kill()
	w.crashes++
	err := errors.Join(w.excuse(sim), disk.remount("rw"))
	switch {
	case waits != nil && (!errors.Is(waits, errEnded) || errors.Is(waits, errPanic) || !strings.Contains(sim.all(), "read-only file system")):
		err = errors.Join(err, waits)
	case w.thankedLines() != before:
		err = errors.Join(err, errors.New("somebody was thanked"))
	}
	if err == nil {
		err = w.moment()
	}
	return err
}

// left says how much of the disk is left.
func (d *ext4) left() string {
	var s syscall.Statfs_t
	if err := syscall.Statfs(d.at, &s); err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d of %d bytes are left", s.Bavail*uint64(s.Bsize), s.Blocks*uint64(s.Bsize))
}

// serveReadOnly starts a collector on a disk that was remounted: it says what is wrong, asks terminals to come again, and serves
// once it is mounted as before.
func (w *world) serveReadOnly(disk *ext4) error {
	w.server.kill()
	if err := disk.remount("ro"); err != nil {
		return err
	}
	w.server = w.rig.start(nil, "collector", "serve", "--data", w.collector, "--listen", w.addr)
	_, err := w.server.await("read-only file system")
	if err == nil {
		err = w.turnedAway()
	}
	if err = errors.Join(err, disk.remount("rw")); err != nil {
		return err
	}
	if _, err := w.server.await("Listening on "); err != nil {
		return err
	}
	if _, err := w.answer(1).end(); err != nil {
		return err
	}
	return w.moment()
}

// turnedAway sees that the collector tells terminals when to come again.
func (w *world) turnedAway() error {
	reply, err := client.Post("http://"+w.addr+wire.PathBatches, wire.ContentType, nil)
	if err != nil {
		return err
	}
	reply.Body.Close()
	if after := reply.Header.Get("Retry-After"); reply.StatusCode != http.StatusServiceUnavailable || after == "" {
		return fmt.Errorf("a terminal is told %s, Retry-After %q", reply.Status, after)
	}
	return nil
}

// diskOfCollector does the same to a collector, which must refuse with a word of its own and lose nothing. What it is sent
// fills a small disk in a few rounds; so there is another disk then.
func diskOfCollector(r *rig, full bool) (count, error) {
	disks, rounds := 1, 2
	if full {
		disks, rounds = 5, 5
	}
	var c count
	for range disks {
		more, err := smallDisk(r, rounds)
		if c.add(more); err != nil {
			return c, err
		}
	}
	return c, nil
}

func smallDisk(r *rig, rounds int) (count, error) {
	var c count
	w, err := r.newWorld(2)
	if err != nil {
		return c, err
	}
	defer w.close()
	w.server.kill()
	whole := w.collector
	w.collector = filepath.Join(w.dir, "mounted")
	disk, err := newExt4(w.dir, w.collector)
	if err != nil {
		return c, err
	}
	defer disk.close()
	if err := errors.Join(command("cp", "-a", whole+"/.", w.collector), command("sync", "-f", w.collector), w.serve()); err != nil {
		return c, err
	}
	for round := range rounds {
		for name, harm := range map[string]func() error{
			"full":      func() error { return disk.fill(16384 * (1 + round)) },
			"read-only": disk.readOnly,
			"power cut": disk.powerCut,
		} {
			sim := w.answer(100000)
			before := w.thankedLines()
			err := eventually("somebody is thanked", func() bool { return sim.ended() || w.thankedLines() > before+20+7*round })
			if err == nil {
				err = harm()
			}
			if err == nil {
				_, err = w.server.await("terminal refused")
			}
			sim.kill()
			w.crashes += w.terminals
			c.Injected++
			if err == nil && name == "full" {
				// it takes answers again by itself once there is room
				if err = os.Remove(disk.ballast); err == nil {
					err = w.until(0)
				}
			}
			w.server.kill()
			if err == nil {
				err = disk.again()
			}
			if err == nil {
				err = w.serve()
			}
			if err == nil {
				// a kernel that had not written all it said it had takes what was acknowledged with it: it comes again
				err = w.check(true, 0)
			}
			if err == nil {
				_, err = w.answer(0).end()
			}
			if err == nil {
				err = w.moment()
			}
			if err != nil {
				return c, fmt.Errorf("the collector's disk, of which %s: %s, round %d: %w", disk.left(), name, round, err)
			}
		}
		c.Injected++
		if err := w.serveReadOnly(disk); err != nil {
			return c, fmt.Errorf("the collector's disk: remounted read-only, round %d: %w", round, err)
		}
	}
	return c.with(w.settle())
}
