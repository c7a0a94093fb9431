package leases

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/integration/judges/servers/between"
	"github.com/kinesnow/kinesnow/messages"
)

const (
	table = "suite"
	shard = messages.ShardID("shardId-000000000000")
	lease = 20 * time.Second
	me    = messages.Owner("node-0/me")
	other = messages.Owner("node-1/other")
)

var noon = time.Date(2026, 10, 2, 12, 0, 0, 0, time.UTC)

// Case is one thing that must hold. Run returns what was compared, or what is
// wrong.
type Case struct {
	Name string
	Run  func(ctx context.Context, b *Bench) (compared string, err error)
}

// Cases are all of them but Migrations; the first makes the table of the others.
func Cases() []Case {
	return slices.Concat(tableCases(), leaseCases(), positionCases(), rowCases(), migrationCases())
}

// Bench is the server that is looked at.
type Bench struct {
	url    string
	proxy  *between.Proxy // that url leads through; nil = none
	stream string
	table  *leasetable.Table
	seen   *messages.ShardRow // the shard's row as made
	stale  time.Duration      // for how long routers lead to a deleted table
}

// Stale is for how long the service led requests to a deleted table where that was
// seen (NIFI-16003).
const Stale = 30 * time.Second

// Try runs a case against the DynamoDB behind a proxy.
func (c Case) Try(ctx context.Context, proxy *between.Proxy) (string, error) {
	return c.try(ctx, &Bench{url: proxy.URL(), proxy: proxy, stale: Stale})
}

// TryStale runs one of Migrations against a DynamoDB whose routers are stale for
// so long.
func (c Case) TryStale(ctx context.Context, url string, stale time.Duration) (string, error) {
	return c.try(ctx, &Bench{url: url, stale: stale})
}

func (c Case) try(ctx context.Context, b *Bench) (string, error) {
	b.stream = "stream-" + fmt.Sprint(time.Now().UnixNano())
	b.table = b.open(table)
	return c.Run(ctx, b)
}

func awsConfig() aws.Config {
	return aws.Config{
		Region: "us-east-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff = 10 * time.Millisecond })
		},
	}
}

// open is another process's view of a table.
func (b *Bench) open(application string) *leasetable.Table {
	return leasetable.New(leasetable.Config{
		AWS: awsConfig(), Endpoint: b.url, Application: application, Stream: b.stream,
		Now: func() time.Time { return noon },
	})
}

// client is what another program would use.
func (b *Bench) client() *dynamodb.Client {
	return dynamodb.NewFromConfig(awsConfig(), func(o *dynamodb.Options) { o.BaseEndpoint = aws.String(b.url) })
}

// begin makes the shard's row.
func (b *Bench) begin(ctx context.Context) error {
	made, err := b.table.CreateShard(ctx, messages.ShardRow{Shard: shard, HashFrom: "0", HashTo: "340282366920938463463374607431768211455"})
	if err != nil {
		return err
	}
	if !made {
		return errors.New("the shard's row was there before it was made")
	}
	b.seen, err = b.row(ctx)
	return err
}

// claimed makes the shard's row and takes it for me.
func (b *Bench) claimed(ctx context.Context) error {
	if err := b.begin(ctx); err != nil {
		return err
	}
	_, err := b.table.Claim(ctx, b.seen, me, lease)
	return err
}

// row reads the shard's row the way discovery does.
func (b *Bench) row(ctx context.Context) (*messages.ShardRow, error) {
	rows, err := b.table.Rows(ctx)
	if err != nil {
		return nil, err
	}
	for i := range rows.Shards {
		if rows.Shards[i].Shard == shard {
			return &rows.Shards[i], nil
		}
	}
	return nil, fmt.Errorf("no row of %s", shard)
}

// lost wants an error to say that the lease is somebody else's.
func lost(what string, err error) error {
	return faulty(what, err, messages.Fenced, messages.ReasonLeaseLost)
}

// faulty wants an error to be a fault of a class for a reason.
func faulty(what string, err error, class messages.Class, reason messages.Reason) error {
	var f *messages.Fault
	switch {
	case err == nil:
		return fmt.Errorf("%s succeeded, want a fault: %v %v", what, class, reason)
	case !errors.As(err, &f) || f.Class != class || f.Reason != reason:
		return fmt.Errorf("%s: %w; want a fault: %v %v", what, err, class, reason)
	}
	return nil
}

// same compares two values that print alike only when they are alike.
func same(what string, got, want any) error {
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		return fmt.Errorf("%s: %s, want %s", what, g, w)
	}
	return nil
}

// token is the text of a whole record's position in the shard.
func token(sequence messages.SequenceNumber) string {
	return messages.Token{Position: messages.Position{Seq: sequence, Sub: messages.Whole}, Arrival: 1, Shard: shard}.String()
}
