package scenarios

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
	"github.com/kinesnow/kinesnow/supervisor/replay"
)

func bound(t *testing.T, text string) replay.Bound {
	t.Helper()
	b, err := replay.ParseBound(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// soon is a time that everything that was put has arrived before, once it is
// over.
func soon(t *testing.T) replay.Bound {
	t.Helper()
	to := time.Now().Truncate(time.Second).Add(time.Second)
	time.Sleep(time.Until(to))
	return bound(t, to.UTC().Format(time.RFC3339))
}

// TestAStretchIsReadAgainIntoAnotherTable, across a split, beside the live flow,
// interrupted once; then a stretch of positions.
func TestAStretchIsReadAgainIntoAnotherTable(t *testing.T) {
	w := newWorld(t, 1)
	w.execute("CREATE TABLE AGAIN LIKE ORDERS")
	w.execute(`CREATE TABLE "a part" LIKE ORDERS`)
	live := w.connect()
	before := w.putOn(0, 30)
	w.splitShard(0)
	w.putOn(0, 10)
	r := replay.Request{Range: replay.Range{From: bound(t, "TRIM_HORIZON"), To: soon(t)}, Table: "AGAIN"}
	w.putOn(0, 5)

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	w.Snowflake.StallCommits(true) // until it is interrupted, whenever the machine lets it be
	cut, err := replay.Stream(ctx, w.file(), "orders", r, w.options(func(o *replay.Options) {
		o.Progress = func(s *messages.State) {
			if s.Total.Appended > 0 && ctx.Err() == nil {
				stop()
				time.AfterFunc(time.Second, func() { w.Snowflake.StallCommits(false) })
			}
		}
	}))
	if err == nil || cut.Exact || cut.Done {
		t.Errorf("an interrupted replay: %+v, %v", cut, err)
	}
	for range 2 { // the second only gives the account again
		report, err := replay.Stream(t.Context(), w.file(), "orders", r, w.options())
		if err != nil || !report.Exact || report.ExitCode() != 0 || report.Sums.Read != 40 || *report.Sums.Table != 40 || *report.Sums.Snowflake != 40 || report.Dropped != len(report.Shards) {
			t.Fatalf("replayed %+v, %v", report, err)
		}
	}
	if got := w.numbers("SELECT N FROM AGAIN"); len(got) != 40 || got[0] != 0 || got[39] != 39 {
		t.Errorf("the other table has %v", got)
	}

	part := replay.Request{Range: replay.Range{From: bound(t, string(before[3].Seq)), To: bound(t, before[6].String()), Shard: shardID(0)}, Table: "a part"}
	if report, err := replay.Stream(t.Context(), w.file(), "orders", part, w.options()); err != nil || !report.Exact || report.Sums.Read != 4 {
		t.Errorf("replayed %+v, %v", report, err)
	}
	if got := w.numbers(`SELECT N FROM "a part"`); len(got) != 4 || got[0] != 3 || got[3] != 6 {
		t.Errorf("the part is %v, want 3 to 6", got)
	}
	if _, err := replay.Stream(t.Context(), w.file(), "orders", replay.Request{Range: r.Range, Table: "ORDERS"}, w.options()); err == nil || !strings.Contains(err.Error(), "is the table of connector orders") {
		t.Errorf("into the live table: %v", err)
	}
	live.until("caught up", func(s *messages.State) bool { return s.Total.Committed == 45 && s.CaughtUp() })
	w.expect("", between(0, 45)...)
	live.drain(patience)
	w.expectAudit(0)
}

// TestAReplayTellsWhatIsGone: records expired since.
func TestAReplayTellsWhatIsGone(t *testing.T) {
	w, clock := newClockedWorld(t, 1)
	w.execute("CREATE TABLE AGAIN LIKE ORDERS")
	from := clock.read().UTC().Format(time.RFC3339)
	w.putOn(0, 3)
	clock.advance(25 * time.Hour)
	w.putOn(0, 2)
	clock.advance(10 * time.Second)
	r := replay.Request{Range: replay.Range{From: bound(t, from), To: bound(t, clock.read().UTC().Format(time.RFC3339))}, Table: "AGAIN"}
	report, err := replay.Stream(t.Context(), w.file(), "orders", r, w.options())
	if err != nil || report.Exact || report.ExitCode() != 2 || report.Sums.Gaps != 1 || report.Sums.Read != 2 || !strings.Contains(report.Findings[0], "are gone") {
		t.Errorf("replayed %+v, %v", report, err)
	}
	none := replay.Request{Range: r.Range, Table: "NOWHERE"}
	report, err = replay.Stream(t.Context(), w.file(), "orders", none, w.options())
	if err != nil || report.ExitCode() != messages.TargetMissing.ExitCode() || !strings.Contains(strings.Join(report.Notes, " "), `CREATE TABLE "RAW"."EVENTS"."NOWHERE" LIKE "RAW"."EVENTS"."ORDERS"`) {
		t.Errorf("into a table that is not there: %+v, %v", report, err)
	}
}

// TestRejectedRowsAreLocatedAndTheTableIsMended: the shard stops, its row is
// found with the statement that status shows, the table is altered, the decision
// made, and it flows.
func TestRejectedRowsAreLocatedAndTheTableIsMended(t *testing.T) {
	w := newWorld(t, 1)
	w.execute("ALTER TABLE ORDERS ADD COLUMN AMOUNT NUMBER")
	c := w.connect(func(p *plan) { p.Snowflake.OnRejectedRows = config.StopOnRejectedRows })
	w.putOn(0, 2)
	w.putRaw(0, []byte(`{"N":100,"AMOUNT":"lots"}`))
	c.untilParked(0, messages.RowsRejected)
	sh := c.untilShard(0, "tells", func(s *messages.ShardState) bool { return s.Rejection != nil })
	if r := sh.Rejection; r.Rows != 1 || r.Message == "" || r.UpTo == "" || r.At.IsZero() || sh.Live.Rejected != 1 {
		t.Errorf("told of %+v, live %+v", r, sh.Live)
	}
	if got := w.numbers(`SELECT ERROR_DATA:"$1":N::NUMBER FROM ` + strings.TrimPrefix(sh.Rejection.Query, "SELECT * FROM ")); len(got) != 1 || got[0] != 100 {
		t.Errorf("%s shows %v, want the rejected row", sh.Rejection.Query, got)
	}
	w.execute("ALTER TABLE ORDERS DROP COLUMN AMOUNT")
	w.execute("ALTER TABLE ORDERS ADD COLUMN AMOUNT VARIANT")
	c.accepts(0, messages.RowsRejected, "token")
	w.putRaw(0, []byte(`{"N":101,"AMOUNT":"lots"}`))
	c.untilCaughtUp(4)
	w.expect("", 0, 1, 101)
	c.drain(patience)
	if n := integer(w.lease(0, "countRejected")); n != 1 {
		t.Errorf("the lease row counts %d rejected rows", n)
	}
	w.expectAudit(0)
}
