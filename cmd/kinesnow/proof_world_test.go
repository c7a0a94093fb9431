package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/process/control"
)

// patience bounds whatever a test of real servers waits for.
const patience = 4 * time.Minute

// sites is how many streams, each with a table of its own, the cloud has that
// the tests of this package share: one for each test.
const sites = 48

var sharedCloud = struct {
	sync.Mutex
	*localcloud.Cloud
	db   *sql.DB
	used int
}{}

// TestMain lets more tests of real servers run side by side than there are
// processors, for they wait for timers most of the time, and closes the cloud.
func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		_ = flag.Set("test.parallel", "32")
	}
	code := m.Run()
	if sharedCloud.Cloud != nil {
		sharedCloud.db.Close()
		sharedCloud.Close()
	}
	os.Exit(code)
}

// site is one stream of two shards into one table, a configuration for it, and
// whoever works on it.
type site struct {
	t             *testing.T
	cloud         *localcloud.Cloud
	db            *sql.DB
	dir           string
	stream, table string
	put           int    // records so far: the next one has this N
	first         string // shard 0's token, when remember was called
}

func siteName(n int) (stream, table string) {
	return fmt.Sprintf("orders-%02d", n), fmt.Sprintf("ORDERS_%02d", n)
}

// newSite takes a stream that no other test has.
func newSite(t *testing.T) *site {
	t.Helper()
	t.Parallel()
	return takeSite(t)
}

func takeSite(t *testing.T) *site {
	t.Helper()
	s := &sharedCloud
	s.Lock()
	defer s.Unlock()
	if s.Cloud == nil {
		o := localcloud.Options{CommitDelay: 20 * time.Millisecond, Columns: []string{"N NUMBER"}}
		for n := range sites {
			stream, table := siteName(n)
			o.Streams, o.Tables = append(o.Streams, localcloud.Stream{Name: stream, Shards: 2}), append(o.Tables, table)
		}
		var err error
		if s.Cloud, err = localcloud.Start(o); err != nil {
			t.Fatal(err)
		}
		if s.db, err = localcloud.Open(s.Login()); err != nil {
			t.Fatal(err)
		}
	}
	if s.used == sites {
		t.Fatalf("more than %d tests want a stream", sites)
	}
	w := &site{t: t, cloud: s.Cloud, db: s.db, dir: t.TempDir()}
	w.stream, w.table = siteName(s.used)
	s.used++
	w.configure("")
	return w
}

