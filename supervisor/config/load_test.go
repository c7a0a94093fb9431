package config

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/rsakey"
)

// TestTheContractsFileLoadsToTheDefaults loads the contract's YAML as it stands
// there: its shown values are the defaults.
func TestTheContractsFileLoadsToTheDefaults(t *testing.T) {
	text, err := os.ReadFile(golden("contract.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	f := newWorld().mustLoad(t, string(text))

	want := Defaults()
	want.Application = "kinesnow-orders"
	want.AWS.Region = "eu-west-1"
	want.Kinesis.Stream = "orders"
	want.Transforms = []Transform{}
	s := &want.Snowflake
	s.Account, s.User, s.Role = "MYORG-PROD", "KN_ORDERS", "KN_ORDERS"
	s.Database, s.Schema, s.Table = "RAW", "EVENTS", "ORDERS"
	if got := f.Connectors["orders"]; !reflect.DeepEqual(got, want) {
		t.Errorf("connector = %+v\nwant %+v", got, want)
	}

	process := DefaultFile()
	process.HTTP.Explicit = true
	process.Connectors = f.Connectors
	process.path, process.origins = f.path, f.origins
	if !reflect.DeepEqual(f, process) {
		t.Errorf("file = %+v\nwant %+v", f, process)
	}
	if got := f.Names(); !slices.Equal(got, []string{"orders"}) {
		t.Errorf("names = %v", got)
	}
}

func TestEveryKeyOfTheContractIsKnownAndNoOther(t *testing.T) {
	text, err := os.ReadFile(golden("contract.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	d := document{report: func(at mark, key, text string) { t.Errorf("%v %s: %s", at, key, text) }}
	root := d.parse(text)
	shown := map[string]bool{}
	var walk func(n *node, under string)
	walk = func(n *node, under string) {
		for _, e := range n.entries {
			path := join(under, e.key)
			shown[path] = true
			walk(e.value, path)
		}
	}
	walk(root.get("connectors").value.get("orders").value, "")
	// The contract names these four in comments.
	for _, key := range []string{"connection", "private_key", "private_key_passphrase", "private_key_file_2"} {
		shown["snowflake."+key] = true
	}
	shown["snowflake.oauth.scope"] = true // beyond it: DECISIONS.md
	for _, path := range connectorPaths {
		if !shown[path] {
			t.Errorf("key %s is not in the contract", path)
		}
		delete(shown, path)
	}
	for path := range shown {
		t.Errorf("the contract's key %s is unknown", path)
	}
}

func TestDefaultsMergeUnderEachConnectorByKey(t *testing.T) {
	f := newWorld().mustLoad(t, `
defaults:
  aws: {region: eu-west-1, credentials: {access_key_id: A, secret_access_key: B}}
  kinesis: {on_gap: stop}
  snowflake: {account: MYORG-PROD, user: U, database: RAW, schema: EVENTS, linger: 1s}
  lease: {duration: 30s, renew: 10s}
connectors:
  orders:
    application: app-orders
    aws:
    kinesis: {stream: orders}
    snowflake: {table: ORDERS, linger: 2s, schema: LATE}
  clicks:
    application: app-clicks
    aws: {region: us-east-1, credentials: {access_key_id: C}}
    kinesis: {stream: clicks, on_gap:}
    snowflake: {table: CLICKS}
    lease: {duration: , renew: }
`)
	orders, clicks := f.Connectors["orders"], f.Connectors["clicks"]
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"a map left empty keeps the defaults", orders.AWS.Region, "eu-west-1"},
		{"the connector's key wins", orders.Snowflake.Linger, 2 * time.Second},
		{"a key beside it stays", orders.Snowflake.Database, "RAW"},
		{"a key of the defaults is overridden", orders.Snowflake.Schema, "LATE"},
		{"a value from the defaults", orders.Kinesis.OnGap, StopOnGap},
		{"a nested map merges too", clicks.AWS.Credentials.SecretAccessKey.Reveal(), "B"},
		{"a nested key wins", clicks.AWS.Credentials.AccessKeyID, "C"},
		{"an empty key resets to the built-in default", clicks.Kinesis.OnGap, ContinueOnGap},
		{"an empty duration resets too", clicks.Lease, Defaults().Lease},
		{"other connectors keep theirs", orders.Lease.Duration, 30 * time.Second},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", c.what, c.got, c.want)
		}
	}
	if got, want := f.Names(), []string{"clicks", "orders"}; !slices.Equal(got, want) {
		t.Errorf("names = %v, want %v", got, want)
	}
}

func TestAMistakeUnderDefaultsIsToldOnceAtItsOwnLine(t *testing.T) {
	_, err := newWorld().load(`defaults:
  aws: {region: nowhere}
  kinesis: {colour: red, consumer_type: FOO}
  snowflake: {linger: soon, account: MYORG-PROD, user: ${NOBODY}, database: RAW, schema: EVENTS}
connectors:
  b: {application: app-b, kinesis: {stream: b}, snowflake: {table: B}}
  a: {application: app-a, kinesis: {stream: a}}
`)
	want := []string{
		`kinesnow.yaml:4:57: not YAML: did not find expected ',' or '}'; inside { } and [ ] put references in quotes: "${VAR}"`,
	}
	if got := lines(err); !slices.Equal(got, want) {
		t.Errorf("problems:\n%s\nwant:\n%s", joined(got), joined(want))
	}
	_, err = newWorld().load(`defaults:
  aws: {region: nowhere}
  kinesis: {colour: red, consumer_type: FOO}
  snowflake: {linger: soon, account: MYORG-PROD, user: "${NOBODY}", database: RAW, schema: EVENTS}
connectors:
  b: {application: app-b, kinesis: {stream: b}, snowflake: {table: B}}
  a: {application: app-a, kinesis: {stream: a}}
`)
	want = []string{
		`kinesnow.yaml:2:17: connectors.a.aws.region: "nowhere" is not an AWS region; write it as in eu-west-1`,
		`kinesnow.yaml:3:13: defaults.kinesis.colour: unknown key; known here: consumer_type, initial_position, on_efo_unavailable, on_gap, on_stream_recreated, stream`,
		`kinesnow.yaml:3:41: connectors.a.kinesis.consumer_type: "FOO" is not allowed; use SHARED_THROUGHPUT or ENHANCED_FAN_OUT`,
		`kinesnow.yaml:4:23: defaults.snowflake.linger: "soon" is not a duration; write a number with a unit, such as 500ms, 30s or 720h`,
		`kinesnow.yaml:4:56: defaults.snowflake.user: the variable NOBODY is not set; set it, or write ${NOBODY:default}`,
		`kinesnow.yaml:7:3: connectors.a.snowflake.table: is required: the destination table, in exact case`,
	}
	if got := lines(err); !slices.Equal(got, want) {
		t.Errorf("problems:\n%s\nwant:\n%s", joined(got), joined(want))
	}
}

func TestValuesAreAcceptedInAnyCase(t *testing.T) {
	f := newWorld().mustLoad(t, edit(good, "stream: orders",
		"stream: orders\n      consumer_type: shared_throughput\n      initial_position: latest\n      on_gap: STOP",
		"account: MYORG-PROD", "account: MYORG-PROD\n      compression: ZSTD\n      authenticator: Key_Pair"))
	c := f.Connectors["orders"]
	if c.Kinesis.ConsumerType != SharedThroughput || c.Kinesis.OnGap != StopOnGap ||
		c.Kinesis.InitialPosition.Kind != Latest || c.Snowflake.Compression != Zstd || c.Snowflake.Authenticator != KeyPair {
		t.Errorf("connector = %+v", c)
	}
}

func TestReferencesStandAnywhereInAValue(t *testing.T) {
	w := newWorld()
	w.env["STAGE"], w.env["EMPTY"], w.env["WIDTH"] = "prod", "", "7"
	w.files["/etc/kinesnow/names/table"] = "ORDERS_FROM_FILE\r\n\n"
	w.files["/run/user"] = "KN"
	f := w.mustLoad(t, edit(good,
		"stream: orders", "stream: x-${STAGE}-${UNSET:blue}${EMPTY}",
		"table: ORDERS", "table: ${file:names/table}",
		"user: KN_ORDERS", "user: ${file:/run/user}_$${literal}",
		"schema: EVENTS", "schema: a${UNSET:}b",
		"    aws:", `    payload: {sharded_sequence_width: "${WIDTH}"}
    lease: {duration: "${LEASE:40s}"}
    aws:`))
	c := f.Connectors["orders"]
	for _, p := range [][2]any{
		{c.Kinesis.Stream, "x-prod-blue"}, {c.Snowflake.Table, "ORDERS_FROM_FILE"}, {c.Snowflake.User, "KN_${literal}"},
		{c.Snowflake.Schema, "ab"}, {c.Payload.ShardedSequenceWidth, 7}, {c.Lease.Duration, 40 * time.Second},
	} {
		if p[0] != p[1] {
			t.Errorf("value = %v, want %v", p[0], p[1])
		}
	}
}

func TestTheRegionFallsBackToTheVariable(t *testing.T) {
	w := newWorld()
	w.env["AWS_REGION"] = "ap-southeast-2"
	text := edit(good, "    aws:\n      region: eu-west-1\n", "")
	if got := w.mustLoad(t, text).Connectors["orders"].AWS.Region; got != "ap-southeast-2" {
		t.Errorf("region = %q", got)
	}
	if got := w.mustLoad(t, good).Connectors["orders"].AWS.Region; got != "eu-west-1" {
		t.Errorf("region = %q, want the file's", got)
	}
	w.env["AWS_REGION"] = "Sydney"
	_, err := w.load(text)
	want := "kinesnow.yaml:2:3: connectors.orders.aws.region: the value from env AWS_REGION is not an AWS region; write it as in eu-west-1"
	if got := joined(lines(err)); got != want {
		t.Errorf("problems:\n%s\nwant:\n%s", got, want)
	}
}

func TestTheListenAddressIsExplicitWhenTheFileSetsIt(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "http:\n": false, "http: {listen: }\n": false,
		"http: {listen: 127.0.0.1:4195}\n": true, "http: {listen: \":0\"}\n": true,
	} {
		if f := newWorld().mustLoad(t, text+good); f.HTTP.Explicit != want {
			t.Errorf("%q: explicit = %v, listen = %s", text, f.HTTP.Explicit, f.HTTP.Listen)
		}
	}
}

