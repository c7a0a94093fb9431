package main

import (
	"os/exec"
	"runtime"

	"golang.org/x/sys/unix"
)

// cores returns two cores that this process may use; false where it has fewer.
func cores() (contestant, server int, ok bool) {
	var mine unix.CPUSet
	if unix.SchedGetaffinity(0, &mine) != nil || mine.Count() < 2 {
		return 0, 0, false
	}
	var found []int
	for core := 0; len(found) < 2; core++ {
		if mine.IsSet(core) {
			found = append(found, core)
		}
	}
	return found[0], found[1], true
}

// startOn starts a command on some cores. A process inherits the affinity of the
// thread that forks it, so that not one of its threads ever runs elsewhere.
func startOn(on place, command *exec.Cmd) error {
	runtime.LockOSThread() // not unlocked on failure: the thread ends with its goroutine
	var before, some unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return err
	}
	for _, core := range on {
		some.Set(core)
	}
	if err := unix.SchedSetaffinity(0, &some); err != nil {
		return err
	}
	started := command.Start()
	if err := unix.SchedSetaffinity(0, &before); err != nil {
		return err
	}
	runtime.UnlockOSThread()
	return started
}
