package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/config"
	"github.com/kinesnow/kinesnow/supervisor/process/control"
)

var noon = time.Date(2026, 10, 2, 12, 0, 0, 0, time.UTC)

// orders is one of two nodes that work on a healthy connector.
func orders(node, shard string, appended int64) *messages.State {
	return &messages.State{
		Connector: "orders", Health: messages.Flowing, Node: node, Process: "p-" + node, Stream: "orders", Region: "eu-west-1", Target: "RAW.EVENTS.ORDERS",
		Retention: 24 * time.Hour, Listed: 2, At: noon,
		Shards: []messages.ShardState{{
			Shard: messages.ShardID(shard), Phase: messages.PhaseFlowing, Oldest: noon.Add(-7200 * time.Millisecond),
			Counters: messages.Counters{Committed: 1000, Rejected: 3, Discarded: 12}, Live: messages.Counters{Appended: appended}, Bytes: 1000 * appended,
		}},
	}
}

// clicks has one stopped shard.
func clicks() *messages.State {
	s := &messages.State{
		Connector: "clicks", Health: messages.Degraded, Why: "1 of 2 shards flowing", Node: "node-0", Stream: "clicks", Region: "us-east-1", Target: "RAW.EVENTS.CLICKS",
		Retention: 24 * time.Hour, Listed: 2, At: noon,
		Shards: []messages.ShardState{{Shard: "shardId-000000000001", Phase: messages.PhaseFlowing}, {
			Shard: "shardId-000000000003", Phase: messages.PhaseParked, Since: noon.Add(-41 * time.Minute), Stop: messages.TokenRegressed,
			Error: "committed token went back 8802 -> 7714", Hint: messages.TokenRegressed.Hint(), Oldest: noon.Add(-42 * time.Minute),
		}},
	}
	return s
}

func snapshots(states ...*messages.State) []*control.Snapshot {
	var all []*control.Snapshot
	for i, s := range states {
		all = append(all, &control.Snapshot{Process: control.Info{PID: i}, Connectors: []*messages.State{s}})
	}
	return all
}

