package plan_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/sql"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/config"
	"github.com/kinesnow/kinesnow/supervisor/plan"
)

// TestRunMakesWhatPlanSaid compares the state of all three services before and
// after a first run with what plan said would be made; a second plan then says
// that nothing is.
func TestRunMakesWhatPlanSaid(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(*supervisor.Config)
		prepare func(*world)
	}{
		"a table that is there": {},
		"enhanced fan-out":      {change: func(c *supervisor.Config) { c.Kinesis.ConsumerType = config.EnhancedFanOut }},
		"a missing table": {
			change: func(c *supervisor.Config) { c.Snowflake.OnMissingTable = config.CreateMissingTable },
			prepare: func(w *world) {
				if err := w.cloud.Snowflake.Catalog().DropTable(localcloud.Database, localcloud.Schema, "ORDERS"); err != nil {
					w.Fatal(err)
				}
			},
		},
		"shards that were split": {prepare: func(w *world) {
			if err := w.cloud.Kinesis.SplitShard("orders", "shardId-000000000000"); err != nil {
				w.Fatal(err)
			}
		}},
		"latest": {
			change: func(c *supervisor.Config) { c.Kinesis.InitialPosition = config.InitialPosition{Kind: config.Latest} },
			prepare: func(w *world) {
				if err := w.cloud.Kinesis.SplitShard("orders", "shardId-000000000000"); err != nil {
					w.Fatal(err)
				}
				// The latest record is one after this second, for a Date has whole ones: the
				// parent is open in it, and closed when run begins in the next.
				for split := time.Now().Unix(); time.Now().Unix() == split; {
					time.Sleep(10 * time.Millisecond)
				}
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, c.change)
			if c.prepare != nil {
				c.prepare(w)
			}
			before := w.state()
			first := w.plan()
			if first.ExitCode() != 0 || first.Creates == 0 {
				t.Fatalf("the plan: %+v", first)
			}
			w.run()
			after := w.state()
			if want := slices.Sorted(slices.Values(slices.Concat(before, planned(first)))); !slices.Equal(after, want) {
				t.Errorf("run made another thing than plan said (+ unplanned, - not made):\n%s", difference(want, after))
			}
			second := w.plan()
			if second.Creates+second.Alters != 0 || second.ExitCode() != 0 {
				t.Errorf("after the run there is still to make: %v", planned(second))
			}
			var text strings.Builder
			if err := second.Text(&text); err != nil || !strings.Contains(text.String(), "Nothing to make") {
				t.Errorf("%v, it says:\n%s", err, text.String())
			}
		})
	}
}

func TestAPlanShowsTheExactStatement(t *testing.T) {
	w := newWorld(t, func(c *supervisor.Config) {
		c.Snowflake.OnMissingTable, c.Snowflake.Table = config.CreateMissingTable, "new one"
	})
	r := w.plan()
	i := slices.IndexFunc(r.Changes, func(c plan.Change) bool { return c.Kind == plan.Table })
	const want = `CREATE TABLE IF NOT EXISTS "RAW"."EVENTS"."new one" (KINESISMETADATA OBJECT) ENABLE_SCHEMA_EVOLUTION = TRUE ERROR_LOGGING = TRUE`
	if i < 0 || !slices.Equal(r.Changes[i].SQL, []string{want}) {
		t.Fatalf("changes %+v", r.Changes)
	}
	var text strings.Builder
	if err := r.Text(&text); err != nil || !strings.Contains(text.String(), want+";") {
		t.Errorf("%v, it says:\n%s", err, text.String())
	}
}

// TestSomeRecordsAreSampledForNewColumns reads each shard from where run would
// begin, and shows the statements that their keys lead to.
func TestSomeRecordsAreSampledForNewColumns(t *testing.T) {
	w := newWorld(t, func(c *supervisor.Config) { c.Snowflake.SchemaEvolution = config.ClientEvolution })
	w.put(`{"N":2,"NEW":true}`)
	var seen []string
	w.preview = func(_ context.Context, _ supervisor.Config, payloads [][]byte) ([]string, error) {
		for _, p := range payloads {
			seen = append(seen, string(p))
		}
		return []string{"ALTER TABLE X ADD COLUMN NEW BOOLEAN"}, nil
	}
	r := w.plan()
	if !slices.Equal(seen, []string{`{"N":1}`, `{"N":2,"NEW":true}`}) {
		t.Errorf("sampled %q", seen)
	}
	if r.Alters != 1 || !slices.ContainsFunc(r.Changes, func(c plan.Change) bool { return c.Kind == plan.Columns && len(c.SQL) == 1 }) {
		t.Errorf("changes %+v", r.Changes)
	}
	w.preview = func(context.Context, supervisor.Config, [][]byte) ([]string, error) {
		return nil, errors.New("no idea")
	}
	if r := w.plan(); !unseen(r, plan.Columns, "no idea") || r.ExitCode() != 0 {
		t.Errorf("changes %+v", r.Changes)
	}
}

