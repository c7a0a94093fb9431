package sim

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
	"github.com/kinesnow/kinesnow/messages"
)

// TestTheOracleSeesEveryKindOfWrong: an oracle that never complains proves
// nothing.
func TestTheOracleSeesEveryKindOfWrong(t *testing.T) {
	const shard = "shardId-000000000000"
	row := func(seq int) rowstore.Transaction {
		text := fmt.Sprintf(`{"N":1,"KINESISMETADATA":{"shardId":%q,"sequenceNumber":"%d","subSequenceNumber":0}}`, shard, seq)
		return rowstore.Transaction{Rows: []rowstore.TableRows{{Table: 1, Rows: []rowstore.Row{{JSON: []byte(text)}}}}}
	}
	token := func(seq int) rowstore.Transaction {
		text := messages.Token{Position: messages.Position{Seq: messages.SequenceNumber(fmt.Sprint(seq)), Sub: messages.Whole}, Shard: shard}.String()
		return rowstore.Transaction{State: []rowstore.State{{Key: "channel/c", Value: fmt.Appendf(nil, `{"Name":"c","Committed":%q}`, text)}}}
	}
	for _, c := range []struct {
		name  string
		after []rowstore.Transaction
		want  string // how the verdict begins
	}{
		{"all is well", []rowstore.Transaction{row(101), row(102), token(103), row(104), token(104)}, ""},
		{"a row twice", []rowstore.Transaction{row(101), row(101)}, "DOUBLED"},
		{"two rows in the wrong order", []rowstore.Transaction{row(102), row(101)}, "MISORDERED"},
		{"a row that nobody put", []rowstore.Transaction{row(99)}, "a row of"},
		{"a row of a record that is to be filtered", []rowstore.Transaction{row(101), row(102), row(103)}, "DOUBLED"},
		{"a token before its rows", []rowstore.Transaction{row(101), token(102)}, "T TOO EARLY"},
		{"a row that never comes", []rowstore.Transaction{row(101), row(102)}, "MISSING"},
	} {
		synctest.Test(t, func(t *testing.T) {
			w, err := newWorld(NewPlan(1), nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i, rows := range []int{1, 1, 0, 1} {
				w.oracle.put(shard, fmt.Sprint(101+i), "k", []user{{rows: rows}})
			}
			for _, transaction := range c.after {
				w.oracle.committed(transaction)
			}
			got := w.verdict()
			if got == "" {
				got = w.oracle.missing()
			}
			if c.want == "" && got != "" || !strings.HasPrefix(got, c.want) {
				t.Errorf("%s: %q", c.name, got)
			}
			w.end()
		})
	}
}

// TestOnlyBlowsThatMatterAreCounted.
func TestOnlyBlowsThatMatterAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger()
		l.begun("p1/shards/shardId-000000000000/channel-2")
		l.strike(&Blow{kind: "lost", call: "p1 GetRecords"})
		l.strike(&Blow{kind: "refused", call: "p1 Status"})
		l.strike(&Blow{kind: "killed", node: "p1", slow: true})
		l.strike(&Blow{kind: "panic", node: "p1", shard: "shardId-000000000000"})
		l.called("p1 GetRecords")
		l.begun("p1/shards/shardId-000000000000/channel-3")
		time.Sleep(2 * memory)
		l.called("p1 Status") // too late: this is a call of its own
		l.begun("p2/shards/shardId-000000000000/channel-4")
		for kind, want := range map[string]int64{"lost": 1, "refused": 0, "killed": 1, "panic": 1} {
			if got := l.tallies[kind]; got.Fired != 1 || got.Counted != want {
				t.Errorf("%s: %+v, want %d that mattered", kind, *got, want)
			}
		}
	})
}
