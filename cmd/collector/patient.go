package main

import (
	"net"
	"time"
)

// patientListener bounds how long a connection waits for its other end to read: one that takes nothing for so long is cut.
// A caller who reads slowly is served to the end; one who stops reading does not keep what answers it, and what that holds
// of the store, for ever. (The server's own WriteTimeout is for a whole reply, and an export may take long.)
type patientListener struct {
	net.Listener
	patience time.Duration
}

func (l patientListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &patientConn{c, l.patience}, nil
}

type patientConn struct {
	net.Conn
	patience time.Duration
}

// patientBytes is how much must have been taken each time.
const patientBytes = 16 << 10

func (c *patientConn) Write(b []byte) (written int, err error) {
	for {
		if err := c.SetWriteDeadline(time.Now().Add(c.patience)); err != nil {
			return written, err
		}
		n, err := c.Conn.Write(b[written:min(written+patientBytes, len(b))])
		written += n
		if err != nil || written == len(b) {
			return written, err
		}
	}
}
