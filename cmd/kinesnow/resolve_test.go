package main

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/messages"
)

// loseToken makes the channel of shard 0 one that was dropped in the middle of
// an append.
func (w *site) loseToken() {
	w.t.Helper()
	w.lease(0, "settled", &types.AttributeValueMemberBOOL{Value: false})
	if err := w.cloud.Snowflake.DropChannelState(w.channel(0)); err != nil {
		w.t.Fatal(err)
	}
}

// resolves runs resolve and wants an exit code and words.
func (w *site) resolves(want int, words string, args ...string) {
	w.t.Helper()
	code, stdout, stderr := w.types(append([]string{"resolve", "orders/0"}, args...)...)
	if code != want || !strings.Contains(stdout+stderr, words) {
		w.t.Errorf("resolve %s exits with %d: %s%s; want %d and %q", strings.Join(args, " "), code, stdout, stderr, want, words)
	}
}

// TestResolveFromTheTableGoesOnBehindItsRowsAndItsRejectedOnes: the last record
// before the channel was lost is in the error table alone, and is not sent again.
func TestResolveFromTheTableGoesOnBehindItsRowsAndItsRejectedOnes(t *testing.T) {
	w := newSite(t)
	w.putOn(0, 3)
	w.putOn(1, 5)
	w.catchUp()
	w.putRaw(0, `{"N":"no number"}`)
	if code, _, stderr := w.types("run", "--until-caught-up"); code != exitFindings {
		t.Fatalf("run with a rejected row exits with %d: %s", code, tail(stderr))
	}
	w.loseToken()
	w.putOn(0, 2)
	process := w.runs()
	w.untilStopped(0, messages.TokenLost)
	for _, want := range []string{"TOKEN_LOST  ", "kinesnow resolve orders/0 --why", "read docs/stops.md#token_lost"} {
		w.wait("status says "+want, func() bool {
			_, status, _ := w.types("status")
			return strings.Contains(status, want)
		})
	}
	w.resolves(exitFailure, "no token of ours", "--from", "token", "--why", "x")
	w.resolves(exitFailure, "read docs/stops.md#token_lost", "--from", "token", "--why", "x")
	code, line, stderr := w.types("resolve", "orders/0", "--from", "table", "--why", "I looked at the table", "-o", "json")
	if v := parsed(t, line); code != exitFine || v["connector"] != "orders" || v["shard"] != "shardId-000000000000" || v["from"] != "table" || v["why"] != "I looked at the table" || v["who"] == "" {
		t.Errorf("exit %d, %s%s", code, line, stderr)
	}
	w.untilRows(10)
	w.resolves(exitFailure, "is not stopped", "--from", "table", "--why", "once more")
	process.ends(exitFine)
	if n := w.ask("SELECT COUNT(*) FROM T"); n != 10 {
		t.Errorf("%d rows in the table, want 10", n)
	}
	if n := w.ask("SELECT COUNT(DISTINCT N) FROM T"); n != 10 {
		t.Errorf("%d records in the table, want 10", n)
	}
	if n := w.ask("SELECT COUNT(*) FROM ERROR_TABLE(" + w.table + ")"); n != 1 {
		t.Errorf("%d rejected rows, want 1: it was sent again", n)
	}
	_, story, _ := w.types("history", "orders/0")
	for _, want := range []string{"STOPPED TOKEN_LOST", "resolved TOKEN_LOST with --from table, which is ..", ": I looked at the table", "REJECTED 1 of them"} {
		if !strings.Contains(story, want) {
			t.Errorf("the story has no %q:\n%s", want, story)
		}
	}
	text, r := w.audits(exitFine)
	if s := r.Sums; s.Rejected != 1 || *s.ErrorTable != 1 || *s.Table != 10 {
		t.Errorf("%+v\n%s", s, text)
	}
}

