package snowpipe

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake"
)

// lifeCases are clients and channels from their beginning to their end.
var lifeCases = []trialCase{
	{operation: "client by key pair", run: clientByKeyPair},
	{operation: "client with a wrong key", run: wrongKey},
	{operation: "open a new channel", run: openNew},
	{operation: "open again", run: openAgain},
	{operation: "open with an offset token", run: openWithToken},
	{operation: "channel status", run: channelStatus},
	{operation: "committed tokens of many", run: committedTokens},
	{operation: "drop a channel", run: dropChannel},
	{operation: "close flushes", run: closeFlushes},
	{operation: "many channels", run: manyChannels},
	{operation: "names that need quotes", ddl: `CREATE TABLE "a table, Größe 1" (N NUMBER NOT NULL, V VARIANT)`, run: oddNames},
}

// clientByKeyPair also looks at what the SDK sends with each request.
func clientByKeyPair(ctx context.Context, t *trial) (string, error) {
	if err := t.tellAll(ctx, client("c"), open("c", channel), generate("c", channel, 0, 10, 10, 20), wait("c", channel, 9)); err != nil {
		return "", err
	}
	kinds := map[string]string{
		"/v2/streaming/hostname":      "KEYPAIR_JWT",
		"/oauth/token":                "KEYPAIR_JWT",
		"**:pipe-info":                "OAUTH",
		"**/channels/C":               "OAUTH",
		"**/channels/C/rows":          "OAUTH",
		"**:bulk-channel-status":      "OAUTH",
		"/telemetry/send/sessionless": "KEYPAIR_JWT",
	}
	for pattern, kind := range kinds {
		sent := t.seen.to(pattern)
		if len(sent) == 0 {
			return "", fmt.Errorf("no request to %s", pattern)
		}
		for _, x := range sent {
			got := x.Header.Get("X-Snowflake-Authorization-Token-Type")
			if x.Status != 200 || got != kind || !strings.HasPrefix(x.Header.Get("User-Agent"), "SnowpipeStreamingSDK/v"+t.sdk.version) {
				return "", fmt.Errorf("%s: status %d, token type %q, User-Agent %q", x.URL, x.Status, got, x.Header.Get("User-Agent"))
			}
		}
	}
	return "host, scoped token, pipe-info, open, rows, status and telemetry are all answered 200", nil
}

// wrongKey takes the user's key away. An SDK tries again for a while, and the
// two hide their bounds differently.
func wrongKey(ctx context.Context, t *trial) (string, error) {
	if err := t.RegisterUser(user, role); err != nil {
		return "", err
	}
	_, err := t.tell(ctx, "client", client("c"))
	refused := raised(err)
	if refused == nil {
		return "", fmt.Errorf("a client with a key that the account does not know: %w", errors.Join(err, errNothing))
	}
	if refused.HTTP != 401 && !strings.Contains(refused.Message, "401") {
		return "", refused
	}
	if n := len(t.seen.to("**:pipe-info")); n > 0 {
		return "", fmt.Errorf("%d requests went to the ingest host", n)
	}
	return fmt.Sprintf("%s after %d tries, all answered 401", refused.Name, len(t.seen.to("/v2/streaming/hostname"))), nil
}

// errNothing is what is said when nothing was refused.
var errNothing = errors.New("nothing was raised")

func openNew(ctx context.Context, t *trial) (string, error) {
	before := time.Now()
	if _, err := t.tell(ctx, "client", client("c")); err != nil {
		return "", err
	}
	a, err := t.tell(ctx, "open", open("c", channel))
	if err != nil {
		return "", err
	}
	s := a.Status
	created := time.UnixMilli(s.CreatedMs)
	if s.Code != localsnowflake.CodeSuccess || s.Committed != nil || s.Inserted+s.Parsed+s.Errors != 0 ||
		created.Before(before.Add(-time.Second)) || created.After(time.Now()) ||
		s.Database != database || s.Schema != schema || s.Pipe != tablePipe || s.Channel != channel {
		return "", fmt.Errorf("status %+v", s)
	}
	if pipes := t.Catalog().Pipes(database, schema); len(pipes) != 1 || !pipes[0].Default || pipes[0].Name != tablePipe {
		return "", fmt.Errorf("pipes %+v", pipes)
	}
	return "SUCCESS, no token, no rows, created now; the default pipe exists", nil
}

func openAgain(ctx context.Context, t *trial) (string, error) {
	err := t.tellAll(ctx, client("c"), open("c", channel), generate("c", channel, 0, 50, 10, 20), wait("c", channel, 49),
		command{"do": "close_channel", "client": "c", "channel": channel})
	if err != nil {
		return "", err
	}
	a, err := t.tell(ctx, "open", open("c", channel))
	if err != nil {
		return "", err
	}
	if a.Status.token() != "49" || a.Status.Inserted != 50 {
		return "", fmt.Errorf("status %+v, want the token 49 and 50 rows", a.Status)
	}
	if err := t.tellAll(ctx, generate("c", channel, 50, 50, 10, 20), wait("c", channel, 99)); err != nil {
		return "", err
	}
	return "token 49 and counters are as before; 100 rows once and in order", t.each(100)
}

