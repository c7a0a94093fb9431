package scenarios

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/signer"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
	"github.com/kinesnow/kinesnow/supervisor/process"
)

// street is one process with several connectors, each in an account, a region
// and a Snowflake of its own.
type street struct {
	t      *testing.T
	worlds map[string]*world
	owners map[string]localcloud.Owner
	names  []string
	r      *running
}

// ownerOf is an account in a region for each of several, which knows its own
// access key alone.
func ownerOf(i int) localcloud.Owner {
	regions := []string{"eu-west-1", "us-east-2", "ap-south-1", "sa-east-1", "ca-central-1"}
	key := fmt.Sprint("AKIA", i)
	return localcloud.Owner{
		Region: regions[i%len(regions)], AccountID: fmt.Sprint(100000000000 + i), AccessKeyID: key, SecretAccessKey: fmt.Sprint("secret ", i), Keys: signer.NewKeys(key),
	}
}

// newStreet makes a world of two shards for each name. Nothing runs yet.
func newStreet(t *testing.T, names ...string) *street {
	t.Helper()
	t.Parallel()
	s := &street{t: t, worlds: map[string]*world{}, owners: map[string]localcloud.Owner{}, names: names}
	for i, name := range names {
		s.owners[name] = ownerOf(i)
		s.worlds[name] = buildWorld(t, shardsOf(name), func(o *localcloud.Options) { o.Owner = s.owners[name] })
	}
	return s
}

// shardsOf is how many shards a connector's stream has.
func shardsOf(name string) int {
	if name == midAnswer {
		return 6 // more than may read at a time, on a small machine
	}
	return 2
}

// run starts the process.
func (s *street) run() {
	s.t.Helper()
	file := s.worlds[s.names[0]].load()
	file.Connectors = map[string]config.Config{}
	file.DrainTimeout = 2 * time.Second
	for _, name := range s.names {
		file.Connectors[name] = s.worlds[name].load().Connectors["orders"]
	}
	s.r = runFile(s.t, file, process.Options{})
}

// flow waits until a connector has caught up with all that was put.
func (s *street) flow(name string) {
	s.t.Helper()
	w := s.worlds[name]
	w.untilRows(w.put)
	s.r.untilOf(name, "caught up", func(c *messages.State) bool {
		return c.Durable.Committed == int64(w.put) && c.CaughtUp() && c.Health == messages.Flowing
	})
}

// state is a connector's.
func (s *street) state(name string) (state messages.State) {
	s.t.Helper()
	s.r.untilOf(name, "told", func(c *messages.State) bool { state = *c; return true })
	return state
}

const (
	well = "well" // nothing is wrong with it
	// ledgerless has no disk for its journal: it keeps its evidence in memory, and
	// flows (P25).
	ledgerless = "ledgerless"

	midAnswer = "kinesis-stops-in-mid-answer"
)

// trouble is what one connector of several has.
type trouble struct {
	name  string
	begin func(*world, localcloud.Owner)
	says  string                         // its state or its log, while it lasts
	stop  messages.StopCode              // "" = it is not stopped, and what was put is in the table once the trouble is over
	end   func(*world, localcloud.Owner) // nil = it does not
}

// troubles are the kinds that make test has time for, or all.
func troubles() []trouble {
	all := everyTrouble()
	if !*everything {
		all = slices.DeleteFunc(all, func(one trouble) bool {
			return !slices.Contains([]string{"lease-table-gone", "credentials-expired", midAnswer, "snowflake-silent"}, one.name)
		})
	}
	return all
}

