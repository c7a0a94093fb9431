package config

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// TestEachMistakeIsNamedWithItsPlaceAndTheWayOut edits a good file and expects
// exactly these problems.
func TestEachMistakeIsNamedWithItsPlaceAndTheWayOut(t *testing.T) {
	const at = "kinesnow.yaml:"
	stream := "stream: orders"
	account := "account: MYORG-PROD"
	app := "    application: kinesnow-orders\n"
	key := "private_key_file: /keys/sf.p8"
	cases := []struct {
		name string
		edit []string
		want []string
	}{
		{"an unknown choice", []string{stream, "stream: orders\n      consumer_type: FOO"}, []string{
			at + `8:22: connectors.orders.kinesis.consumer_type: "FOO" is not allowed; use SHARED_THROUGHPUT or ENHANCED_FAN_OUT`}},
		{"another on_gap", []string{stream, "stream: orders\n      on_gap: ignore"}, []string{
			at + `8:15: connectors.orders.kinesis.on_gap: "ignore" is not allowed; use continue or stop`}},
		{"a format of a later version", []string{app, app + "    payload: {format: avro, compression: gzip}\n"}, []string{
			at + `4:23: connectors.orders.payload.format: "AVRO" comes with a later version; use JSON`,
			at + `4:42: connectors.orders.payload.compression: "gzip" comes with a later version; use none`}},
		{"transforms", []string{app, app + "    transforms: [{drop: [a]}]\n"}, []string{
			at + `4:17: connectors.orders.transforms: transforms come with a later version; leave the list empty, or filter with Host.Transform of the library`}},
		{"transforms as text", []string{app, app + "    transforms: drop\n"}, []string{
			at + `4:17: connectors.orders.transforms: must be a list, not a value`}},
		{"oauth with nothing it needs", []string{account, account + "\n      authenticator: OAuth"}, []string{
			at + `8:5: connectors.orders.snowflake.oauth.client_id: is required: the client's name at the authorization server, with authenticator oauth`,
			at + `8:5: connectors.orders.snowflake.oauth.client_secret: is required: the client's secret, with authenticator oauth`,
			at + `8:5: connectors.orders.snowflake.oauth.token_url: is required: the authorization server's address for tokens, with authenticator oauth`,
			at + `12:25: connectors.orders.snowflake.private_key_file: is not used with authenticator oauth; remove it or choose another authenticator`}},
		{"an authorization server in the clear", []string{key, "authenticator: oauth\n      oauth: {token_url: http://login.example.com/token, client_id: me, client_secret: x}"}, []string{
			at + `12:26: connectors.orders.snowflake.oauth.token_url: sends the client's secret in the clear; http is for loopback only, use https`}},
		{"a scope that none can be", []string{key, "authenticator: oauth\n      oauth: {token_url: https://login.example.com/token, client_id: me, client_secret: x, scope: 'api://a,  b'}"}, []string{
			at + `12:99: connectors.orders.snowflake.oauth.scope: "api://a,  b" is no scope; write it as the authorization server names it, several with one space between them`}},
		{"a scope beside a key pair", []string{key, key + "\n      oauth: {scope: api://a/.default}"}, []string{
			at + `12:22: connectors.orders.snowflake.oauth.scope: is not used with authenticator key_pair; remove it or choose another authenticator`}},
		{"a connections.toml profile where there is none", []string{account, "connection: prod"}, []string{
			at + `9:19: connectors.orders.snowflake.connection: no connections.toml or config.toml in /home/me/.snowflake or /home/me/.config/snowflake; SNOWFLAKE_HOME can name its folder`}},
		{"dead letters of a later version", []string{app, app + "    deadletter: {to: kinesis}\n"}, []string{
			at + `4:22: connectors.orders.deadletter.to: "kinesis" comes with a later version; use discard or file`}},
		{"client evolution into a pipe of one's own", []string{account, account + "\n      schema_evolution: client\n      pipe: MINE"}, []string{
			at + `10:25: connectors.orders.snowflake.schema_evolution: client needs the default pipe: a pipe of one's own matches no columns; leave pipe out, or use off`}},
		{"rejected rows to dead letters", []string{account, account + "\n      on_rejected_rows: dead-letter"}, []string{
			at + `10:25: connectors.orders.snowflake.on_rejected_rows: "dead-letter" comes with a later version; use report or stop`}},
		{"a secret manager", []string{account, account + "\n      private_key_passphrase: ${secret:aws-sm:x}"}, []string{
			at + `10:31: connectors.orders.snowflake.private_key_passphrase: ${secret:...} comes with a later version; use ${VAR} or ${file:PATH}`}},

		{"a typing slip", []string{stream, "stream: orders\n      consumer_typ: x"}, []string{
			at + `8:7: connectors.orders.kinesis.consumer_typ: unknown key; did you mean consumer_type?`}},
		{"another way to write a key", []string{stream, "stream: orders\n      onGap: stop"}, []string{
			at + `8:7: connectors.orders.kinesis.onGap: unknown key; did you mean on_gap?`}},
		{"a key in the wrong group", []string{app, app + "    append_retry: 5s\n"}, []string{
			at + `4:5: connectors.orders.append_retry: unknown key here; did you mean snowflake.append_retry?`}},
		{"a connector's key at the top", []string{"connectors:", "kinesis: {}\nconnectors:"}, []string{
			at + `1:1: kinesis: unknown key here; did you mean connectors.NAME.kinesis?`}},
		{"a key from nowhere", []string{app, app + "    lease: {colour: red}\n"}, []string{
			at + `4:13: connectors.orders.lease.colour: unknown key; known here: duration, renew`}},
		{"a key twice", []string{stream, "stream: orders\n      stream: clicks"}, []string{
			at + `8:7: connectors.orders.kinesis.stream: is here twice; the first is in line 7`}},
		{"a connector twice", []string{"  orders:", "  orders: {}\n  orders:"}, []string{
			at + `3:3: connectors.orders: is here twice; the first is in line 2`}},

		{"a required key missing", []string{"      " + stream + "\n", "      on_gap: stop\n"}, []string{
			at + `6:5: connectors.orders.kinesis.stream: is required: the name or the ARN of the Kinesis stream`}},
		{"a required key empty", []string{stream, "stream:"}, []string{
			at + `7:14: connectors.orders.kinesis.stream: is required: the name or the ARN of the Kinesis stream`}},
		{"a group that is a value", []string{"    kinesis:\n      stream: orders\n", "    kinesis: orders\n"}, []string{
			at + `6:14: connectors.orders.kinesis: must be a map of keys, not a value`}},
		{"a value that is a map", []string{stream, "stream: {name: orders}"}, []string{
			at + `7:15: connectors.orders.kinesis.stream: must be a single value, not a map`}},
		{"a value that is a list", []string{account, "account: [A]"}, []string{
			at + `9:16: connectors.orders.snowflake.account: must be a single value, not a list`}},
		{"true for a name", []string{"table: ORDERS", "table: true"}, []string{
			at + `14:14: connectors.orders.snowflake.table: must be text; put it in quotes`}},
		{"text for a number", []string{app, app + "    payload: {sharded_sequence_width: wide}\n"}, []string{
			at + `4:39: connectors.orders.payload.sharded_sequence_width: "wide" is not a whole number`}},
		{"a quoted number", []string{app, app + "    payload: {sharded_sequence_width: \"7\"}\n"}, []string{
			at + `4:39: connectors.orders.payload.sharded_sequence_width: must be a whole number without quotes`}},
		{"a number out of range", []string{app, app + "    payload: {sharded_sequence_width: 21}\n"}, []string{
			at + `4:39: connectors.orders.payload.sharded_sequence_width: 21 is out of range; use 1 to 20`}},
		{"a duration without unit", []string{account, account + "\n      linger: 500"}, []string{
			at + `10:15: connectors.orders.snowflake.linger: "500" is not a duration; write a number with a unit, such as 500ms, 30s or 720h`}},
		{"durations out of range", []string{account, account + "\n      linger: 11s\n      append_retry: 500ms"}, []string{
			at + `10:15: connectors.orders.snowflake.linger: 11s is out of range; use 0s to 10s`,
			at + `11:21: connectors.orders.snowflake.append_retry: 500ms is out of range; use 1s to 5m`}},
		{"a size that is none", []string{"connectors:", "memory: 256M\nconnectors:"}, []string{
			at + `1:9: memory: "256M" is not a size; write a whole number with a unit, such as 256MiB, 64MB or 1048576`}},
		{"little memory", []string{"connectors:", "memory: 7MiB\nconnectors:"}, []string{
			at + `1:9: memory: 7MiB is too small; use at least 8MiB`}},
		{"the file's own keys", []string{"connectors:", "node: a/b\ndrain_timeout: 0s\nhttp: {listen: 4195}\nlog: {level: loud}\nconnectors:"}, []string{
			at + `1:7: node: "a/b" is not a node name; use up to 64 of a-z A-Z 0-9 _ - and begin with a letter or digit`,
			at + `2:16: drain_timeout: 0s is out of range; use 1s to 10m`,
			at + `3:16: http.listen: "4195" is not HOST:PORT; write for example 127.0.0.1:4195, or :4195 for every address`,
			at + `4:14: log.level: "loud" is not allowed; use trace, debug, info, warn or error`}},
		{"a short lease", []string{app, app + "    lease: {duration: 14s}\n"}, []string{
			at + `4:23: connectors.orders.lease.duration: 14s is too short: a lease outlives three renewals, so at least 3 x lease.renew (5s) = 15s`}},
		{"a lease out of range", []string{app, app + "    lease: {duration: 11m, renew: 50ms}\n"}, []string{
			at + `4:23: connectors.orders.lease.duration: 11m is out of range; use 1s to 10m`,
			at + `4:35: connectors.orders.lease.renew: 50ms is out of range; use 100ms to 10m`}},
		{"a journal too small", []string{app, app + "    journal: {retention: 1m, max_bytes: 1KiB}\n"}, []string{
			at + `4:26: connectors.orders.journal.retention: 1m is out of range; use 1h to 87600h`,
			at + `4:41: connectors.orders.journal.max_bytes: 1KiB is too small; use at least 1MiB`}},

		{"an initial position", []string{stream, "stream: orders\n      initial_position: yesterday"}, []string{
			at + `8:25: connectors.orders.kinesis.initial_position: "yesterday" is not allowed; use TRIM_HORIZON, LATEST or an RFC 3339 time such as 2026-01-31T09:00:00Z`}},
		{"names", []string{"application: kinesnow-orders", "application: ab", stream, "stream: a b", "eu-west-1", "eu-west1"}, []string{
			at + `3:18: connectors.orders.application: "ab" is not an application name; use 3 to 128 of a-z A-Z 0-9 _ . -`,
			at + `5:15: connectors.orders.aws.region: "eu-west1" is not an AWS region; write it as in eu-west-1`,
			at + `7:15: connectors.orders.kinesis.stream: "a b" is not a stream name; use 1 to 128 of a-z A-Z 0-9 _ . -, or an ARN`}},
		{"a connector's name", []string{"  orders:", "  my/orders:"}, []string{
			at + `2:3: connectors.my/orders: "my/orders" is not a connector name; use up to 64 of a-z A-Z 0-9 _ . - and begin with a letter or digit`}},
		{"an ARN of another region", []string{stream, "stream: arn:aws:kinesis:us-east-1:123456789012:stream/orders"}, []string{
			at + `7:15: connectors.orders.kinesis.stream: the ARN is of region us-east-1 and aws.region is another; make them agree`}},
		{"an ARN of something else", []string{stream, "stream: arn:aws:sqs:eu-west-1:123456789012:orders"}, []string{
			at + `7:15: connectors.orders.kinesis.stream: "arn:aws:sqs:eu-west-1:123456789012:orders" is not a stream's ARN; it reads arn:aws:kinesis:REGION:ACCOUNT:stream/NAME`}},
		{"endpoints", []string{"region: eu-west-1", "region: eu-west-1\n      endpoints: {kinesis: localhost:4566, dynamodb: http://example.com, sts: https://u:p@example.com}"}, []string{
			at + `6:28: connectors.orders.aws.endpoints.kinesis: "localhost:4566" is not an absolute URL; write it as in https://host:port`,
			at + `6:54: connectors.orders.aws.endpoints.dynamodb: "http://example.com" sends credentials in the clear; http is for loopback only, use https`,
			at + `6:79: connectors.orders.aws.endpoints.sts: must not hold a user or a password`}},
		{"half of the credentials", []string{"region: eu-west-1", "region: eu-west-1\n      credentials: {access_key_id: AKIAEXAMPLE, profile: prod, external_id: x, role_arn: admin}"}, []string{
			at + `6:7: connectors.orders.aws.credentials.secret_access_key: is required with access_key_id`,
			at + `6:58: connectors.orders.aws.credentials.profile: cannot be combined with access_key_id; keep one of them`,
			at + `6:90: connectors.orders.aws.credentials.role_arn: "admin" is not a role's ARN; it reads arn:aws:iam::ACCOUNT:role/NAME`}},
		{"an external id without a role", []string{"region: eu-west-1", "region: eu-west-1\n      credentials: {external_id: x, session_token: t}"}, []string{
			at + `6:34: connectors.orders.aws.credentials.external_id: needs role_arn: it is sent when a role is assumed`,
			at + `6:52: connectors.orders.aws.credentials.session_token: needs access_key_id and secret_access_key`}},
		{"a slip at the top", []string{"connectors:", "default: {}\nconnectors:"}, []string{
			at + `1:1: default: unknown key; did you mean defaults?`}},
		{"an address for an account", []string{account, "account: myorg-prod.snowflakecomputing.com"}, []string{
			at + `9:16: connectors.orders.snowflake.account: "myorg-prod.snowflakecomputing.com" is an address; write the identifier alone, such as MYORG-PROD, and an address in host`}},
		{"a host in the clear", []string{account, account + "\n      host: http://sf.example.com"}, []string{
			at + `10:13: connectors.orders.snowflake.host: "http://sf.example.com" sends credentials in the clear; http is for loopback only, use https`}},
		{"quotes in a name", []string{"table: ORDERS", "table: '\"orders\"'"}, []string{
			at + `14:14: connectors.orders.snowflake.table: "\"orders\"" holds quotes; write the name alone, its case is kept`}},
		{"a pipe whose table is to be made", []string{"table: ORDERS", "table: ORDERS\n      pipe: P\n      on_missing_table: create"}, []string{
			at + `16:25: connectors.orders.snowflake.on_missing_table: cannot create the table of a pipe: a pipe needs its table first; create both, or leave pipe out`}},
		{"a token beside a key", []string{account, account + "\n      token_file: /keys/pat"}, []string{
			at + `10:19: connectors.orders.snowflake.token_file: is not used with authenticator key_pair; remove it or choose another authenticator`}},
		{"a key beside a token", []string{account, account + "\n      authenticator: pat\n      token_file: /keys/sf.p8", key, "private_key: x"}, []string{
			at + `11:19: connectors.orders.snowflake.token_file: must hold the token alone`,
			at + `13:20: connectors.orders.snowflake.private_key: is not used with authenticator pat; remove it or choose another authenticator`}},
		{"no token", []string{account, account + "\n      authenticator: pat", "      " + key + "\n", ""}, []string{
			at + `8:5: connectors.orders.snowflake.token_file: is required: the file with the programmatic access token, for authenticator pat`}},
		{"dead letters without a folder", []string{app, app + "    deadletter: {to: file}\n"}, []string{
			at + `4:22: connectors.orders.deadletter.to: file needs a folder to write to; set data_dir`}},
		{"a key file that is not there", []string{key, "private_key_file: /keys/other.p8"}, []string{
			at + `11:25: connectors.orders.snowflake.private_key_file: the file cannot be read: no such file or directory`}},
		{"a relative path to nothing", []string{key, "private_key_file: sf.p8"}, []string{
			at + `11:25: connectors.orders.snowflake.private_key_file: the file cannot be read: no such file or directory; a relative path is seen from the folder of this file`}},
		{"a secret for its file", []string{key, "private_key_file: " + strings.Repeat("A", 300)}, []string{
			at + `11:25: connectors.orders.snowflake.private_key_file: names no file; it looks like the secret itself, and a path goes here`}},
		{"a required key misspelt", []string{stream, "strem: orders"}, []string{
			at + `7:7: connectors.orders.kinesis.strem: unknown key; did you mean stream?`}},
		{"a variable that is not set", []string{stream, "stream: ${STREAM}"}, []string{
			at + `7:15: connectors.orders.kinesis.stream: the variable STREAM is not set; set it, or write ${STREAM:default}`}},
		{"a default as shells write it", []string{stream, "stream: ${STREAM:-orders}"}, []string{
			at + `7:15: connectors.orders.kinesis.stream: the default of ${STREAM} follows a colon alone: ${STREAM:default}, not :-`}},
		{"a reference that is not closed", []string{stream, "stream: ${STREAM"}, []string{
			at + `7:15: connectors.orders.kinesis.stream: a reference is not closed with }; references do not nest, and $${ stands for the text ${`}},
		{"a reference that is none", []string{stream, "stream: ${a b}"}, []string{
			at + `7:15: connectors.orders.kinesis.stream: a reference is ${VAR}, ${VAR:default} or ${file:PATH}; $${ stands for the text ${`}},
		{"a referenced file that is not there", []string{stream, "stream: ${file:name.txt}"}, []string{
			at + `7:15: connectors.orders.kinesis.stream: ${file:name.txt} cannot be read: no such file or directory`}},
		{"a YAML tag", []string{stream, "stream: !!binary b3JkZXJz"}, []string{
			at + `7:15: connectors.orders.kinesis.stream: has a YAML tag that is not used here; remove what begins with !`}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := newWorld().load(edit(good, c.edit...))
			var typed *Error
			if !errors.As(err, &typed) {
				t.Fatalf("error is %T, want *Error: %v", err, err)
			}
			if got := lines(err); !slices.Equal(got, c.want) {
				t.Errorf("problems:\n%s\nwant:\n%s", joined(got), joined(c.want))
			}
		})
	}
}

