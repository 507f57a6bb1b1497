package main

import (
	"net"
	"strings"
)

// systemd returns what tells systemd how the service is (sd_notify(3)); without a socket it tells nobody.
func systemd(socket string) func(state string) {
	if socket == "" {
		return func(string) {}
	}
	if name, ok := strings.CutPrefix(socket, "@"); ok {
		socket = "\x00" + name
	}
	return func(state string) {
		c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: socket, Net: "unixgram"})
		if err != nil {
			return // systemd will notice the silence
		}
		defer c.Close()
		_, _ = c.Write([]byte(state))
	}
}
