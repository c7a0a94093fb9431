package localcloud

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// start runs a cloud for one test.
func start(t *testing.T, o Options) *Cloud {
	t.Helper()
	c, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func load(t *testing.T, path string) config.File {
	t.Helper()
	file, err := config.Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestTheConfigurationIsTakenAsItIs(t *testing.T) {
	c := start(t, Options{
		Streams: []Stream{{"quakes", 4}, {"_odd.name-", 1}}, Tables: []string{"QUAKES"},
		Tuning: Tuning{LeaseDuration: 3 * time.Second, LeaseRenew: time.Second, Linger: 200 * time.Millisecond, Memory: "64MiB", HTTPListen: "127.0.0.1:0"},
	})
	file := load(t, c.ConfigFile())
	quakes := file.Connectors["quakes"]
	if quakes.Kinesis.Stream != "quakes" || quakes.Snowflake.Table != "QUAKES" || quakes.Lease.Duration != 3*time.Second ||
		quakes.Snowflake.Linger != 200*time.Millisecond || quakes.Snowflake.Host != c.Snowflake.URL() {
		t.Errorf("connector quakes is %+v", quakes)
	}
	if odd := file.Connectors["odd.name-"]; odd.Snowflake.Table != "_ODD_NAME_" {
		t.Errorf("connector odd.name- goes into %q", odd.Snowflake.Table)
	}
	if _, err := quakes.Snowflake.PrivateKey(); err != nil {
		t.Errorf("the key that it names: %v", err)
	}
}

func TestAClosedCloudWithoutAFolderLeavesNothing(t *testing.T) {
	c, err := Start(Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir := c.Dir()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", dir, err)
	}
}

func TestAFolderKeepsStreamsRecordsTablesAndKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a $place")
	first, err := Start(Options{Dir: dir, Streams: []Stream{{"quakes", 3}}, Tables: []string{"Quakes of 2018"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := first.Kinesis.PutRecords("quakes", []localkinesis.Record{{PartitionKey: "k", Data: []byte(`{"a":1}`)}}); err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(first.Ready().PrivateKeyFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}

	again := start(t, Options{Dir: dir, Streams: []Stream{{"clicks", 1}}})
	if now, err := os.ReadFile(again.Ready().PrivateKeyFile); err != nil || !bytes.Equal(now, key) {
		t.Errorf("another key than before (%v)", err)
	}
	streams := again.Kinesis.Streams()
	if len(streams) != 2 || streams[1].Name != "quakes" || len(streams[1].Shards) != 3 {
		t.Fatalf("streams are %+v", streams)
	}
	records := int64(0)
	for _, s := range streams[1].Shards {
		records += s.Records
	}
	if records != 1 {
		t.Errorf("%d records of quakes, want 1", records)
	}
	if _, ok := again.Snowflake.Catalog().Table(Database, Schema, "Quakes of 2018"); !ok {
		t.Error("the table is gone")
	}
	ready, file := again.Ready(), load(t, again.ConfigFile())
	if ready.Stream != "quakes" || ready.Table != "Quakes of 2018" || len(file.Connectors) != 2 {
		t.Errorf("ready is %+v with %d connectors", ready, len(file.Connectors))
	}
	if got := file.Connectors["quakes"].AWS.Endpoints.Kinesis; got != again.Kinesis.URL() {
		t.Errorf("the configuration names %s, the server is at %s", got, again.Kinesis.URL())
	}
}

func TestTheKeyIsForItsUserAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Log("file modes are Unix'")
		return
	}
	info, err := os.Stat(start(t, Options{}).Ready().PrivateKeyFile)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, error %v", info.Mode(), err)
	}
}

func TestWrongOptionsAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		options Options
		says    string
	}{
		"address":  {Options{Listen: "0.0.0.0:0"}, "only loopback"},
		"port":     {Options{Listen: "127.0.0.1:70000"}, "PORT"},
		"no port":  {Options{Listen: "127.0.0.1"}, "127.0.0.1:PORT"},
		"stream":   {Options{Streams: []Stream{{"a b", 1}}}, "a name is"},
		"shards":   {Options{Streams: []Stream{{"a", 0}}}, "0 shards"},
		"table":    {Options{Tables: []string{`A"B`}}, "without quotes"},
		"too many": {Options{Streams: []Stream{{"a", 1001}}}, "1 to 1000"},
	} {
		if cloud, err := Start(c.options); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.says)
			if cloud != nil {
				cloud.Close()
			}
		}
	}
}

func TestStreamsAreWrittenNameColonShards(t *testing.T) {
	for text, want := range map[string]Stream{"quakes:4": {"quakes", 4}, "quakes": {"quakes", 1}} {
		if got, err := ParseStream(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"quakes:", "quakes:0", ":4", "quakes:x", "a b:1", "quakes:1001"} {
		if got, err := ParseStream(text); err == nil {
			t.Errorf("%q is taken as %+v", text, got)
		}
	}
}

func TestOnlyLoopbackIsOpened(t *testing.T) {
	for _, host := range []string{"", "acme.snowflakecomputing.com", "https://127.0.0.1:1", "http://10.0.0.1:80", "http://example.com:80"} {
		if db, err := Open(Login{Host: host}); err == nil {
			db.Close()
			t.Errorf("%q was opened", host)
		}
	}
}
