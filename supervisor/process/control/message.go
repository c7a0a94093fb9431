package control

import (
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Info says what a process is and how it is reached.
type Info struct {
	PID     int       `json:"pid"`
	Version string    `json:"version"`
	HTTP    string    `json:"http"`   // base URL of the read-only port
	Socket  string    `json:"socket"` // absolute path; "" without data_dir
	Config  string    `json:"config"` // the file that it runs, as it was named
	Started time.Time `json:"started"`
}

// Snapshot is the answer to inspect.
type Snapshot struct {
	Process    Info              `json:"process"`
	Connectors []*messages.State `json:"connectors"` // by name; one that does not answer is missing
}

// Resolve is the way out of a stop.
type Resolve struct {
	Connector string
	Shard     string // full id, or its number
	From      string // token, checkpoint, or a position
	Who       string
	Why       string
}

// The operations.
const (
	opInspect = "inspect"
	opPause   = "pause"
	opResume  = "resume"
	opResolve = "resolve"
	opDrain   = "drain"
)

// request is one line to the process.
type request struct {
	Op        string   `json:"op"`
	Connector string   `json:"connector,omitempty"`
	Shards    []string `json:"shards,omitempty"`
	Shard     string   `json:"shard,omitempty"`
	From      string   `json:"from,omitempty"`
	Who       string   `json:"who,omitempty"`
	Why       string   `json:"why,omitempty"`
}

// answer is one line from the process.
type answer struct {
	OK    bool   `json:"ok"`
	Error string `json:"error,omitempty"`
	*Snapshot
}
