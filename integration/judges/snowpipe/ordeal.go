package snowpipe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
)

// ordeal is a fault that a client must survive with every row once.
type ordeal struct {
	actions []string // each of them fails on its own
	effect  fault.Effect
	times   int // how often an action fails in each round
	rounds  int // 2: from the first call on, and again after some rows
	rows    int // of each round
	size    int // bytes of a row's text
}

// refuse is the effect of a refusal.
func refuse(status int, code string) fault.Effect {
	return fault.Effect{Refuse: &fault.Refusal{Status: status, Code: code, Message: "injected"}}
}

// survive lets the first calls of an action fail, and the same number again
// after some rows.
func survive(action string, times int, effect fault.Effect) func(context.Context, *trial) (string, error) {
	return func(ctx context.Context, t *trial) (string, error) {
		return t.surviving(ctx, ordeal{actions: []string{action}, effect: effect, times: times, rounds: 2, rows: 1000, size: 100})
	}
}

// surviveAtBegin is for actions that are called at the beginning alone.
func surviveAtBegin(times int, effect fault.Effect, actions ...string) func(context.Context, *trial) (string, error) {
	return func(ctx context.Context, t *trial) (string, error) {
		return t.surviving(ctx, ordeal{actions: actions, effect: effect, times: times, rounds: 1, rows: 1000, size: 100})
	}
}

// surviveFiles does it with rows that go by the stage.
func surviveFiles(action string, effect fault.Effect) func(context.Context, *trial) (string, error) {
	return func(ctx context.Context, t *trial) (string, error) {
		return t.surviving(ctx, ordeal{actions: []string{action}, effect: effect, times: 1, rounds: 2, rows: 1000, size: 10000})
	}
}

// outcome is what an ordeal came to.
type outcome struct {
	rows       int   // delivered
	fired      int64 // calls that failed
	resent     int   // appends that came again, byte for byte
	recognised int64 // batches that the service knew already
	reopened   int   // times that the SDK gave the channel up
}

func (o outcome) String() string {
	text := fmt.Sprintf("%d rows once and in order; %d calls failed, %d appends sent again byte for byte, %d batches recognised as repeats",
		o.rows, o.fired, o.resent, o.recognised)
	if o.reopened > 0 {
		text += fmt.Sprintf("; the SDK gave the channel up %d times", o.reopened)
	}
	return text
}

// surviving puts the SDK through an ordeal and holds what must come of it.
func (t *trial) surviving(ctx context.Context, o ordeal) (string, error) {
	var got outcome
	for round := range o.rounds {
		fired := t.inject(o)
		if round == 0 {
			if err := t.begin(ctx); err != nil {
				return "", err
			}
		}
		// A status may tell that rows are committed before the SDK made every
		// call that is to fail: then it gets more rows to send.
		want := int64(o.times * len(o.actions))
		for part := 0; part == 0 || fired.Load() < want; part++ {
			if part == 10 {
				return "", fmt.Errorf("%s failed %d times instead of %d: the SDK called it no more", strings.Join(o.actions, " and "), fired.Load(), want)
			}
			if err := t.deliverMore(ctx, &got, o.rows, o.size); err != nil {
				return "", err
			}
		}
		got.fired += fired.Load()
	}
	// What the last fault did shows at the latest in rows after it.
	if err := t.deliverMore(ctx, &got, 100, o.size); err != nil {
		return "", err
	}
	if err := t.each(got.rows); err != nil {
		return "", err
	}
	c, err := t.only()
	if err != nil {
		return "", err
	}
	got.recognised = c.RepeatedBatches
	if got.resent, err = repeats(t.seen.rows(channel)); err != nil {
		return "", err
	}
	return got.String(), o.hold(t.sdk, got)
}

// inject sets the ordeal's faults anew and counts how often they fire.
func (t *trial) inject(o ordeal) *atomic.Int64 {
	fired := &atomic.Int64{}
	for _, action := range o.actions {
		t.Faults().Set(action, fault.Times(o.times, func(fault.Call) fault.Effect {
			fired.Add(1)
			return o.effect
		}))
	}
	return fired
}

