package plan

import (
	"fmt"

	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/fleet"
)

// Report is what run would do. Its JSON is stable.
type Report struct {
	Connector string   `json:"connector"`
	Region    string   `json:"region"`
	Stream    string   `json:"stream"`
	Target    string   `json:"target"`
	Changes   []Change `json:"changes"` // in the order in which run makes them
	Creates   int      `json:"creates"` // things, of all changes together
	Alters    int      `json:"alters"`
	Stops     []Stop   `json:"stops"` // why run would not get that far

	err error // the first that ended the look at something
}

// Action is what becomes of something.
type Action string

// The actions.
const (
	Create  Action = "create"
	Alter   Action = "change"
	There   Action = "there"
	Ignored Action = "ignored" // a setting that decides nothing any more
	Unseen  Action = "unseen"  // this role may not look
)

// Kind is a kind of thing.
type Kind string

// The kinds.
const (
	LeaseTable Kind = "leaseTable"
	StreamRow  Kind = "streamRow"
	ShardRows  Kind = "shardRows"
	NodeRow    Kind = "nodeRow"
	Consumer   Kind = "consumer"
	Table      Kind = "table"
	Columns    Kind = "columns"
	Pipe       Kind = "pipe"
	Channels   Kind = "channels"
	Setting    Kind = "setting"
)

// Change is one line of a plan.
type Change struct {
	Action Action   `json:"action"`
	Kind   Kind     `json:"kind"`
	Names  []string `json:"names"`           // exact
	Later  []string `json:"later,omitempty"` // made as soon as something else is done
	Text   string   `json:"text,omitempty"`
	SQL    []string `json:"sql,omitempty"`
}

// Stop is a reason for which run would stop.
type Stop struct {
	Code string `json:"code,omitempty"` // as in docs/stops.md
	Text string `json:"text"`
	exit int
}

func (r *Report) add(a Action, k Kind, names []string, format string, args ...any) *Change {
	r.Changes = append(r.Changes, Change{Action: a, Kind: k, Names: names, Text: fmt.Sprintf(format, args...)})
	switch a {
	case Create:
		r.Creates += len(names)
	case Alter:
		r.Alters += len(names)
	}
	return &r.Changes[len(r.Changes)-1]
}

// stops notes a fault that would stop run.
func (r *Report) stops(err error) {
	f := messages.AsFault("plan", err)
	s := Stop{Code: string(f.Stop), Text: f.Error(), exit: fleet.ExitCode(err)}
	if f.Stop != "" {
		s.exit = f.Stop.ExitCode()
	}
	r.Stops = append(r.Stops, s)
}

// ExitCode is 0 where run would get going, whatever it makes; else that of the
// first reason why it would not.
func (r *Report) ExitCode() int {
	if len(r.Stops) > 0 {
		return r.Stops[0].exit
	}
	return 0
}
