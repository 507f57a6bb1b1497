//go:build !unix

package main

// checkOpenFiles has no limit to ask for here.
func checkOpenFiles(int) error { return nil }
