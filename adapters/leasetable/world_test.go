package leasetable_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
	"github.com/kinesnow/kinesnow/messages"
)

const (
	application = "quakes-app"
	streamName  = "quakes"
	shard       = messages.ShardID("shardId-000000000000")
	lease       = 20 * time.Second
	me          = messages.Owner("node-0/me")
	other       = messages.Owner("node-1/other")
)

var noon = time.Date(2026, 10, 2, 12, 0, 0, 0, time.UTC)

// world is a DynamoDB under the documented policy, and lease tables in it.
type world struct {
	*testing.T
	server *localdynamo.Server
	table  *leasetable.Table
	inside bool // it is reached without a network
}

// Do implements the SDK's HTTP client for a world without a network.
func (w *world) Do(r *http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	w.server.Handler().ServeHTTP(answer, r)
	return answer.Result(), nil
}

// reach is how the SDK gets to the server.
func (w *world) reach() (c aws.Config, endpoint string) {
	if c = awsConfig(); !w.inside {
		return c, w.server.URL()
	}
	c.HTTPClient = w
	return c, "http://dynamodb.local"
}

func newWorld(t *testing.T, o localdynamo.Options) *world {
	t.Helper()
	if o.Policy == nil {
		o.Policy = localdynamo.OpenflowPolicy(application)
	}
	server, err := localdynamo.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	w := &world{T: t, server: server}
	w.table = w.open(application)
	return w
}

// prepared has the table, and a row for shard.
func prepared(t *testing.T) *world {
	t.Helper()
	return newWorld(t, localdynamo.Options{}).prepared()
}

// preparedInside is prepared without a network, for a bubble.
func preparedInside(t *testing.T) *world {
	t.Helper()
	server, err := localdynamo.New(localdynamo.Options{Policy: localdynamo.OpenflowPolicy(application)})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, server: server, inside: true}
	w.table = w.open(application)
	return w.prepared()
}

func (w *world) prepared() *world {
	w.Helper()
	w.must(w.table.Prepare(w.Context()))
	if made, err := w.table.CreateShard(w.Context(), messages.ShardRow{Shard: shard, HashFrom: "0", HashTo: "340282366920938463463374607431768211455"}); err != nil || !made {
		w.Fatalf("CreateShard = %v, %v", made, err)
	}
	return w
}

func awsConfig() aws.Config {
	return aws.Config{
		Region: "us-east-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDLOCAL", SecretAccessKey: "local"}, nil
		}),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff = time.Millisecond })
		},
	}
}

// open returns another process's view of a table.
func (w *world) open(table string) *leasetable.Table {
	c, endpoint := w.reach()
	return leasetable.New(leasetable.Config{
		AWS: c, Endpoint: endpoint, Application: table, Stream: streamName,
		Now: func() time.Time { return noon },
	})
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// claim takes the shard's row for me.
func (w *world) claim() *messages.ShardRow {
	w.Helper()
	row, err := w.table.Claim(w.Context(), w.row(shard), me, lease)
	w.must(err)
	return row
}

// row reads a shard's row the way discovery does.
func (w *world) row(id messages.ShardID) *messages.ShardRow {
	w.Helper()
	rows, err := w.table.Rows(w.Context())
	w.must(err)
	for i := range rows.Shards {
		if rows.Shards[i].Shard == id {
			return &rows.Shards[i]
		}
	}
	w.Fatalf("no row of %s", id)
	return nil
}

// item is what is really in the table.
func (w *world) item(key string) map[string]any { return w.server.Item(application, streamName, key) }

// put writes an item as another program would.
func (w *world) put(key string, attributes map[string]types.AttributeValue) {
	w.Helper()
	item := map[string]types.AttributeValue{"streamName": S(streamName), "shardId": S(key)}
	for name, v := range attributes {
		item[name] = v
	}
	_, err := w.client().PutItem(w.Context(), &dynamodb.PutItemInput{TableName: aws.String(application), Item: item})
	w.must(err)
}

func (w *world) client() *dynamodb.Client {
	c, endpoint := w.reach()
	return dynamodb.NewFromConfig(c, func(o *dynamodb.Options) { o.BaseEndpoint = aws.String(endpoint) })
}

// once lets the next UpdateItem meet an effect.
func (w *world) once(e fault.Effect) {
	w.server.Faults().Set("UpdateItem", fault.Times(1, fault.Always(e)))
}

// wantFault checks an error's meaning and returns it.
func (w *world) wantFault(err error, class messages.Class, reason messages.Reason) *messages.Fault {
	w.Helper()
	var f *messages.Fault
	if !errors.As(err, &f) {
		w.Fatalf("error %v is no fault, want %v %v", err, class, reason)
	}
	if f.Class != class || f.Reason != reason {
		w.Fatalf("fault %v is %v %v, want %v %v", f, f.Class, f.Reason, class, reason)
	}
	return f
}

func (w *world) wantLost(err error) {
	w.Helper()
	w.wantFault(err, messages.Fenced, messages.ReasonLeaseLost)
}

// token is the text of a position in shard.
func token(position string) string {
	p, err := messages.ParsePosition(position)
	if err != nil {
		panic(err)
	}
	return messages.Token{Position: p, Arrival: 1, Shard: shard}.String()
}

func S(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
func N(n string) types.AttributeValue { return &types.AttributeValueMemberN{Value: n} }

func ptr[T any](v T) *T { return &v }

// openStream returns the same table for another stream.
func (w *world) openStream(name string) *leasetable.Table {
	return leasetable.New(leasetable.Config{AWS: awsConfig(), Endpoint: w.server.URL(), Application: application, Stream: name})
}
