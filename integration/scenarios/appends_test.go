package scenarios

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// refusal is an append's answer that is no success.
func refusal(status int, code string, header ...string) fault.Effect {
	r := &fault.Refusal{Status: status, Code: code, Message: "by the scenario", Header: http.Header{}}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return fault.Effect{Refuse: r}
}

// TestEveryAnswerToAnAppendKeepsEveryRowOnceAndInOrder gives each shard's
// channel another bad answer, and looks at what became of the generation (P11).
func TestEveryAnswerToAnAppendKeepsEveryRowOnceAndInOrder(t *testing.T) {
	answers := []struct {
		name   string
		effect fault.Effect
		times  int
		ends   messages.Reason // of generations; "" = none ends
		buried int             // records at the front that are dead-lettered
	}{
		{"lost before it had an effect", fault.Effect{LoseBefore: true}, 1, "", 0},
		{"lost after it had its effect", fault.Effect{LoseAfter: true}, 1, "", 0},
		{"cut off", fault.Effect{CutAfter: 7}, 1, "", 0},
		{"408", refusal(408, ""), 1, "", 0},
		{"499", refusal(499, ""), 1, "", 0},
		{"500", refusal(500, "ERR_INTERNAL"), 2, "", 0},
		{"503 of a gateway", refusal(503, ""), 1, "", 0},
		{"429 with Retry-After", refusal(429, "7", "Retry-After", "1"), 1, "", 0},
		{"401 once", refusal(401, localsnowflake.CodeTokenExpired), 1, "", 0},
		{"413", refusal(413, localsnowflake.CodeTooLarge), 1, messages.ReasonRefused, 0},
		{"400 until a single record is left", refusal(400, localsnowflake.CodeInvalidRequest), 3, messages.ReasonRefused, 1},
		{"400 of a row sequencer", refusal(400, localsnowflake.CodeInvalidRow), 1, messages.ReasonInvalidated, 0},
		{"409", refusal(409, localsnowflake.CodeMustReopen), 1, messages.ReasonInvalidated, 0},
		{"404", refusal(404, localsnowflake.CodeChannelExpired), 1, messages.ReasonGone, 0},
		{"410", refusal(410, ""), 1, messages.ReasonFailedOver, 0},
	}
	w := newWorld(t, len(answers))
	const each = 5
	hooks := map[string]fault.Hook{}
	for i, a := range answers {
		w.putOn(i, each)
		hooks[string(shardID(i))] = fault.Times(a.times, fault.Always(a.effect))
	}
	w.Snowflake.Faults().Set(localsnowflake.ActionAppendRows, func(call fault.Call) fault.Effect {
		return hooks[call.Key[strings.LastIndex(call.Key, "shardId-"):]](call)
	})
	box := &letterBox{}
	c := w.connect(box.install)
	s := c.untilCaughtUp(int64(len(answers)*each - 1))

	for i, a := range answers {
		w.expect(onShard(i), between(i*each+a.buried, (i+1)*each)...)
		ends := shardOf(s, i).Ends
		want := map[messages.Reason]int64{a.ends: int64(a.times)}
		if a.ends == "" {
			want = map[messages.Reason]int64{}
		}
		if len(ends) != len(want) || ends[a.ends] != want[a.ends] {
			t.Errorf("%s: generations ended %v, want %v", a.name, ends, want)
		}
	}
	if got := box.all(); len(got) != 1 || got[0].Shard != shardID(10) || !strings.Contains(got[0].Cause, "400") || !strings.Contains(string(got[0].Payload), `"N":50`) {
		t.Errorf("dead letters %+v, want the first record of shard 10 with its cause", got)
	}
}

// letterBox keeps dead letters.
type letterBox struct {
	mu   sync.Mutex
	list []messages.Letter
}

func (b *letterBox) install(p *plan) { p.Host.DeadLetter = b }

func (b *letterBox) Put(_ context.Context, letters []messages.Letter) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.list = append(b.list, letters...)
	return nil
}

func (b *letterBox) Close() error { return nil }

func (b *letterBox) all() []messages.Letter {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.list)
}

// TestAProbeFindsTheOneRecordThatSnowflakeRefuses puts a gateway before
// Snowflake that answers 400 to every append with a certain record in it (P13).
func TestAProbeFindsTheOneRecordThatSnowflakeRefuses(t *testing.T) {
	w := newWorld(t, 1)
	at := w.putOn(0, 9)
	w.refuses(`"N":5,`)
	box := &letterBox{}
	c := w.connect(box.install, func(p *plan) { p.Snowflake.Compression = config.Uncompressed })
	s := c.untilCaughtUp(8)

	w.expect("", 0, 1, 2, 3, 4, 6, 7, 8)
	if got := box.all(); len(got) != 1 || got[0].Seq != string(at[5].Seq) || !got[0].Rendered || !strings.Contains(got[0].Cause, "this row cannot be") {
		t.Errorf("dead letters %+v, want record 5 with Snowflake's words", got)
	}
	ends := s.Shards[0].Ends
	if len(ends) != 1 || ends[messages.ReasonRefused] > 6 {
		t.Errorf("generations ended %v, want a few refused ones alone", ends)
	}
	if n := s.Shards[0].Counters; n.Read != 9 || n.Discarded != 1 || n.Committed != 8 {
		t.Errorf("counted %+v", n)
	}
}

