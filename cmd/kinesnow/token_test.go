package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

// TestATokenThatSQLMadeCarriesTheConnector is the way of docs/authentication.md:
// a programmatic access token is made by a statement, put into its file, rotated
// and removed, each as a user types it.
func TestATokenThatSQLMadeCarriesTheConnector(t *testing.T) {
	t.Parallel()
	cloud, err := localcloud.Start(localcloud.Options{Streams: []localcloud.Stream{{Name: "orders", Shards: 1}}, CommitDelay: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer cloud.Close()
	dir, byKey := t.TempDir(), cloud.ConfigFile()
	file, byToken := filepath.Join(dir, "snowflake.token"), filepath.Join(dir, "pat.yaml")
	written, err := os.ReadFile(byKey)
	if err != nil {
		t.Fatal(err)
	}
	key := strconv.Quote(cloud.Ready().PrivateKeyFile)
	text := strings.Replace(string(written), "private_key_file: "+key, "authenticator: pat\n    token_file: "+strconv.Quote(file), 1)
	if err := os.WriteFile(byToken, []byte(text+"http: {listen: \"127.0.0.1:0\"}\n"), 0o600); err != nil || text == string(written) {
		t.Fatalf("%v: no %q in\n%s", err, key, written)
	}
	// runs puts a record and has the connector carry it.
	runs := func() (code int, stderr string) {
		t.Helper()
		if _, err := cloud.Kinesis.PutRecords("orders", []localkinesis.Record{{PartitionKey: "a", Data: []byte(`{"n":1}`)}}); err != nil {
			t.Fatal(err)
		}
		code, _, stderr = typed(t, "run", "-c", byToken, "--until-caught-up")
		return code, stderr
	}
	last := ""
	for _, statement := range []string{
		`ALTER USER KINESNOW ADD PROGRAMMATIC ACCESS TOKEN CONNECTOR ROLE_RESTRICTION = 'KINESNOW' DAYS_TO_EXPIRY = 90`,
		`ALTER USER KINESNOW ROTATE PROGRAMMATIC ACCESS TOKEN CONNECTOR EXPIRE_ROTATED_TOKEN_AFTER_HOURS = 0`,
	} {
		code, stdout, stderr := typed(t, "sql", "-c", byKey, "-o", "csv", statement)
		lines := strings.Split(stdout, "\n")
		if code != exitFine || !strings.HasPrefix(lines[0], "token_name,token_secret") {
			t.Fatalf("%s: exit %d\n%s%s", statement, code, stdout, stderr)
		}
		last = strings.Split(lines[1], ",")[1]
		if err := os.WriteFile(file, []byte(last+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, stderr := runs(); code != exitFine {
			t.Fatalf("after %s: exit %d\n%s", statement, code, stderr)
		}
	}
	if code, stdout, stderr := typed(t, "sql", "-c", byKey, "ALTER USER KINESNOW REMOVE PROGRAMMATIC ACCESS TOKEN CONNECTOR"); code != exitFine {
		t.Fatalf("REMOVE: exit %d\n%s%s", code, stdout, stderr)
	}
	if code, stderr := runs(); code != exitRefused || strings.Contains(stderr, last) {
		t.Errorf("with a token that was removed: exit %d, want %d and no secret\n%s", code, exitRefused, stderr)
	}
}
