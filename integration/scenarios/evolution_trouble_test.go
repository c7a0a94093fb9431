package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// bare leaves the table's columns to the test.
func bare(o *localcloud.Options) { o.Columns = nil }

// putWith puts one more record, {"N":i} with more members, on a shard.
func (w *world) putWith(shard int, members string) {
	w.t.Helper()
	w.putRaw(shard, fmt.Appendf(nil, `{"N":%d,%s}`, w.put, members))
	w.put++
}

// values are those of a column, by N, without NULL.
func (w *world) values(column string) []string {
	w.t.Helper()
	return w.texts(fmt.Sprintf("SELECT %s::STRING FROM ORDERS WHERE %s IS NOT NULL ORDER BY N", column, column))
}

// twoProcesses are two connectors that have one shard each and add columns
// themselves.
func (w *world) twoProcesses() (both []*connector) {
	w.t.Helper()
	for range 2 {
		both = append(both, w.connect(w.evolving))
	}
	for _, c := range both {
		c.until("has its part", func(s *messages.State) bool { return len(s.Shards) == 1 && s.Shards[0].Phase == messages.PhaseFlowing })
	}
	return both
}

// TestShardsWithDivergingSchemasShareATable: each brings keys of its own and
// some that both have, from two processes, whose actors for it are killed all
// the while. Every value is in its column.
func TestShardsWithDivergingSchemasShareATable(t *testing.T) {
	w := newWorld(t, 2, bare, undisturbed)
	w.remake(icebergV3)
	both := w.twoProcesses()
	over, ended := make(chan bool), make(chan bool)
	go func() {
		defer close(ended)
		for pause := 400 * time.Millisecond; ; pause += pause / 4 { // on a slow machine, too, one of them lives long enough
			select {
			case <-over:
				return
			case <-time.After(pause):
				for _, c := range both {
					c.system.Root.Stop(actor.NewPID(c.system.Address(), "orders/schema"))
				}
			}
		}
	}()
	for i := range 3 {
		for range 3 {
			w.putWith(0, fmt.Sprintf(`"left_%d":%d,"both_%d":true`, i, i, i))
			w.putWith(1, fmt.Sprintf(`"right_%d":"%d","both_%d":false`, i, i, i))
		}
		w.untilRows(w.put)
	}
	close(over)
	<-ended
	for i := range 3 {
		for column, want := range map[string]string{"LEFT": strings.Repeat(fmt.Sprint(i), 3), "RIGHT": strings.Repeat(fmt.Sprint(i), 3), "BOTH": "truefalsetruefalsetruefalse"} {
			if got := strings.Join(w.values(fmt.Sprint(column, "_", i)), ""); got != want {
				t.Errorf("%s_%d has %q, want %q", column, i, got, want)
			}
		}
	}
	if got := w.numbers("SELECT N FROM ORDERS ORDER BY N"); !slices.Equal(got, between(0, w.put)) {
		t.Errorf("the table has %v", got)
	}
	for _, c := range both {
		c.drain(patience)
	}
	w.auditExact()
}

// TestTwoProcessesAddOneKeyWithTwoTypes at the same time: the first decides.
// What its column cannot hold is a row error, counted and never silent.
func TestTwoProcessesAddOneKeyWithTwoTypes(t *testing.T) {
	w := newWorld(t, 2, bare, undisturbed)
	w.remake(standardTable)
	both := w.twoProcesses()
	w.putWith(0, `"both":1.5`)
	w.putWith(1, `"both":"one and a half"`)
	var rejected int64
	w.wait("both are through", func() bool {
		rejected = 0
		for _, c := range both {
			rejected += c.state().Total.Rejected
		}
		return int64(w.numbers("SELECT COUNT(*) FROM ORDERS")[0])+rejected == 2
	})
	text := slices.Contains(w.shape(), "BOTH VARCHAR(16777216)")
	if got, want := w.values("BOTH"), map[bool][]string{true: {"1.5", "one and a half"}, false: {"1.5"}}[text]; !slices.Equal(got, want) || text == (rejected == 1) {
		t.Errorf("the column is text: %v; it has %q, and %d rows were rejected", text, got, rejected)
	}
	for _, c := range both {
		c.drain(patience)
	}
	w.auditExact()
}

