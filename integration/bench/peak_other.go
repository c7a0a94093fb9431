//go:build !linux

package main

// peakMemory is not known here.
func peakMemory() int64 { return 0 }

// residentMemory is not known here.
func residentMemory() int64 { return 0 }
