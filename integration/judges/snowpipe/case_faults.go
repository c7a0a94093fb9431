package snowpipe

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
)

// faultCases are what a client must survive with every row once.
var faultCases = []trialCase{
	{operation: "append refused with 429", run: survive(localsnowflake.ActionAppendRows, 3, refuse(http.StatusTooManyRequests, "7"))},
	{operation: "append refused with 503", run: survive(localsnowflake.ActionAppendRows, 3, refuse(http.StatusServiceUnavailable, ""))},
	{operation: "append refused with 500", run: survive(localsnowflake.ActionAppendRows, 2, refuse(http.StatusInternalServerError, "ERR_INTERNAL"))},
	{operation: "append answered, answer lost", run: survive(localsnowflake.ActionAppendRows, 2, fault.Effect{LoseAfter: true})},
	{operation: "append lost on its way", run: survive(localsnowflake.ActionAppendRows, 2, fault.Effect{LoseBefore: true})},
	{operation: "append's answer cut off", run: survive(localsnowflake.ActionAppendRows, 2, fault.Effect{CutAfter: 10})},
	{operation: "append refused with 401", run: tokenRefused},
	{operation: "tokens that expire", options: localsnowflake.Options{TokenLife: 4 * time.Second}, run: tokensExpire},
	{operation: "open refused with 429", run: survive(localsnowflake.ActionOpenChannel, 2, refuse(http.StatusTooManyRequests, "87"))},
	{operation: "open answered, answer lost", run: survive(localsnowflake.ActionOpenChannel, 1, fault.Effect{LoseAfter: true})},
	{operation: "status refused with 503", run: survive(localsnowflake.ActionBulkChannelStatus, 3, refuse(http.StatusServiceUnavailable, ""))},
	{operation: "host and token refused with 503", run: survive("", 2, refuse(http.StatusServiceUnavailable, ""))},
	{operation: "file refused with 503", fresh: true, run: surviveFiles(localsnowflake.ActionPutObject, fault.Effect{Refuse: &fault.Refusal{Status: 503, Code: "SlowDown", Message: "Please reduce your request rate."}})},
	{operation: "file stored, answer lost", fresh: true, run: surviveFiles(localsnowflake.ActionPutObject, fault.Effect{LoseAfter: true})},
	{operation: "registration answered, answer lost", fresh: true, run: surviveFiles(localsnowflake.ActionFileBuffer, fault.Effect{LoseAfter: true})},
	{operation: "slow commits", run: slowCommits},
}

func refuse(status int, code string) fault.Effect {
	return fault.Effect{Refuse: &fault.Refusal{Status: status, Code: code, Message: "injected"}}
}

// survive lets the first calls of an action fail, and the same number again
// after some rows.
func survive(action string, times int, effect fault.Effect) func(context.Context, *trial) (string, error) {
	return func(ctx context.Context, t *trial) (string, error) {
		return t.surviving(ctx, action, times, effect, 2000, 100)
	}
}

// surviveFiles does it with rows that go by the stage.
func surviveFiles(action string, effect fault.Effect) func(context.Context, *trial) (string, error) {
	return func(ctx context.Context, t *trial) (string, error) {
		held, err := t.surviving(ctx, action, 1, effect, 2000, 10000)
		if err == nil && len(t.seen.to("**/channels/"+channel+"/filebuffer")) == 0 {
			return "", fmt.Errorf("no row went by the stage")
		}
		return held, err
	}
}

func (t *trial) surviving(ctx context.Context, action string, times int, effect fault.Effect, rows, size int) (string, error) {
	half := rows / 2
	inject := func() { t.Faults().Set(action, fault.Times(times, fault.Always(effect))) }
	inject()
	if err := t.tellAll(ctx, client("c"), open("c", channel)); err != nil {
		return "", err
	}
	reopened, err := t.deliver(ctx, 0, half, size)
	if err != nil {
		return "", err
	}
	inject()
	more, err := t.deliver(ctx, half, rows, size)
	if err != nil {
		return "", err
	}
	if err := t.each(rows); err != nil {
		return "", err
	}
	repeated, err := repeats(t.seen.rows(channel))
	if err != nil {
		return "", err
	}
	held := fmt.Sprintf("%d rows once and in order; %d appends sent again byte for byte, %d recognised as repeats",
		rows, repeated, t.Channels()[0].RepeatedBatches)
	if reopened += more; reopened > 0 {
		held += fmt.Sprintf("; the SDK gave the channel up %d times", reopened)
	}
	return held, nil
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

// tokenRefused lets the service forget a scoped token.
func tokenRefused(ctx context.Context, t *trial) (string, error) {
	if err := t.begin(ctx); err != nil {
		return "", err
	}
	before := len(t.seen.to("/oauth/token"))
	held, err := t.surviving(ctx, localsnowflake.ActionAppendRows, 1, refuse(http.StatusUnauthorized, localsnowflake.CodeTokenExpired), 1000, 100)
	if err != nil {
		return "", err
	}
	after := len(t.seen.to("/oauth/token"))
	if after <= before {
		return "", fmt.Errorf("no new token was asked for")
	}
	return held + "; a new token was exchanged", nil
}

func tokensExpire(ctx context.Context, t *trial) (string, error) {
	if err := t.begin(ctx); err != nil {
		return "", err
	}
	const parts, each = 5, 100
	for part := range parts {
		if err := t.tellAll(ctx, generate("c", channel, part*each, each, 50, 100), wait("c", channel, (part+1)*each-1)); err != nil {
			return "", err
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	exchanges := len(t.seen.to("/oauth/token"))
	if exchanges < 2 {
		return "", fmt.Errorf("%d exchanges in more than one life", exchanges)
	}
	if exchanges > 1000 {
		return "", fmt.Errorf("%d exchanges", exchanges)
	}
	return fmt.Sprintf("%d exchanges of tokens that live 4 s; %d rows once and in order", exchanges, parts*each), t.each(parts * each)
}

func slowCommits(ctx context.Context, t *trial) (string, error) {
	t.SetCommitDelay(5 * time.Second)
	err := t.tellAll(ctx, client("c"), open("c", channel), generate("c", channel, 0, 1000, 100, 100), wait("c", channel, 999))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("1,000 rows; %d status requests in 5 s", len(t.seen.to("**:bulk-channel-status"))), t.each(1000)
}