// refuses puts a gateway before Snowflake that answers 400 to every append that
// has a text in it.
func (w *world) refuses(text string) {
	w.t.Helper()
	service, err := url.Parse(w.Snowflake.URL())
	if err != nil {
		w.t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(service)
	w.rewrite(w.Snowflake.URL(), w.gateway(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || bytes.Contains(body, []byte(text)) {
			http.Error(rw, `{"code":"ERR_INVALID_REQUEST","message":"this row cannot be"}`, http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		proxy.ServeHTTP(rw, r)
	}))
}

// TestWhatIsReadAgainCountsOnce in what people are shown at the end: the live
// counters count what each generation did.
func TestWhatIsReadAgainCountsOnce(t *testing.T) {
	w := newWorld(t, 1)
	c := w.connect()
	w.putOn(0, 5)
	c.untilCaughtUp(5)
	w.Snowflake.StallCommits(true)
	w.putOn(0, 2)
	w.putRaw(0, []byte("rubbish"))
	w.putOn(0, 3)
	c.untilShard(0, "in flight", func(s *messages.ShardState) bool { return s.InFlight > 0 && s.Live.Discarded == 1 })
	if err := w.Snowflake.InvalidateChannel(w.channel(0), ""); err != nil {
		t.Fatal(err)
	}
	w.Snowflake.StallCommits(false)
	s := c.untilCaughtUp(10)
	if got := s.Durable; got.Read != 11 || got.Discarded != 1 || got.Committed != 10 {
		t.Errorf("durable %+v, want 11 read, 1 discarded, 10 committed", got)
	}
	if s.Total.Discarded != 2 {
		t.Errorf("nothing was read again: live %+v", s.Total)
	}
	c.drain(patience)
	if s = w.connect().untilCaughtUp(0); s.Durable != (messages.Counters{}) {
		t.Errorf("a second process counts %+v, and had nothing to do", s.Durable)
	}
}

// TestAnInvalidatedChannelGivesItsUncommittedRowsAgain invalidates a channel
// between acceptance and commit: the rows are gone, and read again.
func TestAnInvalidatedChannelGivesItsUncommittedRowsAgain(t *testing.T) {
	w := newWorld(t, 1)
	c := w.connect()
	w.putOn(0, 5)
	c.untilCaughtUp(5)
	w.Snowflake.StallCommits(true)
	w.putOn(0, 5)
	c.untilShard(0, "in flight", func(s *messages.ShardState) bool { return s.InFlight > 0 })
	if err := w.Snowflake.InvalidateChannel(w.channel(0), ""); err != nil {
		t.Fatal(err)
	}
	w.Snowflake.StallCommits(false)
	s := c.untilCaughtUp(10)
	w.expect("", between(0, 10)...)
	if ends := s.Shards[0].Ends; ends[messages.ReasonInvalidated] != 1 || len(ends) != 1 {
		t.Errorf("generations ended %v", ends)
	}
}

// TestARefusedAppendParksItsShardAndTheOthersFlow answers 403 (P11).
func TestARefusedAppendParksItsShardAndTheOthersFlow(t *testing.T) {
	w := newWorld(t, 2)
	w.Snowflake.Faults().Set(localsnowflake.ActionAppendRows, func(call fault.Call) fault.Effect {
		if strings.HasSuffix(call.Key, string(shardID(0))) {
			return refusal(403, localsnowflake.CodeTableMissing)
		}
		return fault.Effect{}
	})
	w.putOn(0, 3)
	w.putOn(1, 3)
	c := w.connect()
	parked := c.untilParked(0, messages.AccessDenied)
	for _, want := range []string{"403", "user KINESNOW with role KINESNOW", "RAW.EVENTS.ORDERS"} {
		if !strings.Contains(parked.Error, want) {
			t.Errorf("the error does not name %q: %s", want, parked.Error)
		}
	}
	w.putOn(1, 3)
	s := c.until("flowing beside it", func(s *messages.State) bool { return shardOf(s, 1).Live.Committed == 6 })
	if s.Health != messages.Degraded || s.Why != "1 of 2 shards flowing" {
		t.Errorf("health %s: %s", s.Health, s.Why)
	}
	if told := untilTold[*messages.Parked](c, 1); len(told) != 1 || told[0].Code != messages.AccessDenied {
		t.Errorf("parked events %+v", told)
	}
	w.Snowflake.Faults().Set(localsnowflake.ActionAppendRows, nil)
	if text := c.resolve(0, "token"); text != "" {
		t.Errorf("resolve: %s", text)
	}
	c.untilCaughtUp(9)
	w.expect(onShard(0), 0, 1, 2)
	w.expect(onShard(1), between(3, 9)...)
}
