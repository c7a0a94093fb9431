package supervisor

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// pages is a log that may be read while it is written.
type pages struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write implements io.Writer.
func (p *pages) Write(line []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(line)
}

func (p *pages) count(text string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Count(p.text.String(), text)
}

// TestKP01AShardWithoutAnOwnerWakesPeople: the log says it once, the health is
// DEGRADED, the metric is above zero, and all of it is over with the cause.
func TestKP01AShardWithoutAnOwnerWakesPeople(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := fleetOf(t, 1)
		log, registry := &pages{}, prometheus.NewRegistry()
		p := testPlant(w.cloud, "orders", "p1", Host{Log: zerolog.New(log), Metrics: registry})
		if err := p.openMetrics(); err != nil {
			t.Fatal(err)
		}
		pid, err := w.system.Root.SpawnNamed(p.props(func() actor.Actor { return &connector{plant: p} }), "orders")
		if err != nil {
			t.Fatal(err)
		}
		w.processes = append(w.processes, &process{p, pid})
		demand := func(when string, health messages.Health, shards float64, told int) {
			t.Helper()
			if s := p.published.Load(); s.Health != health || len(s.Unowned) != int(shards) {
				t.Errorf("%s: %s %q, unowned %v", when, s.Health, s.Why, s.Unowned)
			}
			if got := gauge(t, registry, "kinesnow_shards_unowned"); got != shards {
				t.Errorf("%s: the metric is %v", when, got)
			}
			if n := log.count("no process has worked on this shard"); n != told {
				t.Errorf("%s: told %d times", when, n)
			}
		}
		time.Sleep(time.Minute)
		w.cloud.Play(func(op string, _ int) actorstest.Effect {
			if op == "Claim" {
				return actorstest.Effect{Err: actorstest.Refusal(messages.Transient, messages.ReasonThrottled, "")}
			}
			return actorstest.Effect{}
		})
		w.cloud.Stream.AddShard(actorstest.ShardID(1))
		w.cloud.Stream.Put(actorstest.ShardID(1), 5)
		time.Sleep(2 * time.Minute)
		demand("before its time", messages.Flowing, 0, 0)
		time.Sleep(2 * time.Minute)
		demand("nobody can claim it", messages.Degraded, 1, 1)
		w.cloud.Play(nil)
		time.Sleep(30 * time.Second)
		demand("somebody has", messages.Flowing, 0, 1)
		w.endWhole()
	})
}

// gauge is the value of a metric without labels of its own.
func gauge(t *testing.T, registry *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}