// TestAColumnThatRowsLackIsRequiredNoMore, and a record that no table can take
// is a dead letter that alters nothing.
func TestAColumnThatRowsLackIsRequiredNoMore(t *testing.T) {
	w := newWorld(t, 1, bare)
	w.remake("CREATE OR REPLACE TABLE ORDERS (KINESISMETADATA OBJECT, N NUMBER, MUST VARCHAR NOT NULL, HAS VARCHAR NOT NULL DEFAULT 'x')")
	w.putWith(0, `"must":"here"`)
	w.putRaw(0, []byte(`{"N":-1,"":1}`))
	w.putRaw(0, wide(-2, "col", 2100))
	w.putWith(0, `"has":"y"`)
	box := &letterBox{}
	c := w.connect(w.evolving, box.install)
	c.untilCaughtUp(2)
	w.expect("", 0, 1)
	if got := w.texts("SELECT HAS FROM ORDERS ORDER BY N"); !slices.Equal(got, []string{"x", "y"}) {
		t.Errorf("HAS is %q", got)
	}
	if got := changes(c, 1); len(got) != 1 || !strings.HasSuffix(got[0], `ALTER COLUMN "MUST" DROP NOT NULL`) {
		t.Errorf("ran %q", got)
	}
	letters := box.all()
	if len(letters) != 2 || !strings.Contains(letters[0].Cause, "can be no column") || !strings.Contains(letters[1].Cause, "more than 2000 keys") {
		t.Errorf("dead letters: %+v", letters)
	}
	c.kill()
	w.auditExact()
}

// TestANumberIsNeverRounded: integers came first, and made the column; a
// fraction, whether it was read before that or after, is a dead letter and no
// rounded number.
func TestANumberIsNeverRounded(t *testing.T) {
	w := newWorld(t, 2, bare)
	w.remake(icebergV2)
	box := &letterBox{}
	c := w.connect(w.evolving, box.install)
	c.until("flows", func(s *messages.State) bool { return len(s.Shards) == 2 && s.CaughtUp() })
	w.putWith(0, `"price":10`)
	w.putWith(1, `"price":10.5`) // at the same time: which of them makes the column is open
	w.wait("both are through", func() bool { return w.numbers("SELECT COUNT(*) FROM ORDERS")[0]+len(box.all()) == 2 })
	w.putWith(0, `"price":0.001`)
	w.wait("the third is, too", func() bool { return w.numbers("SELECT COUNT(*) FROM ORDERS")[0]+len(box.all()) == 3 })
	c.untilCaughtUp(0)
	got, letters := w.texts("SELECT PRICE::STRING FROM ORDERS ORDER BY N"), box.all()
	if slices.Contains(w.shape(), "PRICE FLOAT") {
		if !slices.Equal(got, []string{"10", "10.5", "0.001"}) || len(letters) != 0 {
			t.Errorf("a column of fractions has %q, dead letters %+v", got, letters)
		}
	} else if !slices.Equal(got, []string{"10"}) || len(letters) != 2 || !strings.Contains(letters[0].Cause, "would be rounded") {
		t.Errorf("a column of integers has %q, dead letters %+v", got, letters)
	}
	c.kill()
	w.auditExact()
}

