//go:build windows

// Package winapi names Windows by asking for its temporary directory.
package winapi

import (
	"os"
	"syscall"
)

// Name is the name of the system.
func Name() string {
	if _, err := syscall.UTF16FromString(os.TempDir()); err != nil {
		return "a broken windows"
	}
	return "windows"
}