func everyTrouble() []trouble {
	kinesis, dynamo, snowflake := newSilence(), newSilence(), newSilence()
	return []trouble{
		{"table-gone", func(w *world, _ localcloud.Owner) { w.execute("DROP TABLE ORDERS") }, "RAW.EVENTS.ORDERS", messages.TargetMissing, nil},
		{"lease-table-gone", func(w *world, _ localcloud.Owner) { w.deleteLeaseTable() }, "the lease table is named after the application", messages.TargetMissing, nil},
		{"credentials-revoked", func(_ *world, o localcloud.Owner) { o.Keys.Remove(o.AccessKeyID) }, "check the credentials", messages.AccessDenied, nil},
		{
			"credentials-expired", func(_ *world, o localcloud.Owner) { o.Keys.Expire(o.AccessKeyID) }, "ExpiredTokenException", "",
			func(_ *world, o localcloud.Owner) { o.Keys.Add(o.AccessKeyID) },
		},
		{
			"throttled", func(w *world, _ localcloud.Owner) {
				w.Kinesis.Faults().Set("GetRecords", fault.Always(fault.Effect{Refuse: localkinesis.Refusal("ProvisionedThroughputExceededException")}))
			}, "", "",
			func(w *world, _ localcloud.Owner) { w.Kinesis.Faults().Set("GetRecords", nil) },
		},
		{
			midAnswer, func(w *world, _ localcloud.Owner) {
				w.Kinesis.Faults().Set("GetRecords", fault.Always(fault.Effect{HangAfter: 20}))
			}, "", "", nil,
		},
		{
			"kinesis-silent", func(w *world, _ localcloud.Owner) { w.Kinesis.Faults().Set("", kinesis.hook) }, "", "",
			func(*world, localcloud.Owner) { kinesis.end() },
		},
		{
			"dynamodb-silent", func(w *world, _ localcloud.Owner) { w.Dynamo.Faults().Set("", dynamo.hook) }, "", "",
			func(*world, localcloud.Owner) { dynamo.end() },
		},
		{
			"snowflake-silent", func(w *world, _ localcloud.Owner) {
				for _, action := range []string{localsnowflake.ActionAppendRows, localsnowflake.ActionOpenChannel, localsnowflake.ActionBulkChannelStatus} {
					w.Snowflake.Faults().Set(action, snowflake.hook)
				}
			}, "", "",
			func(*world, localcloud.Owner) { snowflake.end() },
		},
	}
}

// silence lets calls wait until it ends; then they are served.
type silence struct{ over chan struct{} }

func newSilence() silence { return silence{make(chan struct{})} }

func (s silence) end() { close(s.over) }

func (s silence) hook(fault.Call) fault.Effect {
	<-s.over
	return fault.Effect{}
}

// TestOneConnectorsTroubleIsNoneOfItsNeighbours: in one process each connector is
// in trouble of another kind, and the one that is not commits what is put. Each has
// an account, a region and a Snowflake of its own, which refuse all others.
func TestOneConnectorsTroubleIsNoneOfItsNeighbours(t *testing.T) {
	names, all := []string{well, ledgerless}, troubles()
	for _, one := range all {
		names = append(names, one.name)
	}
	s := newStreet(t, names...)
	for _, name := range names {
		s.gust(name)
	}
	s.takeLedger(ledgerless)
	s.run()
	for _, name := range names {
		s.flow(name)
		s.expectOrder(name)
		if m := s.state(name); m.Region != s.owners[name].Region || (m.Journal.Error != "") != (name == ledgerless) {
			t.Errorf("%s works in %s, and its journal says %+v", name, m.Region, m.Journal)
		}
	}
	for _, one := range all {
		one.begin(s.worlds[one.name], s.owners[one.name])
		s.gust(one.name)
	}
	for range 3 {
		s.gust(well)
		s.worlds[well].untilRows(s.worlds[well].put)
	}
	for _, one := range all {
		s.untilInTrouble(one)
	}
	s.gust(well)
	s.flow(well)
	s.expectOrder(well)
	if m := s.state(well); m.Gaps != 0 || m.Memory.Peak > m.Memory.Total {
		t.Errorf("the neighbour says %d gaps, %+v", m.Gaps, m.Memory)
	}
	for _, one := range all {
		if one.end != nil {
			one.end(s.worlds[one.name], s.owners[one.name])
		}
	}
	for _, one := range all {
		if one.end != nil {
			s.flow(one.name)
			s.expectOrder(one.name)
		}
	}
}

