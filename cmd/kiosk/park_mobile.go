//go:build mobile || android

package main

// parkLoop does nothing: the system wakes Fyne's driver for phones and tablets by itself.
func parkLoop() {}
