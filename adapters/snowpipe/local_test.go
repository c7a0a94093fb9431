package snowpipe_test

import (
	"bytes"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/rsakey"
	"github.com/kinesnow/kinesnow/messages"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// local is a local Snowflake with the table DB.S.<table>, a VARIANT column N,
// and a client of its default pipe.
func local(t *testing.T, options localsnowflake.Options, table string, change func(*snowpipe.Config)) (*localsnowflake.Server, *snowpipe.Client) {
	t.Helper()
	if options.CommitDelay == 0 {
		options.CommitDelay = -1
	}
	s, err := localsnowflake.Start(options)
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	must(t, s.RegisterUser("LOADER", catalog.AccountAdmin, &rsakey.Key(0).PublicKey))
	_, err = s.Catalog().CreateDatabase("DB", catalog.AccountAdmin, catalog.Keep)
	must(t, err)
	_, err = s.Catalog().CreateSchema("DB", "S", catalog.AccountAdmin, catalog.Keep)
	must(t, err)
	_, _, err = s.Catalog().CreateTable(catalog.Table{Database: "DB", Schema: "S", Name: table, Owner: catalog.AccountAdmin,
		Columns: []catalog.Column{{Name: "N", Type: catalog.Type{Name: catalog.Variant}, Nullable: true}}}, catalog.Replace)
	must(t, err)
	tokens, err := snowpipe.NewKeyPair("LOCAL", "LOADER", catalog.AccountAdmin, rsakey.Key(0))
	must(t, err)
	cfg := snowpipe.Config{Account: "LOCAL", User: "LOADER", Host: s.URL(), Database: "DB", Schema: "S",
		Pipe: snowpipe.DefaultPipe(table), Tokens: tokens}
	if change != nil {
		change(&cfg)
	}
	c, err := snowpipe.New(cfg)
	must(t, err)
	t.Cleanup(c.Close)
	return s, c
}

// numbers is a sealed batch of the rows from..to.
func numbers(t *testing.T, c *snowpipe.Client, from, to int) *messages.SealedBatch {
	t.Helper()
	var rows bytes.Buffer
	for n := from; n <= to; n++ {
		fmt.Fprintf(&rows, "{\"n\":%d}\n", n)
	}
	body, length, encoding, err := c.Seal([][]byte{rows.Bytes()})
	must(t, err)
	return &messages.SealedBatch{Body: body, Length: length, Encoding: encoding, Raw: int64(rows.Len()),
		RequestID: fmt.Sprintf("6f1c2f0e-0000-4000-8000-%012d", to), Start: strconv.Itoa(from), End: strconv.Itoa(to)}
}

// committed waits until the channel's token is want.
func committed(t *testing.T, c *snowpipe.Client, channel, want string) *messages.ChannelStatus {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		statuses, err := c.Status(ctx, []string{channel})
		must(t, err)
		if s := statuses[channel]; s != nil && (s.Token == want || time.Now().After(deadline)) {
			if s.Token != want {
				t.Fatalf("channel %s: token %q, want %q", channel, s.Token, want)
			}
			return s
		}
		if time.Now().After(deadline) {
			t.Fatalf("channel %s has no status", channel)
		}
	}
}

func TestRowsLandOnceWhateverTheWireDoes(t *testing.T) {
	for _, compression := range []snowpipe.Compression{snowpipe.Zstd, snowpipe.Gzip, snowpipe.None} {
		for _, table := range []string{"ORDERS", "my orders"} {
			s, c := local(t, localsnowflake.Options{}, table, func(cfg *snowpipe.Config) { cfg.Compression = compression })
			opening, err := c.Open(ctx, "a-0", true)
			must(t, err)
			effects := []fault.Effect{
				{LoseAfter: true}, {LoseBefore: true}, {CutAfter: 5}, {Refuse: &fault.Refusal{Status: 503}},
				{Refuse: &fault.Refusal{Status: 401, Code: "390318"}}, {},
			}
			s.Faults().Set(localsnowflake.ActionAppendRows, func(call fault.Call) fault.Effect {
				return effects[call.N%int64(len(effects))]
			})
			next := opening.Continuation
			for n := range 20 {
				b := numbers(t, c, 3*n+1, 3*n+3)
				token := next
				for range len(effects) {
					if next, err = c.Append(ctx, "a-0", token, b); err == nil {
						break
					}
					wantFault(t, err, messages.Transient, messages.ReasonUnavailable, false)
				}
				must(t, err)
				c.Recycle(b)
			}
			st := committed(t, c, "a-0", "60")
			if st.RowsInserted != 60 || st.RowsErrors != 0 {
				t.Errorf("%s, %s: %d rows inserted, %d rejected, want 60 and 0", compression, table, st.RowsInserted, st.RowsErrors)
			}
		}
	}
}