// hold compares an outcome with what an SDK must do. Both send an append that
// was refused, or whose answer was lost, again as it was, and keep the
// channel. Of an answer that was cut off the one makes a lost answer, and the
// other gives the channel up: see sdk.givesUp.
func (o ordeal) hold(s sdk, got outcome) error {
	want := int64(o.rounds * o.times * len(o.actions))
	appends, lost := o.actions[0] == localsnowflake.ActionAppendRows, o.effect.LoseAfter || o.effect.CutAfter > 0
	givesUp := s.givesUp && o.effect.CutAfter > 0
	switch {
	case got.fired != want:
		return fmt.Errorf("%d calls failed, not %d: %v", got.fired, want, got)
	case givesUp && int64(got.reopened) != want:
		return fmt.Errorf("the SDK was to give the channel up at each of %d answers that were cut off: %v", want, got)
	case !givesUp && got.reopened != 0:
		return fmt.Errorf("the SDK was to keep the channel: %v", got)
	case appends && o.effect.Refuse != nil && (int64(got.resent) != want || got.recognised != 0):
		return fmt.Errorf("each of %d refused appends was to come again, and be new: %v", want, got)
	case appends && lost && !givesUp && (got.resent == 0 || got.recognised == 0):
		return fmt.Errorf("an append whose answer is lost was to come again and be recognised: %v", got)
	case o.actions[0] == localsnowflake.ActionFileBuffer && lost && got.recognised == 0:
		return fmt.Errorf("a registration whose answer is lost was to come again and be recognised: %v", got)
	}
	return nil
}

// deliverMore delivers the rows after those that were delivered.
func (t *trial) deliverMore(ctx context.Context, got *outcome, rows, size int) error {
	files := len(t.seen.to("**/channels/" + channel + "/filebuffer"))
	reopened, err := t.deliver(ctx, got.rows, got.rows+rows, size)
	got.rows += rows
	got.reopened += reopened
	if err == nil && rows*size >= 10_000_000 && len(t.seen.to("**/channels/"+channel+"/filebuffer")) == files {
		return errors.New("no row went by the stage")
	}
	return err
}

// deliver appends rows and waits for their commit. Where the SDK gives the
// channel up it does what the SDK then asks for: opens again, and sends what
// the committed token says is missing.
func (t *trial) deliver(ctx context.Context, first, end, size int) (reopened int, err error) {
	for next := first; ; reopened++ {
		err := t.tellAll(ctx, generate("c", channel, next, end-next, 100, size), wait("c", channel, end-1))
		said := raised(err)
		if err == nil || said == nil || said.Name != "InvalidChannelError" || reopened == 3 {
			return reopened, err
		}
		a, err := t.reopen(ctx)
		if err != nil {
			return reopened, err
		}
		next = 0
		if a.Status.Committed != nil {
			if next, err = strconv.Atoi(a.Status.token()); err != nil {
				return reopened, err
			}
			next++
		}
	}
}

// repeats counts appends that were sent again with the same continuation
// token. They must be the same byte for byte.
func repeats(sent []localsnowflake.Exchange) (n int, err error) {
	first := map[string]localsnowflake.Exchange{}
	for _, x := range sent {
		if x.Header.Get("Content-Length") != strconv.Itoa(len(x.Body)) {
			continue // lost on its way
		}
		q := x.URL.Query()
		token := q.Get("continuationToken")
		before, again := first[token]
		if !again {
			first[token] = x
			continue
		}
		n++
		was := before.URL.Query()
		for _, name := range []string{"requestId", "retryCount"} {
			was.Del(name)
			q.Del(name)
		}
		if !bytes.Equal(before.Body, x.Body) || was.Encode() != q.Encode() {
			return n, fmt.Errorf("token %s was used again with other bytes or offsets: %s, then %s", token, before.URL, x.URL)
		}
	}
	return n, nil
}

// unauthorized is how the service refuses a scoped token that it forgot.
var unauthorized = refuse(http.StatusUnauthorized, localsnowflake.CodeTokenExpired)
