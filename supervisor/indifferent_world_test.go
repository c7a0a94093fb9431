package supervisor

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/messages"
)

// diary is what a run did to the outside, call by call, for each shard.
type diary struct {
	mu    sync.Mutex
	lines map[messages.ShardID][]string
	calls map[string]int
}

// note keeps a call, and lets a moment pass that is this call's own: no two
// meet at one instant.
func (d *diary) note(shard messages.ShardID, op, format string, args ...any) {
	d.mu.Lock()
	if format != "" {
		d.lines[shard] = append(d.lines[shard], op+" "+fmt.Sprintf(format, args...))
	}
	where := string(shard) + op
	d.calls[where]++
	number := d.calls[where]
	d.mu.Unlock()
	time.Sleep(distinct(string(shard), op, number))
}

// diaryTable, diarySink and diaryStream keep the diary.
type diaryTable struct {
	shardTable
	*diary
}

func (t diaryTable) Claim(ctx context.Context, seen *messages.ShardRow, me messages.Owner, d time.Duration) (*messages.ShardRow, error) {
	t.note(seen.Shard, "claim", "of %q", seen.Owner)
	return t.shardTable.Claim(ctx, seen, me, d)
}

func (t diaryTable) Begin(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, d time.Duration) (*messages.ShardRow, error) {
	t.note(shard, "begin", "after %d", epoch)
	return t.shardTable.Begin(ctx, shard, me, epoch, d)
}

func (t diaryTable) Renew(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, d time.Duration, w *messages.PositionWrite) (*messages.ShardRow, error) {
	t.wrote(shard, w)
	return t.shardTable.Renew(ctx, shard, me, epoch, d, w)
}

func (t diaryTable) Stop(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, d time.Duration, code messages.StopCode) (*messages.ShardRow, error) {
	t.wrote(shard, nil)
	return t.shardTable.Stop(ctx, shard, me, epoch, d, code)
}

func (t diaryTable) WritePosition(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, w messages.PositionWrite) (*messages.ShardRow, error) {
	t.wrote(shard, &w)
	return t.shardTable.WritePosition(ctx, shard, me, epoch, w)
}

func (t diaryTable) wrote(shard messages.ShardID, w *messages.PositionWrite) {
	if w == nil {
		t.note(shard, "renew", "")
		return
	}
	counters := messages.Counters{}
	if w.Counters != nil {
		counters = *w.Counters
		counters.Digest = "" // of a stretch that was read again it is another one (P26)
	}
	t.note(shard, "write", "%s skipped %s %+v ended %v", w.Committed, w.Skipped, counters, w.Ended)
}

type diarySink struct {
	rowService
	*diary
}

func (s diarySink) Open(ctx context.Context, name string, careful bool) (*messages.Opening, error) {
	s.note(ownerOf(name), "open", "careful %v", careful)
	return s.rowService.Open(ctx, name, careful)
}

func (s diarySink) Append(ctx context.Context, name, continuation string, b *messages.SealedBatch) (string, error) {
	s.note(ownerOf(name), "append", "%s to %s, %d bytes", b.Start, b.End, b.Raw)
	return s.rowService.Append(ctx, name, continuation, b)
}

type diaryStream struct {
	shardStream
	*diary
}

func (s diaryStream) Open(shard messages.Shard, from messages.ReadFrom) actors.BlockSource {
	return diarySource{s.shardStream.Open(shard, from), s.diary, shard.ID, from}
}

type diarySource struct {
	actors.BlockSource
	*diary
	shard messages.ShardID
	from  messages.ReadFrom
}

func (s diarySource) Next(ctx context.Context, room int64) (*messages.RowBlock, error) {
	s.note(s.shard, "read", "")
	block, err := s.BlockSource.Next(ctx, room)
	if err == nil && len(block.Marks) > 0 {
		s.note(s.shard, "handed on", "%s of a reading after %s", block.Last(), s.from.After)
	}
	return block, err
}

// noJournal is a disk that is gone.
type noJournal struct{}

var errGone = errors.New("no such device")

func (noJournal) Append(context.Context, string, []messages.Entry) error { return errGone }
func (noJournal) Read(context.Context, string, uint64, func(messages.Entry) bool) error {
	return errGone
}
func (noJournal) Close() error { return nil }

// ending is how a run ended.
type ending struct {
	diary map[messages.ShardID][]string
	rows  map[messages.ShardID][]string // in the table, in order
	found map[string]int                // recovered stretches, by who counted them
	wrong []string
}

const indifferentShards = 4 // the last two are the first one's children

