package latency_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/latency"
)

// world is a table whose rows say when they arrived.
type world struct {
	*testing.T
	cloud *localcloud.Cloud
	cfg   supervisor.Config
}

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	cloud, err := localcloud.Start(localcloud.Options{Tables: []string{"orders 1"}, Streams: []localcloud.Stream{{Name: "orders", Shards: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cloud.Close() })
	file, err := supervisor.Load(cloud.ConfigFile(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return &world{t, cloud, file.Connectors["orders"]}
}

func (w *world) sql(statements ...string) {
	w.Helper()
	db, err := localcloud.Open(w.cloud.Login())
	if err != nil {
		w.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.ExecContext(w.Context(), s); err != nil {
			w.Fatalf("%s: %v", s, err)
		}
	}
}

// commit puts rows into the table that arrived so long before.
func (w *world) commit(shard int, ago ...time.Duration) {
	w.Helper()
	now := time.Now().UTC()
	var rows []string
	for _, d := range ago {
		rows = append(rows, fmt.Sprintf(`SELECT PARSE_JSON('{"stream":"orders","shardId":"shardId-%012d","approximateArrival":"%s"}')`, shard, now.Add(-d).Format("2006-01-02T15:04:05.000")))
	}
	w.sql(`INSERT INTO "orders 1" (KINESISMETADATA) ` + strings.Join(rows, " UNION ALL "))
}

func (w *world) measure(processes ...string) (*latency.Report, string) {
	w.Helper()
	r := latency.Measure(w.Context(), "orders", w.cfg, time.Hour, processes)
	var text strings.Builder
	if err := r.Text(&text); err != nil {
		w.Fatal(err)
	}
	return r, text.String()
}

func TestLatencyIsFromArrivalToCommit(t *testing.T) {
	w := newWorld(t)
	r, text := w.measure()
	if r.ExitCode() != 0 || r.Rows.Rows != 0 || !strings.Contains(text, "no rows") {
		t.Errorf("an empty table: %+v\n%s", r, text)
	}
	var ago []time.Duration
	for i := range 101 {
		ago = append(ago, time.Duration(i)*time.Minute)
	}
	w.commit(0, ago...)
	w.commit(1, 1000*time.Minute)
	w.sql(`INSERT INTO "orders 1" (KINESISMETADATA) SELECT PARSE_JSON('{"stream":"other","approximateArrival":"2020-01-01T00:00:00.000"}')`)
	r, text = w.measure()
	about := func(what string, got float64, minutes float64) {
		if got < 60*minutes || got > 60*minutes+60 {
			t.Errorf("%s is %.1f s, want %.0f min and less than one more:\n%s", what, got, minutes, text)
		}
	}
	about("p50", r.Rows.P50Seconds, 50)
	about("p90", r.Rows.P90Seconds, 90)
	about("max", r.Rows.MaxSeconds, 1000)
	if r.ExitCode() != 0 || r.Rows.Rows != 102 || len(r.Worst) != 2 || r.Worst[0].Shard != "shardId-000000000001" || r.Worst[1].Rows != 101 || !strings.Contains(text, "102 rows") {
		t.Errorf("report %+v\n%s", r, text)
	}
	about("the better shard's p99", r.Worst[1].P99Seconds, 99)
}

// TestATableWithoutCommitTimesSaysHowToGetThem runs what is printed.
func TestATableWithoutCommitTimesSaysHowToGetThem(t *testing.T) {
	w := newWorld(t)
	w.sql(`ALTER TABLE "orders 1" UNSET ROW_TIMESTAMP`)
	r, text := w.measure()
	if r.ExitCode() != 2 || r.Fix != `ALTER TABLE RAW.EVENTS."orders 1" SET ROW_TIMESTAMP = TRUE` || !strings.Contains(text, r.Fix+";") {
		t.Fatalf("exit %d, %+v\n%s", r.ExitCode(), r, text)
	}
	w.sql(r.Fix)
	if r, text := w.measure(); r.ExitCode() != 0 {
		t.Errorf("after it:\n%s", text)
	}
	w.sql(`CREATE ICEBERG TABLE LAKE (KINESISMETADATA VARIANT) CATALOG = 'SNOWFLAKE' BASE_LOCATION = 'lake' ICEBERG_VERSION = 3`)
	w.cfg.Snowflake.Table = "LAKE"
	if r, text := w.measure(); r.Fix != `ALTER ICEBERG TABLE RAW.EVENTS.LAKE SET ROW_TIMESTAMP = TRUE` {
		t.Errorf("an Iceberg table:\n%s", text)
	}
}

// TestArrivalIsReadWhereAPipeKeepsIt, and where it keeps it nowhere that is said.
func TestArrivalIsReadWhereAPipeKeepsIt(t *testing.T) {
	w := newWorld(t)
	w.sql(`CREATE TABLE KEPT (SOURCE OBJECT, ID NUMBER) ROW_TIMESTAMP = TRUE`,
		`CREATE PIPE KEPT AS COPY INTO KEPT FROM (SELECT $1:KINESISMETADATA::OBJECT, $1:id::NUMBER FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')))`,
		`INSERT INTO KEPT (SOURCE) SELECT PARSE_JSON('{"stream":"orders","shardId":"shardId-000000000000","approximateArrival":"2026-01-02T03:04:05.000"}')`,
		`CREATE TABLE LOST (ID NUMBER) ROW_TIMESTAMP = TRUE`,
		`CREATE PIPE LOST AS COPY INTO LOST FROM (SELECT $1:id::NUMBER FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')))`)
	w.cfg.Snowflake.Table, w.cfg.Snowflake.Pipe = "KEPT", "KEPT"
	if r, text := w.measure(); r.ExitCode() != 0 || r.Rows.Rows != 1 || len(r.Worst) != 1 {
		t.Errorf("exit %d:\n%s", r.ExitCode(), text)
	}
	w.cfg.Snowflake.Table, w.cfg.Snowflake.Pipe = "LOST", "LOST"
	if r, text := w.measure(); r.ExitCode() != 2 || !strings.Contains(text, "the rows do not say when their records arrived: pipe LOST writes $1:KINESISMETADATA into no column") {
		t.Errorf("exit %d:\n%s", r.ExitCode(), text)
	}
}

func TestATableIsDescribedOnce(t *testing.T) {
	w := newWorld(t)
	var described atomic.Int64
	w.cloud.Snowflake.Faults().Set(localsnowflake.ActionQuery, func(c fault.Call) fault.Effect {
		if strings.HasPrefix(c.Key, "DESC TABLE") {
			described.Add(1)
		}
		return fault.Effect{}
	})
	if r, text := w.measure(); r.ExitCode() != 0 || described.Load() != 1 {
		t.Errorf("described %d times, exit %d:\n%s", described.Load(), r.ExitCode(), text)
	}
}

func TestAnInteractiveTableIsRefused(t *testing.T) {
	w := newWorld(t)
	known := w.cloud.Snowflake.Catalog()
	table, ok := known.Table("RAW", "EVENTS", "orders 1")
	if !ok {
		t.Fatal("no table")
	}
	if err := known.UpdateTable(table.ID, func(t *catalog.Table) error { t.Kind = catalog.Interactive; return nil }); err != nil {
		t.Fatal(err)
	}
	r, text := w.measure()
	if r.ExitCode() != 2 || r.Fix != "" || !strings.Contains(text, "not available for interactive tables") {
		t.Errorf("exit %d:\n%s", r.ExitCode(), text)
	}
}

func TestATableThatCannotBeAskedHasItsExitCode(t *testing.T) {
	w := newWorld(t)
	w.cfg.Snowflake.Table = "nowhere"
	if r, text := w.measure(); r.ExitCode() != 69 || !strings.Contains(text, "nowhere") {
		t.Errorf("exit %d:\n%s", r.ExitCode(), text)
	}
}

// TestProcessesAddUp reads the histograms of two processes, and is not troubled
// by a third that is gone.
func TestProcessesAddUp(t *testing.T) {
	w := newWorld(t)
	serve := func(half, all int) string {
		s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(rw, "# TYPE x histogram\nkinesnow_lag_at_commit_seconds_bucket{connector=\"orders\",le=\"0.5\"} %d\nkinesnow_lag_at_commit_seconds_bucket{connector=\"orders\",le=\"2\"} %d\n", half, all)
			fmt.Fprintf(rw, "kinesnow_lag_at_commit_seconds_bucket{connector=\"orders\",le=\"+Inf\"} %d\nkinesnow_lag_at_commit_seconds_bucket{connector=\"other\",le=\"+Inf\"} 999\n", all)
			io.WriteString(rw, "kinesnow_lag_at_commit_seconds_bucket{connector=\"orders\",le=\"rubbish\"} x\n")
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	r, text := w.measure(serve(50, 60), serve(4, 40), "http://127.0.0.1:1")
	if p := r.Process; p == nil || p.Commits != 100 || p.P50AtMostSeconds != 0.5 || p.P99AtMostSeconds != 2 || !strings.Contains(text, "p99 <= 2 s") {
		t.Errorf("process %+v\n%s", r.Process, text)
	}
}
