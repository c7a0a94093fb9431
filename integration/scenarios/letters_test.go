package scenarios

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/deadletter"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/replay"
)

// choosy is a transform that makes no row of what says "poison".
func choosy(_ messages.Record, object []byte) ([]byte, error) {
	if strings.Contains(string(object), "poison") {
		return nil, errors.New("poison")
	}
	return object, nil
}

// file is the world's configuration.
func (w *world) file() supervisor.File {
	w.t.Helper()
	file, err := supervisor.Load(w.ConfigFile(), os.LookupEnv)
	if err != nil {
		w.t.Fatal(err)
	}
	return file
}

// options are how a test replays: at once, and with what it changes.
func (w *world) options(changes ...func(*replay.Options)) replay.Options {
	o := replay.Options{Host: supervisor.Host{DataDir: w.dataDir(), Pace: quick}}
	for _, change := range changes {
		change(&o)
	}
	return o
}

// resend sends dead letters again.
func (w *world) resend(r replay.LettersRequest, changes ...func(*replay.Options)) *replay.LettersReport {
	w.t.Helper()
	report, err := replay.SendLetters(w.t.Context(), w.file(), "orders", r, w.options(changes...))
	if err != nil {
		w.t.Fatal(err)
	}
	return report
}

// expectAudit audits, and wants no finding.
func (w *world) expectAudit(replayed int64) {
	w.t.Helper()
	if r := w.audit(); !r.Exact || r.Sums.Replayed != replayed || *r.Sums.Table != r.Sums.Committed-r.Sums.Rejected+replayed {
		w.t.Errorf("the audit is exact: %v, with %+v; want it exact with %d rows replayed; notes %q", r.Exact, r.Sums, replayed, r.Notes)
	}
}

// poisoned is a world where every other record of one shard was poison.
func poisoned(t *testing.T, n int, changes ...func(*localcloud.Options)) *world {
	t.Helper()
	w := newWorld(t, 1, changes...)
	w.rewrite("connectors:\n", "  deadletter: {to: file}\nconnectors:\n")
	for range n {
		w.putOn(0, 1)
		w.putRaw(0, []byte(`[{"N":1000,"WHY":"poison"},{"N":1001}]`))
	}
	w.putRaw(0, []byte(`17`))
	c := w.connect(func(p *plan) { p.Host.Transform = choosy })
	c.untilCaughtUp(int64(n))
	c.drain(patience)
	return w
}

// TestATableThatIsNotThereHoldsNoLettersUp: it is refused before anything is
// fixed, by its right name where only the case is another; what is asked for then
// is done.
func TestATableThatIsNotThereHoldsNoLettersUp(t *testing.T) {
	w := poisoned(t, 1)
	w.execute("CREATE TABLE again LIKE ORDERS")
	for table, want := range map[string]string{"again": "--table AGAIN", "nowhere": `CREATE TABLE "RAW"."EVENTS"."nowhere" LIKE "RAW"."EVENTS"."ORDERS"`, `a"b`: "holds quotes"} {
		_, err := replay.SendLetters(t.Context(), w.file(), "orders", replay.LettersRequest{Table: table}, w.options())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", table, err, want)
		}
		if _, planErr := replay.LettersPlan(t.Context(), w.file(), "orders", replay.LettersRequest{Table: table}, w.options()); planErr == nil || planErr.Error() != err.Error() {
			t.Errorf("%s: planned: %v", table, planErr)
		}
	}
	if r := w.resend(replay.LettersRequest{Table: "AGAIN"}); !r.Exact || r.Letters != 1 || r.Waiting != 1 || len(r.Replays) != 1 {
		t.Errorf("sent %+v", r)
	}
}

// TestDeadLettersAreSentAgainOnceAfterAFix: the transform was mended. What still
// makes no row stays, with its new cause; the audit explains the rows.
func TestDeadLettersAreSentAgainOnceAfterAFix(t *testing.T) {
	w := poisoned(t, 5)
	fixed := func(o *replay.Options) {
		o.Host.Transform = func(r messages.Record, object []byte) ([]byte, error) {
			if string(object) == "17" {
				return nil, errors.New("still no object")
			}
			return object, nil
		}
	}
	planned, err := replay.LettersPlan(t.Context(), w.file(), "orders", replay.LettersRequest{}, w.options(fixed))
	if err != nil || planned.Letters != 5 || planned.Rows != 10 || planned.Waiting != 1 || planned.ExitCode() != 0 {
		t.Errorf("planned %+v, %v", planned, err)
	}
	w.expect("N >= 1000")
	r := w.resend(replay.LettersRequest{}, fixed)
	if r.Letters != 5 || r.Rows != 10 || r.Waiting != 1 || !r.Exact || r.ExitCode() != 2 || r.Causes[0].Cause != "transform: still no object" {
		t.Errorf("sent %+v", r)
	}
	w.expect("N >= 1000", 1000, 1001, 1000, 1001, 1000, 1001, 1000, 1001, 1000, 1001)
	w.expectAudit(10)
	if again := w.resend(replay.LettersRequest{}, fixed); again.Letters != 0 || len(again.Replays) != 0 {
		t.Errorf("sent again: %+v", again)
	}
	list, err := replay.Letters(w.dataDir(), "orders", replay.Choice{Cause: "still"}, 10)
	if err != nil || list.Letters != 1 || list.Waiting != 1 || list.Shown[0].Cause != "transform: still no object" || list.Shown[0].Preview != "17" {
		t.Errorf("listed %+v, %v", list, err)
	}
	if all, err := replay.Letters(w.dataDir(), "orders", replay.Choice{}, 100); err != nil || all.Replayed != 5 || all.Waiting != 1 || all.Shown[0].State != replay.Replayed {
		t.Errorf("listed %+v, %v", all, err)
	}
	w.execute("INSERT INTO ORDERS SELECT * FROM ORDERS WHERE N = 1001")
	if r := w.audit(); r.Exact || r.Sums.Doubled != 5 || r.Sums.Strange+r.Sums.Missing != 0 {
		t.Errorf("audit of five rows that are there twice: %+v", r.Sums)
	}
	w.execute("DELETE FROM ORDERS WHERE N = 1001")
	if r := w.audit(); r.Exact || r.Sums.Missing != 5 || r.Sums.Strange+r.Sums.Doubled != 0 {
		t.Errorf("audit without five of the rows: %+v", r.Sums)
	}
}

