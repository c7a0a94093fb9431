package snowpipe

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake"
)

// ownerCases are channels that change hands, or end under their writer.
var ownerCases = []trialCase{
	{operation: "a second client fences the first", run: fenced},
	{operation: "an invalidated channel", run: invalidated},
	{operation: "a dropped channel under its writer", run: droppedUnder},
	{operation: "open while rows are uncommitted", run: openUncommitted},
	{operation: "fail-over (410)", run: failOver},
}

func fenced(ctx context.Context, t *trial) (string, error) {
	if err := t.begin(ctx); err != nil {
		return "", err
	}
	if err := t.tellAll(ctx, generate("c", channel, 0, 100, 50, 40), wait("c", channel, 99)); err != nil {
		return "", err
	}
	second, err := t.second(ctx)
	if err != nil {
		return "", err
	}
	defer second.kill()
	a, err := second.tell(ctx, "open", open("c", channel))
	if err != nil {
		return "", err
	}
	if a.Status.token() != "99" {
		return "", fmt.Errorf("the second client opens at %q", a.Status.token())
	}
	said, err := t.provoke(ctx, 100000)
	if err != nil {
		return "", err
	}
	for _, c := range []command{generate("c", channel, 100, 100, 50, 40), wait("c", channel, 199)} {
		if _, err := second.tell(ctx, c["do"].(string), c); err != nil {
			return "", fmt.Errorf("the second client: %w", err)
		}
	}
	return fmt.Sprintf("the first one gets %s, none of its rows lands, the second one goes on", said.Name), t.each(200)
}

// second starts another process with a client of the same pipe.
func (t *trial) second(ctx context.Context) (*driver, error) {
	d, err := t.start(ctx, t.name+"-second")
	if err != nil {
		return nil, err
	}
	_, err = t.tellDriver(ctx, d, "client", client("c"))
	return d, err
}

// provoke appends rows until the SDK raises what the service said.
func (t *trial) provoke(ctx context.Context, first int) (*refusal, error) {
	for i := range 20 {
		_, err := t.tell(ctx, "generate", generate("c", channel, first+i, 1, 1, 40))
		if err == nil {
			_, err = t.tell(ctx, "flush", command{"client": "c", "channel": channel, "timeout": 5})
		}
		if r := raised(err); r != nil {
			return r, nil
		}
		if err != nil {
			return nil, err
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return nil, errors.New("20 appends and nothing was raised")
}

// reopen opens channel C in the client that has it. Closing fails, for the
// channel is no good any more; it has to be tried all the same.
func (t *trial) reopen(ctx context.Context) (answer, error) {
	if _, err := t.tell(ctx, "close_channel", command{"client": "c", "channel": channel}); err != nil && raised(err) == nil {
		return answer{}, err
	}
	return t.tell(ctx, "open", open("c", channel))
}

func invalidated(ctx context.Context, t *trial) (string, error) {
	if err := t.begin(ctx); err != nil {
		return "", err
	}
	if err := t.tellAll(ctx, generate("c", channel, 0, 100, 50, 40), wait("c", channel, 99)); err != nil {
		return "", err
	}
	if err := t.InvalidateChannel(channel, ""); err != nil {
		return "", err
	}
	s, err := t.statusOf(ctx, "c", channel)
	for ; err == nil && s.Code != localsnowflake.CodeMustReopen; s, err = t.statusOf(ctx, "c", channel) {
		if ctx.Err() != nil { // the SDK shows what it saw a second ago
			return "", fmt.Errorf("the SDK shows %q", s.Code)
		}
	}
	if err != nil {
		return "", err
	}
	said, err := t.provoke(ctx, 100000)
	if err != nil {
		return "", err
	}
	a, err := t.reopen(ctx)
	if err != nil {
		return "", err
	}
	if a.Status.token() != "99" || a.Status.Code != localsnowflake.CodeSuccess {
		return "", fmt.Errorf("opened again: %+v", a.Status)
	}
	// What it saw a second ago would make it give up waiting, too.
	for now := s; now.Code != localsnowflake.CodeSuccess; {
		if now, err = t.statusOf(ctx, "c", channel); err != nil {
			return "", err
		}
	}
	if err := t.tellAll(ctx, generate("c", channel, 100, 100, 50, 40), wait("c", channel, 199)); err != nil {
		return "", err
	}
	return fmt.Sprintf("status %s, appends raise %s, after opening again all goes on from 99", s.Code, said.Name), t.each(200)
}

func droppedUnder(ctx context.Context, t *trial) (string, error) {
	if err := t.begin(ctx); err != nil {
		return "", err
	}
	if err := t.tellAll(ctx, generate("c", channel, 0, 100, 50, 40), wait("c", channel, 99)); err != nil {
		return "", err
	}
	if err := t.DropChannelState(channel); err != nil {
		return "", err
	}
	said, err := t.provoke(ctx, 100000)
	if err != nil {
		return "", err
	}
	a, err := t.reopen(ctx)
	if err != nil {
		return "", err
	}
	if a.Status.Committed != nil {
		return "", fmt.Errorf("opened again at %q", a.Status.token())
	}
	return fmt.Sprintf("appends raise %s; opened again it is new", said.Name), t.each(100)
}

// openUncommitted opens a channel in another client while rows of it are
// accepted and uncommitted.
func openUncommitted(ctx context.Context, t *trial) (string, error) {
	if err := t.begin(ctx); err != nil {
		return "", err
	}
	t.StallCommits(true)
	if _, err := t.tell(ctx, "generate", generate("c", channel, 0, 100, 50, 40)); err != nil {
		return "", err
	}
	if err := t.accepted(ctx, "99"); err != nil {
		return "", err
	}
	second, err := t.second(ctx)
	if err != nil {
		return "", err
	}
	defer second.kill()
	time.AfterFunc(3*time.Second, func() { t.StallCommits(false) })
	a, err := second.tell(ctx, "open", open("c", channel))
	if err != nil {
		return "", err
	}
	refusals := 0
	for _, x := range t.seen.to("**/channels/" + channel) {
		if x.Status == 409 {
			refusals++
		}
	}
	if t.sdk.waits {
		if a.Status.token() != "99" || refusals == 0 {
			return "", fmt.Errorf("opened at %q after %d refusals", a.Status.token(), refusals)
		}
		return fmt.Sprintf("409 %d times until the rows were committed, then 99", refusals), t.each(100)
	}
	if a.Status.Committed != nil || refusals != 0 {
		return "", fmt.Errorf("opened at %q after %d refusals", a.Status.token(), refusals)
	}
	return "the uncommitted rows are discarded, there is no token", t.each(0)
}

func failOver(ctx context.Context, t *trial) (string, error) {
	if err := t.begin(ctx); err != nil {
		return "", err
	}
	if err := t.tellAll(ctx, generate("c", channel, 0, 100, 50, 40), wait("c", channel, 99)); err != nil {
		return "", err
	}
	t.FailOver()
	said, err := t.provoke(ctx, 100000)
	if err != nil {
		return "", err
	}
	if err := t.tellAll(ctx, client("new"), open("new", channel), generate("new", channel, 100, 100, 50, 40), wait("new", channel, 199)); err != nil {
		return "", err
	}
	return fmt.Sprintf("the client ends with %s (%d); a new one discovers the host and goes on from 99", said.Name, said.HTTP), t.each(200)
}
