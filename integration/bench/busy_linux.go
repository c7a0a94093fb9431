package main

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// busyTime is how long these cores have worked so far, for anybody: what
// /proc/stat counts but idle, iowait and guest time (proc_stat(5), in 1/100 s).
func busyTime(on place) (busy time.Duration) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		for _, core := range on {
			var user, nice, system, idle, wait, irq, softirq, steal int64
			rest, mine := strings.CutPrefix(line, fmt.Sprintf("cpu%d ", core))
			if n, _ := fmt.Sscan(rest, &user, &nice, &system, &idle, &wait, &irq, &softirq, &steal); mine && n == 8 {
				busy += time.Duration(user+nice+system+irq+softirq+steal) * 10 * time.Millisecond
			}
		}
	}
	return busy
}
