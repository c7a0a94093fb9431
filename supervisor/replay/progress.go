package replay

import (
	"fmt"
	"io"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/kinesnow/kinesnow/messages"
)

// progressEvery is how often people are told that it goes on.
const progressEvery = 5 * time.Second

// Progress tells people how far a replay is, every five seconds.
func Progress(w io.Writer) func(*messages.State) {
	told := time.Now()
	return func(s *messages.State) {
		if time.Since(told) < progressEvery {
			return
		}
		told = time.Now()
		why := ""
		if s.Why != "" {
			why = "   " + s.Why
		}
		fmt.Fprintf(w, "%d of %d shards done   read %s   committed %s%s\n", s.Done, s.Listed, humanize.Comma(s.Durable.Read), humanize.Comma(s.Durable.Committed), why)
	}
}
