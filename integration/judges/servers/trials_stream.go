package servers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/integration/judges/servers/between"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// reshardedUnderLoad splits and merges between puts, faster than two nodes follow.
func reshardedUnderLoad(ctx context.Context, s *stage) (string, error) {
	if err := s.put(ctx, 80); err != nil {
		return "", err
	}
	if _, err := s.several(ctx, 2, nil); err != nil {
		return "", err
	}
	for _, step := range []func(context.Context, int) error{s.feed.split, s.feed.split, s.feed.merge, s.feed.merge} {
		if err := errors.Join(s.put(ctx, 40), step(ctx, 0), s.put(ctx, 40)); err != nil {
			return "", err
		}
	}
	compared, err := s.arrived(ctx, 0)
	if err != nil {
		return "", err
	}
	err = s.until(ctx, "ended", func(shards map[string]leaseRow) string {
		ended := 0
		for _, row := range shards {
			if row.state == "SHARD_END" {
				ended++
			}
		}
		if ended != 6 || len(shards) != 8 {
			return fmt.Sprintf("%d of %d shards ended, want 6 of 8", ended, len(shards))
		}
		return ""
	})
	return "2 splits and 2 merges, 6 parents ended; " + compared, err
}

func atLatest(cfg *supervisor.Config) {
	cfg.Kinesis.InitialPosition = config.InitialPosition{Kind: config.Latest}
}

// latest starts a node at LATEST behind 40 records, and waits until it reads. It
// returns how many records came before.
func (s *stage) latest(ctx context.Context, touch func(*node)) (n *node, from int, err error) {
	if err := s.put(ctx, 40); err != nil {
		return nil, 0, err
	}
	// The service's clock, by which LATEST is fixed, is an HTTP date.
	if err := pause(ctx, 1100*time.Millisecond); err != nil {
		return nil, 0, err
	}
	s.quiet.Store(true)
	if n, err = s.start(ctx, atLatest, touch); err != nil {
		return nil, 0, err
	}
	err = n.untilState(ctx, "caught up", func(state *messages.State) bool { return len(state.Shards) == int(s.trial.shards) && state.CaughtUp() })
	return n, len(s.feed.sent), err
}

// unknownChildren reshards and puts while no node runs.
func unknownChildren(ctx context.Context, s *stage) (string, error) {
	n, from, err := s.latest(ctx, nil)
	if err != nil {
		return "", err
	}
	if err := s.put(ctx, 40); err != nil {
		return "", err
	}
	if _, err := s.arrived(ctx, from); err != nil {
		return "", err
	}
	if err := n.drain(); err != nil {
		return "", err
	}
	if err := errors.Join(s.feed.split(ctx, 0), s.put(ctx, 40), s.feed.merge(ctx, 1), s.put(ctx, 40)); err != nil {
		return "", err
	}
	if _, err := s.start(ctx, atLatest, nil); err != nil {
		return "", err
	}
	compared, err := s.arrived(ctx, from)
	return "a split and a merge while nobody ran; " + compared, err
}

// iterators are those that a server gave out, and which of them are too old.
type iterators struct {
	mu     sync.Mutex
	given  map[string]bool // to whether it has expired
	asked  []iterator
	spent  int
	change func(*between.Request) // of a GetShardIterator; nil = none
}

// gave notes the iterators of an answer.
func (i *iterators) gave(_ string, status int, body []byte) []byte {
	var answer struct{ ShardIterator, NextShardIterator string }
	if status == http.StatusOK && json.Unmarshal(body, &answer) == nil {
		i.mu.Lock()
		defer i.mu.Unlock()
		for _, it := range []string{answer.ShardIterator, answer.NextShardIterator} {
			if it != "" {
				i.given[it] = false
			}
		}
	}
	return body
}

// used refuses an iterator that has expired.
func (i *iterators) used(r *between.Request) {
	var asked struct{ ShardIterator string }
	switch {
	case r.Action == "GetShardIterator":
		var of iterator
		if json.Unmarshal(r.Body, &of) == nil {
			i.mu.Lock()
			i.asked = append(i.asked, of)
			i.mu.Unlock()
		}
		if i.change != nil {
			i.change(r)
		}
	case r.Action == "GetRecords" && json.Unmarshal(r.Body, &asked) == nil:
		i.mu.Lock()
		defer i.mu.Unlock()
		if i.given[asked.ShardIterator] {
			i.spent++
			r.Refuse = &between.Answer{Status: http.StatusBadRequest, Code: "ExpiredIteratorException", Text: "Iterator expired"}
		}
	}
}