// TestATableThatMayNotBeAlteredStopsTheShard, says what to run and what to
// grant, and flows again after it.
func TestATableThatMayNotBeAlteredStopsTheShard(t *testing.T) {
	w := newWorld(t, 1, bare)
	w.remake(icebergV2)
	w.asAdmin("GRANT OWNERSHIP ON TABLE RAW.EVENTS.ORDERS TO ROLE SYSADMIN COPY CURRENT GRANTS")
	w.asAdmin("GRANT SELECT, INSERT ON TABLE RAW.EVENTS.ORDERS TO ROLE " + localcloud.Role)
	w.putWith(0, `"amount":12.5`)
	c := w.connect(w.evolving)
	parked := c.untilParked(0, messages.AccessDenied)
	statement := `ALTER ICEBERG TABLE "RAW"."EVENTS"."ORDERS" ADD COLUMN IF NOT EXISTS "N" NUMBER(38, 0), IF NOT EXISTS "AMOUNT" DOUBLE`
	if !strings.Contains(parked.Hint, statement) || !strings.Contains(parked.Hint, `GRANT OWNERSHIP ON TABLE "RAW"."EVENTS"."ORDERS" TO ROLE "KINESNOW"`) {
		t.Errorf("the way out: %s", parked.Hint)
	}
	w.asAdmin("GRANT OWNERSHIP ON TABLE RAW.EVENTS.ORDERS TO ROLE " + localcloud.Role + " COPY CURRENT GRANTS")
	if wrong := c.resolve(0, "checkpoint"); wrong != "" {
		t.Fatal(wrong)
	}
	c.untilCaughtUp(1)
	if got := w.values("AMOUNT"); !slices.Equal(got, []string{"12.5"}) {
		t.Errorf("AMOUNT is %q", got)
	}
	if s := c.state(); s.Health != messages.Flowing || s.Schema.Changes != 1 {
		t.Errorf("afterwards %s, %+v", s.Health, s.Schema)
	}
	c.kill()
	w.auditExact()
}

// TestKeysThatNobodyMakesColumnsForAreCounted where the table can be described:
// once by name in the log, all of them in the state.
func TestKeysThatNobodyMakesColumnsForAreCounted(t *testing.T) {
	for name, c := range map[string]struct {
		table   string
		change  func(*world, *plan)
		values  int64 // -1 = it is not known
		ignores bool
	}{
		"a standard table that does not evolve": {"CREATE OR REPLACE TABLE ORDERS (KINESISMETADATA OBJECT, N NUMBER)", nil, 7, true},
		"an Iceberg table":                      {strings.Replace(icebergV3, "VARIANT)", "VARIANT, N INT)", 1), nil, 7, true},
		"a table that evolves":                  {"CREATE OR REPLACE TABLE ORDERS (KINESISMETADATA OBJECT, N NUMBER) ENABLE_SCHEMA_EVOLUTION = TRUE", nil, 0, false},
		"a role with INSERT alone": {"CREATE OR REPLACE TABLE ORDERS (KINESISMETADATA OBJECT, N NUMBER)", func(_ *world, p *plan) {
			p.Snowflake.Role = "NOBODY"
		}, -1, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1, bare)
			w.remake(c.table)
			con := w.connect(func(p *plan) {
				p.Snowflake.SchemaEvolution = config.NoEvolution
				if c.change != nil {
					c.change(w, p)
				}
			})
			if c.values < 0 {
				s := con.until("says that it does not know", func(s *messages.State) bool { return s.Ignored != nil })
				if s.Ignored.Unknown == "" || s.Ignored.Values != 0 {
					t.Errorf("ignored keys: %+v", s.Ignored)
				}
				return
			}
			con.untilCaughtUp(0)
			if c.ignores {
				w.wait("the table is described", func() bool {
					return len(con.log.with("keys without a column are counted: this table does not evolve")) > 0
				})
			}
			for range 3 {
				w.putWith(0, `"extra":1,"other":{"a":1},"none":null`)
			}
			w.putWith(0, `"extra":2`)
			con.untilCaughtUp(4)
			if !c.ignores {
				if s := con.state(); s.Ignored != nil || len(w.values("EXTRA")) != 4 {
					t.Errorf("ignored keys: %+v", s.Ignored)
				}
				return
			}
			s := con.until("counted", func(s *messages.State) bool { return s.Ignored != nil && s.Ignored.Values == c.values })
			if slices.Sort(s.Ignored.Names); !slices.Equal(s.Ignored.Names, []string{"extra", "other"}) || s.Ignored.Keys != 2 {
				t.Errorf("ignored keys: %+v", s.Ignored)
			}
			if said := con.log.with("the table has no column for some keys; Snowflake drops their values"); len(said) != 1 || fmt.Sprint(said[0]["new"], said[0]["keys"]) != "2 [extra other]" {
				t.Errorf("the log says %v", said)
			}
		})
	}
}
