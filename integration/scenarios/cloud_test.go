package scenarios

import (
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/messages"
)

// patience bounds whatever a scenario waits for. No machine is so slow, and it is
// less than the five minutes after which what is stopped is tried again.
const patience = 4 * time.Minute

// everything has scenarios run in all their forms: make scenarios.
var everything = flag.Bool("scenarios.all", false, "run every form of every scenario")

// beside is how many scenarios run side by side: more than the tests of other
// packages, and not more than two processors keep the leases of.
var beside = flag.String("scenarios.parallel", "16", "how many scenarios run side by side")

// TestMain lets more scenarios run side by side than there are processors:
// they wait for timers, hardly ever for each other.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", *beside); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// world is a local cloud with stream orders, which goes into table ORDERS.
type world struct {
	*localcloud.Cloud
	t      *testing.T
	shards int // that the stream began with
	put    int // records so far: the next one has this N
	db     *sql.DB

	mu   sync.Mutex
	last map[messages.ShardID]messages.SequenceNumber // put on each shard
}

func newWorld(t *testing.T, shards int, changes ...func(*localcloud.Options)) *world {
	t.Helper()
	t.Parallel()
	return buildWorld(t, shards, changes...)
}

// buildWorld is for tests of several worlds.
func buildWorld(t *testing.T, shards int, changes ...func(*localcloud.Options)) *world {
	t.Helper()
	options := localcloud.Options{
		Streams: []localcloud.Stream{{Name: "orders", Shards: shards}}, Tables: []string{"ORDERS"}, CommitDelay: 20 * time.Millisecond, Columns: []string{"N NUMBER"},
		Tuning: localcloud.Tuning{HTTPListen: "127.0.0.1:0", Linger: 20 * time.Millisecond, LeaseDuration: 1200 * time.Millisecond, LeaseRenew: 300 * time.Millisecond},
	}
	for _, change := range changes {
		change(&options)
	}
	cloud, err := localcloud.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cloud.Close() })
	w := &world{Cloud: cloud, t: t, shards: shards, last: map[messages.ShardID]messages.SequenceNumber{}}
	if w.db, err = localcloud.Open(cloud.Login()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.db.Close() })
	return w
}

// rewrite changes the configuration file.
func (w *world) rewrite(old, new string) {
	w.t.Helper()
	text, err := os.ReadFile(w.ConfigFile())
	if err != nil || !strings.Contains(string(text), old) {
		w.t.Fatalf("the configuration has no %q (%v)", old, err)
	}
	if err := os.WriteFile(w.ConfigFile(), []byte(strings.ReplaceAll(string(text), old, new)), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// gateway serves what a test puts before a service, until the test ends.
func (w *world) gateway(handler http.HandlerFunc) (url string) {
	server := httptest.NewServer(handler)
	w.t.Cleanup(server.Close)
	return server.URL
}

// dataDir is where the configuration keeps journal and dead letters.
func (w *world) dataDir() string { return filepath.Join(w.Dir(), "data") }

// putOn puts n more records, {"N":i} with i counting on, on a shard. It returns
// the positions that they take.
func (w *world) putOn(shard, n int) []messages.Position {
	w.t.Helper()
	var taken []messages.Position
	for range n {
		taken = append(taken, w.putRaw(shard, fmt.Appendf(nil, `{"N":%d}`, w.put)))
		w.put++
	}
	return taken
}

// putRaw puts a payload as it is on one of the shards that the stream began
// with, or on what became of it.
func (w *world) putRaw(shard int, payload []byte) messages.Position {
	w.t.Helper()
	width := new(big.Int).Div(new(big.Int).Lsh(big.NewInt(1), 128), big.NewInt(int64(w.shards)))
	hash := new(big.Int).Mul(width, big.NewInt(int64(shard)))
	return messages.Position{Seq: w.putRecord(localkinesis.Record{
		PartitionKey: fmt.Sprint("key-", shard), ExplicitHashKey: hash.Add(hash, big.NewInt(1)).String(), Data: payload,
	})}
}

// putRecord puts a record and remembers that it is its shard's last.
func (w *world) putRecord(r localkinesis.Record) messages.SequenceNumber {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	put, err := w.Kinesis.PutRecords("orders", []localkinesis.Record{r})
	if err != nil {
		w.t.Fatal(err)
	}
	number := messages.SequenceNumber(put[0].SequenceNumber)
	w.last[messages.ShardID(put[0].ShardID)] = number
	return number
}

// newest is the last record that was put on each shard.
func (w *world) newest() map[messages.ShardID]messages.SequenceNumber {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.last)
}

// undisturbed is a lease that a machine which halts for seconds does not lose.
func undisturbed(o *localcloud.Options) { o.Tuning.LeaseDuration = 30 * time.Second }

// holdReads has GetRecords answer nobody, and returns once a call for each of so
// many shards waits. release serves them: as late as it is then.
func (w *world) holdReads(shards int) (release func()) {
	w.t.Helper()
	over := make(chan struct{})
	var mu sync.Mutex
	held := map[string]bool{}
	w.Kinesis.Faults().Set("GetRecords", func(c fault.Call) fault.Effect {
		mu.Lock()
		held[c.Key] = true
		mu.Unlock()
		<-over
		return fault.Effect{}
	})
	release = sync.OnceFunc(func() {
		w.Kinesis.Faults().Set("GetRecords", nil)
		close(over)
	})
	w.t.Cleanup(release)
	w.wait("held all reads", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(held) == shards
	})
	return release
}

