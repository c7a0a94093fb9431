package servers

import (
	"context"
	"fmt"
	"strings"

	"github.com/kinesnow/kinesnow/messages"
)

// reopen is about what an opening keeps.
func reopen(ctx context.Context, server pipeServer) (string, error) {
	server.bridge(true)
	defer server.bridge(false)
	c, err := newPipeCase(ctx, server, nil)
	if err != nil {
		return "", err
	}
	first, _, err := c.opened(ctx, channelName, three...)
	if err != nil {
		return "", err
	}
	if _, err := c.status(ctx, channelName, 3); err != nil {
		return "", err
	}
	again, err := c.client.Open(ctx, channelName, true)
	if err != nil {
		return "", err
	}
	made := "made anew"
	if again.CreatedMS == first.CreatedMS {
		made = "made then"
	}
	return fmt.Sprintf("%s, token %s, %d rows inserted", made, again.Token, again.RowsInserted), nil
}

func fenced(ctx context.Context, server pipeServer) (string, error) {
	c, err := newPipeCase(ctx, server, nil)
	if err != nil {
		return "", err
	}
	_, late, err := c.opened(ctx, channelName, three...)
	if err != nil {
		return "", err
	}
	if _, err := c.status(ctx, channelName, 3); err != nil {
		return "", err
	}
	if _, err := c.client.Open(ctx, channelName, true); err != nil {
		return "", err
	}
	_, err = c.append(ctx, channelName, late, three...)
	return refusal(err)
}

// repeated is what a client does that never heard the answer.
func repeated(ctx context.Context, server pipeServer) (string, error) {
	c, err := newPipeCase(ctx, server, nil)
	if err != nil {
		return "", err
	}
	o, err := c.client.Open(ctx, channelName, true)
	if err != nil {
		return "", err
	}
	b, err := c.batch(three...)
	if err != nil {
		return "", err
	}
	if _, err := c.client.Append(ctx, channelName, o.Continuation, b); err != nil {
		return "", err
	}
	if _, err := c.status(ctx, channelName, 3); err != nil {
		return "", err
	}
	_, err = c.client.Append(ctx, channelName, o.Continuation, b)
	answer, err := refusal(err)
	if err != nil {
		return "", err
	}
	did, err := c.reads(ctx, three...)
	if rows, found := strings.CutSuffix(did, strings.Join(append(append([]string{}, three...), three...), " ")); found {
		did = rows + "each twice"
	}
	return answer + ", " + did, err
}

func unknownAppend(ctx context.Context, server pipeServer) (string, error) {
	c, err := newPipeCase(ctx, server, nil)
	if err != nil {
		return "", err
	}
	o, err := c.client.Open(ctx, channelName, true)
	if err != nil {
		return "", err
	}
	_, err = c.append(ctx, "nobody", o.Continuation, three...)
	return refusal(err)
}

func drop(ctx context.Context, server pipeServer) (string, error) {
	server.bridge(true)
	defer server.bridge(false)
	c, err := newPipeCase(ctx, server, nil)
	if err != nil {
		return "", err
	}
	first, _, err := c.opened(ctx, channelName, three...)
	if err != nil {
		return "", err
	}
	if _, err := c.status(ctx, channelName, 3); err != nil {
		return "", err
	}
	for range 2 { // what is gone already is dropped
		if err := c.client.Drop(ctx, channelName, true); err != nil {
			return "", err
		}
	}
	left, err := c.client.Status(ctx, []string{channelName})
	if err != nil {
		return "", err
	}
	again, err := c.client.Open(ctx, channelName, true)
	if err != nil {
		return "", err
	}
	if len(left) > 0 || again.CreatedMS <= first.CreatedMS || again.Token != "" || again.RowsInserted != 0 {
		return fmt.Sprintf("status %+v, then %+v", left, again.ChannelStatus), nil
	}
	return "gone from status, dropped twice, made anew without token and rows", nil
}

