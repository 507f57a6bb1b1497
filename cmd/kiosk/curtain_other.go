//go:build !linux

package main

import (
	"io"
	"log/slog"
	"os/exec"
)

// processCurtain shows the picture by a program of its own, which lives only while the curtain is down.
type processCurtain struct {
	self string
	hold io.Closer // nil while the curtain is up
}

func newCurtain(self string) curtain { return &processCurtain{self: self} }

// Prepare does nothing: the program draws when it is started.
func (c *processCurtain) Prepare() {}

func (c *processCurtain) Drop() {
	if c.hold != nil {
		return
	}
	cmd := exec.Command(c.self, "hold")
	in, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		slog.Warn("there is no holding picture", "err", err)
		return
	}
	c.hold = in
	go func() { _ = cmd.Wait() }()
}

func (c *processCurtain) Lift() {
	if c.hold != nil {
		_ = c.hold.Close()
		c.hold = nil
	}
}

func (c *processCurtain) Down() bool { return c.hold != nil }
func (c *processCurtain) Close()     { c.Lift() }
