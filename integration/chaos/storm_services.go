package main

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
)

// spoiled is an action whose calls are refused, or whose answers are lost.
type spoiled struct {
	injector func(*localcloud.Cloud) *fault.Injector
	name     string
	refusal  *fault.Refusal
}

var (
	throttledByAWS       = &fault.Refusal{Status: http.StatusBadRequest, Code: "ProvisionedThroughputExceededException", Message: "Rate exceeded."}
	throttledBySnowflake = &fault.Refusal{Status: http.StatusTooManyRequests, Code: "ERR_TOO_MANY_REQUESTS", Message: "Too many requests.", Header: http.Header{"Retry-After": {"1"}}}
	failedBySnowflake    = &fault.Refusal{Status: http.StatusServiceUnavailable, Code: "ERR_INTERNAL", Message: "Try again."}
)

func ofKinesis(c *localcloud.Cloud) *fault.Injector   { return c.Kinesis.Faults() }
func ofDynamo(c *localcloud.Cloud) *fault.Injector    { return c.Dynamo.Faults() }
func ofSnowflake(c *localcloud.Cloud) *fault.Injector { return c.Snowflake.Faults() }

var spoiledActions = []spoiled{
	{ofKinesis, "GetRecords", throttledByAWS},
	{ofKinesis, "GetShardIterator", throttledByAWS},
	{ofKinesis, "SubscribeToShard", &fault.Refusal{Status: http.StatusBadRequest, Code: "LimitExceededException", Message: "Rate exceeded."}},
	{ofKinesis, "DescribeStreamConsumer", &fault.Refusal{Status: http.StatusBadRequest, Code: "LimitExceededException", Message: "Rate exceeded."}},
	{ofKinesis, "ListShards", &fault.Refusal{Status: http.StatusBadRequest, Code: "LimitExceededException", Message: "Rate exceeded."}},
	{ofDynamo, "UpdateItem", throttledByAWS},
	{ofDynamo, "Query", throttledByAWS},
	{ofSnowflake, localsnowflake.ActionAppendRows, throttledBySnowflake},
	{ofSnowflake, localsnowflake.ActionOpenChannel, failedBySnowflake},
	{ofSnowflake, localsnowflake.ActionBulkChannelStatus, failedBySnowflake},
}

// spoils counts calls, and events of subscriptions, by what became of them.
type spoils struct{ refused, lost, events atomic.Int64 }

// spoilsFor is how long a spoiled action waits for calls. One that is rarely asked
// for would always be spoiled else.
const spoilsFor = 1500 * time.Millisecond

// services makes servers refuse a few calls, or lose the answers to them after
// they had their effect.
func (s *storm) services(ctx context.Context, dice *rand.Rand) {
	for sleep(ctx, between(dice, 800*time.Millisecond, 3*time.Second)) {
		a := spoiledActions[dice.IntN(len(spoiledActions))]
		calls := 1 + dice.IntN(6)
		effect, how := fault.Effect{Refuse: a.refusal}, &s.w.spoils.refused
		switch dice.IntN(4) {
		case 0:
			effect, how = fault.Effect{LoseAfter: true}, &s.w.spoils.lost
		case 1:
			effect, how = fault.Effect{CutAfter: 1 + dice.IntN(200)}, &s.w.spoils.lost
		}
		until := time.Now().Add(spoilsFor)
		a.injector(s.w.cloud).Set(a.name, fault.Times(calls, func(fault.Call) fault.Effect {
			if time.Now().After(until) {
				return fault.Effect{}
			}
			how.Add(1)
			return effect
		}))
		s.w.trace.say("service", "", "action", a.name, "calls", calls, "refused", effect.Refuse != nil)
	}
}

// skews sets a service's clock ten minutes off, or right again.
func (s *storm) skews(ctx context.Context, dice *rand.Rand) {
	for sleep(ctx, between(dice, 3*time.Second, 8*time.Second)) {
		service := dice.IntN(services)
		off := offsets[service][dice.IntN(len(offsets[service]))]
		if !s.w.skew(service, off) {
			continue
		}
		s.w.tally.do(func(t *tally) { t.clockJumps++ })
		s.w.trace.say("clock", "", "service", serviceNames[service], "off", off.String())
	}
}

// invalidate takes a channel from its writer now and then, as the service may.
func (s *storm) invalidate(ctx context.Context, dice *rand.Rand) {
	for sleep(ctx, between(dice, 8*time.Second, 16*time.Second)) {
		channels := s.w.cloud.Snowflake.Channels()
		if len(channels) == 0 {
			continue
		}
		name := channels[dice.IntN(len(channels))].Name
		if s.w.cloud.Snowflake.InvalidateChannel(name, "") == nil {
			s.w.tally.do(func(t *tally) { t.invalidated++ })
			s.w.trace.say("invalidate", "", "channel", name)
		}
	}
}