func TestTheServiceSeesItsSessionEchoed(t *testing.T) {
	_, c := local(t, localsnowflake.Options{RequireSession: true}, "T", nil)
	for _, channel := range []string{"a", "b"} {
		opening, err := c.Open(ctx, channel, true)
		must(t, err)
		next := opening.Continuation
		for n := range 3 {
			next, err = c.Append(ctx, channel, next, numbers(t, c, n, n))
			must(t, err)
		}
	}
}

func TestOpeningAgainFencesTheEarlierOwner(t *testing.T) {
	_, c := local(t, localsnowflake.Options{CommitDelay: time.Hour}, "T", nil)
	first, err := c.Open(ctx, "c", true)
	must(t, err)
	next, err := c.Append(ctx, "c", first.Continuation, numbers(t, c, 1, 2))
	must(t, err)
	_, err = c.Open(ctx, "c", true)
	wantFault(t, err, messages.Transient, messages.ReasonUncommitted, true)
	second, err := c.Open(ctx, "c", false)
	must(t, err)
	if second.Token != "" || second.CreatedMS != first.CreatedMS {
		t.Errorf("second opening %+v, first %+v", second, first)
	}
	_, err = c.Append(ctx, "c", next, numbers(t, c, 3, 4))
	wantFault(t, err, messages.Fenced, messages.ReasonStale, true)
}

func TestAFailedOverServiceIsFoundAgain(t *testing.T) {
	s, c := local(t, localsnowflake.Options{HostnameForm: localsnowflake.HostnameURL, TokenForm: localsnowflake.TokenJSON}, "T", nil)
	opening, err := c.Open(ctx, "c", true)
	must(t, err)
	s.FailOver()
	_, err = c.Append(ctx, "c", opening.Continuation, numbers(t, c, 1, 1))
	wantFault(t, err, messages.Transient, messages.ReasonFailedOver, true)
	_, err = c.Append(ctx, "c", opening.Continuation, numbers(t, c, 1, 1))
	must(t, err)
	committed(t, c, "c", "1")
}

// TestT03OnlyADropClearsAToken: what a client closes is its own handle, and the
// next opening of the name has the token.
func TestT03OnlyADropClearsAToken(t *testing.T) {
	s, c := local(t, localsnowflake.Options{}, "T", nil)
	opening, err := c.Open(ctx, "c", true)
	must(t, err)
	_, err = c.Append(ctx, "c", opening.Continuation, numbers(t, c, 1, 3))
	must(t, err)
	committed(t, c, "c", "3")
	c.Close()
	tokens, err := snowpipe.NewKeyPair("LOCAL", "LOADER", catalog.AccountAdmin, rsakey.Key(0))
	must(t, err)
	c, err = snowpipe.New(snowpipe.Config{Account: "LOCAL", User: "LOADER", Host: s.URL(), Database: "DB", Schema: "S",
		Pipe: snowpipe.DefaultPipe("T"), Tokens: tokens})
	must(t, err)
	t.Cleanup(c.Close)
	again, err := c.Open(ctx, "c", true)
	must(t, err)
	if again.Token != "3" || again.CreatedMS != opening.CreatedMS {
		t.Errorf("opened again: %+v, want token 3 of the same channel", again)
	}
	must(t, c.Drop(ctx, "c", true))
	fresh, err := c.Open(ctx, "c", true)
	must(t, err)
	if fresh.Token != "" || fresh.CreatedMS == opening.CreatedMS {
		t.Errorf("opened after a drop: %+v, want no token, of another channel", fresh)
	}
}