// TestTheColumnsOfAnIcebergTableAreThoseThatRunMakes compares the statements of
// a plan with the table after a run that had those records alone.
func TestTheColumnsOfAnIcebergTableAreThoseThatRunMakes(t *testing.T) {
	w := newWorld(t, func(c *supervisor.Config) {
		c.Snowflake.SchemaEvolution, c.Snowflake.Table = config.ClientEvolution, "LAKE"
	})
	if _, err := w.cloud.Snowflake.SQL().Execute(t.Context(), &sql.Session{Account: localcloud.Account, User: localcloud.User, Role: "ACCOUNTADMIN"},
		"CREATE ICEBERG TABLE RAW.EVENTS.LAKE (KINESISMETADATA OBJECT(stream STRING, shardId STRING, approximateArrival STRING, partitionKey STRING, sequenceNumber STRING, subSequenceNumber INTEGER, shardedSequenceNumber STRING)) "+
			"EXTERNAL_VOLUME = 'SNOWFLAKE_MANAGED' CATALOG = 'SNOWFLAKE' BASE_LOCATION = 'lake' ICEBERG_VERSION = 3", sql.Bindings{}); err != nil {
		t.Fatal(err)
	}
	table, _ := w.cloud.Snowflake.Catalog().Table("RAW", "EVENTS", "LAKE")
	if err := w.cloud.Snowflake.Catalog().GiveOwnership(catalog.OnTable, table.ID, localcloud.Role); err != nil {
		t.Fatal(err)
	}
	w.put(`{"N":2,"city":"Oslo","at":{"lat":59.9}}`)
	r := w.plan()
	i := slices.IndexFunc(r.Changes, func(c plan.Change) bool { return c.Action == plan.Alter && c.Kind == plan.Columns })
	if i < 0 {
		t.Fatalf("the plan: %+v", r.Changes)
	}
	planned := strings.Join(r.Changes[i].SQL, ";")
	w.run()
	table, _ = w.cloud.Snowflake.Catalog().Table("RAW", "EVENTS", "LAKE")
	if len(table.Columns) != 4 || strings.Count(planned, "ADD COLUMN")+strings.Count(planned, ", IF NOT EXISTS") == 0 {
		t.Errorf("planned %s; the table has %+v", planned, table.Columns)
	}
	for _, c := range table.Columns[1:] {
		if !strings.Contains(planned, `"`+c.Name+`"`) {
			t.Errorf("column %s was not planned: %s", c.Name, planned)
		}
	}
	if second := w.plan(); second.Creates+second.Alters != 0 {
		t.Errorf("after it: %+v", second.Changes)
	}
}

func unseen(r *plan.Report, k plan.Kind, word string) bool {
	return slices.ContainsFunc(r.Changes, func(c plan.Change) bool {
		return c.Action == plan.Unseen && c.Kind == k && strings.Contains(c.Text, word)
	})
}

