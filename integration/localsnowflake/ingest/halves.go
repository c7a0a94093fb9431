package ingest

import (
	"bytes"
	"runtime"
)

// halvesFrom is the body size in bytes from which reading it on two cores pays.
const halvesFrom = 256 << 10

// Check reads an append body: one object per line, each line ended by \n or
// \r\n (spec 1.7). The last line may lack its end. Blank lines are ignored.
// A large body is read in two halves at once: what is left to the committer's
// one goroutine bounds what the server takes in.
func (c *Columns) Check(body []byte, rules Rules) *Report {
	if len(body) < halvesFrom || runtime.GOMAXPROCS(0) == 1 {
		return c.checkLines(body, rules)
	}
	middle := bytes.LastIndexByte(body[:len(body)/2], '\n') + 1 // a first line may be longer than all others
	if c.other == nil {
		c.other = NewColumns(c.table)
	}
	second := make(chan *Report)
	go func() { second <- c.other.checkLines(body[middle:], rules) }()
	first, rest := c.checkLines(body[:middle], rules), <-second
	if !first.Evolution.Empty() || !rest.Evolution.Empty() {
		return c.checkLines(body, rules) // the order in which keys are first seen counts
	}
	first.Parsed += rest.Parsed
	first.Good = append(first.Good, rest.Good...)
	first.Errors = append(first.Errors, rest.Errors...)
	return first
}
