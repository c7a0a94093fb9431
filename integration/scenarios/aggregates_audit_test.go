package scenarios

import (
	"os"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/producer"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/audit"
)

// TestAnAuditCountsUserRecordsOfAggregates, where processes were killed inside
// them, too: what is there is exact, and one row that is missing or doubled is
// found.
func TestAnAuditCountsUserRecordsOfAggregates(t *testing.T) {
	w := newWorld(t, 1)
	w.putRaw(0, w.aggregate(50, 0))
	w.putRaw(0, producer.Aggregate())
	w.putRaw(0, producer.Seal([]byte("no protobuf")))
	c := w.connect()
	c.untilCaughtUp(50)
	c.clean()
	for range 8 {
		w.putRaw(0, w.aggregate(500, 1700))
	}
	w.killAtEveryCommit()
	c = w.connect()
	c.untilCaughtUp(0)
	c.clean()
	w.expect("", between(0, w.put)...)

	if r := w.audit(); !r.Exact {
		t.Errorf("audit of what is exact: %+v", r)
	}
	w.execute("DELETE FROM ORDERS WHERE N = 777")
	if r := w.audit(); r.Exact || r.Sums.Missing != 1 || r.Sums.Doubled != 0 {
		t.Errorf("audit of one missing row: %+v", r.Sums)
	}
	w.execute("INSERT INTO ORDERS SELECT * FROM ORDERS WHERE N = 20")
	if r := w.audit(); r.Exact || r.Sums.Missing != 1 || r.Sums.Doubled != 1 {
		t.Errorf("audit of one missing and one doubled row: %+v", r.Sums)
	}
}

func (w *world) audit() *audit.Report {
	w.t.Helper()
	file, err := supervisor.Load(w.ConfigFile(), os.LookupEnv)
	if err != nil {
		w.t.Fatal(err)
	}
	a, err := audit.New("orders", file.Connectors["orders"], w.dataDir())
	if err != nil {
		w.t.Fatal(err)
	}
	defer a.Close()
	report, err := a.Run(w.t.Context(), time.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	return report
}
