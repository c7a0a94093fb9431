package demo

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/kinesnow/kinesnow/integration/exact"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/messages"
)

// snapshot is what there is to see at one moment.
type snapshot struct {
	elapsed  time.Duration
	records  int // to put
	put      int64
	table    int64
	putRate  float64 // per second, over the last seconds
	rowRate  float64
	lag      [2]time.Duration // p50 and p99 of the newest commits
	flying   int              // appends accepted and not committed
	kills    kills
	vital    vital
	faults   [2]int64 // throttles, losses
	reshapes [2]int   // splits, merges
	ledger   messages.Counters
	journal  int64 // entries, as the process says
	health   messages.Health
	shards   []shardLine
}

// shardLine is one shard of the stream.
type shardLine struct {
	number     string
	open       bool
	phase      messages.Phase
	stop       messages.StopCode
	put, table int64
	flying     int
	epoch      string
}

// flows reports whether the process works on a shard.
func (s *snapshot) flows() bool {
	return s.vital.http != "" && slices.ContainsFunc(s.shards, func(l shardLine) bool { return l.phase == messages.PhaseFlowing })
}

// sampler takes snapshots.
type sampler struct {
	r      *run
	client http.Client
	tail   *tail
	ring   []moment
	state  *messages.State // the last answer of the process
}

// moment is what rates are made of.
type moment struct {
	at         time.Time
	put, table int64
}

// rateOver is the stretch that rates speak of.
const rateOver = 3 * time.Second

func newSampler(r *run) *sampler {
	return &sampler{r: r, client: http.Client{Timeout: 300 * time.Millisecond}, tail: newTail(r.cloud, r.log, r.in)}
}

// take looks everywhere once.
func (s *sampler) take(ctx context.Context) (*snapshot, error) {
	if err := s.tail.advance(); err != nil {
		return nil, err
	}
	r := s.r
	snap := &snapshot{
		elapsed: time.Since(r.begun), records: r.o.Records, put: int64(r.log.len()), table: s.tail.rows,
		lag:   [2]time.Duration{s.tail.recent.quantile(0.5), s.tail.recent.quantile(0.99)},
		kills: r.killer.count(), vital: r.life.look(),
		faults: [2]int64{r.faults.throttles.Load(), r.faults.losses.Load()},
	}
	snap.reshapes[0], snap.reshapes[1] = r.reshaper.count()
	s.rates(snap)
	s.ask(ctx, snap.vital.http)
	if s.state != nil {
		snap.health, snap.journal = s.state.Health, s.state.Journal.Written
	}
	s.shards(snap)
	return snap, nil
}

func (s *sampler) rates(snap *snapshot) {
	now := moment{time.Now(), snap.put, snap.table}
	for len(s.ring) > 1 && now.at.Sub(s.ring[0].at) > rateOver {
		s.ring = s.ring[1:]
	}
	s.ring = append(s.ring, now)
	if first := s.ring[0]; now.at.After(first.at) {
		seconds := now.at.Sub(first.at).Seconds()
		snap.putRate, snap.rowRate = float64(now.put-first.put)/seconds, float64(now.table-first.table)/seconds
	}
}

// ask fetches the process's own view; without an answer there is none.
func (s *sampler) ask(ctx context.Context, base string) {
	s.state = nil
	if base == "" {
		return
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/v1/state", nil)
	if err != nil {
		return
	}
	answer, err := s.client.Do(request)
	if err != nil {
		return
	}
	defer answer.Body.Close()
	var view struct {
		Connectors []*messages.State `json:"connectors"`
	}
	if json.NewDecoder(answer.Body).Decode(&view) == nil && len(view.Connectors) > 0 {
		s.state = view.Connectors[0]
	}
}

// shards puts together what the servers and the process know of each shard.
func (s *sampler) shards(snap *snapshot) {
	flying := map[string]int{}
	for _, ch := range s.r.cloud.Snowflake.Channels() {
		if shard, ok := exact.ShardOf(ch.Name); ok {
			flying[shard] += ch.UncommittedBatches
			snap.flying += ch.UncommittedBatches
		}
	}
	leases := leaseRows(s.r.cloud)
	for _, lease := range leases {
		snap.ledger = snap.ledger.Add(lease.counters)
	}
	for _, info := range shardsOf(s.r.cloud.Kinesis) {
		number, err := exact.ShardNumber(info.ID)
		if err != nil {
			continue
		}
		lease := leases[info.ID]
		line := shardLine{
			number: strconv.Itoa(int(number)), open: info.Open, put: s.r.log.on(number), table: s.tail.shards[info.ID],
			flying: flying[info.ID], epoch: lease.epoch,
		}
		if lease.ended {
			line.phase = messages.PhaseEnded
		}
		if s.state != nil {
			for i := range s.state.Shards {
				if sh := &s.state.Shards[i]; string(sh.Shard) == info.ID {
					line.phase, line.stop = sh.Phase, sh.Stop
				}
			}
		}
		snap.shards = append(snap.shards, line)
	}
}

// leaseRow is a shard's row in the lease table, as far as it is shown.
type leaseRow struct {
	epoch    string
	ended    bool
	counters messages.Counters
}

// leaseRows reads the lease table past the product: attributes as protocol.md
// P18 and P26 name them.
func leaseRows(cloud *localcloud.Cloud) map[string]leaseRow {
	rows := map[string]leaseRow{}
	for _, item := range cloud.Dynamo.Items(localcloud.LeaseTable(streamName)) {
		shard, _ := item["shardId"].(string)
		if _, err := exact.ShardNumber(shard); err != nil {
			continue
		}
		number := func(name string) int64 {
			n, _ := item[name].(json.Number)
			v, _ := n.Int64() // absent is 0
			return v
		}
		state, _ := item["shardState"].(string)
		rows[shard] = leaseRow{
			epoch: strconv.FormatInt(number("leaseEpoch"), 10), ended: state == "SHARD_END",
			counters: messages.Counters{
				Read: number("countRead"), Discarded: number("countDiscarded"), Filtered: number("countFiltered"),
				Appended: number("countAppended"), Committed: number("countCommitted"), Rejected: number("countRejected"),
			},
		}
	}
	return rows
}
