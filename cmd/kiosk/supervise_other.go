//go:build !unix

package main

import "os"

// askForStacks ends the program: there is no signal to ask with.
func askForStacks(p *os.Process) { _ = p.Kill() }
