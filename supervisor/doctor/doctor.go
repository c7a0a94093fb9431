package doctor

import (
	"context"
	"sync"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/access"
	"github.com/kinesnow/kinesnow/supervisor/setup"
)

// Doctor examines one connector. Use New; it is good for one Run.
type Doctor struct {
	name  string
	cfg   supervisor.Config
	host  supervisor.Host
	now   func() time.Time
	watch *watch

	stream *stream.Client
	table  *leasetable.Table

	caller    fact[string] // ARN
	described fact[*stream.Facts]
	shards    fact[[]messages.Shard]
	leases    fact[*leasetable.Facts]
	rows      fact[messages.TableRows]

	reached fact[reached]
	pipe    fact[*snowpipe.Client] // signed in
	sql     fact[*warehouse.Warehouse]
	session fact[warehouse.Session]
	rights  fact[*rights]
	target  fact[*warehouse.Target]
}

// New wires a doctor to a connector's configuration, as validate accepts it.
// Nothing is sent yet. Of the host AWS, Snowflake, HTTP and DataDir count.
func New(name string, cfg supervisor.Config, host supervisor.Host) *Doctor {
	d := &Doctor{name: name, cfg: cfg, host: host, now: time.Now}
	c := access.Lent(host.AWS, cfg.AWS)
	if c.HTTPClient == nil {
		c.HTTPClient = awshttp.NewBuildableClient()
	}
	d.watch = newWatch(c.HTTPClient, d.clock)
	c.HTTPClient = d.watch
	d.stream, d.table = access.Stream(name, cfg, c), access.Table(cfg, c)
	d.caller.find = d.callerOf(c)
	d.described.find = d.stream.Examine
	d.shards.find = func(ctx context.Context) ([]messages.Shard, error) { return d.stream.List(ctx, stream.TrimToTip) }
	d.leases.find = d.table.Examine
	d.rows.find = d.table.Rows
	d.reached.find = d.reach
	d.pipe.find = d.signInREST
	d.sql.find = func(context.Context) (*warehouse.Warehouse, error) { return access.Statements(cfg.Snowflake) }
	d.session.find = d.signInSQL
	d.rights.find = d.learnRights
	d.target.find = d.learnTarget
	return d
}

// clock is this machine's; a test may have another one.
func (d *Doctor) clock() time.Time { return d.now() }

// Run examines. It changes nothing, and takes at most about ten seconds.
func (d *Doctor) Run(ctx context.Context) *Report {
	defer d.close()
	checks := []check{
		{Clock, "clock", d.checkClock},
		{AWS, "identity", d.checkIdentity},
		{AWS, "services", d.checkServices},
		{AWS, "actions", d.checkActions},
		{AWS, "occasions", d.checkOccasions},
		{Stream, "stream", d.checkStream},
		{Leases, "table", d.checkLeaseTable},
		{Leases, "rows", d.checkRows},
		{Snowflake, "sign-in", d.checkSignIn},
		{Snowflake, "rights", d.checkRights},
		{Target, "target", d.checkTarget},
		{Target, "width", d.checkWidth},
		{Channels, "limit", d.checkChannelLimit},
		{Channels, "states", d.checkChannelStates},
		{Channels, "strangers", d.checkStrangers},
		{Settings, "ignored", d.checkIgnored},
		{Machine, "data_dir", d.checkDataDir},
		{Machine, "processes", d.checkProcesses},
		{Machine, "proxies", d.checkProxies},
	}
	found := make([][]Finding, len(checks))
	var all sync.WaitGroup
	for i, c := range checks {
		all.Go(func() { found[i] = c.run(ctx) })
	}
	all.Wait()
	var flat []Finding
	for _, f := range found {
		flat = append(flat, f...)
	}
	return newReport(d.name, d.cfg, flat)
}

func (d *Doctor) close() {
	if w, err := d.sql.of(context.Background()); err == nil {
		_ = w.Close()
	}
	if c, err := d.pipe.of(context.Background()); err == nil {
		c.Close()
	}
}

// check is one thing that is looked at beside the others.
type check struct {
	area Area
	name string
	look func(context.Context, *findings)
}

// run looks, for at most checkLimit: what goes on then is left alone.
func (c check) run(ctx context.Context) []Finding {
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	done := make(chan []Finding, 1)
	go func() {
		fs := &findings{area: c.area, check: c.name}
		c.look(ctx, fs)
		done <- fs.all
	}()
	select {
	case found := <-done:
		return found
	case <-ctx.Done():
	}
	fs := &findings{area: c.area, check: c.name}
	fs.add(Untested, "%s: no answer within %s", c.name, checkLimit)
	return fs.all
}

// policy is the least one under which the connector runs.
func (d *Doctor) policy(ctx context.Context) setup.Policy { return setup.IAM(d.cfg, d.account(ctx)) }

// account is the number of the AWS account, "" where nobody tells.
func (d *Doctor) account(ctx context.Context) string {
	if s, err := d.described.of(ctx); err == nil {
		return arnPart(s.ARN, arnAccount)
	}
	if arn, err := d.caller.of(ctx); err == nil {
		return arnPart(arn, arnAccount)
	}
	return ""
}
