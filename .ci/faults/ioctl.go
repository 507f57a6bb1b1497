package main

import (
	"os"
	"syscall"
	"unsafe"
)

// ioctl calls ioctl with a pointer to a number.
func ioctl(f *os.File, request uintptr, number uint32) error {
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), request, uintptr(unsafe.Pointer(&number)))
	if errno != 0 {
		return os.NewSyscallError("ioctl", errno)
	}
	return nil
}
