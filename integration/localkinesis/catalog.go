package localkinesis

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// arn is the name of a stream in the whole of AWS.
func (s *Server) arn(name string) string {
	return "arn:aws:kinesis:" + s.options.Region + ":" + s.options.AccountID + ":stream/" + name
}

// streamName returns the stream that a request means by StreamName, StreamARN
// or both. An ARN of another account or region names a stream that is not here.
func (s *Server) streamName(in *input) string {
	name, arn := in.text("StreamName", nameRule), in.text("StreamARN", arnRule)
	if arn == "" {
		if name == "" && !in.has("StreamName") && !in.has("StreamARN") {
			in.refuse(invalidArgument("Either StreamName or StreamARN should be provided."))
		}
		return name
	}
	_, fromARN, _ := strings.Cut(arn, ":stream/")
	switch {
	case name != "" && name != fromARN:
		in.refuse(invalidArgument("StreamName %s and StreamARN %s do not match.", name, arn))
	case fromARN != "" && arn != s.arn(fromARN):
		in.refuse(refusal("ResourceNotFoundException", "Stream %s not found.", arn))
	}
	return fromARN
}

// stream finds a stream by name. A deletion whose time has come is completed.
func (s *Server) stream(name string) (*stream, error) {
	s.mu.RLock()
	st := s.streams[name]
	s.mu.RUnlock()
	if st != nil && st.gone(s.now()) {
		if err := s.remove(st); err != nil {
			return nil, err
		}
		st = nil
	}
	if st == nil {
		return nil, s.streamNotFound(name)
	}
	return st, nil
}

// list returns all streams by name.
func (s *Server) list() []*stream {
	s.mu.RLock()
	names := make([]string, 0, len(s.streams))
	for name := range s.streams {
		names = append(names, name)
	}
	s.mu.RUnlock()
	slices.Sort(names)
	streams := make([]*stream, 0, len(names))
	for _, name := range names {
		if st, err := s.stream(name); err == nil {
			streams = append(streams, st)
		}
	}
	return streams
}

// newStream is what CreateStream describes.
type newStream struct {
	name      string
	shards    int
	mode      string
	maxRecord int // bytes
	tags      map[string]string
}

// create makes a stream unless there is one of that name.
func (s *Server) create(n newStream) error {
	if _, err := s.stream(n.name); err == nil {
		return refusal("ResourceInUseException", "Stream %s under account %s already exists.", n.name, s.options.AccountID)
	}
	now := s.now()
	if n := s.inCreation(now); n >= maxCreatingStreams {
		return refusal("LimitExceededException", "Account %s has %d streams in CREATING status, which is the limit.", s.options.AccountID, n)
	}
	open := s.openShards()
	if open+n.shards > shardQuota {
		return refusal("LimitExceededException", "This request would exceed the shard limit for the account %s in %s. "+
			"Current shard count for the account: %d. Limit: %d. Number of additional shards that would have resulted from this request: %d.",
			s.options.AccountID, s.options.Region, open, shardQuota, n.shards)
	}
	st := &stream{
		name: n.name, id: rand.Uint64(), created: now, mode: n.mode, limits: s.options.Limits,
		retention: s.options.Retention, maxRecord: n.maxRecord,
		tags: n.tags, consumers: map[string]*consumer{}, consumerSeconds: map[string]int64{},
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.streams[n.name] != nil {
		return refusal("ResourceInUseException", "Stream %s under account %s already exists.", n.name, s.options.AccountID)
	}
	if s.disk != nil {
		if err := s.disk.create(st); err != nil {
			return failure(err)
		}
	}
	for _, keys := range uniform(n.shards) {
		st.addShard(keys, now)
	}
	st.sortOpen()
	st.occupy(creating, now, s.options.Delay)
	if err := st.save(); err != nil {
		return err
	}
	s.streams[n.name] = st
	return nil
}

// remove forgets a stream and all it holds.
func (s *Server) remove(st *stream) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.streams[st.name] != st {
		return nil // somebody else did
	}
	delete(s.streams, st.name)
	st.mu.Lock()
	st.removed = true
	st.mu.Unlock()
	st.endSubscriptions(s.streamNotFound(st.name))
	if st.disk == nil {
		return nil
	}
	if err := st.close(); err != nil {
		return failure(err)
	}
	if err := st.disk.remove(); err != nil {
		return failure(err)
	}
	return nil
}

// change runs what alters a stream that has to be ACTIVE, then keeps it UPDATING
// for the configured delay.
func (s *Server) change(name string, alter func(st *stream, now int64) error) error {
	st, err := s.stream(name)
	if err != nil {
		return err
	}
	now := s.now()
	st.mu.Lock()
	defer st.mu.Unlock()
	if status := st.status(now); status != active {
		return s.notActive(st, status)
	}
	if err := alter(st, now); err != nil {
		return err
	}
	st.occupy(updating, now, s.options.Delay)
	if err := st.save(); err != nil {
		return err
	}
	return nil
}

// shardQuota is how many open shards an account may have here: what the largest
// regions give by default (service-sizes-and-limits.html).
const shardQuota = 20_000

// maxCreatingStreams may be CREATING at the same time (CreateStream reference).
const maxCreatingStreams = 5

func (s *Server) inCreation(now int64) int {
	n := 0
	for _, st := range s.list() {
		st.mu.RLock()
		if st.status(now) == creating {
			n++
		}
		st.mu.RUnlock()
	}
	return n
}

// openShards counts the open shards of all streams.
func (s *Server) openShards() int {
	total := 0
	for _, st := range s.list() {
		st.mu.RLock()
		total += len(st.open)
		st.mu.RUnlock()
	}
	return total
}

// hours rounds a retention up to what the API can say.
func hours(d time.Duration) int { return int((d + time.Hour - 1) / time.Hour) }
