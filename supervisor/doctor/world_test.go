package doctor_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/sql"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/access"
	"github.com/kinesnow/kinesnow/supervisor/config"
	"github.com/kinesnow/kinesnow/supervisor/doctor"
	"github.com/kinesnow/kinesnow/supervisor/setup"
)

// patient is a local cloud with one stream into one table, and the connector
// between them, which the tests break.
type patient struct {
	*testing.T
	cloud *localcloud.Cloud
	cfg   supervisor.Config
	host  supervisor.Host
	iam   setup.Policy // what the servers enforce
}

const name = "orders"

func newPatient(t *testing.T, o localcloud.Options) *patient {
	t.Helper()
	t.Parallel()
	if o.Streams == nil {
		o.Streams = []localcloud.Stream{{Name: "orders", Shards: 2}}
	}
	o.CommitDelay = -1
	cloud, err := localcloud.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cloud.Close() })
	file, err := supervisor.Load(cloud.ConfigFile(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cloud.Kinesis.PutRecords("orders", []localkinesis.Record{{PartitionKey: "a", Data: []byte(`{"n":1}`)}}); o.Streams[0].Name == "orders" && err != nil {
		t.Fatal(err)
	}
	cfg := file.Connectors[file.Names()[0]]
	cfg.Journal.MaxBytes = config.MiB // the disk that tests run on may be nearly full
	return &patient{T: t, cloud: cloud, cfg: cfg, host: supervisor.Host{DataDir: t.TempDir()}}
}

// examine runs the doctor, and holds that it wrote nothing.
func (p *patient) examine() *doctor.Report {
	p.Helper()
	before := p.state()
	r, _ := p.run()
	if after := p.state(); after != before {
		p.Errorf("the doctor changed something: before\n%s\nafter\n%s", before, after)
	}
	return r
}

// run has the doctor look, and look again while the machine is so slow that what
// it wants to know takes it the eight seconds that it has for it. times is how
// often that was.
func (p *patient) run() (r *doctor.Report, times int64) {
	p.Helper()
	for {
		began := time.Now()
		r = doctor.New(name, p.cfg, p.host).Run(p.Context())
		if times++; time.Since(began) < 8*time.Second || times == 10 {
			return r, times
		}
	}
}

// state is what the three servers hold.
func (p *patient) state() string {
	p.Helper()
	objects, err := p.cloud.Snowflake.Catalog().MarshalState()
	if err != nil {
		p.Fatal(err)
	}
	text, err := json.Marshal([]any{
		p.cloud.Kinesis.Streams(), p.cloud.Kinesis.RecordsPut(),
		p.cloud.Dynamo.Items(p.cfg.Application), p.cloud.Dynamo.Writes(p.cfg.Application), p.cloud.Dynamo.Tables(),
		json.RawMessage(objects), p.cloud.Snowflake.Channels(),
	})
	if err != nil {
		p.Fatal(err)
	}
	return string(text)
}

// complaint is a finding that is to be: state, area and a part of its text.
type complaint struct {
	state doctor.State
	area  doctor.Area
	text  string
}

// complains holds that these and no other things are missing or warned of.
func (p *patient) complains(r *doctor.Report, wanted ...complaint) {
	p.Helper()
	left := slices.Clone(wanted)
	for _, f := range r.Findings {
		if f.State == doctor.OK || f.State == doctor.Untested {
			continue
		}
		at := slices.IndexFunc(left, func(c complaint) bool {
			return c.state == f.State && c.area == f.Area && strings.Contains(f.Text, c.text)
		})
		if at < 0 {
			p.Errorf("found, and not wanted: %s %s: %s", f.State, f.Area, f.Text)
			continue
		}
		if f.Todo == "" && len(f.SQL) == 0 {
			p.Errorf("no way out of: %s", f.Text)
		}
		left = slices.Delete(left, at, at+1)
	}
	for _, c := range left {
		p.Errorf("not found: %s %s: %s", c.state, c.area, c.text)
	}
	if p.Failed() {
		p.Log(text(p.T, r))
	}
}

// exits holds the exit code.
func (p *patient) exits(r *doctor.Report, want int) {
	p.Helper()
	if r.ExitCode != want {
		p.Errorf("exit %d, want %d\n%s", r.ExitCode, want, text(p.T, r))
	}
}

func text(t *testing.T, r *doctor.Report) string {
	t.Helper()
	var b strings.Builder
	if err := r.Text(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// healthy holds that nothing is found any more.
func (p *patient) healthy() {
	p.Helper()
	r := p.examine()
	p.complains(r)
	p.exits(r, 0)
}

// admin runs statements as the account's administrator.
func (p *patient) admin(statements ...string) {
	p.Helper()
	p.as(catalog.AccountAdmin, statements...)
}

func (p *patient) as(role string, statements ...string) {
	p.Helper()
	session := &sql.Session{ID: "test", Account: localcloud.Account, User: localcloud.User, Role: role, Database: localcloud.Database, Schema: localcloud.Schema}
	for _, text := range statements {
		if _, err := p.cloud.Snowflake.SQL().Execute(context.Background(), session, strings.TrimSuffix(text, ";"), sql.Bindings{}); err != nil {
			p.Fatalf("%s: %v", text, err)
		}
	}
}

// allow makes the AWS servers enforce a policy, without some actions.
func (p *patient) allow(policy setup.Policy, without ...string) {
	p.Helper()
	p.iam = policy
	streams, tables := localkinesis.Policy{}, localdynamo.Policy{}
	for _, s := range policy.Statement {
		for _, arn := range s.Resource {
			parts := strings.SplitN(arn, ":", 6)
			for _, action := range s.Action {
				service, call, _ := strings.Cut(action, ":")
				switch {
				case slices.Contains(without, action):
				case service == "kinesis":
					streams[parts[5]] = append(streams[parts[5]], call)
				case service == "dynamodb":
					table := strings.TrimPrefix(parts[5], "table/")
					tables[table] = append(tables[table], call)
				}
			}
		}
	}
	if err := p.cloud.Kinesis.SetPolicy(streams); err != nil {
		p.Fatal(err)
	}
	if err := p.cloud.Dynamo.SetPolicy(tables); err != nil {
		p.Fatal(err)
	}
}

// heal does what a report says is to be pasted, and no more: the IAM statements
// are read from their JSON, the SQL from the text.
func (p *patient) heal(r *doctor.Report) {
	p.Helper()
	if r.IAM == nil && len(r.SQL) == 0 {
		p.Fatalf("there is nothing to paste\n%s", text(p.T, r))
	}
	printed := text(p.T, r)
	if r.IAM != nil {
		begin, end := strings.Index(printed, "{\n"), strings.LastIndex(printed, "\n}")
		var policy setup.Policy
		if err := json.Unmarshal([]byte(printed[begin:end+2]), &policy); err != nil {
			p.Fatal(err)
		}
		policy.Statement = append(policy.Statement, p.iam.Statement...)
		p.allow(policy)
	}
	for _, statement := range r.SQL {
		if !strings.Contains(printed, "\n"+statement+"\n") {
			p.Errorf("not printed: %s", statement)
		}
		p.admin(statement)
	}
}

func ahead(d time.Duration) func() time.Time {
	return func() time.Time { return time.Now().Add(d) }
}

func missing(area doctor.Area, format string, args ...any) complaint {
	return complaint{doctor.Missing, area, fmt.Sprintf(format, args...)}
}

func warned(area doctor.Area, format string, args ...any) complaint {
	return complaint{doctor.Warn, area, fmt.Sprintf(format, args...)}
}

// makeLeaseTable makes the table that the first start would make.
func (p *patient) makeLeaseTable() {
	p.Helper()
	if err := access.Table(p.cfg, access.AWS(p.cfg.AWS)).Prepare(p.Context()); err != nil {
		p.Fatal(err)
	}
}
