package sim

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
	"github.com/kinesnow/kinesnow/messages"
)

// Oracle has seen every put and every commit, and knows what may be promised.
type Oracle struct {
	world *World

	mu     sync.Mutex
	shards map[string]*shardLog
	keys   map[string]int // the newest number of a partition key that is in the table
	puts   int
	rows   int64
	gaps   int

	start   time.Time            // the service's, that LATEST was resolved to; zero = not yet
	tenures map[string][]tenure  // by shard
	opens   map[string]time.Time // of a channel, by node and shard
	process map[string][]string  // of a node
}

// shardLog is what was put on one shard, in order, and what became of it.
type shardLog struct {
	name    string
	records []*record
	index   map[string]int
	done    int               // everything before is in the table
	last    messages.Position // of the newest row
	token   messages.Position // T, the highest ever
	text    string            // the same as committed
	trimmed bool              // something of it has expired unread
	gaps    []gap
	ended   bool
	endedAt time.Time // by AWS's clock
}

// record is one Kinesis record.
type record struct {
	seq     messages.SequenceNumber
	key     string
	number  int
	users   []outcome
	put     time.Time // by the service's clock
	expired bool      // was not read in time: it may be missing, if a gap says so
	excused bool      // and nobody need say so: its shard had never been read
}

// outcome is what one user record should become, and what it has become.
type outcome struct {
	rows, bad           int
	gotRows, gotBad     int
	discarded, lettered bool
}

func (o *outcome) done() bool { return o.gotRows == o.rows && o.gotBad == o.bad }

func (r *record) done() bool {
	for i := range r.users {
		if !r.users[i].done() {
			return false
		}
	}
	return true
}

// kept: also its dead letters are.
func (r *record) kept() bool {
	for i := range r.users {
		if u := &r.users[i]; !u.done() || u.discarded && !u.lettered {
			return false
		}
	}
	return true
}

// gap is a stretch that was reported as lost.
type gap struct{ from, to messages.Position }

func newOracle(w *World) *Oracle {
	return &Oracle{world: w, shards: map[string]*shardLog{}, keys: map[string]int{}, tenures: map[string][]tenure{}, opens: map[string]time.Time{}, process: map[string][]string{}}
}

func (o *Oracle) shard(name string) *shardLog {
	s := o.shards[name]
	if s == nil {
		s = &shardLog{name: name, index: map[string]int{}}
		o.shards[name] = s
	}
	return s
}

// put notes a record that was put.
func (o *Oracle) put(shard, seq, key string, users []user) {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := o.shard(shard)
	r := &record{seq: messages.SequenceNumber(seq), key: key, number: o.puts, put: o.world.cloud.clocks["kinesis"].now()}
	for _, u := range users {
		r.users = append(r.users, outcome{rows: u.rows, bad: u.bad, discarded: u.discarded})
	}
	s.index[seq] = len(s.records)
	s.records = append(s.records, r)
	o.puts++
}

// metadata is what a row says of its record.
type metadata struct {
	Meta struct {
		Shard string `json:"shardId"`
		Seq   string `json:"sequenceNumber"`
		Sub   int64  `json:"subSequenceNumber"`
	} `json:"KINESISMETADATA"`
}

// committed sees a commit: rows, error rows, then the tokens that came with them.
func (o *Oracle) committed(t rowstore.Transaction) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, part := range t.Rows {
		for _, row := range part.Rows {
			o.row(row.JSON, false)
		}
	}
	for _, part := range t.Errors {
		for _, row := range part.Rows {
			var data struct {
				Row json.RawMessage `json:"$1"`
			}
			if json.Unmarshal(row.Data, &data) != nil {
				o.world.fail("an error row cannot be read: %s", row.Data)
				continue
			}
			o.row(data.Row, true)
		}
	}
	for _, state := range t.State {
		if strings.HasPrefix(state.Key, "channel/") && state.Value != nil {
			o.tokenIn(state.Value)
		}
	}
}

