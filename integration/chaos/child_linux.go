package main

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// tie makes a child die with this process, however that ends, and leads a
// process group of its own.
func tie(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// canFillDisks says that fillDisk works here.
const canFillDisks = true

// fillDisk lets no file of a process grow any more; every write fails as on a
// full disk, but for the error's name (EFBIG). Sockets and pipes go on.
func fillDisk(pid int) error { return limitFiles(pid, 0) }

// freeDisk takes that back.
func freeDisk(pid int) error { return limitFiles(pid, math.MaxUint64) }

func limitFiles(pid int, most uint64) error {
	return unix.Prlimit(pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: most, Max: math.MaxUint64}, nil)
}

// residentBytes is a process's memory; 0 where it is gone.
func residentBytes(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	var size, resident int64
	if _, err := fmt.Sscan(strings.TrimSpace(string(text)), &size, &resident); err != nil {
		return 0
	}
	return resident * int64(os.Getpagesize())
}