// TestAPlanSaysWhereRunWouldStop breaks one thing each.
func TestAPlanSaysWhereRunWouldStop(t *testing.T) {
	kcl := func(w *world) {
		client := dynamodb.New(dynamodb.Options{
			Region: localcloud.Region, BaseEndpoint: aws.String(w.cloud.Dynamo.URL()),
			Credentials: credentials.NewStaticCredentialsProvider(localcloud.AccessKeyID, localcloud.SecretAccessKey, ""),
		})
		if _, err := client.CreateTable(w.Context(), &dynamodb.CreateTableInput{
			TableName: aws.String(w.cfg().Application), BillingMode: types.BillingModePayPerRequest,
			KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("leaseKey"), KeyType: types.KeyTypeHash}},
			AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("leaseKey"), AttributeType: types.ScalarAttributeTypeS}},
		}); err != nil {
			w.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		change  func(*supervisor.Config)
		prepare func(*world)
		says    string
		exit    int
	}{
		"no such stream":      {change: func(c *supervisor.Config) { c.Kinesis.Stream = "nowhere" }, says: "nowhere", exit: 69},
		"no such table":       {change: func(c *supervisor.Config) { c.Snowflake.Table = "orders" }, says: "RAW.EVENTS.orders is not there", exit: 69},
		"no such pipe":        {change: func(c *supervisor.Config) { c.Snowflake.Pipe = "MINE" }, says: "pipe MINE is not there", exit: 69},
		"a KCL's lease table": {prepare: kcl, says: "kinesnow migrate --plan", exit: 69},
		"no right to look at the stream": {prepare: func(w *world) {
			if err := w.cloud.Kinesis.SetPolicy(localkinesis.Policy{"stream/orders": {"ListShards"}}); err != nil {
				w.Fatal(err)
			}
		}, says: "DescribeStream", exit: 77},
		"a user that Snowflake does not know": {change: func(c *supervisor.Config) { c.Snowflake.User = "NOBODY" }, says: "NOBODY", exit: 77},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newStill(t, c.change)
			if c.prepare != nil {
				c.prepare(w)
			}
			p, err := plan.New(w.name, w.cfg(), supervisor.Host{})
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			r, err := p.Run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var text strings.Builder
			if err := r.Text(&text); err != nil || !strings.Contains(text.String(), c.says) || r.ExitCode() != c.exit {
				t.Errorf("%v, exit %d, want %d and %q:\n%s", err, r.ExitCode(), c.exit, c.says, text.String())
			}
		})
	}
}

// newStill is newWorld inside of a test that runs in parallel already.
func newStill(t *testing.T, change func(*supervisor.Config)) *world {
	t.Helper()
	w := startWorld(t, localcloud.Clocks{})
	w.change(change)
	return w
}

func TestAnEditedPositionIsSaidToBeIgnored(t *testing.T) {
	w := newWorld(t, nil)
	w.run()
	w.change(func(c *supervisor.Config) {
		c.Kinesis.InitialPosition = config.InitialPosition{Kind: config.AtTimestamp, At: time.UnixMilli(1_790_000_000_000)}
		c.Snowflake.OnMissingTable = config.CreateMissingTable
	})
	r := w.plan()
	for _, setting := range []string{"kinesis.initial_position", "snowflake.on_missing_table"} {
		if !slices.ContainsFunc(r.Changes, func(c plan.Change) bool { return c.Action == plan.Ignored && c.Names[0] == setting }) {
			t.Errorf("%s is not said to be ignored: %+v", setting, r.Changes)
		}
	}
}

// TestAnotherStreamOfTheNameIsNoticed: the stream was deleted and made anew.
func TestAnotherStreamOfTheNameIsNoticed(t *testing.T) {
	var later atomic.Int64
	t.Parallel()
	w := startWorld(t, localcloud.Clocks{Kinesis: func() time.Time { return time.Now().Add(time.Duration(later.Load())) }})
	w.run()
	if err := w.cloud.Kinesis.DeleteStream("orders"); err != nil {
		t.Fatal(err)
	}
	later.Store(int64(time.Hour))
	if err := w.cloud.Kinesis.CreateStream("orders", 1); err != nil {
		t.Fatal(err)
	}
	r := w.plan()
	if len(r.Stops) == 0 {
		t.Fatalf("plan %+v", r)
	}
	if r.Stops[0].Code != string(messages.StreamRecreated) || r.ExitCode() != 2 {
		t.Errorf("stops %+v", r.Stops)
	}
}

// TestWithoutARightInSQLTheRestIsPlanned: rows need none.
func TestWithoutARightInSQLTheRestIsPlanned(t *testing.T) {
	w := newWorld(t, func(c *supervisor.Config) { c.Snowflake.Warehouse = "absent: describing needs none" })
	w.cloud.Snowflake.Faults().Set(localsnowflake.ActionQuery, fault.Always(fault.Effect{Refuse: &fault.Refusal{Code: "003001", Message: "Insufficient privileges"}}))
	r := w.plan()
	if !unseen(r, plan.Table, "SQL cannot show it") || r.ExitCode() != 0 || r.Creates == 0 {
		t.Errorf("plan %+v", r)
	}
}
