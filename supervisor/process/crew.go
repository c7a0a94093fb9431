package process

import (
	"errors"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/messages"
)

const (
	inspectWithin = 2 * time.Second
	respawnFirst  = time.Second      // after a connector died
	steadyLife    = 30 * time.Second // a life this long forgives earlier deaths
	maxDeaths     = 5                // in a row, each after a shorter life
)

// crew is the connectors of the process. A connector that crashes is restarted
// in place by the actor library, up to ten times in ten seconds; one that died
// of that is spawned again here, after a pause.
type crew struct {
	system  *actor.ActorSystem
	log     zerolog.Logger
	members []*member
	within  time.Duration // an answer to Inspect that takes longer is none
	pause   time.Duration // before the first respawn; doubled each time
	ending  bool          // the connectors are being drained: a death is what was asked for
}

// member is one connector. Its props are made once: they carry everything that
// outlives the actor.
type member struct {
	name   string
	props  *actor.Props
	pid    *actor.PID
	born   time.Time
	again  time.Time // when it is to be spawned again; zero = it lives
	deaths int
	lost   bool // it died too often
}

// sighting is one look at a connector.
type sighting struct {
	name  string
	state *messages.State // nil = no answer this time
	lost  bool            // it died, and is not spawned again
}

// spawn starts every connector.
func (c *crew) spawn() error {
	for _, m := range c.members {
		if err := c.start(m); err != nil {
			return err
		}
	}
	return nil
}

// start spawns a connector under its name. A few names are the library's own.
func (c *crew) start(m *member) error {
	pid, err := c.system.Root.SpawnNamed(m.props, m.name)
	if errors.Is(err, actor.ErrNameExists) {
		pid, err = c.system.Root.SpawnNamed(m.props, "connector-"+m.name)
	}
	if err != nil {
		return err
	}
	m.pid, m.born, m.again = pid, time.Now(), time.Time{}
	return nil
}

// look asks every connector how it is, side by side, and deals with those that
// died.
func (c *crew) look() []sighting {
	round := make([]sighting, len(c.members))
	var all sync.WaitGroup
	for i, m := range c.members {
		round[i] = sighting{name: m.name, lost: m.lost}
		if m.lost || !m.again.IsZero() {
			continue
		}
		all.Go(func() {
			answer, err := c.system.Root.RequestFuture(m.pid, &messages.Inspect{}, c.within).Result()
			if state, ok := answer.(*messages.State); ok {
				round[i].state = state
			}
			if errors.Is(err, actor.ErrDeadLetter) && !c.ending {
				c.died(m, time.Now())
				round[i].lost = m.lost
			}
		})
	}
	all.Wait()
	c.respawn(time.Now())
	return round
}

// died books a death, and when the connector is to live again.
func (c *crew) died(m *member, now time.Time) {
	if now.Sub(m.born) >= steadyLife {
		m.deaths = 0
	}
	if m.deaths++; m.deaths >= maxDeaths {
		m.lost = true
		c.log.Error().Str("connector", m.name).Int("deaths", m.deaths).Msg("connector died again and again; it is given up")
		return
	}
	m.again = now.Add(c.pause << (m.deaths - 1))
	c.log.Error().Str("connector", m.name).Time("again", m.again).Msg("connector died; it is spawned again")
}

func (c *crew) respawn(now time.Time) {
	for _, m := range c.members {
		if c.ending || m.again.IsZero() || now.Before(m.again) {
			continue
		}
		if err := c.start(m); err != nil {
			c.log.Error().Str("connector", m.name).Err(err).Msg("connector cannot be spawned")
			c.died(m, now)
		}
	}
}

// living returns the PIDs of the connectors that live, as far as is known.
func (c *crew) living() []*actor.PID {
	var pids []*actor.PID
	for _, m := range c.members {
		if !m.lost && m.again.IsZero() {
			pids = append(pids, m.pid)
		}
	}
	return pids
}
