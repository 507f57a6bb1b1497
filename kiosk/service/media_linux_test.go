package service_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"otklik/kiosk/service"
)

// machine is a folder that looks like a computer with these files.
func machine(t *testing.T, files map[string]string) service.Machine {
	t.Helper()
	root := t.TempDir()
	for path, text := range files {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return service.Machine{Root: root}
}

func TestMediaAreOfferedMountedOrNot(t *testing.T) {
	m := machine(t, map[string]string{
		"proc/self/mounts": "/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /media/usb\\040stick vfat rw,nosuid 0 0\n" +
			"/dev/sr0 /media/cd iso9660 ro 0 0\n/dev/sdf2 /boot/firmware vfat rw 0 0\n",
		"sys/block/sda/removable": "0\n", "sys/block/sda/size": "1000\n",
		"sys/block/sdb/removable": "1\n", "sys/block/sdb/size": "1000\n", "sys/block/sdb/sdb1/partition": "1\n", "sys/block/sdb/sdb1/size": "1000\n",
		// a stick that nobody mounted
		"sys/block/sdc/removable": "1\n", "sys/block/sdc/size": "15728640\n", "sys/block/sdc/device/vendor": "Kingston\n",
		"sys/block/sdc/device/model": "DataTraveler \n", "sys/block/sdc/sdc1/partition": "1\n", "sys/block/sdc/sdc1/size": "15626240\n",
		// one without partitions, a reader without a card, one that is locked, and the stick that the system runs from
		"sys/block/sdd/removable": "1\n", "sys/block/sdd/size": "2000000\n",
		"sys/block/sde/removable": "1\n", "sys/block/sde/size": "0\n",
		"sys/block/sdg/removable": "1\n", "sys/block/sdg/size": "2000000\n", "sys/block/sdg/ro": "1\n",
		"sys/block/sdf/removable": "1\n", "sys/block/sdf/size": "2000000\n", "sys/block/sdf/sdf1/partition": "1\n", "sys/block/sdf/sdf1/size": "1000\n",
	})
	var got []string
	for _, one := range m.Media() {
		got = append(got, one.Name+" <"+one.Folder+" "+one.Device+">")
	}
	want := "/media/usb stick </media/usb stick /dev/sdb1>\nKingston DataTraveler 8.0 GB (sdc1) < /dev/sdc1>\n1.0 GB (sdd) < /dev/sdd>"
	if strings.Join(got, "\n") != want {
		t.Errorf("media are\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}

// A stick that no automounter mounted is mounted for as long as it is written to; afterwards it can be pulled out, and what
// was written is on it.
func TestStickIsMountedOnlyWhileItIsWrittenTo(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skipf("only root mounts file systems, and this is user %d", os.Geteuid())
	}
	image := filepath.Join(t.TempDir(), "stick")
	command := func(args ...string) string {
		t.Helper()
		out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
		if err != nil {
			t.Skipf("there is no stick here: %v: %v %s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	if err := os.WriteFile(image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(image, 8<<20); err != nil {
		t.Fatal(err)
	}
	command("mkfs.ext4", "-q", "-F", image)
	loop := command("losetup", "--find", "--show", image)
	t.Cleanup(func() { _ = exec.Command("losetup", "-d", loop).Run() })
	name := filepath.Base(loop)
	m := machine(t, map[string]string{
		"proc/self/mounts": "", "proc/filesystems": "nodev\tproc\n\text4\n",
		"sys/block/" + name + "/removable": "1\n", "sys/block/" + name + "/size": "16384\n", "dev/unused": "",
	})
	if err := os.Symlink(loop, filepath.Join(m.Root, "dev", name)); err != nil {
		t.Fatal(err)
	}
	media := m.Media()
	if len(media) != 1 {
		t.Fatalf("media are %+v", media)
	}
	write := func(folder string) error {
		return os.WriteFile(filepath.Join(folder, "answers.rescue"), []byte("sealed"), 0o600)
	}
	if err := m.Use(media[0], write); err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(m.Root, "run/otklik/usb")
	if left, _ := os.ReadDir(at); len(left) != 0 {
		t.Errorf("it is still mounted: %v", left)
	}
	if err := m.Use(media[0], func(folder string) error {
		data, err := os.ReadFile(filepath.Join(folder, "answers.rescue"))
		if string(data) != "sealed" {
			t.Errorf("on the stick is %q", data)
		}
		return errors.Join(err, errors.New("full"))
	}); err == nil || errors.Is(err, service.ErrNotMounted) || !strings.Contains(err.Error(), "full") {
		t.Errorf("what failed on the stick is told as %v", err)
	}
	if left, _ := os.ReadDir(at); len(left) != 0 {
		t.Errorf("after a failure it is still mounted: %v", left)
	}
	media[0].Device = "/dev/none"
	if err := m.Use(media[0], write); !errors.Is(err, service.ErrNotMounted) {
		t.Errorf("a stick that is gone: %v", err)
	}
}