// spoiled are three rows, of which the second cannot be one of the table's.
func spoiled(ctx context.Context, server pipeServer, second string) (*pipeCase, string, error) {
	c, err := newPipeCase(ctx, server, nil)
	if err != nil {
		return nil, "", err
	}
	_, _, err = c.opened(ctx, channelName, three[0], second, three[2])
	answer, err := refusal(err)
	return c, answer, err
}

// landed says how many of the three are there.
func (c *pipeCase) landed(ctx context.Context, answer string) (string, error) {
	if answer == "taken" {
		if _, err := c.status(ctx, channelName, 3); err != nil {
			return "", err
		}
	}
	rows, err := c.server.read(ctx, c.table, "N", "KEY", "DOC")
	return fmt.Sprintf("%s, %d of 3 rows are there", answer, len(rows)), err
}

const bent = `{"N":"no number","KEY":"b","DOC":{}}`

func wrongType(ctx context.Context, server pipeServer) (string, error) {
	c, answer, err := spoiled(ctx, server, bent)
	if err != nil {
		return "", err
	}
	return c.landed(ctx, answer)
}

func wrongTypeStatus(ctx context.Context, server pipeServer) (string, error) {
	server.bridge(true)
	defer server.bridge(false)
	c, _, err := spoiled(ctx, server, bent)
	if err != nil {
		return "", err
	}
	var s *messages.ChannelStatus
	err = eventually(ctx, "counted", func() (string, error) {
		all, err := c.client.Status(ctx, []string{channelName})
		if err != nil {
			return "", err
		}
		if s = all[channelName]; s == nil || s.RowsErrors == 0 {
			return fmt.Sprintf("%+v", s), nil
		}
		return "", nil
	})
	if err != nil {
		return "", err
	}
	did := fmt.Sprintf("%d errors up to token %s, ", s.RowsErrors, s.ErrorUpTo)
	if s.RowsErrors == 1 {
		did = strings.Replace(did, "errors", "error", 1)
	}
	if s.LastError == "" {
		return did + "without a message, " + recent(s.ErrorAt), nil
	}
	return did + "with a message, " + recent(s.ErrorAt), nil
}

func noJSON(ctx context.Context, server pipeServer) (string, error) {
	c, answer, err := spoiled(ctx, server, `{"N":2,`)
	if err != nil {
		return "", err
	}
	return c.landed(ctx, answer)
}

func laterRow(ctx context.Context, server pipeServer) (string, error) {
	return grown(ctx, server, func(c *pipeCase) error {
		_, _, err := c.opened(ctx, channelName, three[0], `{"N":2,"KEY":"b","DOC":{},"GROWN":7}`)
		return err
	})
}

func laterBatch(ctx context.Context, server pipeServer) (string, error) {
	return grown(ctx, server, func(c *pipeCase) error {
		_, next, err := c.opened(ctx, channelName, three[0])
		if err != nil {
			return err
		}
		_, err = c.append(ctx, channelName, next, `{"GROWN":7,"N":2,"KEY":"b","DOC":{}}`)
		return err
	})
}

// grown says what became of a key that the table had no column for.
func grown(ctx context.Context, server pipeServer, send func(*pipeCase) error) (string, error) {
	c, err := newPipeCase(ctx, server, nil)
	if err != nil {
		return "", err
	}
	answer, err := refusal(send(c))
	if err != nil || answer != "taken" {
		return answer, err
	}
	if _, err := c.status(ctx, channelName, 2); err != nil {
		return "", err
	}
	rows, err := c.server.read(ctx, c.table, "N", "GROWN")
	switch {
	case err != nil:
		return "taken, its column is not there", nil
	case len(rows) == 2 && rows[1] == `{"N":2,"GROWN":7}`:
		return "taken, its column is there", nil
	}
	return "taken, read as " + strings.Join(rows, " "), nil
}
