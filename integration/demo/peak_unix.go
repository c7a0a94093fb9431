//go:build unix && !linux

package demo

import (
	"os"
	"runtime"
	"syscall"
)

// peakNow is not to be had here while the process lives.
func peakNow(int) int64 { return 0 }

// peakOf is the most memory that an ended process held, in bytes.
func peakOf(s *os.ProcessState) int64 {
	usage, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(usage.Maxrss) // bytes there, KiB elsewhere (getrusage(2))
	}
	return int64(usage.Maxrss) << 10
}
