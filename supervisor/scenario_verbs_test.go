package supervisor

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// given sets the stage:
//
//	initial_position LATEST          or TRIM_HORIZON, or AT_TIMESTAMP and how long ago
//	on_gap stop
//	shard 1 of 0                     a shard, with its parents
//	records 0 10                     plain records of one row each; the first is 95
//	aggregate 0 3                    one record of three user records
//	rowless 0 2                      records that a transform filters out
//	pass 1h                          time
//	trim 0 3                         the oldest records expire
//	close 0 1 2                      the shard ends, with these children
//	table 0 99/*                     rows up to here are in the table
//	channel 0 T=99/*                 the channel exists, with this token or none
//	row 0 K=97/* S=98/* settled=no created=same caughtUp=1h sequence=98
//	stream TRIM_HORIZON drained      the __stream__ row of an application that began before
func (r *stage) given(words []string) error {
	switch words[0] {
	case "initial_position":
		position := config.InitialPosition{Kind: config.PositionKind(words[1])}
		if len(words) > 2 {
			position.At = time.Now().Add(-duration(words[2])).UTC()
			r.cloud.Stream.Since = position.At
		}
		r.latest = position.Kind == config.Latest
		r.then(func(p *plant) { p.cfg.Kinesis.InitialPosition = position })
	case "on_gap":
		r.then(func(p *plant) { p.cfg.Kinesis.OnGap = config.OnGap(words[1]) })
	case "shard":
		var parents []messages.ShardID
		for _, parent := range words[2:] {
			if parent != "of" {
				parents = append(parents, shardNamed(parent))
			}
		}
		r.shard(number(words[1]), parents...)
	case "table":
		at, err := messages.ParsePosition(words[2])
		if err != nil {
			return err
		}
		r.cloud.Sink.Have(shardNamed(words[1]), at)
	case "channel":
		id, token := shardNamed(words[1]), ""
		if len(words) > 2 {
			token = r.token(strings.TrimPrefix(words[2], "T="), id)
		}
		r.created[id] = r.cloud.Sink.Had(r.channel(id), token)
	case "row":
		return r.row(shardNamed(words[1]), words[2:])
	case "stream":
		info := r.cloud.Stream.Info
		r.cloud.Table.HaveStream(messages.StreamRow{
			ARN: info.ARN, CreatedAt: info.CreatedAt, Position: words[1], Initialised: true, Schema: messages.SchemaVersion, Drained: slices.Contains(words, "drained"),
		})
	default:
		return r.world(words)
	}
	return nil
}

// then adds to the configuration of every process.
func (r *stage) then(change func(*plant)) {
	before := r.configure
	r.configure = func(p *plant) {
		before(p)
		change(p)
	}
}

// row writes a lease row by hand.
func (r *stage) row(id messages.ShardID, fields []string) (err error) {
	tokens := map[string]string{} // made first, for the cloud is locked below
	for _, field := range fields {
		_, value, _ := strings.Cut(field, "=")
		tokens[value] = r.token(value, id)
	}
	r.cloud.Table.Edit(id, func(row *messages.ShardRow) {
		row.Epoch, row.Counter = 3, 7
		for _, field := range fields {
			name, value, _ := strings.Cut(field, "=")
			switch name {
			case "K":
				row.Committed = tokens[value]
			case "S":
				row.Skipped = tokens[value]
			case "settled":
				row.Settled = value == "yes"
			case "created":
				row.ChannelCreated = map[string]int64{"same": r.created[id], "other": 4711}[value]
			case "caughtUp":
				row.CaughtUpAt = time.Now().Add(-duration(value)).UnixMilli()
			case "sequence":
				row.Sequence = messages.SequenceNumber(value)
			default:
				err = fmt.Errorf("no field %q", name)
			}
		}
		if row.Sequence == "" {
			row.Sequence, row.PartialSeq, row.PartialSub = row.Derived()
		}
	})
	return err
}

// world is what may happen before and later.
func (r *stage) world(words []string) error {
	switch s := r.cloud.Stream; words[0] {
	case "records":
		for range number(words[2]) {
			s.Put(shardNamed(words[1]), 1)
		}
	case "aggregate":
		s.PutRecord(shardNamed(words[1]), slices.Repeat([]actorstest.User{{Rows: 1}}, number(words[2]))...)
	case "rowless":
		for range number(words[2]) {
			s.PutRecord(shardNamed(words[1]), actorstest.User{Fate: messages.Filtered})
		}
	case "trim":
		s.Trim(shardNamed(words[1]), number(words[2]))
	case "close":
		var children []messages.ShardID
		for _, child := range words[2:] {
			children = append(children, shardNamed(child))
		}
		s.Close(shardNamed(words[1]), children...)
	case "pass":
		time.Sleep(duration(words[1]))
	default:
		return fmt.Errorf("no such line")
	}
	return nil
}