// TestT14TheDefaultPipeIsNamedAfterItsTable, quotes outside where there are any.
func TestT14TheDefaultPipeIsNamedAfterItsTable(t *testing.T) {
	for table, want := range map[string]string{"ORDERS": "ORDERS-STREAMING", "my orders": "my orders-STREAMING"} {
		if got := snowpipe.DefaultPipe(table); got != want {
			t.Errorf("the default pipe of %q is %q, want %q", table, got, want)
		}
	}
}

// TestT08HundredsOfChannelsFailOverWithOneDiscovery: all hear of it at once, and
// some only when others have signed in again. A programmatic access token is the
// same text before and after.
func TestT08HundredsOfChannelsFailOverWithOneDiscovery(t *testing.T) {
	const channels = 200
	pat, err := snowpipe.NewPAT("canary-pat")
	must(t, err)
	for name, change := range map[string]func(*snowpipe.Config){"key pair": nil, "PAT": func(cfg *snowpipe.Config) { cfg.Tokens = pat }} {
		s, c := local(t, localsnowflake.Options{}, "T", change)
		must(t, s.RegisterToken(localsnowflake.ProgrammaticAccessToken, "canary-pat", "LOADER", catalog.AccountAdmin, time.Now().Add(time.Hour)))
		var told sync.Map // channels that heard of it
		var underway sync.WaitGroup
		underway.Add(channels)
		s.Faults().Set(localsnowflake.ActionAppendRows, func(call fault.Call) fault.Effect {
			if _, again := told.LoadOrStore(call.Key, true); again {
				return fault.Effect{}
			}
			underway.Done()
			underway.Wait()
			return fault.Effect{Delay: time.Duration(call.N%2) * 50 * time.Millisecond, Refuse: &fault.Refusal{Status: 410, Message: "Gone"}}
		})
		var all sync.WaitGroup
		for i := range channels {
			all.Go(func() {
				name, b := fmt.Sprint("c", i), numbers(t, c, 1, 1)
				opening, err := c.Open(ctx, name, true)
				if err == nil {
					_, err = c.Append(ctx, name, opening.Continuation, b)
				}
				wantFault(t, err, messages.Transient, messages.ReasonFailedOver, true)
				if opening, err = c.Open(ctx, name, true); err == nil {
					_, err = c.Append(ctx, name, opening.Continuation, b)
				}
				if err != nil {
					t.Errorf("%s after the fail-over: %v", name, err)
				}
			})
		}
		all.Wait()
		signIns := s.Faults().Calls(localsnowflake.ActionHostname)
		exchanges := s.Faults().Calls(localsnowflake.ActionOauthToken)
		want := signIns
		if name == "PAT" {
			want = 0
		}
		if signIns != 2 || exchanges != want {
			t.Errorf("%s: %d discoveries, %d exchanges; want one at first and one for all", name, signIns, exchanges)
		}
	}
}

func TestALocalServiceRefusesAsTheRealOneDoes(t *testing.T) {
	s, c := local(t, localsnowflake.Options{MaxChannelsPerPipe: 1}, "T", nil)
	opening, err := c.Open(ctx, "c", true)
	must(t, err)
	_, err = c.Open(ctx, "d", true)
	if f := wantFault(t, err, messages.Rejected, messages.ReasonStopped, true); f.Stop != messages.ChannelLimit {
		t.Errorf("%+v", f)
	}
	must(t, s.InvalidateChannel("c", "ERR_CHANNEL_MUST_BE_REOPENED"))
	_, err = c.Append(ctx, "c", opening.Continuation, numbers(t, c, 1, 1))
	wantFault(t, err, messages.Transient, messages.ReasonInvalidated, true)
	statuses, err := c.Status(ctx, []string{"c", "unknown"})
	must(t, err)
	if f := snowpipe.StatusFault(statuses["c"]); f == nil || f.Reason != messages.ReasonInvalidated || len(statuses) != 1 {
		t.Errorf("statuses %+v", statuses)
	}
	must(t, c.Drop(ctx, "c", false))
	must(t, c.Drop(ctx, "c", false))
	_, err = c.Append(ctx, "c", opening.Continuation, numbers(t, c, 1, 1))
	wantFault(t, err, messages.Transient, messages.ReasonGone, true)
}

