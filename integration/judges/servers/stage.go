package servers

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/kinesnow/kinesnow/integration/judges/servers/between"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/transcript"
	"github.com/kinesnow/kinesnow/supervisor"
)

// stage is what one trial plays on: a stream and a lease table of its own at the
// place's servers, and a local Snowflake.
type stage struct {
	*world
	place
	trial       trial
	application string
	stream      string
	table       string
	base        supervisor.Config
	feed        *feed
	nodes       []*node
	quiet       atomic.Bool // nothing is put at the moment, and nothing was since LATEST
	log         transcript.Text
}

// newHall serves a cloud: Snowflake, and what of the other two a place does not
// have.
func newHall() (*world, error) {
	cloud, err := localcloud.Start(localcloud.Options{CommitDelay: 50 * time.Millisecond})
	if err != nil {
		return nil, err
	}
	w := &world{Cloud: cloud}
	if w.db, err = localcloud.Open(cloud.Login()); err != nil {
		_ = cloud.Close() // of memory and a temporary folder
		return nil, err
	}
	return w, nil
}

// close ends a hall.
func (w *world) close() {
	_ = w.db.Close()    // its server goes too
	_ = w.Cloud.Close() // of memory and a temporary folder
}

func newStage(ctx context.Context, p place, t trial) (*stage, error) {
	s := &stage{world: p.hall, place: p, trial: t, stream: fmt.Sprintf("a%02d-%d", t.number, time.Now().UnixNano())}
	s.application, s.table = "app-"+s.stream, strings.ToUpper(s.stream)
	if s.place.kinesis == "" {
		s.place.kinesis = s.Kinesis.URL()
	}
	if s.place.dynamo == "" {
		s.place.dynamo = s.Dynamo.URL()
	}
	file, err := supervisor.Load(s.ConfigFile(), os.LookupEnv)
	if err != nil {
		return nil, err
	}
	s.base = file.Connectors[file.Names()[0]]
	s.base.Snowflake.Table = s.table
	if _, err := s.db.ExecContext(ctx, `CREATE TABLE "`+s.table+`" (KINESISMETADATA OBJECT, N NUMBER, KEY TEXT, NOTE TEXT) ENABLE_SCHEMA_EVOLUTION = TRUE`); err != nil {
		return nil, err
	}
	s.feed = feedOf(s.place.kinesis, s.stream)
	return s, s.feed.create(ctx, t.shards)
}

func (s *stage) close() {
	for _, n := range s.nodes {
		n.kill()
	}
}

// leases are the lease rows of the shards.
func (s *stage) leases(ctx context.Context) (map[string]leaseRow, error) {
	shards, _, err := leaseRows(ctx, s.place.dynamo, s.stream, s.application)
	return shards, err
}

// until waits until the lease table looks as it must.
func (s *stage) until(ctx context.Context, what string, look func(shards map[string]leaseRow) (missing string)) error {
	return eventually(ctx, what, func() (string, error) {
		shards, err := s.leases(ctx)
		if err != nil {
			return "", err
		}
		return look(shards), nil
	})
}

// shared waits until so many nodes have the open shards evenly, and returns the
// rows.
func (s *stage) shared(ctx context.Context, nodes int) (settled map[string]leaseRow, err error) {
	err = s.until(ctx, fmt.Sprintf("shared by %d nodes", nodes), func(shards map[string]leaseRow) string {
		owned, open := map[string]int{}, 0
		for _, row := range shards {
			if row.state != "SHARD_END" {
				open++
				owned[row.owner]++
			}
		}
		counts := slices.Sorted(maps.Values(owned))
		if open == 0 || owned[""] > 0 || len(owned) != nodes || counts[len(counts)-1]-counts[0] > 1 {
			return fmt.Sprintf("%d rows: %v", len(shards), owned)
		}
		settled = shards
		return ""
	})
	return settled, err
}

// flowing waits until all rows are in and no lease has moved for one lease, and
// returns the lease rows: one that is only claimed has its epoch still to come,
// and so has one that is handed over to a node that joined.
func (s *stage) flowing(ctx context.Context) (still map[string]leaseRow, err error) {
	if _, err := s.arrived(ctx, 0); err != nil {
		return nil, err
	}
	since := time.Now()
	err = s.until(ctx, "at rest", func(shards map[string]leaseRow) string {
		if err := moved(still, shards); err != nil || still == nil {
			still, since = shards, time.Now()
			return fmt.Sprint("leases move: ", err)
		}
		if time.Since(since) < s.lease {
			return "no lease moved lately"
		}
		return ""
	})
	return still, err
}

// moved says which lease is not as it was: another owner or another epoch.
func moved(was, is map[string]leaseRow) error {
	for shard, row := range was {
		if now := is[shard]; now.owner != row.owner || now.epoch != row.epoch {
			return fmt.Errorf("%s was %s's in epoch %d, and is %s's in epoch %d", shard, row.owner, row.epoch, now.owner, now.epoch)
		}
	}
	return nil
}

// arrived waits for all that was put from the n-th record on, and compares it.
func (s *stage) arrived(ctx context.Context, from int) (string, error) {
	return s.came(ctx, s.feed.sent[from:])
}

// came waits for these records, and compares them.
func (s *stage) came(ctx context.Context, want []record) (string, error) {
	if err := s.untilRows(ctx, s.table, len(want)); err != nil {
		return "", err
	}
	rows, err := s.rows(ctx, s.table)
	if err != nil {
		return "", err
	}
	return compare(want, rows, nil)
}

// put puts n records.
func (s *stage) put(ctx context.Context, n int) error {
	s.quiet.Store(false)
	return s.feed.put(ctx, n)
}

// proxies of one node, which may go wrong for it alone.
func (s *stage) proxies(ctx context.Context) (kinesis, dynamo *between.Proxy, err error) {
	if kinesis, err = between.Start(ctx, s.place.kinesis); err != nil {
		return nil, nil, err
	}
	if dynamo, err = between.Start(ctx, s.place.dynamo); err != nil {
		kinesis.Close()
		return nil, nil, err
	}
	if s.server.hangs {
		kinesis.OnRequest(s.unhang)
	}
	return kinesis, dynamo, nil
}

// unhang asks for LATEST where that is the same and the server can answer it.
func (s *stage) unhang(r *between.Request) {
	var asked iterator
	if r.Action == "GetShardIterator" && s.quiet.Load() && json.Unmarshal(r.Body, &asked) == nil && asked.Type == "AT_TIMESTAMP" {
		r.Body = fmt.Appendf(nil, `{"StreamName":%q,"ShardId":%q,"ShardIteratorType":"LATEST"}`, s.stream, asked.ShardID)
	}
}

// dataDir is where a node keeps its journal.
func (s *stage) dataDir() string { return filepath.Join(s.Dir(), s.stream, fmt.Sprint(len(s.nodes))) }
