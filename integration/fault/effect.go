package fault

import (
	"net/http"
	"time"
)

// Call names one request to a local server.
type Call struct {
	Action     string // the API action, e.g. "GetRecords", "UpdateItem", "AppendRows"
	Key        string // what it acts on: a shard, "table/item key", a channel; "" where there is none
	N          int64  // how many calls of this action came before it
	Credential string // its Authorization header
}

// Effect is what happens to one call. The zero Effect serves it normally.
type Effect struct {
	Delay      time.Duration // waited before anything else; ends early when the client leaves
	Refuse     *Refusal      // answered instead of serving the call: it has no effect
	LoseBefore bool          // the connection breaks before the call has an effect
	LoseAfter  bool          // the call has its effect, the connection breaks before the answer
	CutAfter   int           // > 0: the call has its effect, the answer breaks off after so many body bytes
	HangAfter  int           // > 0: the same, but the connection stays, and nothing more comes until the client leaves (not of an answer that is streamed)
}

// Refusal is an error answer. Each server writes it in its own wire format.
type Refusal struct {
	Status  int    // HTTP status
	Code    string // the service's error code, e.g. "ProvisionedThroughputExceededException"
	Message string
	Header  http.Header // added to the answer, e.g. Retry-After; may be nil
}

// Hook decides the effect of one call. It runs on the request's goroutine and
// must be safe for concurrent use.
type Hook func(Call) Effect

// Times limits a hook to its first n calls.
func Times(n int, hook Hook) Hook {
	left := newCounter(n)
	return func(c Call) Effect {
		if !left.take() {
			return Effect{}
		}
		return hook(c)
	}
}

// Always answers every call with the same effect.
func Always(e Effect) Hook { return func(Call) Effect { return e } }