// gust puts five records on each shard of a connector's stream.
func (s *street) gust(name string) {
	s.t.Helper()
	for shard := range shardsOf(name) {
		s.worlds[name].putOn(shard, 5)
	}
}

// expectOrder demands every record of all gusts, once and in order.
func (s *street) expectOrder(name string) {
	s.t.Helper()
	w, shards := s.worlds[name], shardsOf(name)
	for shard := range shards {
		var want []int
		for at := 5 * shard; at < w.put; at += 5 * shards {
			want = append(want, between(at, at+5)...)
		}
		w.expect(onShard(shard), want...)
	}
}

// untilInTrouble waits until a connector says what it lacks.
func (s *street) untilInTrouble(one trouble) {
	s.t.Helper()
	s.r.untilOf(one.name, "in trouble", func(m *messages.State) bool {
		text := m.Why + m.Hint + s.r.log.of(one.name)
		for _, sh := range m.Shards {
			text += sh.Error + sh.Hint
		}
		return m.Stop == one.stop && (one.stop == "" || m.Health == messages.Halted) && strings.Contains(text, one.says)
	})
}

// deleteLeaseTable deletes it, as its owner.
func (w *world) deleteLeaseTable() {
	w.t.Helper()
	c := w.load().Connectors["orders"].AWS
	table := dynamodb.New(dynamodb.Options{
		Region: c.Region, BaseEndpoint: aws.String(w.Dynamo.URL()),
		Credentials: credentials.NewStaticCredentialsProvider(c.Credentials.AccessKeyID, c.Credentials.SecretAccessKey.Reveal(), ""),
	})
	if _, err := table.DeleteTable(w.t.Context(), &dynamodb.DeleteTableInput{TableName: aws.String(localcloud.LeaseTable("orders"))}); err != nil {
		w.t.Fatal(err)
	}
}

// takeLedger puts a file where a connector's journal should be.
func (s *street) takeLedger(name string) {
	s.t.Helper()
	folder := journal.Folder(s.worlds[s.names[0]].dataDir(), "node-0", name)
	if err := os.MkdirAll(filepath.Dir(folder), 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(folder, nil, 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// TestATrickleCommitsWhileAFloodWaits: the flood's Snowflake takes nothing, so
// that what it has read fills the memory that both share.
func TestATrickleCommitsWhileAFloodWaits(t *testing.T) {
	const memory, answer = 8 << 20, 10 << 20
	flood, trickle := newWorld(t, 2), buildWorld(t, 2)
	full := newSilence()
	flood.Snowflake.Faults().Set(localsnowflake.ActionAppendRows, full.hook)
	pad := strings.Repeat("x", 100<<10)
	for range 60 {
		for shard := range 2 {
			flood.putRaw(shard, fmt.Appendf(nil, `{"N":%d,"PAD":%q}`, flood.put, pad))
			flood.put++
		}
	}
	budget := messages.NewBudget(memory)
	shared := func(p *plan) { p.Host.Budget = budget }
	one := flood.connect(shared, patient)
	one.until("full", func(m *messages.State) bool { return m.Memory.Used > memory/2 && len(m.Shards) == 2 })
	other := trickle.connect(shared)
	for range 5 {
		trickle.putOn(0, 1)
		trickle.putOn(1, 1)
		trickle.untilRows(trickle.put)
	}
	if m := one.state(); m.Total.Committed != 0 || m.Memory.Used < memory/2 {
		t.Errorf("the flood did not wait: %d committed, %+v", m.Total.Committed, m.Memory)
	}
	full.end()
	one.untilCaughtUp(120)
	trickle.putOn(0, 1)
	other.untilCaughtUp(11)
	trickle.expect(onShard(0), 0, 2, 4, 6, 8, 10)
	// An answer is charged in full though it holds more than was taken for it (P15).
	if m := budget.State(); m.Peak > memory+2*answer {
		t.Errorf("the memory says %+v, want a peak of %d and an answer for each shard of the flood at most", m, memory)
	}
}
