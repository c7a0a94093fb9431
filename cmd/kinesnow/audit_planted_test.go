package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/messages"
)

// lease changes an attribute of a shard's lease row.
func (w *site) lease(shard int, attribute string, value types.AttributeValue) {
	w.t.Helper()
	client := dynamodb.New(dynamodb.Options{
		Region: localcloud.Region, BaseEndpoint: aws.String(w.cloud.Dynamo.URL()),
		Credentials: credentials.NewStaticCredentialsProvider(localcloud.AccessKeyID, localcloud.SecretAccessKey, ""),
	})
	table, err := client.DescribeTable(w.t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("app-" + w.stream)})
	if err != nil {
		w.t.Fatal(err)
	}
	key := map[string]types.AttributeValue{}
	for i, k := range table.Table.KeySchema {
		key[*k.AttributeName] = &types.AttributeValueMemberS{Value: []string{w.stream, string(w.shardID(shard))}[i]}
	}
	_, err = client.UpdateItem(w.t.Context(), &dynamodb.UpdateItemInput{
		TableName: aws.String("app-" + w.stream), Key: key, UpdateExpression: aws.String("SET #a = :v"), ConditionExpression: aws.String("attribute_exists(#a)"),
		ExpressionAttributeNames: map[string]string{"#a": attribute}, ExpressionAttributeValues: map[string]types.AttributeValue{":v": value},
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// moved is KINESISMETADATA with another sequence number, and whatever goes
// with it.
const moved = `OBJECT_CONSTRUCT('stream', KINESISMETADATA:stream, 'shardId', KINESISMETADATA:shardId, 'sequenceNumber', '%[1]s', 'subSequenceNumber', 0, 'shardedSequenceNumber', '%[2]s')`

// TestPlantedFaultsAreFound plants each fault that audit promises to find into
// three batches of six rows on shard 0 (N 0-5, 10-15, 20-25) and of four on
// shard 1 (6-9, 16-19, 26-29).
func TestPlantedFaultsAreFound(t *testing.T) {
	for _, c := range []struct {
		name  string
		plant func(*site)
		want  []string // findings
		says  []string
	}{
		{"a row deleted", func(w *site) { w.execute("DELETE FROM T WHERE N = 12", 1) },
			[]string{"0 MISSING 1"}, []string{"1 row of the batch accepted 20", "Z is not in the table: 6 committed there, the table has 5", "    after  ", "    up to  "}},
		{"a row inserted twice", func(w *site) { w.execute("INSERT INTO T SELECT * FROM T WHERE N = 7", 1) },
			[]string{"1 DOUBLED 1"}, []string{"is in the table twice, and its record made 1 row"}},
		{"a row deleted and another doubled", func(w *site) {
			w.execute("DELETE FROM T WHERE N = 12", 1)
			w.execute("INSERT INTO T SELECT * FROM T WHERE N = 13", 1)
		}, []string{"0 DOUBLED 1", "0 MISSING 1"}, []string{"missing 1  doubled 1", "1 row of the batch accepted 20", "the table has 6, 1 of them doubled"}},
		{"a batch deleted and another doubled", func(w *site) {
			w.execute("DELETE FROM T WHERE N BETWEEN 0 AND 5", 6)
			w.execute("INSERT INTO T SELECT * FROM T WHERE N BETWEEN 10 AND 15", 6)
		}, []string{"0 MISSING 6", "0 DOUBLED 6"}, []string{"missing 6  doubled 6", "so it is with 5 positions more"}},
		{"a ledger cut out and rows missing under it", func(w *site) {
			w.loseLedger()
			w.work(1)
			w.execute("DELETE FROM T WHERE N BETWEEN 10 AND 13", 4)
		}, []string{"0 MISSING 4"}, []string{"4 rows are not in the table, in a stretch that no ledger has: the counters say 18, the table has 14"}},
		{"a token moved back", func(w *site) {
			w.setToken(0, w.firstToken())
		}, []string{"0 TOKEN 0"}, []string{"behind the checkpoint"}},
		{"a token moved forward", func(w *site) {
			t, err := messages.ParseToken(w.token(1), w.shardID(1))
			if err != nil {
				w.t.Fatal(err)
			}
			t.Position.Seq += "0"
			w.setToken(1, t.String())
		}, []string{"1 TOKEN 0"}, []string{"the end of no batch"}},
		{"a token that is not ours", func(w *site) { w.setToken(0, "offset=42") }, []string{"0 TOKEN 0"}, []string{"is not ours"}},
		{"a counter forged in the lease row", func(w *site) {
			w.lease(1, "countCommitted", &types.AttributeValueMemberN{Value: "11"})
		}, []string{"1 COUNTERS 0", "1 COUNTERS 1"}, []string{"the lease row and the ledger count differently at", "committed 11 in the row, 12 in the ledger"}},
		{"a digest forged in the lease row", func(w *site) {
			w.lease(1, "digest", &types.AttributeValueMemberS{Value: "0123456789abcdef"})
		}, []string{"1 COUNTERS 0"}, []string{"0123456789abcdef"}},
		{"a counter forged in Snowflake", func(w *site) {
			first := regexp.MustCompile(`"rows_inserted":18\b`)
			w.rewrite("host: \""+w.cloud.Snowflake.URL(), "host: \""+w.facade(func(r *http.Response) error {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					return err
				}
				body = first.ReplaceAll(body, []byte(`"rows_inserted":17`))
				r.Body, r.ContentLength = io.NopCloser(strings.NewReader(string(body))), int64(len(body))
				r.Header.Set("Content-Length", strconv.Itoa(len(body)))
				return nil
			}, nil))
		}, []string{"0 COUNTERS 1"}, []string{"Snowflake's counters say 17 rows"}},
		{"another connector's ledger in its place", func(w *site) {
			other := takeSite(w.t)
			other.work(1)
			w.loseLedger()
			if err := os.CopyFS(w.ledger(0), os.DirFS(other.ledger(0))); err != nil {
				w.t.Fatal(err)
			}
		}, []string{"0 LEDGER 0", "1 LEDGER 0"}, []string{"another connector's ledger lies in its place; what has a new application name wants a data_dir of its own"}},
		{"a row moved to another position", func(w *site) {
			to := w.text("SELECT KINESISMETADATA:sequenceNumber::STRING FROM T WHERE N = 25") + "9"
			w.execute(fmt.Sprintf("UPDATE T SET KINESISMETADATA = "+moved+" WHERE N = 3", to, to+"00000"), 1)
		}, []string{"0 STRANGE 1", "0 MISSING 1"}, []string{"behind the newest committed position"}},
		{"a row's sequence number changed alone", func(w *site) {
			to := w.text("SELECT KINESISMETADATA:sequenceNumber::STRING FROM T WHERE N = 4")
			w.execute(fmt.Sprintf("UPDATE T SET KINESISMETADATA = "+moved+" WHERE N = 3", to[:len(to)-3]+"999", to+"00000"), 1)
		}, []string{"0 ALTERED 1"}, []string{"contradicts itself"}},
		{"two shards' rows swapped", func(w *site) {
			swap := "UPDATE T SET KINESISMETADATA = OBJECT_INSERT(KINESISMETADATA, 'shardId', '%s', TRUE) WHERE N IN (%s)"
			w.execute(fmt.Sprintf(swap, w.shardID(1), "0, 1"), 2)
			w.execute(fmt.Sprintf(swap, w.shardID(0), "16, 17"), 2)
		}, nil, []string{"MISSING", "STRANGE"}},
		{"the table truncated", func(w *site) { w.execute("TRUNCATE TABLE "+w.table, -1) },
			[]string{"0 MISSING 6", "0 MISSING 6", "0 MISSING 6", "1 MISSING 4", "1 MISSING 4", "1 MISSING 4"}, []string{"the table has 0   DIFFERS"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newSite(t)
			w.work(1)
			w.remember()
			w.work(2)
			if code, text, _ := w.types("audit"); code != exitFine {
				t.Fatalf("audit exits with %d before the fault is planted:\n%s", code, text)
			}
			c.plant(w)
			text, r := w.audits(exitFindings)
			if got := findingsOf(r); c.want != nil && strings.Join(got, ", ") != strings.Join(c.want, ", ") {
				t.Errorf("found %q, want %q in\n%s", got, c.want, text)
			}
			for _, sh := range r.Shards {
				for _, f := range sh.Findings {
					if f.From == "" || f.To == "" || f.Text == "" {
						t.Errorf("a finding without a place to look at: %+v", f)
					}
				}
			}
			for _, words := range append(c.says, "shardId-00000000000", "NOT EXACT") {
				if !strings.Contains(strings.Join(strings.Fields(text), " "), strings.Join(strings.Fields(words), " ")) {
					t.Errorf("no %q in\n%s", words, text)
				}
			}
			for line := range strings.Lines(text) {
				if len(line) > 81 && !strings.Contains(line, "/") {
					t.Errorf("a line of %d columns: %s", len(line)-1, line)
				}
			}
		})
	}
}
