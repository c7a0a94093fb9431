package servers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/judges/servers/between"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
)

// margin is what a takeover may take beyond a lease: a look at the table, an
// opening, and a busy machine. The bound of 30 s, of which a lease is 20 s, has as
// much.
const margin = 10 * time.Second

// outlivedNode kills one of three nodes while records come.
func outlivedNode(ctx context.Context, s *stage) (string, error) {
	if err := s.put(ctx, 160); err != nil {
		return "", err
	}
	if _, err := s.several(ctx, 3, nil); err != nil {
		return "", err
	}
	if err := s.put(ctx, 160); err != nil {
		return "", err
	}
	took, err := s.outlive(ctx, 0, 2)
	if err != nil {
		return "", err
	}
	if err := s.put(ctx, 160); err != nil {
		return "", err
	}
	compared, err := s.arrived(ctx, 0)
	return fmt.Sprintf("all shards owned after %.1f s with a lease of %s; %s", took.Seconds(), s.lease, compared), err
}

// outlive kills a node, and waits until the others, so many, have all shards.
func (s *stage) outlive(ctx context.Context, victim, others int) (took time.Duration, err error) {
	p, began := s.feel(ctx), time.Now()
	s.nodes[victim].kill()
	_, err = s.shared(ctx, others)
	_, stood := p.end()
	if err != nil {
		return 0, err
	}
	if took = time.Since(began); took-stood > s.lease+margin {
		err = fmt.Errorf("it took %s with a lease of %s", took, s.lease)
	}
	return took, err
}

// wrongClocks lets one node's clock be 10 minutes ahead, another's as much behind:
// nobody takes the live ones for dead, nor the dead ones for alive.
func wrongClocks(ctx context.Context, s *stage) (string, error) {
	if err := s.put(ctx, 40); err != nil {
		return "", err
	}
	offs := []time.Duration{10 * time.Minute, -10 * time.Minute, 0}
	var shifted atomic.Int64
	if _, err := s.several(ctx, len(offs), func(i int, n *node) { n.runs(offs[i], &shifted) }); err != nil {
		return "", err
	}
	if err := s.steadily(ctx, func() error { return s.unmoved(ctx) }); err != nil {
		return "", err
	}
	if err := s.steadily(ctx, func() error { return s.deathUnderWrongClocks(ctx) }); err != nil {
		return "", err
	}
	if _, err := s.start(ctx, nil, nil); err != nil {
		return "", err
	}
	if _, err := s.shared(ctx, 3); err != nil {
		return "", err
	}
	var slowest time.Duration
	for victim := range 2 { // the one ahead, and the one behind
		took, err := s.outlive(ctx, victim, 2-victim)
		if err != nil {
			return "", err
		}
		slowest = max(slowest, took)
	}
	if err := s.put(ctx, 40); err != nil {
		return "", err
	}
	compared, err := s.arrived(ctx, 0)
	if err == nil && shifted.Load() < 20 {
		return "", fmt.Errorf("only %d times were shifted", shifted.Load())
	}
	return fmt.Sprintf("no lease moved in %s; killed, the one ahead and the one behind are followed within %.1f s; %s", 2*s.lease, slowest.Seconds(), compared), err
}

// unmoved puts records for two leases and wants none to move.
func (s *stage) unmoved(ctx context.Context) error {
	before, err := s.flowing(ctx)
	if err != nil {
		return err
	}
	return s.putFor(ctx, 2*s.lease, 20, s.lease/2, func() error {
		now, err := s.leases(ctx)
		if err != nil {
			return err
		}
		return moved(before, now)
	})
}

// putFor puts so many records again and again, and looks after each pause.
func (s *stage) putFor(ctx context.Context, lasts time.Duration, records int, rest time.Duration, look func() error) error {
	for began := time.Now(); time.Since(began) < lasts; {
		if err := s.put(ctx, records); err != nil {
			return err
		}
		if err := pause(ctx, rest); err != nil {
			return err
		}
		if err := look(); err != nil {
			return err
		}
	}
	return nil
}

// deathUnderWrongClocks kills the last node, whose clock is right, or one like it
// where that is dead already. The others are short of shards then, and all that
// they may take is the dead one's: not each other's, whose leases are over, or last
// for ever, by the clock that wrote them.
func (s *stage) deathUnderWrongClocks(ctx context.Context) error {
	if s.nodes[len(s.nodes)-1].gone {
		if _, err := s.start(ctx, nil, nil); err != nil {
			return err
		}
		if _, err := s.shared(ctx, 3); err != nil {
			return err
		}
	}
	before, err := s.flowing(ctx)
	if err != nil {
		return err
	}
	victim := len(s.nodes) - 1
	dead, err := s.nodes[victim].state()
	if err != nil {
		return err
	}
	if _, err := s.outlive(ctx, victim, 2); err != nil {
		return err
	}
	after, err := s.leases(ctx)
	if err != nil {
		return err
	}
	theirs := maps.Clone(before)
	maps.DeleteFunc(theirs, func(_ string, row leaseRow) bool { return strings.HasPrefix(row.owner, dead.Node+"/") })
	return moved(theirs, after)
}

