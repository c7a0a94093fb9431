package scenarios

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/sql"
	"github.com/kinesnow/kinesnow/integration/rsakey"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/process"
)

// denied refuses an action as IAM does.
func denied(service, action string) fault.Hook {
	return fault.Always(fault.Effect{Refuse: &fault.Refusal{
		Status: 400, Code: "AccessDeniedException",
		Message: "User: arn:aws:iam::000000000000:user/test is not authorized to perform: " + service + ":" + action,
	}})
}

func TestAProcessThatCannotWorkNamesWhatToMendAndEnds(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*world)
		exit  int
		code  messages.StopCode
		says  []string
	}{
		{"no stream", func(w *world) { w.rewrite(`stream: "orders"`, `stream: "nowhere"`) }, 69, messages.TargetMissing,
			[]string{"stream nowhere in region us-east-1", "kinesis.stream"}},
		{"no table", func(w *world) { w.rewrite(`table: "ORDERS"`, `table: "NOWHERE"`) }, 69, messages.TargetMissing,
			[]string{"RAW.EVENTS.NOWHERE", "exact case"}},
		{"no schema", func(w *world) { w.rewrite(`schema: EVENTS`, `schema: NOWHERE`) }, 69, messages.TargetMissing,
			[]string{"RAW.NOWHERE.ORDERS", "exact case"}},
		{"wrong private key", (*world).changeKey, 77, messages.AccessDenied, []string{"user KINESNOW", "account LOCAL"}},
		{"no right to insert", (*world).onlyRead, 77, messages.AccessDenied, []string{"INSERT", "RAW.EVENTS.ORDERS", "role READER"}},
		{"no right to read the stream", func(w *world) { w.Kinesis.Faults().Set("GetRecords", denied("kinesis", "GetRecords")) }, 77, messages.AccessDenied,
			[]string{"grant kinesis:GetRecords on stream orders"}},
		{"no right to list the shards", func(w *world) { w.Kinesis.Faults().Set("ListShards", denied("kinesis", "ListShards")) }, 77, messages.AccessDenied,
			[]string{"grant kinesis:ListShards on stream orders"}},
		{"no right to write leases", func(w *world) { w.Dynamo.Faults().Set("UpdateItem", denied("dynamodb", "UpdateItem")) }, 77, messages.AccessDenied,
			[]string{"grant dynamodb:UpdateItem on table/kinesnow-orders"}},
		{"no right to make the lease table", func(w *world) { w.Dynamo.Faults().Set("CreateTable", denied("dynamodb", "CreateTable")) }, 77, messages.AccessDenied,
			[]string{"grant dynamodb:CreateTable on table/kinesnow-orders"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, 2)
			w.putOn(0, 10)
			c.spoil(w)
			j := w.run(process.Options{})
			j.ends(c.exit)
			told := j.log.with("nothing is left to do: everything of this connector is stopped")
			if len(told) != 1 || told[0]["code"] != string(c.code) {
				t.Fatalf("the last word was %v, want one with code %s; the log ends:\n%s", told, c.code, j.log.tail())
			}
			text := fmt.Sprint(told[0]["err"], " ", told[0]["hint"])
			for _, want := range c.says {
				if !strings.Contains(text, want) {
					t.Errorf("the last word does not name %q: %s", want, text)
				}
			}
		})
	}
}

