package leasetable

import (
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/kinesnow/kinesnow/messages"
)

// attemptTimeout bounds one attempt of one request. A connection that went
// silent must not outlive a lease (20 s).
const attemptTimeout = 5 * time.Second

// Config names the table and how to reach it.
type Config struct {
	AWS         aws.Config       // region and credentials; its Retryer and HTTPClient are kept where set
	Endpoint    string           // "" = the region's; else a base URL
	Application string           // the table's name
	Stream      string           // value of streamName in every item
	Now         func() time.Time // wall clock for what the siblings read; nil = time.Now
	HTTPClient  aws.HTTPClient   // nil = AWS.HTTPClient, or a pooled client with a 5 s limit per attempt
}

// Table is the lease table of one stream. Safe for concurrent use.
type Table struct {
	client *dynamodb.Client
	name   string
	stream string
	now    func() time.Time

	pace        pace
	credentials aws.CredentialsProvider
	turns       turns

	mu    sync.Mutex
	known map[messages.ShardID]*messages.ShardRow // as our own writes last left them
}

// New returns the table. Nothing is sent before the first call.
func New(c Config) *Table {
	t := &Table{
		name: c.Application, stream: c.Stream, now: c.Now,
		known: map[messages.ShardID]*messages.ShardRow{}, credentials: c.AWS.Credentials,
	}
	if t.now == nil {
		t.now = time.Now
	}
	t.client = dynamodb.NewFromConfig(c.AWS, func(o *dynamodb.Options) {
		if c.Endpoint != "" {
			o.BaseEndpoint = aws.String(c.Endpoint)
		}
		if c.AWS.Retryer == nil {
			o.Retryer = retry.NewStandard(func(s *retry.StandardOptions) { s.MaxBackoff = 2 * time.Second })
		}
		o.HTTPClient = inMemory{httpClient(c)}
		o.APIOptions = append(o.APIOptions, t.turns.watch)
	})
	return t
}

func httpClient(c Config) aws.HTTPClient {
	switch {
	case c.HTTPClient != nil:
		return c.HTTPClient
	case c.AWS.HTTPClient != nil:
		return c.AWS.HTTPClient
	}
	// Lease and Checkpoint write for hundreds of shards at once; the
	// transport's own default would keep 10 connections of them.
	return awshttp.NewBuildableClient().WithTimeout(attemptTimeout).WithTransportOptions(func(tr *http.Transport) {
		tr.MaxIdleConnsPerHost = 64
	})
}

// remember keeps a row that an own write left, or found.
func (t *Table) remember(row *messages.ShardRow) {
	t.mu.Lock()
	defer t.mu.Unlock()
	kept := *row
	t.known[row.Shard] = &kept
}

// forget drops what is known of a shard that is not ours any more.
func (t *Table) forget(shard messages.ShardID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.known, shard)
}

// recall returns the shard's row as last seen under (me, epoch), or nil.
func (t *Table) recall(shard messages.ShardID, me messages.Owner, epoch int64) *messages.ShardRow {
	t.mu.Lock()
	defer t.mu.Unlock()
	if row := t.known[shard]; row != nil && row.Owner == me && row.Epoch == epoch {
		return row
	}
	return nil
}
