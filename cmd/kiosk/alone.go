//go:build android || alone

package main

import (
	"errors"
	"os"
)

// supervised says that the glass runs as a program of its own, which another one restarts. Here it runs alone: Android lets a
// program start no second one, and starts it again itself. The tag alone builds the same for Linux, to be tried there.
const supervised = false

// home is the folder that Android gave the program; Fyne tells it.
func home() (string, error) {
	if dir := os.Getenv("FILESDIR"); dir != "" {
		return dir, nil
	}
	return "", errors.New("the system gave the program no folder")
}