// changeKey gives the connector a key that Snowflake does not know.
func (w *world) changeKey() {
	w.t.Helper()
	if err := os.WriteFile(w.Ready().PrivateKeyFile, rsakey.PEM(rsakey.Key(3)), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// onlyRead makes the connector a user that may read the table and no more.
func (w *world) onlyRead() {
	w.t.Helper()
	if err := w.Snowflake.RegisterUser("READER", "READER", &w.Login().Key.PublicKey); err != nil {
		w.t.Fatal(err)
	}
	session := &sql.Session{ID: "scenario", Account: localcloud.Account, User: localcloud.User, Role: catalog.AccountAdmin}
	for _, statement := range []string{
		"GRANT USAGE ON DATABASE RAW TO ROLE READER", "GRANT USAGE ON SCHEMA RAW.EVENTS TO ROLE READER",
		"GRANT SELECT ON TABLE RAW.EVENTS.ORDERS TO ROLE READER",
	} {
		if _, err := w.Snowflake.SQL().Execute(w.t.Context(), session, statement, sql.Bindings{}); err != nil {
			w.t.Fatalf("%s: %v", statement, err)
		}
	}
	w.rewrite("user: KINESNOW", "user: READER")
	w.rewrite("role: KINESNOW", "role: READER")
}

func TestAMissingTableIsMadeWhereThatIsWanted(t *testing.T) {
	w := newWorld(t, 2)
	w.putOn(0, 20)
	w.rewrite(`table: "ORDERS"`, `table: "MADE", on_missing_table: create`)
	w.run(process.Options{UntilCaughtUp: true}).ends(process.ExitFine)
	if got := w.numbers("SELECT N FROM MADE"); !slices.Equal(got, between(0, 20)) {
		t.Errorf("the table that was made holds %v", got)
	}
}

// TestARightThatIsTakenAwayEndsTheProcess: what is on its way lands, but no
// lease can be kept, nor any position written.
func TestARightThatIsTakenAwayEndsTheProcess(t *testing.T) {
	w := newWorld(t, 2)
	w.rewrite("data_dir:", "drain_timeout: 2s\ndata_dir:")
	w.putOn(0, 10)
	r := w.run(process.Options{})
	r.until("caught up", func(s *messages.State) bool { return len(s.Shards) == 2 && s.CaughtUp() })
	w.Dynamo.Faults().Set("UpdateItem", denied("dynamodb", "UpdateItem"))
	w.putOn(0, 10)
	r.ends(77)
	told := r.log.with("nothing is left to do: everything of this connector is stopped")
	if len(told) != 1 || told[0]["code"] != string(messages.AccessDenied) || !strings.Contains(fmt.Sprint(told[0]["err"]), "grant dynamodb:UpdateItem on table/kinesnow-orders") {
		t.Errorf("the last word was %v", told)
	}
	if n := len(r.log.with("connector stopped")); n != 1 {
		t.Errorf("it was told %d times", n)
	}
	w.Dynamo.Faults().Set("UpdateItem", nil)
	w.run(process.Options{UntilCaughtUp: true}).ends(process.ExitFine)
	w.expect("", between(0, 20)...)
}

// TestWhatIsDeletedMeanwhileIsNamedAndEndsTheProcess takes stream, table and
// lease table away from a process at work.
func TestWhatIsDeletedMeanwhileIsNamedAndEndsTheProcess(t *testing.T) {
	for _, c := range []struct {
		name   string
		remove func(*world)
		says   string
	}{
		{"the stream", func(w *world) {
			if err := w.Kinesis.DeleteStream("orders"); err != nil {
				w.t.Fatal(err)
			}
		}, "stream orders in region us-east-1 does not exist"},
		{"the table", func(w *world) {
			w.execute("DROP TABLE ORDERS")
			w.putOn(0, 1)
			w.putOn(1, 1)
		}, "RAW.EVENTS.ORDERS"},
		{"the lease table", (*world).deleteLeaseTable, "the lease table is named after the application"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, 2)
			w.rewrite("data_dir:", "drain_timeout: 2s\ndata_dir:")
			w.putOn(0, 3)
			w.putOn(1, 3)
			r := w.run(process.Options{})
			r.until("caught up", func(s *messages.State) bool { return len(s.Shards) == 2 && s.CaughtUp() })
			c.remove(w)
			r.ends(69)
			told := r.log.with("nothing is left to do: everything of this connector is stopped")
			if len(told) != 1 || told[0]["code"] != string(messages.TargetMissing) || !strings.Contains(fmt.Sprint(told[0]["err"], told[0]["hint"]), c.says) {
				t.Errorf("the last word was %v", told)
			}
		})
	}
}

// TestARefusalThatPassesStopsNobody refuses a few lease writes, as credentials
// do that are just being renewed.
func TestARefusalThatPassesStopsNobody(t *testing.T) {
	w := newWorld(t, 1, undisturbed) // refusals that last as long as a lease do not pass
	c := w.connect()
	w.putOn(0, 3)
	c.untilCaughtUp(3)
	w.Dynamo.Faults().Set("UpdateItem", fault.Times(2, denied("dynamodb", "UpdateItem")))
	w.wait("refused", func() bool { return len(c.log.with("a lease write was refused")) > 0 })
	w.putOn(0, 3)
	if s := c.untilCaughtUp(6); s.Health != messages.Flowing {
		t.Errorf("health %s: %s", s.Health, s.Why)
	}
	w.expect("", between(0, 6)...)
}
