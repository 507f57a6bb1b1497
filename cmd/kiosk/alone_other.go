//go:build !android && !alone

package main

import "os"

// supervised says that the glass runs as a program of its own, which another one restarts.
const supervised = true

// home is the user's.
func home() (string, error) { return os.UserHomeDir() }
