package quakes

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// moment is what can be seen from outside at one time.
type moment struct {
	channels map[string]channel // SHOW CHANNELS
	leases   map[string]lease   // scan of the lease table
	rows     int64              // SELECT count(*)
}

func (f *flow) look() (m moment, err error) {
	var errs [3]error
	m.channels, errs[0] = f.warehouse.channels("QUAKES")
	m.leases, errs[1] = f.aws.leases(leaseTable)
	m.rows, errs[2] = f.warehouse.rows("QUAKES")
	return m, errors.Join(errs[:]...)
}

// killInFlight waits until an append is accepted and uncommitted, kills the
// connector with kill -9 and starts its successor. It reports whether the kill
// is proven to have left rows in flight: Snowflake's token moves after the
// death, before anybody opened the channel again. Nothing but appends that were
// accepted before can have moved it.
func (f *flow) killInFlight(ctx context.Context, config string, n int, d *feed) (bool, error) {
	shard, before, err := f.acceptedAppend(ctx)
	if err != nil {
		return false, err
	}
	pid := f.running.command.Process.Pid
	if err := f.running.kill(); err != nil {
		return false, err
	}
	died := time.Now()
	dead, err := f.look()
	if err != nil {
		return false, err
	}
	f.t.say("\nkill -9 of process %d, number %d, after %d records were put: an append of shard %s had just been accepted", pid, n, d.sent.Load(), short(shard))
	if _, err := startConnector(ctx, f, config); err != nil {
		return false, err
	}
	landed, after, err := f.untilTokenMoves(ctx, shard, dead.channels[shard], died)
	if err != nil {
		return false, err
	}
	taken, err := f.untilTakenOver(ctx, shard, dead)
	if err != nil {
		return false, err
	}
	listing := [][]string{{"", "shard", "token in Snowflake", "opening", "append", "lease owner", "epoch", "committedToken", "settled", "rows in table"}}
	for _, one := range []struct {
		when string
		m    moment
	}{{"before the kill", before}, {"dead", dead}, {"dead, +" + fmt.Sprintf("%.1f s", landed.Seconds()), after}, {"taken over", taken}} {
		listing = append(listing, one.m.row(one.when, shard))
	}
	f.t.table(listing...)
	t0, t1 := dead.channels[shard], after.channels[shard]
	proven := t0.client == t1.client && t0.token != t1.token
	if proven {
		f.t.verdict(fmt.Sprintf("kill %d in flight", n), true, "shard %s's token moved %s -> %s %.1f s after the death, in the opening of the dead: its append was accepted and uncommitted",
			short(shard), brief(t0.token), brief(t1.token), landed.Seconds())
	}
	f.t.verdict(fmt.Sprintf("kill %d: successor", n), taken.leases[shard].Epoch != dead.leases[shard].Epoch && taken.channels[shard].client > t0.client || taken.leases[shard].State != "",
		"it took the lease (epoch %s -> %s) and opened the channel anew (opening %d -> %d)",
		dead.leases[shard].Epoch, taken.leases[shard].Epoch, t0.client, taken.channels[shard].client)
	return proven, nil
}

// row is a moment's view of one shard, for the transcript.
func (m moment) row(when, shard string) []string {
	c, l := m.channels[shard], m.leases[shard]
	return []string{when, short(shard), brief(c.token), fmt.Sprint(c.client), fmt.Sprint(c.row), clip(l.Owner), l.Epoch, brief(l.Committed), l.Settled, fmt.Sprint(m.rows)}
}

const lookEvery = 25 * time.Millisecond

// acceptedAppend watches the channels until one has taken an append since the
// last look. Its commit is due a commit delay later.
func (f *flow) acceptedAppend(ctx context.Context) (string, moment, error) {
	deadline := time.Now().Add(30 * time.Second)
	last, err := f.warehouse.channels("QUAKES")
	for err == nil && time.Now().Before(deadline) {
		if !pause(ctx, lookEvery) {
			return "", moment{}, ctx.Err()
		}
		var now map[string]channel
		if now, err = f.warehouse.channels("QUAKES"); err != nil {
			break
		}
		for _, id := range sortedKeys(now) {
			was, known := last[id]
			if known && was.client == now[id].client && now[id].row > was.row {
				m, err := f.look()
				return id, m, err
			}
		}
		last = now
	}
	if err == nil {
		err = errors.New("no channel took an append within 30 s")
	}
	return "", moment{}, err
}

// untilTokenMoves waits until a dead process's append commits, or its channel
// is opened again, and tells how long after the death that was.
func (f *flow) untilTokenMoves(ctx context.Context, shard string, was channel, died time.Time) (time.Duration, moment, error) {
	for time.Since(died) < commitDelay+takeover {
		channels, err := f.warehouse.channels("QUAKES")
		if err != nil {
			return 0, moment{}, err
		}
		if now := channels[shard]; now.token != was.token || now.client != was.client {
			break
		}
		if !pause(ctx, lookEvery) {
			return 0, moment{}, ctx.Err()
		}
	}
	m, err := f.look()
	return time.Since(died), m, err
}

// takeover bounds how long a successor needs: a lease and some.
const takeover = 20 * time.Second

// untilTakenOver waits until the successor has opened the shard's channel and
// its lease row shows what Snowflake has committed since.
func (f *flow) untilTakenOver(ctx context.Context, shard string, dead moment) (moment, error) {
	deadline := time.Now().Add(takeover)
	for {
		m, err := f.look()
		if err != nil {
			return m, err
		}
		l := m.leases[shard]
		opened := m.channels[shard].client > dead.channels[shard].client && before(sequenceOf(dead.leases[shard].Committed), sequenceOf(l.Committed))
		if opened || l.State != "" || time.Now().After(deadline) {
			return m, nil
		}
		if !pause(ctx, lookEvery) {
			return m, ctx.Err()
		}
	}
}
