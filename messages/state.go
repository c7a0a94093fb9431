package messages

import "time"

// Health is a connector's condition in one word.
type Health string

// The healths.
const (
	Starting Health = "STARTING" // not both ends were reached yet
	Flowing  Health = "FLOWING"
	Degraded Health = "DEGRADED" // something does not flow as it should; State.Why says what
	Halted   Health = "STOPPED"  // every shard, or the connector itself, is parked
	Draining Health = "DRAINING"
)

// Phase is what a shard's unit does.
type Phase string

// The phases.
const (
	PhaseOpening Phase = "OPENING" // lease, open, re-check, start decision
	PhaseFlowing Phase = "FLOWING"
	PhaseBackoff Phase = "BACKOFF" // waits before the next generation
	PhaseParked  Phase = "STOPPED" // a stop code
	PhasePaused  Phase = "PAUSED"
	PhaseEnded   Phase = "ENDED"
)

// StandsStill reports whether nothing comes of a shard in this phase until a
// human resolves or resumes it.
func (p Phase) StandsStill() bool { return p == PhaseParked || p == PhasePaused }

// ShardState is what a unit knows of its shard. Unit -> Connector, at every
// change of phase and at most twice a second else.
type ShardState struct {
	Shard        ShardID          `json:"shard"`
	Phase        Phase            `json:"phase"`
	Since        time.Time        `json:"since"` // of the phase
	Generation   int64            `json:"generation"`
	Generations  int64            `json:"generations"` // ended in this process, and why:
	Ends         map[Reason]int64 `json:"ends,omitempty"`
	Epoch        int64            `json:"epoch"`
	Channel      string           `json:"channel"`
	Read         Position         `json:"-"`
	Accepted     Position         `json:"-"`
	Committed    Position         `json:"-"`
	Checkpoint   Position         `json:"-"`
	ReadAt       string           `json:"read"` // the four positions as text
	AcceptedAt   string           `json:"accepted"`
	CommittedAt  string           `json:"committed"`
	CheckpointAt string           `json:"checkpoint"`
	Behind       time.Duration    `json:"behindNs"`          // of the last answer
	Oldest       time.Time        `json:"oldest,omitzero"`   // arrival of the oldest record read and not committed
	ReadUpTo     time.Time        `json:"readUpTo,omitzero"` // what arrived before it was read; zero = not known
	CaughtUp     bool             `json:"caughtUp"`          // nothing behind, everything committed and checkpointed
	Held         int64            `json:"heldBytes"`         // fetched and not yet accepted
	InFlight     int64            `json:"inFlightBytes"`     // accepted and not yet committed, before compression
	Counters     Counters         `json:"counters"`          // as checkpointed
	Live         Counters         `json:"live"`              // of this process since it started: what it did, twice where it did it twice
	Found        *Counters        `json:"-"`                 // as checkpointed when this process first worked on the shard; nil = it has not yet
	Bytes        int64            `json:"bytes"`             // rendered, appended by this process
	Wire         int64            `json:"wireBytes"`         // the same after compression
	Gaps         int64            `json:"gaps"`
	Packed       Aggregation      `json:"packed"`              // read by this process
	Mismatches   int64            `json:"counterMismatches"`   // generations whose commits Snowflake counts otherwise (P14)
	Failing      bool             `json:"failing,omitempty"`   // generation after generation ended without an append
	Rejection    *Rejection       `json:"rejection,omitempty"` // the newest, as this process was told; nil = of none
	Lag          time.Duration    `json:"lagNs"`               // arrival to commit, of the last commit
	Waits        string           `json:"waits,omitempty"`     // for what the generation waits
	Stop         StopCode         `json:"stop,omitempty"`
	Error        string           `json:"error,omitempty"`
	Hint         string           `json:"hint,omitempty"`
}

// Durable is what was checkpointed since this process first worked on the shard.
func (s *ShardState) Durable() Counters {
	if s.Found == nil {
		return Counters{}
	}
	return s.Counters.Minus(*s.Found)
}

