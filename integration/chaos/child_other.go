//go:build unix && !linux

package main

import (
	"errors"
	"os/exec"
	"syscall"
)

// tie lets a child lead a process group of its own. Only Linux ends it with
// this process whatever happens; elsewhere that is done on every way out.
func tie(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// canFillDisks says that disks are full on Linux alone.
const canFillDisks = false

var errLinuxAlone = errors.New("only Linux changes another process's limits")

func fillDisk(int) error { return errLinuxAlone }
func freeDisk(int) error { return errLinuxAlone }

// residentBytes is not known here.
func residentBytes(int) int64 { return 0 }
