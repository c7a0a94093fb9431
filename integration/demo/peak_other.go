//go:build !unix

package demo

import "os"

func peakNow(int) int64 { return 0 }

func peakOf(*os.ProcessState) int64 { return 0 }
