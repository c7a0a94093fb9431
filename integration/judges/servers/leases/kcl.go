package leases

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"golang.org/x/sync/errgroup"

	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/integration/judges/kcl/recorded"
	"github.com/kinesnow/kinesnow/messages"
)

// Migrations are the acceptance test of migration, number 10: what real KCLs left
// becomes ours, whatever happens on the way.
func Migrations() []Case {
	return []Case{
		{"A10 migration: the tables of real KCLs 1, 2, 3 and 3.5", realTables},
		{"A10 migration: a KCL's table of several streams", severalStreams},
		{"A10 migration: killed before and after each of its calls", killedAnywhere},
		{"A10 migration: three at once", threeAtOnce},
		{"A10 migration: a new table that seems to be the old one", staleRouters},
	}
}

// longest is how long what has to come is waited for: far longer than a slow
// machine takes.
const longest = 2 * time.Minute

// quakes is the stream that the recorded tables are of.
const quakes = "quakes"

func arn(stream string) string { return "arn:aws:kinesis:us-east-1:000000000000:stream/" + stream }

// quick are settings whose waits are short.
func quick(who string) leasetable.MigrationSettings {
	return leasetable.MigrationSettings{
		Who: who, Quiet: time.Millisecond, Stale: 20 * time.Millisecond, Renew: longest, Settle: longest,
		Stream:   messages.Stream{Name: quakes, ARN: arn(quakes), CreatedAt: noon.Add(-time.Hour), Now: noon},
		Position: "TRIM_HORIZON", Shards: recorded.Shards,
	}
}

// as is a lease table as a process sees it that has this HTTP client; nil = one of
// its own.
func (b *Bench) as(application string, client aws.HTTPClient) *leasetable.Table {
	c := awsConfig()
	c.HTTPClient = client
	return leasetable.New(leasetable.Config{
		AWS: c, Endpoint: b.url, Application: application, Stream: quakes, Now: func() time.Time { return noon },
	})
}

// left makes a table that a KCL left.
func (b *Bench) left(ctx context.Context, application, name string) ([]recorded.Item, error) {
	items, err := recorded.Load(name)
	if err != nil {
		return nil, err
	}
	if err := b.makeLegacy(ctx, application); err != nil {
		return nil, err
	}
	client := b.client()
	for _, it := range items {
		if _, err := client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &application, Item: it}); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// whole holds a table against the leases that were migrated: every one as it was,
// none more, the stream's row and the marker as they must be, and no copy left.
func (b *Bench) whole(ctx context.Context, application string, items []recorded.Item) error {
	client := b.client()
	out, err := client.Scan(ctx, &dynamodb.ScanInput{TableName: &application, ConsistentRead: aws.Bool(true)})
	if err != nil {
		return err
	}
	rows := map[string]recorded.Item{}
	for _, it := range out.Items {
		rows[recorded.Text(it["streamName"])+"/"+recorded.Text(it["shardId"])] = it
	}
	leases := 0
	for _, it := range items {
		if !recorded.IsLease(it) {
			continue
		}
		leases++
		stream, shard := quakes, recorded.Text(it["leaseKey"])
		if of := recorded.Text(it["streamName"]); of != "" { // account:stream:creation
			stream, shard = strings.Split(of, ":")[1], recorded.Text(it["shardId"])
		}
		if err := recorded.Compare(it, rows[stream+"/"+shard]); err != nil {
			return err
		}
	}
	for key := range rows {
		if strings.Contains(key, "/shardId-") {
			leases--
		}
	}
	if leases != 0 {
		return fmt.Errorf("%d rows too many", -leases)
	}
	if err := same("__stream__", recorded.Text(rows[quakes+"/__stream__"]["streamARN"]), arn(quakes)); err != nil {
		return err
	}
	if err := same("marker", recorded.Text(rows["*/__migration__"]["migrationPhase"]), "DONE"); err != nil {
		return err
	}
	copied := application + "_migration"
	gone := dynamodb.NewTableNotExistsWaiter(client, func(o *dynamodb.TableNotExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 5*time.Millisecond, 100*time.Millisecond
	})
	if err := gone.Wait(ctx, &dynamodb.DescribeTableInput{TableName: &copied}, longest); err != nil {
		return fmt.Errorf("the copy is still there: %w", err)
	}
	return nil
}

func realTables(ctx context.Context, b *Bench) (string, error) {
	for i, name := range recorded.Names {
		application := fmt.Sprintf("real-%d-%s", i, b.stream)
		items, err := b.left(ctx, application, name)
		if err != nil {
			return "", err
		}
		exported := 0
		o := quick("a")
		o.Export = func(items []map[string]any) error { exported = len(items); return nil }
		report, err := b.as(application, nil).Migrate(ctx, o)
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		if err := b.whole(ctx, application, items); err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		if !report.Migrated || len(report.Rows) != 5 || exported != len(items) || len(report.Left) != 0 {
			return "", fmt.Errorf("%s: report %+v, %d items exported", name, report, exported)
		}
		// What is migrated is ready, and a second time there is nothing to do.
		if err := b.as(application, nil).Prepare(ctx); err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		again, err := b.as(application, nil).Migrate(ctx, quick("a"))
		if err != nil || again.Migrated || again.Next != leasetable.StepAdopt {
			return "", fmt.Errorf("%s: a second migration: %+v, %w", name, again, err)
		}
		if err := b.whole(ctx, application, items); err != nil {
			return "", fmt.Errorf("%s, looked at again: %w", name, err)
		}
	}
	return fmt.Sprintf("%d tables, every lease with its checkpoint, SHARD_END and sub-sequence numbers among them", len(recorded.Names)), nil
}

