package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/process"
)

// channelsOptions are the flags of bench channels.
type channelsOptions struct {
	channels int
	every    time.Duration
	length   time.Duration
}

// The figures, and the terms of the runs.
const (
	mostStatusCalls = 4 // a second
	mostAdded       = 1500 * time.Millisecond
	fewChannels     = 16 // of the run for the latency
	fewEvery        = 100 * time.Millisecond
	channelsRecord  = 200 // bytes
	channelsSettle  = 15 * time.Second
)

// channelsRun is what one run found.
type channelsRun struct {
	added     []time.Duration
	mostPolls int
	throttled int64
}

// runChannels is the campaign of many channels. It returns false where a figure
// is missed.
func runChannels(ctx context.Context, o channelsOptions) (good bool, err error) {
	many, err := o.run(ctx, o.channels, o.every, true)
	if err != nil {
		return false, err
	}
	few, err := o.run(ctx, fewChannels, fewEvery, false)
	if err != nil {
		return false, err
	}
	good = true
	say := func(what string, figure any, bound any, met bool) {
		good = good && met
		fmt.Printf("%s: %v, at most %v: %s\n", what, figure, bound, passed(met))
	}
	fmt.Printf("%d channels, a record in each every %s: every row arrived once and in order\n", o.channels, o.every)
	say("status calls within any second", many.mostPolls, mostStatusCalls, many.mostPolls <= mostStatusCalls)
	say("answers of 429", many.throttled+few.throttled, 0, many.throttled+few.throttled == 0)
	fmt.Printf("latency added, %d channels: p50 %s, p99 %s (for information: the status poll is 1 s above 100 channels)\n",
		o.channels, seconds(quantile(many.added, 0.5)), seconds(quantile(many.added, 0.99)))
	p99 := quantile(few.added, 0.99)
	fmt.Printf("latency added, %d channels with %d records a second each: p50 %s of %d records\n",
		fewChannels, time.Second/fewEvery, seconds(quantile(few.added, 0.5)), len(few.added))
	say("its p99", seconds(p99), seconds(mostAdded), p99 > 0 && p99 <= mostAdded)
	return good, nil
}

// run lets a connector work on so many channels for a while. Every row must have
// been committed once and in order at its end.
func (o channelsOptions) run(ctx context.Context, channels int, every time.Duration, told bool) (r channelsRun, err error) {
	dir, keyFile, err := makeKey()
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(dir)
	d := newDiary(shardsCommit)
	s := &shore{calls: map[string]int64{}, want: map[string]rowstore.ShardTally{}, diary: d,
		job: shoreJob{Shards: channels, Size: channelsRecord, Delay: shardsCommit, KeyFile: keyFile, Limits: true}}
	at, err := s.open()
	if err != nil {
		return r, err
	}
	seen := newShardsSeen(channels)
	p, err := process.New(fleetFile(fleetJob{At: at, Run: "channels", Shards: channels, KeyFile: keyFile, Dir: dir}), process.Options{
		Version: "bench", Stderr: io.Discard, // what a slow machine makes of it is no figure
		OnEvent: func(name string, e messages.Event) { seen.note(name, e); d.note(name, e) },
	})
	if err != nil {
		return r, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan int, 1)
	go func() { ended <- p.Run(ctx) }()
	if err = await(ctx, func() bool { return seen.sample().AllOpened > 0 }); err == nil {
		err = s.follow(ctx, every, o.length, told, &r)
	}
	if err == nil {
		err = await(ctx, func() bool { return d.left() == 0 })
	}
	stop()
	if code := <-ended; code != 0 {
		err = errors.Join(err, fmt.Errorf("the connector ended with %d", code))
	}
	if err == nil {
		err = s.verdict()
	}
	return r, errors.Join(err, s.close())
}

// follow feeds the shards, lets everything settle, and looks once a second.
func (s *shore) follow(ctx context.Context, every, length time.Duration, told bool, r *channelsRun) error {
	s.feed(every)
	defer s.feed(0)
	if !pause(ctx, channelsSettle) {
		return ctx.Err()
	}
	var t table
	if told {
		t = newTable(os.Stdout, "second", "records", "GetRecords", "appends", "opens", "status", "status in any second", "429", "added p50", "p99")
	}
	s.diary.begin()
	before := s.counts()
	for second := 1; second <= int(length/time.Second); second++ {
		if !pause(ctx, time.Second) {
			return ctx.Err()
		}
		now := s.counts()
		rate := func(action string) string { return fmt.Sprint(now[action] - before[action]) }
		added, polls, throttled := s.diary.take()
		r.added, r.mostPolls, r.throttled = append(r.added, added...), polls, throttled
		if told {
			t.row(fmt.Sprint(second), rate(countRecords), rate("GetRecords"), rate("AppendRows"), rate("OpenChannel"), rate("BulkChannelStatus"), fmt.Sprint(polls),
				fmt.Sprint(throttled), seconds(quantile(added, 0.5)), seconds(quantile(added, 0.99)))
		}
		before = now
	}
	if told {
		t.Flush()
	}
	return s.failed()
}

// close ends the servers.
func (s *shore) close() error {
	return errors.Join(s.snowflake.Close(), s.dynamo.Close(), s.kinesis.Close())
}

// await waits until something is there, for two minutes.
func await(ctx context.Context, there func() bool) error {
	for end := time.Now().Add(shardsOpenWait); !there(); {
		if time.Now().After(end) {
			return fmt.Errorf("the channels are not where they should be after %s", shardsOpenWait)
		}
		if !pause(ctx, 50*time.Millisecond) {
			return ctx.Err()
		}
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