// expect asks the table for N, in the order in which the rows were committed.
// condition may restrict it.
func (w *world) expect(condition string, want ...int) {
	w.t.Helper()
	query := "SELECT N FROM ORDERS"
	if condition != "" {
		query += " WHERE " + condition
	}
	if got := w.numbers(query); !slices.Equal(got, want) {
		w.t.Errorf("%s: %v, want %v", query, got, want)
	}
}

// onShard is the condition that a row came through a shard.
func onShard(n int) string { return fmt.Sprintf("KINESISMETADATA:shardId::text = '%s'", shardID(n)) }

// numbers runs a query of one column of integers.
func (w *world) numbers(query string) []int {
	w.t.Helper()
	rows, err := w.db.QueryContext(w.t.Context(), query)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	found := []int{}
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			w.t.Fatal(err)
		}
		found = append(found, n)
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return found
}

// untilRows waits until the table has so many rows at least.
func (w *world) untilRows(n int) {
	w.t.Helper()
	w.wait(fmt.Sprintf("%d rows in the table", n), func() bool {
		if w.numbers("SELECT COUNT(*) FROM ORDERS")[0] >= n {
			return true
		}
		time.Sleep(15 * time.Millisecond) // a query costs more than other looks
		return false
	})
}

// execute runs a statement as the connector's user.
func (w *world) execute(statement string) {
	w.t.Helper()
	if _, err := w.db.ExecContext(w.t.Context(), statement); err != nil {
		w.t.Fatalf("%s: %v", statement, err)
	}
}

// lease is an attribute of a shard's row in the lease table; nil where it is
// absent.
func (w *world) lease(shard int, attribute string) any {
	return w.Dynamo.Item(localcloud.LeaseTable("orders"), "orders", string(shardID(shard)))[attribute]
}

// integer reads a number of the lease table; 0 where it is absent.
func integer(attribute any) int64 {
	text, _ := attribute.(json.Number)
	n, _ := text.Int64()
	return n
}

// expectCounted waits until the lease rows' counters say so many user records
// read and rows committed (P26), however many processes did it.
func (w *world) expectCounted(read, committed int64) {
	w.t.Helper()
	sum := func(attribute string) (n int64) {
		for _, item := range w.Dynamo.Items(localcloud.LeaseTable("orders")) {
			n += integer(item[attribute])
		}
		return n
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		switch r, a, k := sum("countRead"), sum("countAppended"), sum("countCommitted"); {
		case r == read && a == committed && k == committed:
			return
		case time.Now().After(deadline):
			w.t.Errorf("the lease rows count %d read, %d appended, %d committed; want %d, %d, %d", r, a, k, read, committed, committed)
			return
		}
	}
}

// channel names a shard's channel; "" while there is none.
func (w *world) channel(shard int) string {
	for _, ch := range w.Snowflake.Channels() {
		if strings.HasSuffix(ch.Name, string(shardID(shard))) {
			return ch.Name
		}
	}
	return ""
}

// wait waits for anything that no connector tells.
func (w *world) wait(what string, good func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(patience); !good(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatalf("never %s", what)
		}
	}
}

func shardID(n int) messages.ShardID { return messages.ShardID(fmt.Sprintf("shardId-%012d", n)) }

// between is from, from+1 .. to-1.
func between(from, to int) []int {
	var list []int
	for i := from; i < to; i++ {
		list = append(list, i)
	}
	return list
}
