package demo

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localcloud"
)

// faults makes the servers misbehave now and then: throttled calls, and
// answers that are lost after the call had its effect.
type faults struct {
	barbs     []*barb
	throttles atomic.Int64 // that happened
	losses    atomic.Int64
}

// barb is the hook of one action: it spoils as many calls as there are effects
// waiting, and serves the others.
type barb struct {
	armed chan fault.Effect
}

func (b *barb) hook(f *faults) fault.Hook {
	return func(fault.Call) fault.Effect {
		select {
		case e := <-b.armed:
			if e.Refuse != nil {
				f.throttles.Add(1)
			} else {
				f.losses.Add(1)
			}
			return e
		default:
			return fault.Effect{}
		}
	}
}

// The faults of one run: three throttled calls for each lost answer.
const (
	throttlesPlanned = 12
	lossesPlanned    = 4
)

var (
	throttledByAWS = &fault.Refusal{Status: http.StatusBadRequest, Code: "ProvisionedThroughputExceededException", Message: "Rate exceeded."}
	throttledBySF  = &fault.Refusal{Status: http.StatusTooManyRequests, Code: "ERR_TOO_MANY_REQUESTS", Message: "Too many requests.", Header: http.Header{"Retry-After": {"1"}}}
)

func newFaults(cloud *localcloud.Cloud) *faults {
	f := &faults{}
	for _, action := range []struct {
		injector *fault.Injector
		name     string
	}{{cloud.Snowflake.Faults(), "AppendRows"}, {cloud.Kinesis.Faults(), "GetRecords"}, {cloud.Dynamo.Faults(), "UpdateItem"}} {
		b := &barb{armed: make(chan fault.Effect, throttlesPlanned+lossesPlanned)}
		action.injector.Set(action.name, b.hook(f))
		f.barbs = append(f.barbs, b)
	}
	return f
}

// run arms the barbs in turn, evenly over the time given, until ctx ends.
func (f *faults) run(ctx context.Context, over time.Duration) {
	const all = throttlesPlanned + lossesPlanned
	for i := range all {
		if !pause(ctx, over/(all+1)) {
			return
		}
		which := i % len(f.barbs)
		effect := fault.Effect{LoseAfter: true}
		if i%4 != 3 {
			effect = fault.Effect{Refuse: throttledByAWS}
			if which == 0 {
				effect.Refuse = throttledBySF
			}
		}
		f.barbs[which].armed <- effect
	}
}
