package snowpipe

import (
	"context"
	"fmt"
	"time"
)

// killCases are processes that die.
var killCases = []trialCase{
	{operation: "kill -9 and open again", run: killed},
	{operation: "kill -9 after the commit", fresh: true, run: killedCommitted},
}

// settle waits until so many rows are committed in table T.
func (t *trial) settle(ctx context.Context, rows int) error {
	for {
		got, err := t.numbers(table)
		if err != nil || len(got) >= rows {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d rows of %d: %w", len(got), rows, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// accepted waits until an append up to a token is accepted, committed or not.
func (t *trial) accepted(ctx context.Context, token string) error {
	for {
		if list := t.Channels(); len(list) == 1 && list[0].AcceptedToken == token {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// killed kills the process while 300 rows are accepted and not committed, and
// sends what the token says is missing from a new process.
func killed(ctx context.Context, t *trial) (string, error) {
	if err := t.begin(ctx); err != nil {
		return "", err
	}
	if err := t.tellAll(ctx, generate("c", channel, 0, 200, 50, 40), wait("c", channel, 199)); err != nil {
		return "", err
	}
	t.StallCommits(true)
	if _, err := t.tell(ctx, "generate", generate("c", channel, 200, 300, 50, 40)); err != nil {
		return "", err
	}
	if err := t.accepted(ctx, "499"); err != nil {
		return "", err
	}
	t.driver.kill()
	if t.sdk.waits { // it is refused until the rows are committed
		time.AfterFunc(2*time.Second, func() { t.StallCommits(false) })
	} else {
		defer t.StallCommits(false)
	}
	if err := t.restart(ctx); err != nil {
		return "", err
	}
	if _, err := t.tell(ctx, "client", client("c")); err != nil {
		return "", err
	}
	a, err := t.tell(ctx, "open", open("c", channel))
	if err != nil {
		return "", err
	}
	t.StallCommits(false)
	want := "199"
	if t.sdk.waits {
		want = "499"
	}
	if a.Status.token() != want {
		return "", fmt.Errorf("opened again at %q, want %q", a.Status.token(), want)
	}
	next := 200
	if t.sdk.waits {
		next = 500
	}
	if err := t.tellAll(ctx, generate("c", channel, next, 600-next, 50, 40), wait("c", channel, 599)); err != nil {
		return "", err
	}
	c, err := t.only()
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("opened again at %s with 300 rows uncommitted; 600 rows once and in order, %d discarded batches sent again",
		want, c.DiscardedBatches), t.each(600)
}

func killedCommitted(ctx context.Context, t *trial) (string, error) {
	if err := t.begin(ctx); err != nil {
		return "", err
	}
	// Some of what follows is buffered in the process, some under way, some
	// accepted, some committed: the token alone tells.
	if _, err := t.tell(ctx, "generate", generate("c", channel, 0, 20000, 500, 100)); err != nil {
		return "", err
	}
	if err := t.settle(ctx, 1); err != nil {
		return "", err
	}
	if _, err := t.tell(ctx, "generate", generate("c", channel, 20000, 10000, 500, 100)); err != nil {
		return "", err
	}
	t.driver.kill()
	if err := t.restart(ctx); err != nil {
		return "", err
	}
	if _, err := t.tell(ctx, "client", client("c")); err != nil {
		return "", err
	}
	a, err := t.tell(ctx, "open", open("c", channel))
	if err != nil {
		return "", err
	}
	next := 0
	if _, err := fmt.Sscan(a.Status.token(), &next); err != nil {
		return "", fmt.Errorf("token %q: %w", a.Status.token(), err)
	}
	next++
	if err := t.tellAll(ctx, generate("c", channel, next, 30000-next, 500, 100), wait("c", channel, 29999)); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d of 30,000 rows were committed; sent from there, each is there once and in order", next), t.each(30000)
}