func TestRowsThatAskForTooManyColumnsAreNamedAsTheCause(t *testing.T) {
	s, c := local(t, localsnowflake.Options{}, "T", nil)
	_, _, err := s.Catalog().CreateTable(catalog.Table{Database: "DB", Schema: "S", Name: "T", Owner: catalog.AccountAdmin, Evolution: true,
		Columns: []catalog.Column{{Name: "N", Type: catalog.Type{Name: catalog.Variant}, Nullable: true}}}, catalog.Replace)
	must(t, err)
	opening, err := c.Open(ctx, "c", true)
	must(t, err)
	row := []byte("{")
	for i := range 101 {
		row = fmt.Appendf(row, "\"K%d\":1,", i)
	}
	row = append(row[:len(row)-1], "}\n"...)
	body, length, encoding, err := c.Seal([][]byte{row})
	must(t, err)
	_, err = c.Append(ctx, "c", opening.Continuation, &messages.SealedBatch{Body: body, Length: length, Encoding: encoding, Raw: int64(len(row)), End: "1"})
	must(t, err)
	var f *messages.Fault
	for deadline := time.Now().Add(60 * time.Second); f == nil && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		statuses, err := c.Status(ctx, []string{"c"})
		must(t, err)
		f = snowpipe.StatusFault(statuses["c"])
	}
	if f == nil || f.Reason != messages.ReasonOverflow || f.Class != messages.Transient {
		t.Fatalf("%+v", f)
	}
	_, err = c.Append(ctx, "c", opening.Continuation, numbers(t, c, 1, 1))
	wantFault(t, err, messages.Transient, messages.ReasonOverflow, true)
}

func TestAMissingTableIsNamed(t *testing.T) {
	_, c := local(t, localsnowflake.Options{}, "T", func(cfg *snowpipe.Config) { cfg.Pipe = snowpipe.DefaultPipe("NOWHERE") })
	_, err := c.Open(ctx, "c", true)
	if f := wantFault(t, err, messages.Rejected, messages.ReasonMissing, true); f.Stop != messages.TargetMissing {
		t.Errorf("%+v", f)
	}
}

func TestAnotherUsersKeyIsRefused(t *testing.T) {
	tokens, err := snowpipe.NewKeyPair("LOCAL", "LOADER", "", rsakey.Key(1))
	must(t, err)
	_, c := local(t, localsnowflake.Options{}, "T", func(cfg *snowpipe.Config) { cfg.Tokens = tokens })
	_, err = c.Open(ctx, "c", true)
	if f := wantFault(t, err, messages.Rejected, messages.ReasonDenied, true); f.Stop != messages.AccessDenied {
		t.Errorf("%+v", f)
	}
}

func TestAProgrammaticAccessTokenWorksAsItIs(t *testing.T) {
	pat, err := snowpipe.NewPAT("canary-pat")
	must(t, err)
	s, c := local(t, localsnowflake.Options{}, "T", func(cfg *snowpipe.Config) { cfg.Tokens = pat })
	must(t, s.RegisterToken(localsnowflake.ProgrammaticAccessToken, "canary-pat", "LOADER", catalog.AccountAdmin, time.Now().Add(time.Hour)))
	_, err = c.Open(ctx, "c", true)
	must(t, err)
	s.RevokeToken("canary-pat")
	_, err = c.Open(ctx, "c", true)
	wantFault(t, err, messages.Rejected, messages.ReasonDenied, true)
}
