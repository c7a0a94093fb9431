package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

// TestAPauseOutlivesTheProcess pauses one shard under a running process, and the
// whole connector while none runs; a process that comes later keeps to it.
func TestAPauseOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	cloud, err := localcloud.Start(localcloud.Options{Streams: []localcloud.Stream{{Name: "orders", Shards: 2}}, CommitDelay: -1, Dir: t.TempDir(), Tuning: anyPort})
	if err != nil {
		t.Fatal(err)
	}
	defer cloud.Close()
	l := &legacy{T: t, cloud: cloud, table: localcloud.LeaseTable("orders")}
	if told := l.verb(exitUnreachable, "pause", "orders"); !strings.Contains(told, "never ran") && !strings.Contains(told, "not found") {
		t.Errorf("pause of what never ran says\n%s", told)
	}
	n := 0
	put := func() {
		n++
		_, err := cloud.Kinesis.PutRecords("orders", []localkinesis.Record{
			{PartitionKey: "a", ExplicitHashKey: "0", Data: []byte(fmt.Sprintf(`{"n":%d}`, 10*n))},
			{PartitionKey: "a", ExplicitHashKey: lastKey, Data: []byte(fmt.Sprintf(`{"n":%d}`, 10*n+1))},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	begin := func() (stop func()) {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan int, 1)
		go func() { ended <- run(ctx, []string{"run", "-c", cloud.ConfigFile()}, io.Discard, io.Discard) }()
		return func() { cancel(); <-ended }
	}

	put()
	stop := begin()
	l.untilRows("10", "11")
	if told := l.verb(exitFine, "pause", "orders/0", "--wait"); !strings.Contains(told, "shardId-000000000000") || !strings.Contains(told, "records are lost from") {
		t.Errorf("pause says\n%s", told)
	}
	l.untilPhases("PAUSED", "FLOWING")
	put()
	l.untilRows("10", "11", "21")
	l.verb(exitFine, "resume", "orders/0")
	l.untilRows("10", "11", "20", "21")
	stop()

	l.verb(exitFine, "pause", "orders")
	put()
	stop = begin()
	l.untilPhases("PAUSED", "PAUSED")
	if told := l.verb(exitUnreachable, "resume", "orders/1"); !strings.Contains(told, "paused as a whole") {
		t.Errorf("resume of one says\n%s", told)
	}
	l.untilRows("10", "11", "20", "21")
	if told := l.verb(exitFine, "resume", "orders", "-o", "json"); !strings.Contains(told, `"all":false`) {
		t.Errorf("resume says\n%s", told)
	}
	l.untilRows("10", "11", "20", "21", "30", "31")
	stop()
}

// until waits for something to become true.
func (l *legacy) until(what string, holds func() bool) {
	l.Helper()
	for late := time.Now().Add(patience); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(late) {
			l.Fatalf("%s did not come within %s", what, patience)
		}
	}
}

func (l *legacy) untilRows(want ...string) {
	l.Helper()
	l.until("rows "+strings.Join(want, " "), func() bool {
		_, stdout, _ := typed(l.T, "sql", "-o", "csv", "SELECT N FROM ORDERS ORDER BY N", "-c", l.cloud.ConfigFile())
		return strings.Join(strings.Fields(stdout), " ") == "N "+strings.Join(want, " ")
	})
}

// untilPhases waits for what the process says of its shards, by id.
func (l *legacy) untilPhases(want ...string) {
	l.Helper()
	l.until("phases "+strings.Join(want, " "), func() bool {
		_, stdout, _ := typed(l.T, "status", "-o", "json", "-c", l.cloud.ConfigFile())
		var report struct {
			Connectors []struct{ Shards []struct{ State string } }
		}
		if json.Unmarshal([]byte(stdout), &report) != nil || len(report.Connectors) != 1 {
			return false
		}
		var got []string
		for _, s := range report.Connectors[0].Shards {
			got = append(got, s.State)
		}
		return strings.Join(got, " ") == strings.Join(want, " ")
	})
}
