package servers

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/messages"
)

// expectation is one thing that the service does, by its documentation or by
// what its own clients rely on. ask says in the same words what a server did.
type expectation struct {
	operation string
	want      string
	ask       func(ctx context.Context, server pipeServer) (did string, err error)
}

// channelName is such as the connector makes them.
const channelName = "orders-app-orders-0123456789-shardId-000000000000"

// expectations are all of them. Each has a table of its own.
func expectations() []expectation {
	return []expectation{
		{"open: a new channel", "healthy, made now, no token, no rows", openNew},
		{"open: status code", "SUCCESS", openCode},
		{"open: a table that is not there", "refused: TARGET_MISSING", openMissing},
		{"credentials: a key that nobody registered", "refused: ACCESS_DENIED", stranger},
		{"append: zstd", "3 rows as sent, another token", appendAs(snowpipe.Zstd)},
		{"append: gzip", "3 rows as sent, another token", appendAs(snowpipe.Gzip)},
		{"append: uncompressed", "3 rows as sent, another token", appendAs(snowpipe.None)},
		{"default pipe: the table of its rows", "the table", holder},
		{"default pipe: of a table in lower case", "taken, 3 rows as sent", lowerCase},
		{"status: counters", "3 inserted, 3 parsed, 0 errors", counters},
		{"status: the committed token", "the batch's end", committed},
		{"status: a channel that nobody opened", "absent", unknownStatus},
		{"open: again, after a commit", "made then, token 3, 3 rows inserted", reopen},
		{"append: the token of an earlier opening", "refused: fenced, stale", fenced},
		{"append: repeated under its token", "taken, 3 rows as sent", repeated},
		{"append: a channel that nobody opened", "refused: transient, gone", unknownAppend},
		{"drop: then open", "gone from status, dropped twice, made anew without token and rows", drop},
		{"row of the wrong type", "taken, 2 of 3 rows are there", wrongType},
		{"row of the wrong type: in the status", "1 error up to token 3, with a message, now", wrongTypeStatus},
		{"line that is no JSON", "taken, 2 of 3 rows are there", noJSON},
		{"key that only a later row has", "taken, its column is there", laterRow},
		{"key that only a later batch has", "taken, its column is there", laterBatch},
	}
}

// refusal words an error as an expectation does.
func refusal(err error) (string, error) {
	var f *messages.Fault
	switch {
	case err == nil:
		return "taken", nil
	case !errors.As(err, &f):
		return "", err
	case f.Stop != "":
		return "refused: " + string(f.Stop), nil
	}
	return strings.ToLower(fmt.Sprintf("refused: %v, %v", f.Class, f.Reason)), nil
}

// recent tells whether a time is about now.
func recent(t time.Time) string {
	if age := time.Since(t); age < -time.Minute || age > time.Minute {
		return fmt.Sprintf("%s ago", age.Round(time.Second))
	}
	return "now"
}

func openNew(ctx context.Context, server pipeServer) (string, error) {
	c, err := newPipeCase(ctx, server, nil)
	if err != nil {
		return "", err
	}
	o, err := c.client.Open(ctx, channelName, true)
	if err != nil {
		return "", err
	}
	did := []string{"unhealthy", "made " + recent(time.UnixMilli(o.CreatedMS)), "token " + o.Token, fmt.Sprintf("%d rows", o.RowsParsed)}
	if o.Healthy {
		did[0] = "healthy"
	}
	if o.Token == "" {
		did[2] = "no token"
	}
	if o.RowsInserted+o.RowsParsed+o.RowsErrors == 0 {
		did[3] = "no rows"
	}
	return strings.Join(did, ", "), nil
}

func openCode(ctx context.Context, server pipeServer) (string, error) {
	c, err := newPipeCase(ctx, server, nil)
	if err != nil {
		return "", err
	}
	o, err := c.client.Open(ctx, channelName, true)
	if err != nil {
		return "", err
	}
	return o.Code, nil
}

func openMissing(ctx context.Context, server pipeServer) (string, error) {
	c := &pipeCase{server: server, table: "NOWHERE"}
	if err := c.connect(nil); err != nil {
		return "", err
	}
	_, err := c.client.Open(ctx, channelName, true)
	return refusal(err)
}

func stranger(ctx context.Context, server pipeServer) (string, error) {
	tokens, err := strangerTokens()
	if err != nil {
		return "", err
	}
	c, err := newPipeCase(ctx, server, func(c *snowpipe.Config) { c.Tokens = tokens })
	if err != nil {
		return "", err
	}
	_, err = c.client.Open(ctx, channelName, true)
	return refusal(err)
}

func appendAs(compression snowpipe.Compression) func(context.Context, pipeServer) (string, error) {
	return func(ctx context.Context, server pipeServer) (string, error) {
		c, err := newPipeCase(ctx, server, func(c *snowpipe.Config) { c.Compression = compression })
		if err != nil {
			return "", err
		}
		o, next, err := c.opened(ctx, channelName, three...)
		if err != nil {
			return "", err
		}
		if _, err := c.status(ctx, channelName, 3); err != nil {
			return "", err
		}
		did, err := c.reads(ctx, three...)
		if next == o.Continuation {
			return did + ", the same token", err
		}
		return did + ", another token", err
	}
}

func holder(ctx context.Context, server pipeServer) (string, error) {
	c, err := newPipeCase(ctx, server, nil)
	if err != nil {
		return "", err
	}
	if _, _, err := c.opened(ctx, channelName, three...); err != nil {
		return "", err
	}
	if _, err := c.status(ctx, channelName, 3); err != nil {
		return "", err
	}
	name, err := server.holder(ctx, c.table)
	return strings.Replace(name, c.table, "the table", 1), err
}

func lowerCase(ctx context.Context, server pipeServer) (string, error) {
	c, err := namedPipeCase(ctx, server, "lower case", nil)
	if err != nil {
		return "", err
	}
	_, _, err = c.opened(ctx, channelName, three...)
	answer, err := refusal(err)
	if err != nil || answer != "taken" {
		return answer, err
	}
	if _, err := c.status(ctx, channelName, 3); err != nil {
		return "", err
	}
	did, err := c.reads(ctx, three...)
	return "taken, " + did, err
}

func counters(ctx context.Context, server pipeServer) (string, error) {
	c, err := newPipeCase(ctx, server, nil)
	if err != nil {
		return "", err
	}
	if _, _, err := c.opened(ctx, channelName, three...); err != nil {
		return "", err
	}
	s, err := c.status(ctx, channelName, 3)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d inserted, %d parsed, %d errors", s.RowsInserted, s.RowsParsed, s.RowsErrors), nil
}

func committed(ctx context.Context, server pipeServer) (string, error) {
	c, err := newPipeCase(ctx, server, nil)
	if err != nil {
		return "", err
	}
	if _, _, err := c.opened(ctx, channelName, three...); err != nil {
		return "", err
	}
	s, err := c.status(ctx, channelName, 3)
	switch {
	case err != nil:
		return "", err
	case s.Token == "":
		return "none", nil
	case s.Token == "3":
		return "the batch's end", nil
	}
	return s.Token, nil
}

func unknownStatus(ctx context.Context, server pipeServer) (string, error) {
	c, err := newPipeCase(ctx, server, nil)
	if err != nil {
		return "", err
	}
	if _, err := c.client.Open(ctx, channelName, true); err != nil { // which makes the pipe
		return "", err
	}
	all, err := c.client.Status(ctx, []string{"nobody"})
	if err != nil || len(all) == 0 {
		return "absent", err
	}
	return fmt.Sprintf("%+v", all["nobody"]), nil
}
