package actors

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// pods are processes that claim node slots of one table and beat in them.
type pods struct {
	t     *testing.T
	table *actorstest.Table
	born  int
	alive []*pod
	most  int // rows at once
}

type pod struct {
	node messages.NodeRow
	dead chan struct{}
}

// start claims a slot for another process, and beats in it until it is over.
func (p *pods) start() {
	p.t.Helper()
	p.born++
	l := NewLease(LeaseSettings{Table: p.table, Process: "process-" + strconv.Itoa(p.born), Duration: leaseTime, Renew: 5 * time.Second, Log: zerolog.Nop()})
	node, err := l.claimNode()
	if err != nil {
		p.t.Fatal(err)
	}
	if slices.ContainsFunc(p.alive, func(other *pod) bool { return other.node.Node == node.Node }) {
		p.t.Fatalf("process %d was given %s, in which another one beats", p.born, node.Node)
	}
	fresh := &pod{node, make(chan struct{})}
	go func() {
		beat := time.NewTicker(5 * time.Second)
		defer beat.Stop()
		for {
			select {
			case <-beat.C:
				if err := p.table.Beat(p.t.Context(), node); err != nil {
					p.t.Errorf("%s of %s: %v", node.Node, node.Process, err)
				}
			case <-fresh.dead:
				return
			}
		}
	}()
	p.alive = append(p.alive, fresh)
	p.most = max(p.most, len(p.table.Nodes()))
}

// end ends the i-th: in order, or at once.
func (p *pods) retire(i int) { _ = p.table.RetireNode(p.t.Context(), p.kill(i)) }
func (p *pods) kill(i int) messages.NodeRow {
	old := p.alive[i]
	p.alive = slices.Delete(p.alive, i, i+1)
	close(old.dead)
	return old.node
}

// TestAThousandRestartsLeaveAFewRows, however they ended and however soon. No
// right to delete an item is there (P20): a row stays for ever.
func TestAThousandRestartsLeaveAFewRows(t *testing.T) {
	for _, c := range []struct {
		name string
		life time.Duration // at most
		kill int           // of 100
		rows int
	}{
		{"in order", 2 * time.Minute, 0, 1},
		{"killed", 2 * time.Minute, 100, idleSlots + 1},
		{"killed at once", time.Second, 100, idleSlots + 1},
		{"killed now and then", time.Minute, 20, idleSlots + 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dice := rand.New(rand.NewPCG(1, 2))
				p := &pods{t: t, table: actorstest.NewCloud().Table}
				for range 1000 {
					p.start()
					time.Sleep(time.Duration(dice.Int64N(int64(c.life))))
					if dice.IntN(100) < c.kill {
						p.kill(0)
					} else {
						p.retire(0)
					}
				}
				if p.most > c.rows {
					t.Errorf("%d rows, want at most %d", p.most, c.rows)
				}
			})
		})
	}
}

// TestADeploymentThatRollsAThousandTimesLeavesAFewRows: each new pod begins
// beside the old one, which ends in order or, one time in three, is killed. The
// rows are as many as were alive at once, and those that may be dead.
func TestADeploymentThatRollsAThousandTimesLeavesAFewRows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const replicas = 8
		dice := rand.New(rand.NewPCG(1, 2))
		p := &pods{t: t, table: actorstest.NewCloud().Table}
		for range replicas {
			p.start()
		}
		for i := range 1000 {
			p.start()
			time.Sleep(time.Duration(dice.Int64N(int64(30 * time.Second))))
			if i%3 == 0 {
				p.kill(dice.IntN(replicas))
			} else {
				p.retire(dice.IntN(replicas))
			}
		}
		if want := idleSlots + replicas + 1; p.most > want {
			t.Errorf("%d rows, want at most %d", p.most, want)
		}
		for len(p.alive) > 0 {
			p.kill(0)
		}
	})
}
