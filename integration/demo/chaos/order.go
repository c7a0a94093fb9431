package chaos

// How an actor is ended.
type How string

// The ways.
const (
	Panic How = "panic" // in the middle of its mail
	Stop  How = "stop"  // from outside
)

// Order asks for one actor's end.
type Order struct {
	ID    int64  `json:"id"`
	Kill  Kind   `json:"kill"`
	Shard string `json:"shard,omitempty"` // "" = any
	How   How    `json:"how"`
}

// Report answers an order, at the moment when the actor dies. An order for
// whom there was nobody is missed.
type Report struct {
	ID     int64  `json:"id"`
	Kind   Kind   `json:"kind"`
	Shard  string `json:"shard,omitempty"`
	How    How    `json:"how"`
	PID    string `json:"pid,omitempty"`
	Missed bool   `json:"missed,omitempty"`
}