func openWithToken(ctx context.Context, t *trial) (string, error) {
	if _, err := t.tell(ctx, "client", client("c")); err != nil {
		return "", err
	}
	a, err := t.tell(ctx, "open", command{"client": "c", "channel": channel, "offset": "41"})
	if err != nil {
		return "", err
	}
	s, err := t.statusOf(ctx, "c", channel)
	if err != nil {
		return "", err
	}
	if a.Status.token() != "41" || s.token() != "41" {
		return "", fmt.Errorf("tokens %q and %q, want 41", a.Status.token(), s.token())
	}
	return "the channel has the token that it was opened with", nil
}

func channelStatus(ctx context.Context, t *trial) (string, error) {
	if err := t.begin(ctx); err != nil {
		return "", err
	}
	rows := []map[string]any{{"N": 0}, {"N": "no number"}, {"N": 1}}
	err := t.tellAll(ctx, command{"do": "append", "client": "c", "channel": channel, "rows": rows, "start": "7", "end": "9"}, wait("c", channel, 9))
	if err != nil {
		return "", err
	}
	got, err := t.statusOf(ctx, "c", channel)
	if err != nil {
		return "", err
	}
	want, err := t.only()
	if err != nil {
		return "", err
	}
	if got.Inserted != 2 || got.Parsed != 3 || got.Errors != 1 || got.token() != "9" || got.CreatedMs != want.CreatedOnMs ||
		got.Code != want.Code || got.Database != database || got.Pipe != tablePipe {
		return "", fmt.Errorf("status %+v of channel %+v", got, want)
	}
	if got.ErrorOffset == nil || *got.ErrorOffset != "9" || got.ErrorMessage == nil || got.ErrorMs == nil ||
		time.Since(time.UnixMilli(*got.ErrorMs)).Abs() > time.Minute {
		return "", fmt.Errorf("last error at %v, %v, %v", got.ErrorOffset, got.ErrorMessage, got.ErrorMs)
	}
	return "2 rows inserted, 3 parsed, 1 error with its offset, message and time, token 9, created_on", nil
}

func committedTokens(ctx context.Context, t *trial) (string, error) {
	if _, err := t.tell(ctx, "client", client("c")); err != nil {
		return "", err
	}
	for i := range 3 {
		name := fmt.Sprint("C", i)
		if err := t.tellAll(ctx, open("c", name), generate("c", name, 0, 10*i+1, 100, 20), wait("c", name, 10*i)); err != nil {
			return "", err
		}
	}
	a, err := t.tell(ctx, "tokens", command{"client": "c", "channels": []string{"C0", "C1", "C2"}})
	if err != nil {
		return "", err
	}
	for i := range 3 {
		if got := a.Tokens[fmt.Sprint("C", i)]; got == nil || *got != fmt.Sprint(10*i) {
			return "", fmt.Errorf("channel %d has the token %v of %v", i, got, a.Tokens)
		}
	}
	a, err = t.tell(ctx, "tokens", command{"client": "c", "channels": []string{"C2", "never opened"}})
	if unknown := a.Tokens["never opened"]; unknown != nil {
		return "", fmt.Errorf("a channel that does not exist has the token %q", *unknown)
	}
	how := "no token"
	if err != nil {
		refused := raised(err)
		if refused == nil {
			return "", err
		}
		how = refused.Name
	}
	return "0, 10 and 20; a channel that does not exist: " + how, nil
}

func dropChannel(ctx context.Context, t *trial) (string, error) {
	if err := t.begin(ctx); err != nil {
		return "", err
	}
	if err := t.tellAll(ctx, generate("c", channel, 0, 10, 10, 20), wait("c", channel, 9)); err != nil {
		return "", err
	}
	old, err := t.only()
	if err != nil {
		return "", err
	}
	if _, err := t.tell(ctx, "close_channel", command{"client": "c", "channel": channel}); err != nil {
		return "", err
	}
	if _, err := t.tell(ctx, "drop", command{"client": "c", "channel": channel}); err != nil {
		return "", err
	}
	if left := t.Channels(); len(left) != 0 {
		return "", fmt.Errorf("channels %+v are left", left)
	}
	a, err := t.tell(ctx, "open", open("c", channel))
	if err != nil {
		return "", err
	}
	if a.Status.Committed != nil || a.Status.Inserted != 0 || a.Status.CreatedMs <= old.CreatedOnMs {
		return "", fmt.Errorf("opened after the drop: %+v", a.Status)
	}
	return "the token is gone; opened again it is a new channel", t.each(10)
}

func closeFlushes(ctx context.Context, t *trial) (string, error) {
	t.SetCommitDelay(300 * time.Millisecond)
	err := t.tellAll(ctx, client("c"), open("c", channel), generate("c", channel, 0, 500, 50, 200), command{"do": "close", "client": "c"})
	if err != nil {
		return "", err
	}
	c, err := t.only()
	if err != nil {
		return "", err
	}
	if c.AcceptedToken != "499" {
		return "", fmt.Errorf("accepted up to %q", c.AcceptedToken)
	}
	if err := t.settle(ctx, 500); err != nil {
		return "", err
	}
	return "500 rows that nobody waited for", t.each(500)
}
