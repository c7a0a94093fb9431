package snowpipe

import (
	"context"
	"fmt"
	"net/http"
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
	{operation: "open refused with 429", run: surviveAtBegin(2, refuse(http.StatusTooManyRequests, "87"), localsnowflake.ActionOpenChannel)},
	{operation: "open answered, answer lost", run: surviveAtBegin(1, fault.Effect{LoseAfter: true}, localsnowflake.ActionOpenChannel)},
	{operation: "status refused with 503", run: survive(localsnowflake.ActionBulkChannelStatus, 3, refuse(http.StatusServiceUnavailable, ""))},
	{operation: "host and token refused with 503", fresh: true,
		run: surviveAtBegin(2, refuse(http.StatusServiceUnavailable, ""), localsnowflake.ActionHostname, localsnowflake.ActionOauthToken)},
	{operation: "file refused with 503", fresh: true, run: surviveFiles(localsnowflake.ActionPutObject, fault.Effect{Refuse: &fault.Refusal{Status: 503, Code: "SlowDown", Message: "Please reduce your request rate."}})},
	{operation: "file stored, answer lost", fresh: true, run: surviveFiles(localsnowflake.ActionPutObject, fault.Effect{LoseAfter: true})},
	{operation: "registration answered, answer lost", fresh: true, run: surviveFiles(localsnowflake.ActionFileBuffer, fault.Effect{LoseAfter: true})},
	{operation: "slow commits", run: slowCommits},
}

// tokenRefused lets the service forget a scoped token.
func tokenRefused(ctx context.Context, t *trial) (string, error) {
	held, err := survive(localsnowflake.ActionAppendRows, 1, unauthorized)(ctx, t)
	if err != nil {
		return "", err
	}
	// One token at the beginning, and one after each refusal.
	if n := len(t.seen.to("/oauth/token")); n < 3 {
		return "", fmt.Errorf("%d tokens were asked for, not 3", n)
	}
	return held + "; a new token was exchanged each time", nil
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