// wallClock are the values that a node writes by its own clock.
var wallClock = []string{":leaseExpiry", ":lastUpdateTimestamp", ":nodeHeartbeat", ":handoffRequestedAt"}

// runs lets a node's clock be off, as all others see it in the table, and as it
// sees the Date of DynamoDB's answers.
func (n *node) runs(off time.Duration, shifted *atomic.Int64) {
	n.dynamo.SkewDate(-off)
	n.dynamo.OnRequest(func(r *between.Request) {
		var body, values map[string]json.RawMessage
		if json.Unmarshal(r.Body, &body) != nil || json.Unmarshal(body["ExpressionAttributeValues"], &values) != nil {
			return
		}
		for _, name := range wallClock {
			var value struct{ N string }
			if json.Unmarshal(values[name], &value) != nil || value.N == "" {
				continue
			}
			if ms, err := strconv.ParseInt(value.N, 10, 64); err == nil {
				values[name] = fmt.Appendf(nil, `{"N":"%d"}`, ms+off.Milliseconds())
				shifted.Add(1)
			}
		}
		var err error
		if body["ExpressionAttributeValues"], err = json.Marshal(values); err == nil {
			if changed, err := json.Marshal(body); err == nil {
				r.Body = changed
			}
		}
	})
}

// spoiltAnswers lets every third call to DynamoDB have its effect and be answered
// by an error.
func spoiltAnswers(ctx context.Context, s *stage) (string, error) {
	if err := s.put(ctx, 20); err != nil {
		return "", err
	}
	var calls, writes atomic.Int64
	spoil := func(n *node) {
		n.dynamo.OnRequest(func(r *between.Request) {
			if calls.Add(1)%3 != 0 {
				return
			}
			if r.Action == "UpdateItem" {
				writes.Add(1)
			}
			r.Spoil = &between.Answer{Status: http.StatusInternalServerError, Code: "InternalServerError", Text: "after its effect"}
		})
	}
	var compared string
	err := s.steadily(ctx, func() (err error) {
		for _, disturbed := range s.nodes {
			disturbed.kill()
		}
		calls.Store(0)
		writes.Store(0)
		n, err := s.start(ctx, nil, spoil)
		if err != nil {
			return err
		}
		before, err := s.flowing(ctx)
		if err != nil {
			return err
		}
		if err := s.putFor(ctx, 2*s.lease, 20, s.lease/4, func() error { return nil }); err != nil {
			return err
		}
		if compared, err = s.arrived(ctx, 0); err != nil {
			return err
		}
		now, err := s.leases(ctx)
		if err != nil {
			return err
		}
		return errors.Join(moved(before, now), n.undisturbed())
	})
	if err == nil && writes.Load() < 5 {
		err = fmt.Errorf("%d calls, and only %d spoilt answers to writes", calls.Load(), writes.Load())
	}
	return fmt.Sprintf("%d of %d calls spoilt, %d of them writes; no lease and no generation lost; %s", calls.Load()/3, calls.Load(), writes.Load(), compared), err
}

// backpressure lets Snowflake take nothing while records come.
func backpressure(ctx context.Context, s *stage) (string, error) {
	if err := s.put(ctx, 40); err != nil {
		return "", err
	}
	if _, err := s.several(ctx, 2, nil); err != nil {
		return "", err
	}
	stalled := 5 * s.lease
	if err := s.steadily(ctx, func() error { return s.stuck(ctx, stalled) }); err != nil {
		return "", err
	}
	var peak int64
	for i, n := range s.nodes {
		held := n.budget.State()
		if peak = max(peak, held.Peak); held.Peak > held.Total {
			return "", fmt.Errorf("node %d held %d bytes of %d", i, held.Peak, held.Total)
		}
	}
	compared, err := s.arrived(ctx, 0)
	return fmt.Sprintf("every shard stayed where it was for %s, %d KiB held at most; %s", stalled, peak>>10, compared), err
}

// stuck puts records while Snowflake takes nothing, and wants every shard to stay
// where it is.
func (s *stage) stuck(ctx context.Context, stalled time.Duration) error {
	before, err := s.flowing(ctx)
	if err != nil {
		return err
	}
	s.Snowflake.Faults().Set(localsnowflake.ActionAppendRows, func(c fault.Call) fault.Effect {
		if !strings.Contains(c.Key, s.application) {
			return fault.Effect{}
		}
		return fault.Effect{Refuse: &fault.Refusal{Status: http.StatusTooManyRequests}}
	})
	defer s.Snowflake.Faults().Set(localsnowflake.ActionAppendRows, nil)
	return s.putFor(ctx, stalled, 40, s.lease/2, func() error {
		now, err := s.leases(ctx)
		if err != nil {
			return err
		}
		for shard, row := range before {
			if now[shard].owner != row.owner {
				return fmt.Errorf("%s was %s's, and is %q's", shard, row.owner, now[shard].owner)
			}
		}
		return nil
	})
}