func TestAnARNServesAsAStream(t *testing.T) {
	const arn = "arn:aws-us-gov:kinesis:us-gov-west-1:123456789012:stream/orders.v2"
	f := newWorld().mustLoad(t, edit(good, "stream: orders", "stream: "+arn, "eu-west-1", "us-gov-west-1"))
	k := f.Connectors["orders"].Kinesis
	if k.StreamName() != "orders.v2" || k.StreamARN() != arn {
		t.Errorf("name %q, ARN %q", k.StreamName(), k.StreamARN())
	}
	k.Stream = "plain"
	if k.StreamName() != "plain" || k.StreamARN() != "" {
		t.Errorf("name %q, ARN %q", k.StreamName(), k.StreamARN())
	}
}

func TestRelativePathsAreNeighboursOfTheFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("sf.p8", pkcs8PEM())
	write("user", "KN\n")
	write("kinesnow.yaml", "data_dir: state\n"+edit(good, "/keys/sf.p8", "sf.p8", "KN_ORDERS", "${file:user}"))
	f, err := Load(filepath.Join(dir, "kinesnow.yaml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := f.Connectors["orders"].Snowflake
	if f.DataDir != filepath.Join(dir, "state") || s.PrivateKeyFile != filepath.Join(dir, "sf.p8") || s.User != "KN" {
		t.Errorf("data_dir %q, private_key_file %q, user %q", f.DataDir, s.PrivateKeyFile, s.User)
	}
	if key, err := s.PrivateKey(); err != nil || !key.Equal(rsakey.Key(0)) {
		t.Errorf("private key: %v", err)
	}
}

func TestTheDefaultKeyFileIsNamedWhenItIsMissing(t *testing.T) {
	w := newWorld()
	delete(w.files, DefaultPrivateKeyFile)
	_, err := w.load(edit(good, "      private_key_file: /keys/sf.p8\n", ""))
	want := "kinesnow.yaml:8:5: connectors.orders.snowflake.private_key_file: is required with authenticator key_pair, or private_key; its default /run/secrets/snowflake.p8 cannot be read: no such file or directory"
	if got := joined(lines(err)); got != want {
		t.Errorf("problems:\n%s\nwant:\n%s", got, want)
	}
}

func TestAMissingFileIsOneProblemWithoutAPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.yaml")
	_, err := Load(path, nil)
	if err == nil || err.Error() != path+": cannot be read: no such file or directory; -c names another file, kinesnow init writes a first one" {
		t.Errorf("error = %v", err)
	}
}