// TestLettersAreSentAsTheConnectorSendsRowsWhereItAddsColumns: a value gets its
// column, and one that its column would change stays a letter.
func TestLettersAreSentAsTheConnectorSendsRowsWhereItAddsColumns(t *testing.T) {
	w := newWorld(t, 1)
	w.remake("CREATE OR REPLACE TABLE ORDERS (N NUMBER, KINESISMETADATA OBJECT)")
	w.rewrite("connectors:\n", "  deadletter: {to: file}\nconnectors:\n")
	w.rewrite(`table: "ORDERS"`, `table: "ORDERS", schema_evolution: client`)
	for _, payload := range []string{`{"N":0}`, `{"N":1,"EXTRA":"poison"}`, `{"N":2.5,"EXTRA":"poison"}`} {
		w.putRaw(0, []byte(payload))
	}
	c := w.connect(func(p *plan) { p.Host.Transform = choosy })
	c.untilCaughtUp(1)
	c.drain(patience)
	r := w.resend(replay.LettersRequest{})
	if r.Letters != 1 || r.Rows != 1 || !r.Exact || len(r.Replays) != 1 || r.Replays[0].Refused != 1 {
		t.Errorf("sent %+v", r)
	}
	w.expect("", 0, 1)
	w.expect("EXTRA = 'poison'", 1)
	list, err := replay.Letters(w.dataDir(), "orders", replay.Choice{Cause: "rounded"}, 10)
	if err != nil || list.Letters != 1 || list.Waiting != 1 {
		t.Errorf("listed %+v, %v", list, err)
	}
	w.expectAudit(1)
}

// TestAReplayOfLettersThatWasKilledGoesOn: the disk is as it was while rows were
// under way, and Snowflake went on. Nothing is doubled, nothing lost.
func TestAReplayOfLettersThatWasKilledGoesOn(t *testing.T) {
	w := poisoned(t, 6)
	w.Snowflake.StallCommits(true) // until it is killed, whenever the machine lets it be
	plans := deadletter.Replays(filepath.Join(w.dataDir(), "deadletter", "orders"))
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	image := filepath.Join(t.TempDir(), "image")
	report, err := replay.SendLetters(ctx, w.file(), "orders", replay.LettersRequest{}, w.options(func(o *replay.Options) {
		o.Progress = func(s *messages.State) {
			if s.Total.Appended > 0 && ctx.Err() == nil {
				if err := os.CopyFS(image, os.DirFS(plans)); err != nil {
					t.Error(err)
				}
				kill()
				time.AfterFunc(time.Second, func() { w.Snowflake.StallCommits(false) })
			}
		}
	}))
	if err == nil || report == nil || report.Exact {
		t.Fatalf("a replay that was killed: %+v, %v", report, err)
	}
	if err := errors.Join(os.RemoveAll(plans), os.CopyFS(plans, os.DirFS(image))); err != nil {
		t.Fatal(err)
	}
	list, err := replay.Letters(w.dataDir(), "orders", replay.Choice{}, 10)
	if err != nil || list.Unended == "" || list.Shown[0].State != replay.Sending {
		t.Errorf("listed %+v, %v", list, err)
	}
	if r := w.resend(replay.LettersRequest{}); r.Letters != 6 || r.Rows != 12 || !r.Exact || r.Waiting != 1 {
		t.Errorf("gone on with: %+v", r)
	}
	w.expect("N = 1000", 1000, 1000, 1000, 1000, 1000, 1000)
	w.expectAudit(12)
}

// TestALetterIsNotSentWhileItsRecordMayStillBecomeARow: the live flow has not
// passed it, and may read it again (P17).
func TestALetterIsNotSentWhileItsRecordMayStillBecomeARow(t *testing.T) {
	w := poisoned(t, 1)
	q, err := deadletter.OpenFile(filepath.Join(w.dataDir(), "deadletter", "orders"), deadletter.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	at := w.putRaw(0, []byte(`{"N":2000}`))
	letter := messages.Letter{Connector: "orders", Stream: "orders", Shard: shardID(0), Seq: string(at.Seq), Sub: "0", Arrival: time.Now(), Cause: "invented", Payload: []byte(`{"N":2000}`)}
	if err := q.Put(t.Context(), []messages.Letter{letter}); err != nil {
		t.Fatal(err)
	}
	if r := w.resend(replay.LettersRequest{}); r.Early != 1 || r.Letters != 1 {
		t.Errorf("sent %+v", r)
	}
	c := w.connect(toFile)
	c.untilCaughtUp(1)
	w.expect("N = 2000", 2000)
	w.expectAudit(2)
}