func textOf(t *testing.T, r Report) string {
	t.Helper()
	var out strings.Builder
	if err := r.Text(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestTheReportShowsRatesTroubleAndTheWayOut(t *testing.T) {
	before := Of(snapshots(orders("node-0", "shardId-000000000000", 0), orders("node-1", "shardId-000000000001", 100)), noon)
	now := Of(snapshots(orders("node-1", "shardId-000000000001", 20_100), orders("node-0", "shardId-000000000000", 64_200), clicks()), noon.Add(2*time.Second))
	Rate(before, &now)
	want := `clicks  us-east-1/clicks -> RAW.EVENTS.CLICKS   DEGRADED   1 of 2 shards flowing   0 rows/s  0 B/s
        oldest uncommitted 42m   data loss in 23h18m if stopped   rejected 0   discarded 0   gaps 0
        shardId-000000000003  STOPPED 41m  TOKEN_REGRESSED  committed token went back 8802 -> 7714
          was the table restored, or the token moved by hand? kinesnow resolve clicks/3 --why "..." --from token|checkpoint
          read docs/stops.md#token_regressed
orders  eu-west-1/orders -> RAW.EVENTS.ORDERS   FLOWING   2 shards on 2 nodes   42.1k rows/s  42 MB/s
        oldest uncommitted 7.2 s   data loss in 23h59m if stopped   rejected 6   discarded 24   gaps 0
`
	if got := textOf(t, now); got != want {
		t.Errorf("text:\n%s\nwant:\n%s", got, want)
	}
}

func TestTheReportsJSONKeepsItsNames(t *testing.T) {
	r := Of(snapshots(orders("node-0", "shardId-000000000000", 7)), noon)
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"at":"2026-10-02T12:00:00Z","connectors":[{"name":"orders","source":"processes","region":"eu-west-1","stream":"orders","target":"RAW.EVENTS.ORDERS",` +
		`"health":"FLOWING","nodes":["node-0"],"listed":2,"ended":0,"oldestUncommittedSeconds":7.2,"secondsToDataLoss":86392.8,` +
		`"rowsCommitted":1000,"rejected":3,"discarded":12,"filtered":0,"gaps":0,"packed":{"aggregates":0,"outOfRange":0,"damaged":0},"shards":[{"shard":"shardId-000000000000","state":"FLOWING","node":"node-0",` +
		`"generation":0,"generations":0,"behindSeconds":0,"heldBytes":0,"inFlightBytes":0,"caughtUp":false,"rowsCommitted":1000,"rejected":3,"discarded":12}]}],` +
		`"processes":[{"pid":0,"version":"","http":"","socket":"","config":"","started":"0001-01-01T00:00:00Z"}]}`
	if string(text) != want {
		t.Errorf("json:\n%s\nwant:\n%s", text, want)
	}
}

func TestTheWorstHealthOfSeveralProcessesIsShown(t *testing.T) {
	bad := orders("node-1", "shardId-000000000001", 0)
	bad.Health, bad.Stop, bad.Why = messages.Halted, messages.AccessDenied, "denied"
	for _, order := range [][]*messages.State{{orders("node-0", "s", 0), bad}, {bad, orders("node-0", "s", 0)}} {
		c := Of(snapshots(order...), noon).Connectors[0]
		if c.Health != "STOPPED" || c.Stop != "ACCESS_DENIED" || c.Why != "denied" {
			t.Errorf("connector %+v", c)
		}
	}
}

func TestAParkedConnectorShowsItsCodeAndHint(t *testing.T) {
	s := &messages.State{
		Connector: "orders", Health: messages.Halted, Stop: messages.TargetMissing, Why: "no stream", Hint: "check the name",
		Region: "eu-west-1", Stream: "orders", Target: "RAW.EVENTS.ORDERS",
	}
	want := `orders  eu-west-1/orders -> RAW.EVENTS.ORDERS   STOPPED   0 shards on 0 nodes
        rejected 0   discarded 0   gaps 0
        TARGET_MISSING  no stream
        check the name
        read docs/stops.md#target_missing
`
	if got := textOf(t, Of(snapshots(s), noon)); got != want {
		t.Errorf("text:\n%s\nwant:\n%s", got, want)
	}
}

func TestManyStoppedShardsAreNotAllListed(t *testing.T) {
	s := clicks()
	s.Shards = nil
	for i := range 25 {
		s.Shards = append(s.Shards, messages.ShardState{Shard: messages.ShardID(fmt.Sprintf("shardId-%012d", i)), Phase: messages.PhaseParked, Stop: messages.GapFound})
	}
	text := textOf(t, Of(snapshots(s), noon))
	if n := strings.Count(text, "GAP"); n != maxListed || !strings.Contains(text, "and 15 shards more; -o json lists all") {
		t.Errorf("%d listed:\n%s", n, text)
	}
}

func TestARespawnedShardDoesNotCountBackwards(t *testing.T) {
	before := Of(snapshots(orders("node-0", "s", 500)), noon)
	now := Of(snapshots(orders("node-0", "s", 20)), noon.Add(time.Second))
	Rate(before, &now)
	if r := now.Connectors[0].RowsPerSecond; r == nil || *r != 0 {
		t.Errorf("rows per second %v", r)
	}
}

// table and channels are the outside of a reader.
type table struct {
	stream *messages.StreamRow
	rows   []messages.ShardRow
	err    error
}

func (t table) Stream(context.Context) (*messages.StreamRow, error) { return t.stream, t.err }
func (t table) Rows(context.Context) (messages.TableRows, error) {
	return messages.TableRows{Shards: t.rows}, t.err
}

type channels map[string]*messages.ChannelStatus

func (c channels) Status(_ context.Context, names []string) (map[string]*messages.ChannelStatus, error) {
	if c == nil {
		return nil, &messages.Fault{Class: messages.Rejected, Stop: messages.AccessDenied, Op: "snowpipe.status", Err: errors.New("refused")}
	}
	found := map[string]*messages.ChannelStatus{}
	for _, name := range names {
		if s := c[name]; s != nil {
			found[name] = s
		}
	}
	return found, nil
}

func token(shard messages.ShardID, seq string, arrived time.Time) string {
	return messages.Token{Position: messages.Position{Seq: messages.SequenceNumber(seq), Sub: messages.Whole}, Arrival: arrived.UnixMilli(), Shard: shard}.String()
}

func reader(t table, c channels) *Reader {
	cfg := config.Defaults()
	cfg.Application, cfg.AWS.Region, cfg.Kinesis.Stream = "app", "eu-west-1", "orders"
	cfg.Snowflake.Database, cfg.Snowflake.Schema, cfg.Snowflake.Table = "RAW", "EVENTS", "ORDERS"
	return &Reader{name: "orders", cfg: cfg, leases: t, channels: c}
}

// fleetTable has a shard of every kind.
func fleetTable() table {
	row := func(id messages.ShardID, owner messages.Owner, change func(*messages.ShardRow)) messages.ShardRow {
		r := messages.ShardRow{Shard: id, Owner: owner, Expiry: noon.Add(10 * time.Second).UnixMilli(), Counters: messages.Counters{Committed: 10, Rejected: 1}}
		change(&r)
		return r
	}
	return table{stream: &messages.StreamRow{ARN: "arn:x", CreatedAt: noon}, rows: []messages.ShardRow{
		row("shardId-000000000000", "", func(r *messages.ShardRow) { r.Ended = true }),
		row("shardId-000000000001", "node-0/p", func(r *messages.ShardRow) { r.Committed = token(r.Shard, "90", noon) }),
		row("shardId-000000000002", "node-1/q", func(r *messages.ShardRow) {
			r.Committed, r.Expiry = token(r.Shard, "70", noon), noon.Add(-time.Minute).UnixMilli()
		}),
		row("shardId-000000000003", "", func(r *messages.ShardRow) { r.Counters = messages.Counters{} }),
	}}
}

func channelOf(shard messages.ShardID) string {
	return supervisor.ChannelName("app", &messages.Stream{Name: "orders", ARN: "arn:x", CreatedAt: noon}, shard)
}

func TestWithoutAProcessLeasesAndChannelsTell(t *testing.T) {
	status := func(shard messages.ShardID, token string) *messages.ChannelStatus {
		return &messages.ChannelStatus{Channel: channelOf(shard), Healthy: true, Token: token}
	}
	r := reader(fleetTable(), channels{
		channelOf("shardId-000000000001"): status("shardId-000000000001", token("shardId-000000000001", "95", noon.Add(-6*time.Second))),
		channelOf("shardId-000000000003"): status("shardId-000000000003", "someone else's"),
	})
	c, err := r.Read(t.Context(), noon)
	if err != nil {
		t.Fatal(err)
	}
	report := Of(nil, noon)
	report.Add(c)
	want := `orders  eu-west-1/orders -> RAW.EVENTS.ORDERS   no process answered here; leases and channels say:   DEGRADED
        4 shards   2 owned by 2 nodes   1 of them expired   1 free   1 ended   rows committed 30   rejected 3   discarded 0
        shardId-000000000001   owned by node-0   committed 95/*   checkpoint 90/*   newest row arrived 6.0 s ago
        shardId-000000000002   expired lease of node-1   checkpoint 70/*   no token in Snowflake
        shardId-000000000003   free   nothing committed   TOKEN_FOREIGN offset token "someone else's" is not ours: want 1.<seq>.<sub>.<arrival ms>.<shardId>
`
	if got := textOf(t, report); got != want {
		t.Errorf("text:\n%s\nwant:\n%s", got, want)
	}
}

// TestColumnsThatSomebodyDroppedAreToldOf, the newest notice of all processes.
func TestColumnsThatSomebodyDroppedAreToldOf(t *testing.T) {
	a, b, c := orders("node-0", "s", 1), orders("node-1", "s", 1), orders("node-2", "s", 1)
	a.Schema = &messages.SchemaState{Gone: &messages.GoneColumns{Columns: []string{"OLD"}, Since: noon.Add(-time.Hour), At: noon.Add(-59 * time.Minute)}}
	b.Schema = &messages.SchemaState{Gone: &messages.GoneColumns{Columns: []string{"A", "B"}, Since: noon, At: noon.Add(time.Minute)}}
	c.Schema = &messages.SchemaState{}
	report := Of(snapshots(a, b, c), noon)
	if text := textOf(t, report); !strings.Contains(text, "somebody dropped A, B from the table: values in rows of 12:00:00 to 12:01:00 may be gone") || strings.Contains(text, "OLD") {
		t.Errorf("text:\n%s", text)
	}
}

// TestARowTellsThatItsShardIsStopped, to who cannot ask the process.
func TestARowTellsThatItsShardIsStopped(t *testing.T) {
	rows := fleetTable()
	rows.rows = rows.rows[1:2]
	rows.rows[0].Stop = messages.GapFound
	c, err := reader(rows, channels{}).Read(t.Context(), noon)
	if err != nil {
		t.Fatal(err)
	}
	if sh := c.Shards[0]; c.Health != string(messages.Degraded) || sh.State != Owned || sh.Stop != "GAP" || sh.Hint != messages.GapFound.Hint() {
		t.Errorf("%s, shard %+v", c.Health, sh)
	}
	report := Of(nil, noon)
	report.Add(c)
	if text := textOf(t, report); !strings.Contains(text, "owned by node-0   checkpoint 90/*   no token in Snowflake   GAP stopped by its process") {
		t.Errorf("text:\n%s", text)
	}
}

func TestWhatCannotBeReadIsSaidAndHasAnExitCode(t *testing.T) {
	denied := &messages.Fault{Class: messages.Rejected, Stop: messages.AccessDenied, Op: "dynamodb.Query", Err: errors.New("no")}
	for name, c := range map[string]struct {
		reader *Reader
		shards int
		text   string
		exit   int // 0 = no error
	}{
		"Snowflake refuses":    {reader(fleetTable(), nil), 4, "Snowflake could not be asked: snowpipe.status: refused", 77},
		"DynamoDB refuses":     {reader(table{err: denied}, channels{}), 0, "dynamodb.Query: no", 77},
		"DynamoDB is silent":   {reader(table{err: errors.New("timeout")}, channels{}), 0, "timeout", 69},
		"it was never started": {reader(table{}, channels{}), 0, "application app never ran on this stream", 0},
	} {
		got, err := c.reader.Read(t.Context(), noon)
		if len(got.Shards) != c.shards || got.Error != c.text {
			t.Errorf("%s: %d shards, error %q", name, len(got.Shards), got.Error)
		}
		if (err != nil) != (c.exit != 0) || err != nil && ExitCode(err) != c.exit {
			t.Errorf("%s: %v, want exit %d", name, err, c.exit)
		}
	}
}

func TestUnitsAreShort(t *testing.T) {
	for seconds, want := range map[float64]string{
		0: "0.0 s", 7.2: "7.2 s", 41: "41 s", 720: "12m", 83_880: "23h18m", 534_000: "6d4h", -5: "-5.0 s",
	} {
		if got := span(seconds); got != want {
			t.Errorf("span(%v) = %q, want %q", seconds, got, want)
		}
	}
	for rate, want := range map[float64]string{0: "0 rows/s", 7: "7 rows/s", 42_120: "42.1k rows/s", 3_200_000: "3.2M rows/s"} {
		if got := perSecond(rate); got != want {
			t.Errorf("perSecond(%v) = %q, want %q", rate, got, want)
		}
	}
	for id, want := range map[string]string{"shardId-000000000003": "3", "shardId-000000000000": "0", "shardId-odd": "shardId-odd", "s": "s"} {
		if got := shardNumber(id); got != want {
			t.Errorf("shardNumber(%s) = %q, want %q", id, got, want)
		}
	}
}