func TestAnEndlessFileIsRefused(t *testing.T) {
	_, err := Load("/dev/zero", nil)
	if err == nil || err.Error() != "/dev/zero: cannot be read: larger than 1 MiB" {
		t.Errorf("error = %v", err)
	}
}

func TestKP28TwoConnectorsCannotShareTheirLeases(t *testing.T) {
	second := strings.TrimPrefix(edit(good, "orders:", "again:"), "connectors:\n")
	_, err := newWorld().load(good + second)
	want := "kinesnow.yaml:3:18: connectors.orders.application: connector again reads the same stream under the same application, so the two would share their leases; give one of them another application"
	if got := joined(lines(err)); got != want {
		t.Errorf("problems:\n%s\nwant:\n%s", got, want)
	}
	if _, err := newWorld().load(good + edit(second, "stream: orders", "stream: clicks")); err != nil {
		t.Errorf("one application for two streams: %v", err)
	}
}

func TestAnchorsAndMergedMapsWorkAsInYAML(t *testing.T) {
	f := newWorld().mustLoad(t, edit(good, "    kinesis:\n      stream: orders", `    lease: &slow {duration: 60s, renew: 20s}
    kinesis: {<<: {on_gap: stop, stream: no}, stream: orders}`)+`
  clicks:
    application: app-clicks
    aws: {region: eu-west-1}
    kinesis: {stream: clicks}
    snowflake: {account: A, user: U, database: D, schema: S, table: T}
    lease: *slow
`)
	if got := f.Connectors["clicks"].Lease.Duration; got != time.Minute {
		t.Errorf("lease = %v", got)
	}
	if k := f.Connectors["orders"].Kinesis; k.OnGap != StopOnGap || k.Stream != "orders" {
		t.Errorf("kinesis = %+v", k)
	}
}

func TestHostileFilesEndInAnError(t *testing.T) {
	var bomb strings.Builder
	bomb.WriteString("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n")
	for i := 1; i < 10; i++ {
		p, n := string(rune('0'+i-1)), string(rune('0'+i))
		bomb.WriteString("a" + n + ": &a" + n + " [" + strings.TrimSuffix(strings.Repeat("*a"+p+",", 10), ",") + "]\n")
	}
	for name, text := range map[string]string{
		"a million brackets":    "a: " + strings.Repeat("[", 1_000_000),
		"braces":                strings.Repeat("{a: ", 5000),
		"a billion laughs":      bomb.String(),
		"an alias of itself":    "a: &a [*a]\n",
		"a merge of itself":     "a: &a {<<: *a}\n",
		"half a character":      "node: \xc3",
		"a zero byte":           "node: a\x00b",
		"UTF-16":                "\xff\xfen\x00o\x00d\x00e\x00",
		"a key that is a list":  "? [a]\n: b\n",
		"a list of connectors":  "connectors: {a: [b]}\n",
		"numbers as connectors": "connectors: {1: 2}\n",
	} {
		if _, err := newWorld().load(text); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
}