// indifferentRun lets a connector live three times, each life cut off at an
// instant of the seed's. Between the lives its journal is another one.
func indifferentRun(t *testing.T, seed uint64, journalOf func(life int, d *dice) messages.Journal) (end ending) {
	t.Helper()
	cryptotest.SetGlobalRandom(t, seed)
	synctest.Test(t, func(t *testing.T) {
		cloud, order, system := actorstest.NewCloud(), newSerial(), quietSystem()
		cloud.Sink.CommitDelay = crashCommit
		// The same records once more: a stretch is counted again as quickly as a
		// journal tells it, and by nobody's leave.
		again := actorstest.NewCloud()
		again.Stream.Latency = 0
		clouds := []*actorstest.Cloud{cloud, again}
		for i := range 2 {
			for _, c := range clouds {
				c.Stream.AddShard(actorstest.ShardID(i))
			}
		}
		end = ending{rows: map[messages.ShardID][]string{}, found: map[string]int{}}
		book := &diary{lines: map[messages.ShardID][]string{}, calls: map[string]int{}}
		d, other := newDice(seed), newDice(seed+1e6) // what befalls the journal must not change the rest
		counting := sync.Mutex{}
		for life := range 3 {
			name := fmt.Sprint("life-", life)
			p := testPlant(cloud, "node-0", name, Host{Props: []actor.PropsOption{order.props()}})
			p.cfg.Lease.Duration, p.cfg.Lease.Renew, p.cfg.Snowflake.Linger = crashLease, crashRenew, 200*time.Millisecond
			j := journalOf(life, other)
			if _, files := j.(*journal.Segments); !files {
				rand.Read(make([]byte, 16)) // as files draw, so that later draws are the same
			}
			p.streams, p.recounts, p.table, p.sink = diaryStream{p.streams, book}, openShards{again.Stream}, diaryTable{p.table, book}, diarySink{p.sink, book}
			p.journal = newLateJournal(j)
			p.book = actors.NewBook(p.journal, name, func(_ string, e messages.Event) {
				if r, ok := e.(*messages.Recovered); ok {
					counting.Lock()
					end.found[r.Source]++
					counting.Unlock()
				}
			})
			pid, err := system.Root.SpawnNamed(p.props(func() actor.Actor { return &connector{plant: p} }), name)
			if err != nil {
				t.Fatal(err)
			}
			for tick, ticks := 0, 150+d.n(150); tick < ticks; tick++ {
				indifferentPut(clouds, d, life, tick)
				time.Sleep(100 * time.Millisecond)
			}
			if life == 2 {
				time.Sleep(2 * time.Minute)
			}
			system.Root.Stop(pid)
			time.Sleep(30 * time.Second) // leases run out
			j.Close()
		}
		system.Shutdown()
		time.Sleep(70 * time.Second)
		order.end()
		end.diary, end.wrong = book.lines, append(cloud.Missing(), cloud.Problems()...)
		for i := range indifferentShards {
			end.rows[actorstest.ShardID(i)] = cloud.Sink.Rows(actorstest.ShardID(i))
		}
	})
	return end
}

// indifferentPut puts a few records, some of which make no rows, and splits the
// first shard in the second life.
func indifferentPut(clouds []*actorstest.Cloud, d *dice, life, tick int) {
	live := []messages.ShardID{actorstest.ShardID(0), actorstest.ShardID(1)}
	if life == 1 && tick == 40 {
		children := []messages.ShardID{actorstest.ShardID(2), actorstest.ShardID(3)}
		for _, c := range clouds {
			for _, child := range children {
				c.Stream.AddShard(child, live[0])
			}
			c.Stream.Close(live[0], children...)
		}
	}
	if life == 2 || life == 1 && tick >= 40 {
		live = []messages.ShardID{actorstest.ShardID(1), actorstest.ShardID(2), actorstest.ShardID(3)}
	}
	for _, id := range live {
		if d.chance(300) {
			u := actorstest.User{Rows: 1 + d.n(3)}
			switch d.n(8) {
			case 0:
				u = actorstest.User{Fate: messages.Discarded}
			case 1:
				u = actorstest.User{Fate: messages.Filtered}
			}
			for _, c := range clouds {
				c.Stream.PutRecord(id, u)
			}
		}
	}
}

// without takes the counters out of a diary: they are evidence, and a journal
// that lies may make them lie.
func without(lines []string) []string {
	var left []string
	for _, line := range lines {
		if i := strings.Index(line, " {Read:"); i >= 0 {
			line = line[:i] + line[strings.Index(line, "}"):]
		}
		left = append(left, line)
	}
	return left
}

// copied is a memory with what a change leaves of another one's entries.
func copied(t *testing.T, disk *journal.Memory, change func(stream string, entries []messages.Entry) []messages.Entry) *journal.Memory {
	t.Helper()
	out := &journal.Memory{}
	names, err := disk.Streams()
	if err != nil {
		t.Error(err)
	}
	for _, name := range names {
		var entries []messages.Entry
		if err := disk.Read(t.Context(), name, 0, func(e messages.Entry) bool { entries = append(entries, e); return true }); err != nil {
			t.Error(err)
		}
		if entries = change(name, entries); len(entries) > 0 {
			if err := out.Append(t.Context(), name, entries); err != nil {
				t.Error(err)
			}
		}
	}
	return out
}
