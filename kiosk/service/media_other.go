//go:build !linux && !windows

package service

import "errors"

// Media are not known here.
func (m Machine) Media() []Medium { return nil }

func (m Machine) mount(string) (string, func() error, error) {
	return "", nil, errors.New("media are not mounted on this system")
}