// expire makes all iterators too old, as six minutes do, and forgets what was
// asked for.
func (i *iterators) expire() {
	i.mu.Lock()
	defer i.mu.Unlock()
	for it := range i.given {
		i.given[it] = true
	}
	i.asked, i.spent = nil, 0
}

// refused is how often one was too old since expire.
func (i *iterators) refused() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.spent
}

// mostTries at letting an iterator expire that is used.
const mostTries = 20

// expiredIterators lets all iterators expire under a reader that has read nothing
// yet, once while it reads and once while it is paused.
func expiredIterators(ctx context.Context, s *stage) (string, error) {
	seen := &iterators{given: map[string]bool{}}
	if s.server.hangs {
		seen.change = s.unhang
	}
	n, from, err := s.latest(ctx, func(n *node) {
		n.kinesis.OnAnswer(seen.gave)
		n.kinesis.OnRequest(seen.used)
	})
	if err != nil {
		return "", err
	}
	tell := func(command any) error {
		answer, err := n.system.Root.RequestFuture(n.pid, command, patience).Result()
		if done, ok := answer.(*messages.Done); err == nil && ok && done.Error != "" {
			err = errors.New(done.Error)
		}
		return err
	}
	if err := tell(&messages.Pause{}); err != nil {
		return "", err
	}
	seen.expire()
	if err := errors.Join(s.put(ctx, 40), tell(&messages.Resume{})); err != nil {
		return "", err
	}
	if _, err := s.arrived(ctx, from); err != nil {
		return "", err
	}
	if err := seen.started("AT_TIMESTAMP", 2); err != nil {
		return "", err
	}
	for range mostTries { // an answer that was on its way brings an iterator that is new
		seen.expire()
		if err := s.put(ctx, 40); err != nil {
			return "", err
		}
		compared, err := s.arrived(ctx, from)
		if err != nil {
			return "", err
		}
		if seen.refused() > 0 {
			return "paused without a checkpoint, it begins AT_TIMESTAMP again; reading, behind its last record; " + compared, nil
		}
	}
	return "", errors.New("no iterator had expired")
}

// started wants every iterator to have been asked for so, of so many shards.
func (i *iterators) started(kind string, shards int) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	of := map[string]bool{}
	for _, it := range i.asked {
		if of[it.ShardID] = true; it.Type != kind {
			return fmt.Errorf("%s was asked for %s", it.ShardID, it.Type)
		}
	}
	if len(of) != shards {
		return fmt.Errorf("%d shards were asked for an iterator, want %d", len(of), shards)
	}
	return nil
}

// paced measures the calls of one shard at the pace that the product has.
func paced(ctx context.Context, s *stage) (string, error) {
	var mu sync.Mutex
	var calls []time.Time
	s.pace = nil // the product's
	if err := s.put(ctx, 200); err != nil {
		return "", err
	}
	touch := func(n *node) {
		n.kinesis.OnRequest(func(r *between.Request) {
			if r.Action == "GetRecords" {
				mu.Lock()
				defer mu.Unlock()
				calls = append(calls, time.Now())
			}
		})
	}
	most, compared := 0, ""
	err := s.steadily(ctx, func() error {
		for _, disturbed := range s.nodes {
			disturbed.kill()
		}
		mu.Lock()
		calls = nil
		mu.Unlock()
		if _, err := s.start(ctx, nil, touch); err != nil {
			return err
		}
		for range 10 {
			if err := errors.Join(s.put(ctx, 40), pause(ctx, 300*time.Millisecond)); err != nil {
				return err
			}
		}
		var err error
		if compared, err = s.arrived(ctx, 0); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		if most = mostInASecond(calls); most > 5 || most < 2 {
			return fmt.Errorf("%d calls in one second", most)
		}
		return nil
	})
	mu.Lock()
	defer mu.Unlock()
	return fmt.Sprintf("%d calls, %d in a second at most; %s", len(calls), most, compared), err
}

func mostInASecond(calls []time.Time) (most int) {
	for i := range calls {
		within := 0
		for _, at := range calls[i:] {
			if at.Sub(calls[i]) < time.Second {
				within++
			}
		}
		most = max(most, within)
	}
	return most
}
