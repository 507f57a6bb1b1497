package service

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// mountPoint is where a medium that nobody mounted is mounted.
const mountPoint = "run/otklik/usb"

// forMedia are the folders that automounters put media into.
var forMedia = []string{"/media/", "/run/media/"}

// mounted is a line of the kernel's list of mounts.
type mounted struct {
	device, folder string
	writable       bool
}

func (m mounted) medium() bool {
	return slices.ContainsFunc(forMedia, func(under string) bool { return strings.HasPrefix(m.folder, under) })
}

func (m Machine) mounts() (all []mounted) {
	data, _ := os.ReadFile(m.path("proc/self/mounts")) // without /proc there are no media
	for line := range strings.Lines(string(data)) {
		fields := strings.Fields(line)
		if len(fields) < 4 {
			continue
		}
		// the kernel writes a space as \040 and so on
		folder := fields[1]
		for code, char := range map[string]string{`\040`: " ", `\011`: "\t", `\134`: `\`} {
			folder = strings.ReplaceAll(folder, code, char)
		}
		all = append(all, mounted{fields[0], folder, slices.Contains(strings.Split(fields[3], ","), "rw")})
	}
	return all
}

// Media are those that are mounted, and those that could be: a kiosk needs no automounter.
func (m Machine) Media() []Medium {
	var found []Medium
	mounts := m.mounts()
	for _, one := range mounts {
		if one.writable && one.medium() {
			found = append(found, Medium{Name: one.folder, Folder: one.folder, Device: one.device})
		}
	}
	disks, _ := filepath.Glob(m.path("sys/block/*")) // fails for a bad pattern only
	for _, disk := range disks {
		found = append(found, m.unmounted(disk, mounts)...)
	}
	return found
}

// unmounted are the media on a disk, given by its folder in /sys, that can be pulled out and of which no part is mounted: a
// system that runs from a stick is none.
func (m Machine) unmounted(disk string, mounts []mounted) (found []Medium) {
	at, _ := filepath.EvalSymlinks(disk)
	if readText(disk, "removable") != "1" && !strings.Contains(at, "/usb") || readText(disk, "ro") == "1" || holdsNothing(disk) {
		return nil
	}
	name := filepath.Base(disk)
	for _, one := range mounts {
		if strings.HasPrefix(one.device, "/dev/"+name) {
			return nil
		}
	}
	parts, _ := filepath.Glob(filepath.Join(disk, name+"*", "partition"))
	for i := range parts {
		parts[i] = filepath.Dir(parts[i])
	}
	if len(parts) == 0 {
		parts = []string{disk}
	}
	for _, part := range parts {
		if holdsNothing(part) {
			continue
		}
		sectors, _ := readNumber(filepath.Join(part, "size"))
		what := strings.Join(strings.Fields(readText(disk, "device/vendor")+" "+readText(disk, "device/model")), " ")
		found = append(found, Medium{
			Name:   strings.TrimSpace(fmt.Sprintf("%s %.1f GB (%s)", what, float64(sectors)*512/1e9, filepath.Base(part))),
			Device: "/dev/" + filepath.Base(part),
		})
	}
	return found
}

// holdsNothing is true of a card reader without a card.
func holdsNothing(disk string) bool {
	sectors, err := readNumber(filepath.Join(disk, "size"))
	return err != nil || sectors == 0
}

func readText(folder, name string) string {
	data, _ := os.ReadFile(filepath.Join(folder, name))
	return strings.TrimSpace(string(data))
}

// mount mounts a device: itself where it may, else through udisks, which asks the system's rules.
func (m Machine) mount(device string) (folder string, unmount func() error, err error) {
	if os.Geteuid() != 0 {
		return m.askUdisks(device)
	}
	folder = m.path(mountPoint)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", nil, err
	}
	known, err := m.fileSystems()
	if err != nil {
		return "", nil, err
	}
	err = errors.New("the kernel knows no file system that a disk could have")
	for _, kind := range known {
		err = syscall.Mount(m.path(device), folder, kind, syscall.MS_NOSUID|syscall.MS_NODEV|syscall.MS_NOEXEC, names[kind])
		if err == nil {
			return folder, func() error {
				if err := syscall.Unmount(folder, 0); err != nil { // which writes what is left
					return fmt.Errorf("unmount %s: %w", folder, err)
				}
				return nil
			}, nil
		}
	}
	return "", nil, fmt.Errorf("no file system that is known here (%s): %w", strings.Join(known, ", "), err)
}

// usual are the file systems of sticks, the usual ones first; a kernel may load those that it does not list yet.
var usual = []string{"vfat", "exfat", "ntfs3", "ext4"}

// names are the options that have a file system take names in every script: those of terminals are in Cyrillic.
var names = map[string]string{"vfat": "utf8", "exfat": "iocharset=utf8", "ntfs3": "iocharset=utf8"}

// fileSystems are those that a stick may have.
func (m Machine) fileSystems() ([]string, error) {
	data, err := os.ReadFile(m.path("proc/filesystems"))
	if err != nil {
		return nil, err
	}
	all := slices.Clone(usual)
	for line := range strings.Lines(string(data)) {
		if fields := strings.Fields(line); len(fields) == 1 && !slices.Contains(all, fields[0]) { // "nodev" stands before the rest
			all = append(all, fields[0])
		}
	}
	return all, nil
}

func (m Machine) askUdisks(device string) (folder string, unmount func() error, err error) {
	udisks, err := exec.LookPath("udisksctl")
	if err != nil {
		return "", nil, errors.New("only root may mount, and there is no udisksctl here: install udisks2")
	}
	ask := func(what string) error {
		if out, err := exec.Command(udisks, what, "--no-user-interaction", "-b", device).CombinedOutput(); err != nil {
			return fmt.Errorf("udisksctl %s: %w: %.200s", what, err, bytes.TrimSpace(out))
		}
		return nil
	}
	if err := ask("mount"); err != nil {
		return "", nil, err
	}
	for _, one := range m.mounts() {
		if one.device == device {
			return one.folder, func() error { return ask("unmount") }, nil
		}
	}
	return "", nil, errors.New("udisksctl mounted it nowhere")
}
