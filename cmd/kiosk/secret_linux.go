package main

import "syscall"

// keepSecret has the kernel write no memory of this program to a disk when it dies, and lets no other program of the same
// user read it: what a visitor is writing is in there, and Go cannot promise when it is gone. It is for the whole process
// and its children.
func keepSecret() {
	const prSetDumpable = 4
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, prSetDumpable, 0, 0)
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}) // lowering a limit is always allowed
}
