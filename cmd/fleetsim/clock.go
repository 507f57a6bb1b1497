package main

import (
	"sync/atomic"
	"time"
)

// clock is a terminal's wall clock, which may be wrong.
type clock struct{ off atomic.Int64 }

// jump sets it wrong by the nth of several ways, again from the first after the last.
func (c *clock) jump(ways []time.Duration, n int) {
	if len(ways) > 0 {
		c.off.Store(int64(ways[n%len(ways)]))
	}
}

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.off.Load())) }
