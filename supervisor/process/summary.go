package process

import (
	"fmt"
	"strings"

	"github.com/dustin/go-humanize"

	"github.com/kinesnow/kinesnow/messages"
)

// Summary says how a process ended.
type Summary struct {
	Reason       string            `json:"reason"` // stopped, caught up, parked, or could not start
	Exit         int               `json:"exit"`
	Gaps         int64             `json:"gaps"`         // that this process came across
	RejectedRows int64             `json:"rejectedRows"` // that Snowflake told this process of
	Connectors   []*messages.State `json:"connectors"`   // as they were before the drain
}

// Text is the last words of run --until-caught-up: a line, and one more for each
// shard that another process has stopped.
func (s Summary) Text() string {
	var committed, discarded int64
	var whole, elsewhere strings.Builder
	stopped := 0
	for _, state := range s.Connectors {
		committed, discarded = committed+state.Durable.Committed, discarded+state.Durable.Discarded
		if halted(state) && len(state.Shards) == 0 {
			fmt.Fprintf(&whole, "   stopped connector %s %s", state.Connector, state.Stop)
		}
		for _, sh := range state.Elsewhere.Stopped {
			stopped++
			fmt.Fprintf(&elsewhere, "\n%s/%s is stopped with %s on another process: %s", state.Connector, sh.Shard, sh.Stop, sh.Owner)
		}
		for i := range state.Shards {
			if state.Shards[i].Stop != "" {
				stopped++
			}
		}
	}
	return fmt.Sprintf("%s: %s rows committed   gaps %d   rejected %d   discarded %d   stopped shards %d",
		s.Reason, humanize.Comma(committed), s.Gaps, s.RejectedRows, discarded, stopped) + whole.String() + elsewhere.String()
}
