package main

import (
	"fmt"
	"os"
	"strings"
)

// peakMemory is the most memory that this process ever held, in bytes: VmHWM of
// proc_pid_status(5). ru_maxrss would not do: across exec it keeps the parent's
// figure.
func peakMemory() int64 { return statusLine("VmHWM") }

// residentMemory is how much it holds now: VmRSS of the same page.
func residentMemory() int64 { return statusLine("VmRSS") }

func statusLine(name string) int64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		var kib int64
		if n, _ := fmt.Sscanf(line, name+": %d kB", &kib); n == 1 {
			return kib << 10
		}
	}
	return 0
}
