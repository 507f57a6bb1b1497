package service

import (
	"errors"

	"golang.org/x/sys/windows"
)

// Media are the drives that can be pulled out.
func (m Machine) Media() (found []Medium) {
	drives, err := windows.GetLogicalDrives()
	if err != nil {
		return nil
	}
	for i := range 26 {
		if drives&(1<<i) == 0 {
			continue
		}
		root := string(rune('A'+i)) + `:\`
		name, err := windows.UTF16PtrFromString(root)
		if err == nil && windows.GetDriveType(name) == windows.DRIVE_REMOVABLE {
			found = append(found, Medium{Name: root, Folder: root, Device: root})
		}
	}
	return found
}

func (m Machine) mount(string) (string, func() error, error) {
	return "", nil, errors.New("the system mounts media itself")
}