// TestResolveRefusesWhatTheTableWouldHaveTwice: with a warehouse to ask, a
// checkpoint below the table's rows is seen.
func TestResolveRefusesWhatTheTableWouldHaveTwice(t *testing.T) {
	w := newSite(t)
	w.work(1)
	w.remember()
	w.work(1)
	first, err := messages.ParseToken(w.firstToken(), w.shardID(0))
	if err != nil {
		t.Fatal(err)
	}
	w.lease(0, "committedToken", &types.AttributeValueMemberS{Value: w.firstToken()})
	w.lease(0, "sequenceNumber", &types.AttributeValueMemberS{Value: string(first.Position.Seq)}) // or it were another product's
	w.loseToken()
	w.rewrite("snowflake: {", "snowflake: {warehouse: WH, ")
	process := w.runs()
	w.untilStopped(0, messages.TokenLost)
	w.resolves(exitFailure, "would double what lies between; use --from table", "--from", "checkpoint", "--why", "x")
	w.resolves(exitFailure, "would double what lies between; use --from table", "--from", string(first.Position.Seq), "--why", "x")
	w.resolves(exitFine, "goes on from table", "--from", "table", "--why", "x")
	w.putOn(0, 1)
	w.untilRows(21)
	process.ends(exitFine)
	if n := w.ask("SELECT COUNT(*) FROM T"); n != 21 {
		t.Errorf("%d rows in the table, want 21", n)
	}
}

// TestARestoredTableIsExactAgainOnceItIsResolved: the rows that the restore took
// away were committed twice in all, and are in the table once.
func TestARestoredTableIsExactAgainOnceItIsResolved(t *testing.T) {
	w := newSite(t)
	w.work(1)
	w.remember()
	w.work(1)
	w.execute("DELETE FROM T WHERE N BETWEEN 10 AND 15", 6)
	w.setToken(0, w.firstToken())
	process := w.runs()
	w.untilStopped(0, messages.TokenRegressed)
	w.audits(exitFindings)
	w.resolves(exitFailure, "would double what lies between", "--from", "1", "--why", "x")
	w.resolves(exitFine, "goes on from token", "--from", "token", "--why", "restored")
	w.untilRows(20)
	process.ends(exitFine)
	w.putOn(0, 1)
	w.catchUp()
	text, r := w.audits(exitFine)
	if s := r.Sums; *s.Table != 21 || s.Committed != 21 {
		t.Errorf("%+v\n%s", s, text)
	}
}

// TestResolveFromAnEmptyTableSaysWhatIsLeft: the checkpoint would lose what was
// truncated, and the table names no position.
func TestResolveFromAnEmptyTableSaysWhatIsLeft(t *testing.T) {
	w := newSite(t)
	w.work(1)
	w.execute("TRUNCATE TABLE "+w.table, -1)
	w.loseToken()
	process := w.runs()
	w.untilStopped(0, messages.TokenLost)
	w.resolves(exitFailure, "the table has no row of shardId-000000000000: use --from checkpoint, or a position", "--from", "table", "--why", "x")
	w.resolves(exitFailure, "the table has no row", "--from", "table", "--why", "again") // nothing was changed by the first
	w.resolves(exitFine, "goes on from 0", "--from", "0", "--why", "read all of it again")
	w.untilRows(6)
	process.ends(exitFine)
	if n := w.ask("SELECT COUNT(DISTINCT N) FROM T"); n != 6 {
		t.Errorf("%d of 6 records came back", n)
	}
}

func TestResolveTakesNoDecisionAboutAShardThatIsNotStopped(t *testing.T) {
	w := newSite(t)
	w.putOn(0, 2)
	process := w.runs()
	w.untilRows(2)
	w.untilShard(0, "is told of", func(*messages.ShardState) bool { return true })
	w.resolves(exitFailure, "is not stopped", "--from", "token", "--why", "x")
	w.resolves(exitUsage, "--why: is required", "--from", "token")
	process.ends(exitFine)
	w.resolves(exitUnreachable, "kinesnow run", "--from", "token", "--why", "x")
}