func severalStreams(ctx context.Context, b *Bench) (string, error) {
	application := "several-" + b.stream
	items, err := b.left(ctx, application, recorded.SeveralStreams)
	if err != nil {
		return "", err
	}
	o := quick("a")
	o.Stream.CreatedAt, o.Shards = time.Unix(recorded.SeveralStreamsCreated, 0).UTC(), recorded.Shards[:2]
	report, err := b.as(application, nil).Migrate(ctx, o)
	if err != nil {
		return "", err
	}
	if len(report.Rows) != 3 || len(report.Doubts) > 0 {
		return "", fmt.Errorf("report %+v", report)
	}
	return "3 leases of 2 streams, each its own stream's", b.whole(ctx, application, items)
}

// deaths at once, each on tables of its own.
const deaths = 8

// killedAnywhere kills a migrator before and after each of its calls and lets
// another node begin again.
func killedAnywhere(ctx context.Context, b *Bench) (string, error) {
	application := "unharmed-" + b.stream
	if _, err := b.left(ctx, application, "kcl-3.5.1-killed"); err != nil {
		return "", err
	}
	unharmed := &mortal{at: 1 << 20}
	if _, err := b.as(application, unharmed).Migrate(ctx, quick("a")); err != nil {
		return "", err
	}
	if unharmed.calls < 30 {
		return "", fmt.Errorf("a whole migration has only %d calls: this kills too little", unharmed.calls)
	}
	dying, within := errgroup.WithContext(ctx)
	dying.SetLimit(deaths)
	for call := range unharmed.calls {
		for _, after := range []bool{false, true} {
			dying.Go(func() error {
				if err := b.killed(within, call, after); err != nil {
					return fmt.Errorf("killed at call %d, after its effect %v: %w", call, after, err)
				}
				return nil
			})
		}
	}
	return fmt.Sprintf("%d calls, %d deaths, each end whole", unharmed.calls, 2*unharmed.calls), dying.Wait()
}

// killed kills a migrator at one call, and holds what the next one leaves against
// the KCL's leases.
func (b *Bench) killed(ctx context.Context, call int, after bool) error {
	application := fmt.Sprintf("killed-%d-%v-%s", call, after, b.stream)
	items, err := b.left(ctx, application, "kcl-3.5.1-killed")
	if err != nil {
		return err
	}
	alive, die := context.WithCancel(ctx)
	defer die()
	m := &mortal{at: call, after: after, die: die}
	if _, err := b.as(application, m).Migrate(alive, quick("a")); err != nil && !m.dead {
		return fmt.Errorf("it failed alive: %w", err)
	}
	if err := b.as(application, nil).Prepare(ctx); err == nil {
		if row, err := b.as(application, nil).Stream(ctx); err != nil || row == nil || !row.Initialised {
			return fmt.Errorf("a consumer could start in the middle of the migration: %+v, %w", row, err)
		}
	}
	o := quick("b")
	o.Drained = true
	if _, err := b.as(application, nil).Migrate(ctx, o); err != nil {
		return err
	}
	if err := b.whole(ctx, application, items); err != nil {
		return err
	}
	row, err := b.as(application, nil).Stream(ctx)
	if err == nil && !row.Drained {
		err = errors.New("the operator's word is lost")
	}
	return err
}

func threeAtOnce(ctx context.Context, b *Bench) (string, error) {
	application := "three-" + b.stream
	items, err := b.left(ctx, application, "kcl-2.7.2-killed")
	if err != nil {
		return "", err
	}
	at, within := errgroup.WithContext(ctx)
	for i := range 3 {
		at.Go(func() error {
			o := quick(fmt.Sprint("node-", i))
			o.Stale = longest // nobody dies here
			o.Renew = 20 * time.Millisecond
			_, err := b.as(application, nil).Migrate(within, o)
			return err
		})
	}
	if err := at.Wait(); err != nil {
		return "", err
	}
	return "they end as one", b.whole(ctx, application, items)
}

func staleRouters(ctx context.Context, b *Bench) (string, error) {
	application := "stale-" + b.stream
	items, err := b.left(ctx, application, "kcl-3.4.2-end")
	if err != nil {
		return "", err
	}
	routers := &stale{table: application, lasts: b.stale}
	o := quick("a")
	o.Settle = 2*b.stale + longest
	if _, err := b.as(application, routers).Migrate(ctx, o); err != nil {
		return "", err
	}
	if routers.refused == 0 {
		return "", errors.New("no call was refused")
	}
	return fmt.Sprintf("ValidationException for %s behind DeleteTable, %d times; then whole", b.stale, routers.refused), b.whole(ctx, application, items)
}