// TestWhatIsNotAFileOfKeysIsRefusedWithItsPlace covers what fails before any key is known.
func TestWhatIsNotAFileOfKeysIsRefusedWithItsPlace(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"nothing", "", "kinesnow.yaml:1:1: the file is empty; it needs connectors:"},
		{"comments", "# later\n", "kinesnow.yaml:1:1: the file is empty; it needs connectors:"},
		{"a null", "~\n", "kinesnow.yaml:1:1: the file is empty; it needs connectors:"},
		{"a list", "- a\n", "kinesnow.yaml:1:1: the file must be a map of keys, not a list"},
		{"text", "hello\n", "kinesnow.yaml:1:1: the file must be a map of keys, not a value"},
		{"no connectors", "node: a\n", "kinesnow.yaml:1:1: connectors: is required: at least one connector, a name with its keys below it"},
		{"connectors without any", "node: a\nconnectors:\n", "kinesnow.yaml:2:1: connectors: is required: at least one connector, a name with its keys below it"},
		{"connectors as a list", "node: a\nconnectors: [orders]\n", "kinesnow.yaml:2:13: connectors: must be a map of names, not a list"},
		{"two documents", good + "---\nnode: a\n", "kinesnow.yaml:15:1: a second document begins here; put everything into one"},
		{"a tab", "connectors:\n\torders: {}\n", "kinesnow.yaml:2:1: not YAML: found character that cannot start any token"},
		{"an open list", "a: [1,\n", "kinesnow.yaml:2:1: not YAML: did not find expected node content"},
		{"a bare reference in a flow map", "log: {level: ${LEVEL}}\n", `kinesnow.yaml:1:15: not YAML: did not find expected ',' or '}'; inside { } and [ ] put references in quotes: "${VAR}"`},
		{"a password that looks like an alias", "node: *hunter2\n", "kinesnow.yaml:1:7: not YAML: an alias (*name) without its anchor (&name); put text that begins with * or & in quotes"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := newWorld().load(c.text)
			if got := joined(lines(err)); got != c.want {
				t.Errorf("problems:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
}

func joined(lines []string) string { return strings.Join(lines, "\n") }