// when lets something happen: all of given's that concern the stream, and
//
//	start                            a process
//	wait 30s                         it works
//	split 0 1 2                      into new shards
//	kill node                        at once; start begins another process
//	kill channel 0                   or reader, or checkpoint
//	panic channel 0                  the same with a panic
//	fence 0                          somebody opens the channel
//	refuse 0 100 120                 appends that hold a row of these records
//	overflow 0 100                   such rows invalidate the channel
//	next Append lost x3              the next calls: lost, forgotten, late, slow, throttled, unavailable
//	resolve 0 from token
func (r *stage) when(words []string) error {
	switch words[0] {
	case "start":
		if r.started++; r.latest && r.started == 1 {
			r.cloud.Stream.Since = time.Now()
		}
		r.start("p" + strconv.Itoa(r.started))
	case "wait":
		time.Sleep(duration(words[1]))
	case "split":
		children := []messages.ShardID{}
		for _, child := range words[2:] {
			r.shard(number(child), shardNamed(words[1]))
			children = append(children, shardNamed(child))
		}
		r.cloud.Stream.Close(shardNamed(words[1]), children...)
	case "kill", "panic":
		return r.strike(words)
	case "fence":
		_, err := r.cloud.Sink.Open(r.t.Context(), r.channel(shardNamed(words[1])), false)
		return err
	case "refuse":
		bad := poisonOf(words[2:])
		r.cloud.Sink.Refuse = func(rows []string) error {
			if slices.ContainsFunc(rows, bad) {
				return actorstest.Refusal(messages.Transient, messages.ReasonRefused, "")
			}
			return nil
		}
	case "overflow":
		bad := poisonOf(words[2:])
		r.cloud.Sink.Overflows = func(rows []string) bool { return slices.ContainsFunc(rows, bad) }
	case "next":
		times := 1
		if len(words) > 3 {
			times = number(strings.TrimPrefix(words[3], "x"))
		}
		e, known := effects[words[2]]
		if !known {
			return fmt.Errorf("no effect %q", words[2])
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.asked += times
		r.pending[words[1]] = append(r.pending[words[1]], slices.Repeat([]actorstest.Effect{e}, times)...)
	case "resolve":
		return r.resolve(shardNamed(words[1]), words[3])
	default:
		return r.world(words)
	}
	return nil
}

// effects of calls, by name.
var effects = map[string]actorstest.Effect{
	"lost":        {Lose: true},
	"forgotten":   {Forget: true},
	"late":        {Forget: true, Late: 20 * time.Second},
	"slow":        {Delay: 70 * time.Second}, // longer than any attempt
	"throttled":   {Err: actorstest.Refusal(messages.Transient, messages.ReasonThrottled, "")},
	"unavailable": {Err: actorstest.Unanswered("Append", fmt.Errorf("503 Service Unavailable"))},
}

// poisonOf reports rows of these records.
func poisonOf(seqs []string) func(row string) bool {
	return func(row string) bool {
		seq, _, _ := strings.Cut(row, "/")
		return slices.Contains(seqs, seq)
	}
}

// strike kills a node, or one actor of a shard's newest generation.
func (r *stage) strike(words []string) error {
	n := r.nodes[len(r.nodes)-1]
	if words[1] == "node" {
		n.kill()
		return nil
	}
	id := shardNamed(words[2])
	pid := actor.NewPID(n.pid.Address, fmt.Sprintf("%s/%s/%s/%s-%d", n.pid.Id, nameShards, id, words[1], r.cloud.Table.Row(id).Epoch))
	if words[0] == "kill" {
		return r.system.Root.StopFuture(pid).Wait()
	}
	r.system.Root.Send(pid, &panicNow{})
	return nil
}

// panicNow makes an actor panic (see crashNode.boundaries).
type panicNow struct{}

// resolve is the operator's.
func (r *stage) resolve(id messages.ShardID, from string) error {
	n := r.nodes[len(r.nodes)-1]
	answer, err := r.system.Root.RequestFuture(n.pid, &messages.Resolve{Shard: id, From: from, Who: "ada", Why: "the scenario says so"}, time.Minute).Result()
	if err != nil {
		return err
	}
	if done := answer.(*messages.Done); done.Error != "" {
		return fmt.Errorf("refused: %s", done.Error)
	}
	return nil
}
