package actorstest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Stream is a Kinesis stream.
type Stream struct {
	Info      messages.Stream
	Latency   time.Duration // of every call
	PollEvery time.Duration // while a shard has nothing new
	Idle      time.Duration // after which Next answers without a record
	Answer    int           // records that one answer holds at most; 0 = 500
	Since     time.Time     // records that arrived before are expected nowhere (LATEST)

	cloud  *Cloud
	shards map[messages.ShardID]*shard
	order  []messages.ShardID
	ahead  time.Duration // of the service's clock
}

type shard struct {
	info     messages.Shard
	records  []Record
	trimmed  int // records gone from the front
	opened   time.Time
	closed   time.Time // zero while it is open
	children []messages.ShardID
	gone     bool // the shard itself has expired
}

// Record is one Kinesis record: an aggregate of user records, or a plain one.
type Record struct {
	Seq     messages.SequenceNumber
	Users   []User
	Arrival time.Time
}

// User is one user record.
type User struct {
	Rows  int
	Fate  messages.Fate
	Bytes int    // of each row at least
	Key   string // of its rows, which Target may have no column for; "" = none
}

// ShardID is the id of shard n.
func ShardID(n int) messages.ShardID { return messages.ShardID(fmt.Sprintf("shardId-%012d", n)) }

// AddShard opens a shard.
func (s *Stream) AddShard(id messages.ShardID, parents ...messages.ShardID) {
	s.cloud.mu.Lock()
	defer s.cloud.mu.Unlock()
	s.shards[id] = &shard{info: messages.Shard{ID: id, Parents: parents, HashFrom: "0", HashTo: "340282366920938463463374607431768211455", Starting: "1"}, opened: time.Now()}
	s.order = append(s.order, id)
}

// Put adds records whose sequence numbers follow those before: plain ones of
// one row each.
func (s *Stream) Put(id messages.ShardID, n int) {
	for range n {
		s.PutRecord(id, User{Rows: 1})
	}
}

// PutRecord adds one record: an aggregate of no user records where none is given.
func (s *Stream) PutRecord(id messages.ShardID, users ...User) {
	s.cloud.mu.Lock()
	defer s.cloud.mu.Unlock()
	sh := s.shards[id]
	// Numbers that grow a digit on the way: 98, 99, 100.
	seq := messages.SequenceNumber(fmt.Sprint(95 + len(sh.records)))
	sh.records = append(sh.records, Record{Seq: seq, Users: users, Arrival: time.Now()})
}

// Close ends a shard.
func (s *Stream) Close(id messages.ShardID, children ...messages.ShardID) {
	s.cloud.mu.Lock()
	defer s.cloud.mu.Unlock()
	sh := s.shards[id]
	sh.closed, sh.children, sh.info.Ending = time.Now(), children, "99999999"
}

// Advance lets time pass by the service's clock alone. Records keep their age.
func (s *Stream) Advance(d time.Duration) {
	s.cloud.mu.Lock()
	defer s.cloud.mu.Unlock()
	s.ahead += d
}

// now is the service's clock. The lock is held.
func (s *Stream) now() time.Time { return time.Now().Add(s.ahead) }

// Trim lets a shard's n oldest records expire.
func (s *Stream) Trim(id messages.ShardID, n int) {
	s.cloud.mu.Lock()
	defer s.cloud.mu.Unlock()
	s.shards[id].trimmed += n
}

// Expire makes a shard unreadable, though it is listed.
func (s *Stream) Expire(id messages.ShardID) {
	s.cloud.mu.Lock()
	defer s.cloud.mu.Unlock()
	s.shards[id].gone = true
}

// rows is what a shard's records render to. The lock is held.
func (s *Stream) rows(id messages.ShardID) (rows []string) {
	for _, r := range s.shards[id].records {
		if r.Arrival.Before(s.Since) {
			continue
		}
		for sub := range r.Users {
			rows = append(rows, r.rows(sub)...)
		}
	}
	return rows
}

// rows are the rows of one user record.
func (r *Record) rows(sub int) (rows []string) {
	u := r.Users[sub]
	for i := range u.Rows {
		row := fmt.Sprintf("%s/%d/%d", r.Seq, sub, i)
		rows = append(rows, row+strings.Repeat(" ", max(0, u.Bytes-1-len(row))))
	}
	return rows
}

// Describe implements StreamCatalog.
func (s *Stream) Describe(ctx context.Context) (*messages.Stream, error) {
	return call(ctx, &s.cloud.script, "Describe", s.Latency, func() (*messages.Stream, error) {
		info := s.Info
		s.cloud.mu.Lock()
		defer s.cloud.mu.Unlock()
		info.Now = s.now()
		return &info, nil
	})
}

// List implements StreamCatalog.
func (s *Stream) List(ctx context.Context) ([]messages.Shard, error) {
	return s.list(ctx, func(*shard) bool { return true })
}

// ListAt implements StreamCatalog.
func (s *Stream) ListAt(ctx context.Context, at time.Time) ([]messages.Shard, error) {
	return s.list(ctx, func(sh *shard) bool {
		if at.IsZero() {
			return !slices.ContainsFunc(sh.info.Parents, func(p messages.ShardID) bool { return s.shards[p] != nil })
		}
		return !sh.opened.After(at) && (sh.closed.IsZero() || sh.closed.After(at))
	})
}

func (s *Stream) list(ctx context.Context, want func(*shard) bool) ([]messages.Shard, error) {
	return call(ctx, &s.cloud.script, "List", s.Latency, func() ([]messages.Shard, error) {
		s.cloud.mu.Lock()
		defer s.cloud.mu.Unlock()
		shards := []messages.Shard{}
		for _, id := range s.order {
			if sh := s.shards[id]; want(sh) {
				shards = append(shards, sh.info)
			}
		}
		return shards, nil
	})
}