// row notes one row: known, not too often, behind the one before it.
func (o *Oracle) row(text []byte, bad bool) {
	var m metadata
	at := bytes.Index(text, []byte(`"KINESISMETADATA"`))
	if at < 0 || json.Unmarshal(append([]byte("{"), text[at:]...), &m) != nil {
		o.world.fail("a row without metadata: %.200s", text)
		return
	}
	s := o.shards[m.Meta.Shard]
	i, known := 0, false
	if s != nil {
		i, known = s.index[m.Meta.Seq]
	}
	if !known || m.Meta.Sub >= int64(len(s.records[i].users)) {
		o.world.fail("a row of %s at %s/%d, where nothing was put", m.Meta.Shard, m.Meta.Seq, m.Meta.Sub)
		return
	}
	r := s.records[i]
	u := &r.users[m.Meta.Sub]
	at64 := messages.Position{Seq: r.seq, Sub: m.Meta.Sub}
	if bad {
		if u.gotBad++; u.gotBad > u.bad {
			o.world.fail("DOUBLED: %s %s is in the error table %d times, not %d", s.name, at64, u.gotBad, u.bad)
		}
		return
	}
	o.rows++
	if u.gotRows++; u.gotRows > u.rows {
		o.world.fail("DOUBLED: %s %s is in the table %d times, not %d", s.name, at64, u.gotRows, u.rows)
		return
	}
	if at64.Compare(s.last) < 0 {
		o.world.fail("MISORDERED: %s %s came after %s", s.name, at64, s.last)
	}
	s.last = at64
	if last, there := o.keys[r.key]; there && last > r.number {
		o.world.fail("MISORDERED: key %s: put %d, of %s, came after put %d", r.key, r.number, s.name, last)
	}
	o.keys[r.key] = r.number
}

// tokenIn checks a channel's committed token against the table.
func (o *Oracle) tokenIn(state []byte) {
	var channel struct {
		Name      string
		Committed *string
	}
	if json.Unmarshal(state, &channel) != nil || channel.Committed == nil {
		return
	}
	text := *channel.Committed
	shard := text[strings.LastIndex(text, ".")+1:]
	t, err := messages.ParseToken(text, messages.ShardID(shard))
	s := o.shards[shard]
	if err != nil || s == nil {
		o.world.fail("channel %s has token %q: %v", channel.Name, text, err)
		return
	}
	if t.Position.Compare(s.token) <= 0 {
		return
	}
	s.token, s.text = t.Position, text
	o.world.spite.committed(shard)
	o.promised(s, "T", t.Position)
}

// promised checks that everything up to a position is in the tables, with the
// dead letters, or lost in a way that was reported.
func (o *Oracle) promised(s *shardLog, what string, upto messages.Position) {
	for s.done < len(s.records) && (s.records[s.done].done() || s.records[s.done].expired) {
		s.done++
	}
	for i := max(0, s.done-1); i < len(s.records); i++ {
		r := s.records[i]
		if r.seq.Compare(upto.Seq) > 0 {
			return
		}
		for sub := range r.users {
			at := messages.Position{Seq: r.seq, Sub: int64(sub)}
			if r.expired || !upto.Covers(at) {
				continue
			}
			if u := &r.users[sub]; !u.done() {
				o.world.fail("%s TOO EARLY: %s says %s, but %s has %d of %d rows and %d of %d error rows", what, s.name, upto, at, u.gotRows, u.rows, u.gotBad, u.bad)
				return
			} else if u.discarded && !u.lettered {
				o.world.fail("%s TOO EARLY: %s says %s, but %s has no dead letter", what, s.name, upto, at)
				return
			}
		}
	}
}

// letters notes dead letters that are kept.
func (o *Oracle) letters(letters []messages.Letter) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, l := range letters {
		s := o.shards[string(l.Shard)]
		i, known := 0, false
		if s != nil {
			i, known = s.index[l.Seq]
		}
		if !known {
			o.world.fail("a dead letter of %s %s, where nothing was put", l.Shard, l.Seq)
			continue
		}
		p, err := messages.ParsePosition(l.Seq + "/" + l.Sub)
		if err != nil || p.Sub >= int64(len(s.records[i].users)) {
			o.world.fail("a dead letter of %s %s/%s: %v", l.Shard, l.Seq, l.Sub, err)
			continue
		}
		u := &s.records[i].users[p.Sub]
		u.lettered = true
		if !u.discarded {
			o.world.fail("BURIED: %s %s is with the dead letters: %s", s.name, p, l.Cause)
		}
	}
}