// configure writes the configuration, with more lines of the connector.
func (w *site) configure(more string) {
	w.t.Helper()
	r := w.cloud.Ready()
	text := fmt.Sprintf(`data_dir: %q
http: {listen: "127.0.0.1:0"}
connectors:
  orders:
    application: app-%s
    aws: {region: %s, credentials: {access_key_id: test, secret_access_key: test}, endpoints: {kinesis: %q, dynamodb: %q}}
    kinesis: {stream: %s}
    lease: {duration: 1200ms, renew: 300ms}
    snowflake: {account: %s, user: %s, role: %s, private_key_file: %q, host: %q, database: %s, schema: %s, table: %s, linger: 20ms}
%s`, w.dataDir(), w.stream, r.Region, r.Kinesis, r.DynamoDB, w.stream, r.Account, r.User, r.Role, r.PrivateKeyFile, r.Snowflake, r.Database, r.Schema, w.table, more)
	if err := os.WriteFile(w.config(), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// rewrite changes the configuration.
func (w *site) rewrite(old, new string) {
	w.t.Helper()
	text, err := os.ReadFile(w.config())
	if err != nil || !strings.Contains(string(text), old) {
		w.t.Fatalf("the configuration has no %q (%v)", old, err)
	}
	if err := os.WriteFile(w.config(), []byte(strings.ReplaceAll(string(text), old, new)), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

func (w *site) config() string  { return filepath.Join(w.dir, "kinesnow.yaml") }
func (w *site) dataDir() string { return filepath.Join(w.dir, "data") }

// ledger is the folder of a node's journal.
func (w *site) ledger(node int) string {
	return filepath.Join(w.dataDir(), fmt.Sprint("node-", node), "journal", "orders")
}

// types carries out a command line, -c added.
func (w *site) types(args ...string) (code int, stdout, stderr string) {
	w.t.Helper()
	return typed(w.t, append(args, "-c", w.config())...)
}

// putOn puts n records {"N":i}, i counting on, on shard 0 or 1.
func (w *site) putOn(shard, n int) {
	w.t.Helper()
	var payloads []string
	for range n {
		payloads = append(payloads, fmt.Sprintf(`{"N":%d}`, w.put))
		w.put++
	}
	w.putRaw(shard, payloads...)
}

// putRaw puts payloads on a shard, all of them at once: whoever reads one reads
// all.
func (w *site) putRaw(shard int, payloads ...string) {
	w.t.Helper()
	hash := new(big.Int).Lsh(big.NewInt(int64(shard)), 127)
	key := hash.Add(hash, big.NewInt(1)).String()
	var records []localkinesis.Record
	for _, payload := range payloads {
		records = append(records, localkinesis.Record{PartitionKey: fmt.Sprint("key-", shard), ExplicitHashKey: key, Data: []byte(payload)})
	}
	if _, err := w.cloud.Kinesis.PutRecords(w.stream, records); err != nil {
		w.t.Fatal(err)
	}
}

// catchUp runs kinesnow until everything that was put is in the table.
func (w *site) catchUp() {
	w.t.Helper()
	if code, stdout, stderr := w.types("run", "--until-caught-up"); code != exitFine {
		w.t.Fatalf("run exits with %d: %s%s", code, stdout, tail(stderr))
	}
}

func tail(text string) string { return text[max(0, len(text)-4000):] }

// work lets one process move n batches of six records on shard 0 and four on
// shard 1, each once the one before is in the table, and drains it.
func (w *site) work(batches int) {
	w.t.Helper()
	process := w.runs()
	rows := w.ask("SELECT COUNT(*) FROM T")
	for range batches {
		w.putOn(0, 6)
		w.putOn(1, 4)
		rows += 10
		w.untilRows(rows)
	}
	process.ends(exitFine)
}

// execute runs a statement on the table, which is written as T.
func (w *site) execute(statement string, rows int64) {
	w.t.Helper()
	done, err := w.db.ExecContext(w.t.Context(), strings.ReplaceAll(statement, " T ", " "+w.table+" "))
	if err != nil {
		w.t.Fatalf("%s: %v", statement, err)
	}
	if n, err := done.RowsAffected(); rows >= 0 && (err != nil || n != rows) {
		w.t.Fatalf("%s changed %d rows (%v), want %d", statement, n, err, rows)
	}
}

// ask runs a query of one number.
func (w *site) ask(query string) (n int) {
	w.t.Helper()
	if err := w.db.QueryRowContext(w.t.Context(), strings.ReplaceAll(query, " T", " "+w.table)).Scan(&n); err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// text asks for one text.
func (w *site) text(query string) (s string) {
	w.t.Helper()
	if err := w.db.QueryRowContext(w.t.Context(), strings.ReplaceAll(query, " T ", " "+w.table+" ")).Scan(&s); err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
	return s
}

func (w *site) shardID(n int) messages.ShardID {
	return messages.ShardID(fmt.Sprintf("shardId-%012d", n))
}

// channel names a shard's channel.
func (w *site) channel(shard int) string {
	w.t.Helper()
	for _, ch := range w.cloud.Snowflake.Channels() {
		if strings.HasPrefix(ch.Name, "app-"+w.stream+"-"+w.stream+"-") && strings.HasSuffix(ch.Name, string(w.shardID(shard))) {
			return ch.Name
		}
	}
	w.t.Fatalf("shard %d has no channel", shard)
	return ""
}

// token is what Snowflake keeps as the channel's offset token.
func (w *site) token(shard int) string {
	w.t.Helper()
	name := w.channel(shard)
	for _, ch := range w.cloud.Snowflake.Channels() {
		if ch.Name == name {
			return ch.Committed
		}
	}
	return ""
}

// remember keeps shard 0's token for firstToken.
func (w *site) remember()          { w.first = w.token(0) }
func (w *site) firstToken() string { return w.first }

func (w *site) setToken(shard int, token string) {
	w.t.Helper()
	if err := w.cloud.Snowflake.SetOffsetToken(w.channel(shard), &token); err != nil {
		w.t.Fatal(err)
	}
}

// beside is a kinesnow run that goes on meanwhile.
type beside struct {
	*site
	stop context.CancelFunc
	code chan int
	log  *bytes.Buffer
}

// runs starts kinesnow run; it is told to stop with the test.
func (w *site) runs() *beside {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	b := &beside{w, cancel, make(chan int, 1), &bytes.Buffer{}}
	go func() {
		var stdout bytes.Buffer
		b.code <- run(ctx, []string{"run", "-c", w.config()}, &stdout, b.log)
	}()
	w.t.Cleanup(func() {
		if b.stop != nil {
			b.ends(-1)
		}
	})
	return b
}

// ends stops the process in order; want -1 takes any exit code.
func (b *beside) ends(want int) {
	b.t.Helper()
	b.stop()
	b.stop = nil
	select {
	case code := <-b.code:
		if want >= 0 && code != want {
			b.t.Errorf("run exits with %d, want %d: %s", code, want, tail(b.log.String()))
		}
	case <-time.After(patience):
		b.t.Fatal("run goes on")
	}
}

// untilShard waits for a state of a shard, as status -o json's source tells it.
func (w *site) untilShard(n int, what string, good func(*messages.ShardState) bool) {
	w.t.Helper()
	w.wait(fmt.Sprintf("shard %d %s", n, what), func() bool {
		found, _, err := control.Find(w.t.Context(), w.dataDir())
		return err == nil && slices.ContainsFunc(found, func(f control.Found) bool {
			return slices.ContainsFunc(f.Snapshot.Connectors, func(s *messages.State) bool {
				return slices.ContainsFunc(s.Shards, func(sh messages.ShardState) bool { return sh.Shard == w.shardID(n) && good(&sh) })
			})
		})
	})
}

func (w *site) untilStopped(n int, code messages.StopCode) {
	w.t.Helper()
	w.untilShard(n, "is stopped "+string(code), func(s *messages.ShardState) bool {
		return s.Phase == messages.PhaseParked && s.Stop == code
	})
}

// untilRows waits until the table has so many rows at least.
func (w *site) untilRows(n int) {
	w.t.Helper()
	w.wait(fmt.Sprintf("%d rows in the table", n), func() bool { return w.ask("SELECT COUNT(*) FROM T") >= n })
}

func (w *site) wait(what string, good func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(patience); !good(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatalf("never %s", what)
		}
	}
}

// crashes lets a connector work until good, and then ends it as the death of
// its process would: nothing is committed, checkpointed or released.
func (w *site) crashes(good func()) {
	w.t.Helper()
	file, err := supervisor.Load(w.config(), os.LookupEnv)
	if err != nil {
		w.t.Fatal(err)
	}
	props, err := supervisor.New("orders", file.Connectors["orders"], supervisor.Host{
		DataDir: w.dataDir(), Pace: &stream.Pace{MinInterval: 20 * time.Millisecond, IdleInterval: 50 * time.Millisecond},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	system := actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger { return slog.New(slog.DiscardHandler) }))
	pid := system.Root.Spawn(props)
	defer system.Shutdown()
	good()
	w.wait("stopped", func() bool { // the library waits for ten seconds
		err := system.Root.StopFuture(pid).Wait()
		return err == nil || errors.Is(err, actor.ErrDeadLetter)
	})
}

// parsed reads one line of JSON into a map, numbers as they are written.
func parsed(t *testing.T, line string) map[string]any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(line))
	decoder.UseNumber()
	var v map[string]any
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("%v in %q", err, line)
	}
	return v
}
