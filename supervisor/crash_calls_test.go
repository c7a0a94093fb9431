package supervisor

import (
	"context"
	"errors"
	"hash/fnv"
	"time"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/messages"
)

// errKilled ends calls of a node that is no more; nobody sees it.
var errKilled = errors.New("the node was killed")

// reach makes one call of a node: a boundary, the call, another boundary. A
// killed node neither calls nor hears an answer. What is under way when it is
// killed takes effect all the same, as a request on the wire does.
func reach[T any](ctx context.Context, n *crashNode, service, op string, shard messages.ShardID, do func() (T, error)) (T, error) {
	var none T
	where := n.name + "/" + service
	if shard != "" {
		where += "@" + shardNumber(shard)
	}
	number := n.world.count(where, op)
	if service != "journal" { // which is held locked meanwhile
		time.Sleep(distinct(where, op, number))
	}
	gone := func() (T, error) {
		if service != "journal" && service != "deadletter" {
			<-ctx.Done()
		}
		return none, errKilled
	}
	if n.dead.Load() {
		return gone()
	}
	n.world.reach(n, point{where, op, number, false})
	if n.dead.Load() {
		return gone()
	}
	result, err := do()
	if n.dead.Load() {
		return gone()
	}
	n.world.reach(n, point{where, op, number, true})
	if n.dead.Load() {
		return gone()
	}
	return result, err
}

// act is reach for a call that returns nothing.
func act(ctx context.Context, n *crashNode, service, op string, shard messages.ShardID, do func() error) error {
	_, err := reach(ctx, n, service, op, shard, func() (bool, error) { return true, do() })
	return err
}

// distinct is a few nanoseconds of a call's own, so that no two calls are
// answered at one instant.
func distinct(where, op string, number int) time.Duration {
	h := fnv.New32a()
	_, _ = h.Write([]byte(where + op))
	return time.Duration(1 + (h.Sum32()+uint32(number)*7919)%20011)
}

func shardNumber(shard messages.ShardID) string {
	i := len("shardId-")
	for i < len(shard)-1 && shard[i] == '0' {
		i++
	}
	return string(shard[i:])
}

// crashStream is Kinesis as a node reaches it.
type crashStream struct {
	shardStream
	node *crashNode
}

func (s crashStream) Describe(ctx context.Context) (*messages.Stream, error) {
	return reach(ctx, s.node, "kinesis", "Describe", "", func() (*messages.Stream, error) { return s.shardStream.Describe(ctx) })
}

func (s crashStream) List(ctx context.Context) ([]messages.Shard, error) {
	return reach(ctx, s.node, "kinesis", "List", "", func() ([]messages.Shard, error) { return s.shardStream.List(ctx) })
}

func (s crashStream) ListAt(ctx context.Context, at time.Time) ([]messages.Shard, error) {
	return reach(ctx, s.node, "kinesis", "ListAt", "", func() ([]messages.Shard, error) { return s.shardStream.ListAt(ctx, at) })
}

func (s crashStream) Open(shard messages.Shard, from messages.ReadFrom) actors.BlockSource {
	return crashSource{s.shardStream.Open(shard, from), s.node, shard.ID}
}

type crashSource struct {
	actors.BlockSource
	node  *crashNode
	shard messages.ShardID
}

func (s crashSource) Next(ctx context.Context, room int64) (*messages.RowBlock, error) {
	return reach(ctx, s.node, "kinesis", "Next", s.shard, func() (*messages.RowBlock, error) { return s.BlockSource.Next(ctx, room) })
}

// crashSink is Snowflake as a node reaches it.
type crashSink struct {
	rowService
	node *crashNode
}

func (s crashSink) Open(ctx context.Context, name string, careful bool) (*messages.Opening, error) {
	return reach(ctx, s.node, "snowflake", "Open", ownerOf(name), func() (*messages.Opening, error) { return s.rowService.Open(ctx, name, careful) })
}

func (s crashSink) Append(ctx context.Context, name, continuation string, batch *messages.SealedBatch) (string, error) {
	return reach(ctx, s.node, "snowflake", "Append", ownerOf(name), func() (string, error) { return s.rowService.Append(ctx, name, continuation, batch) })
}

func (s crashSink) Status(ctx context.Context, names []string) (map[string]*messages.ChannelStatus, error) {
	return reach(ctx, s.node, "snowflake", "Status", "", func() (map[string]*messages.ChannelStatus, error) { return s.rowService.Status(ctx, names) })
}

func (s crashSink) Drop(ctx context.Context, name string, careful bool) error {
	return act(ctx, s.node, "snowflake", "Drop", ownerOf(name), func() error { return s.rowService.Drop(ctx, name, careful) })
}

// ownerOf is the shard whose channel it is.
func ownerOf(channel string) messages.ShardID {
	return messages.ShardID(channel[len(channel)-len("shardId-000000000000"):])
}

// crashJournal is the disk as a node reaches it.
type crashJournal struct {
	messages.Journal
	node *crashNode
}

func (j crashJournal) Append(ctx context.Context, stream string, entries []messages.Entry) error {
	return act(ctx, j.node, "journal", "Append", "", func() error { return j.Journal.Append(ctx, stream, entries) })
}

func (j crashJournal) Read(ctx context.Context, stream string, after uint64, yield func(messages.Entry) bool) error {
	return act(ctx, j.node, "journal", "Read", "", func() error { return j.Journal.Read(ctx, stream, after, yield) })
}

func (j crashJournal) Close() error { return nil } // the disk outlives the node

// crashLetters are the dead letters as a node reaches them.
type crashLetters struct{ node *crashNode }

func (l crashLetters) Put(ctx context.Context, letters []messages.Letter) error {
	return act(ctx, l.node, "deadletter", "Put", letters[0].Shard, func() error {
		w := l.node.world
		w.mu.Lock()
		defer w.mu.Unlock()
		w.letters = append(w.letters, letters...)
		return nil
	})
}

func (crashLetters) Close() error { return nil }