// State is the answer to Inspect.
type State struct {
	Connector string        `json:"connector"`
	Health    Health        `json:"health"`
	Why       string        `json:"why,omitempty"`
	Stop      StopCode      `json:"stop,omitempty"` // the connector or every shard is parked with it, or CHANNEL_LIMIT: some wait for room
	Hint      string        `json:"hint,omitempty"`
	Ready     bool          `json:"ready"` // both ends were reached once, or there is nothing to reach them for
	Node      string        `json:"node"`
	Process   string        `json:"process"`
	Stream    string        `json:"stream"`
	Region    string        `json:"region"`
	Target    string        `json:"target"`
	Retention time.Duration `json:"retentionNs"`
	Total     Counters      `json:"total"`   // of this process since it started, ended shards included
	Durable   Counters      `json:"durable"` // the same as checkpointed: what was read again counts once
	Gaps      int64         `json:"gaps"`
	Listed    int           `json:"listed"`                // shards that ListShards names
	Done      int           `json:"done"`                  // of them, SHARD_END in the table
	Elsewhere Elsewhere     `json:"elsewhere,omitzero"`    // the listed ones that other nodes have, or nobody
	Unowned   []ShardID     `json:"unowned,omitempty"`     // of the stream: nobody has worked on them for 2 minutes
	Channels  ChannelUse    `json:"channels"`              // of the connector, on all nodes, as the lease table tells
	Shards    []ShardState  `json:"shards"`                // owned by this node, by id
	Schema    *SchemaState  `json:"schema,omitempty"`      // nil = it adds no columns
	Ignored   *IgnoredKeys  `json:"ignoredKeys,omitempty"` // nil = there are none, or none that are looked for
	Journal   JournalState  `json:"journal"`
	Letters   LetterState   `json:"deadLetters"`
	Memory    BudgetState   `json:"memory"`
	At        time.Time     `json:"at"`
}

// JournalState is the ledger's own health. Nothing in it stops the flow.
type JournalState struct {
	Written  int64  `json:"written"`            // entries
	Dropped  int64  `json:"dropped"`            // entries that could not be kept
	SetAside int64  `json:"setAside,omitempty"` // segments that cannot be read: damaged, foreign, or of a newer version
	Unknown  int64  `json:"unknown,omitempty"`  // entries that were passed over when they were read: of a newer version, or damaged
	Error    string `json:"error,omitempty"`    // it does not keep everything now, and why
}

// LetterState is what became of this process's dead letters where they are kept in
// files. While they cannot be kept, the shards whose records they are wait (P17).
type LetterState struct {
	Written int64  `json:"written"`
	Capped  int64  `json:"capped,omitempty"` // over deadletter.max_per_minute: counted, not kept
	Failed  int64  `json:"failed,omitempty"` // attempts to keep some
	Error   string `json:"error,omitempty"`  // they cannot be kept now, and why
}

// CaughtUp reports whether no listed shard is behind and everything is
// committed and checkpointed, whoever owns it, but for those that stand still until
// a human does something: the end of run --until-caught-up.
func (s *State) CaughtUp() bool {
	if s.Health == Starting || s.Listed == 0 || s.Done+len(s.Shards)+s.Elsewhere.through() < s.Listed {
		return false
	}
	for i := range s.Shards {
		sh := &s.Shards[i]
		if !sh.CaughtUp && !sh.Phase.StandsStill() && sh.Phase != PhaseEnded {
			return false
		}
	}
	return true
}

// UntilLoss is how long until the oldest record that is not committed expires:
// retention minus its age, the least over the shards. Of a shard that stands
// still, or whose reads fail, that is the first one that may have come since it
// was read last. It is false while the retention is not known.
func (s *State) UntilLoss() (time.Duration, bool) {
	if s.Retention == 0 {
		return 0, false
	}
	age := time.Duration(0)
	for i := range s.Shards {
		sh := &s.Shards[i]
		if sh.Phase == PhaseEnded {
			continue
		}
		for _, since := range []time.Time{sh.Oldest, sh.ReadUpTo} {
			if !since.IsZero() {
				age = max(age, s.At.Sub(since))
			}
		}
		age = max(age, sh.Behind)
	}
	return s.Retention - age, true
}
