package main

// program is a kinesnow binary, and how it is told to read.
type program struct {
	name, path string
	reads      transport
}

// The names of programs: this tree's, and the one of PREVIOUS.
const (
	current  = "N"
	previous = "N-1"
)

// transport is a consumer_type.
type transport string

const (
	polling transport = "SHARED_THROUGHPUT"
	fanOut  transport = "ENHANCED_FAN_OUT"
)

// by is the same program with another way of reading.
func (p program) by(t transport) program {
	p.reads = t
	return p
}
