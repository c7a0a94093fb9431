package rowstore

import (
	"bytes"
	"maps"
	"strconv"
	"sync"
)

// Counting is a Store that forgets the rows and keeps what a throughput run
// wants to know of them: how many there were, and whether every shard's rows
// came in the order of their Kinesis positions. Error rows and state are kept
// as in Memory; Scan finds no row and Delete has nothing to delete.
type Counting struct {
	*Memory // error rows and state

	mu     sync.Mutex
	tables map[int64]*Counts
	next   map[int64]int64
}

var _ Store = (*Counting)(nil)

// Counts are what is known of one table's rows.
type Counts struct {
	Rows     int64
	Bytes    int64                 // of the rows' JSON
	Unmarked int64                 // rows without a readable KINESISMETADATA
	Shards   map[string]ShardTally // by shardId
}

// NewCounting returns an empty store.
func NewCounting() *Counting {
	return &Counting{Memory: NewMemory(), tables: map[int64]*Counts{}, next: map[int64]int64{}}
}

// Counts returns a table's counts at this moment.
func (c *Counting) Counts(table int64) Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	counts := Counts{}
	if t := c.tables[table]; t != nil {
		counts = *t
	}
	counts.Shards = maps.Clone(counts.Shards)
	return counts
}

// Commit implements Store; it never fails.
func (c *Counting) Commit(tx Transaction) error {
	c.mu.Lock()
	for _, part := range tx.Rows {
		c.count(part)
	}
	c.mu.Unlock()
	return c.Memory.Commit(Transaction{Errors: tx.Errors, State: tx.State})
}

func (c *Counting) count(part TableRows) {
	t := c.tables[part.Table]
	if t == nil {
		t = &Counts{Shards: map[string]ShardTally{}}
		c.tables[part.Table] = t
	}
	id := max(1, c.next[part.Table])
	var shard []byte // of the row before: a batch is of one shard
	var tally ShardTally
	keep := func() {
		if shard != nil {
			t.Shards[string(shard)] = tally
		}
	}
	for i := range part.Rows {
		row := &part.Rows[i]
		row.ID = id
		id++
		t.Rows++
		t.Bytes += int64(len(row.JSON))
		name, sequence, sub, ok := position(row.JSON)
		if !ok {
			t.Unmarked++
			continue
		}
		if shard == nil || !bytes.Equal(name, shard) {
			keep()
			shard, tally = name, t.Shards[string(name)]
		}
		tally.Add(sequence, sub)
	}
	keep()
	c.next[part.Table] = id
}

// position reads a row's place in its shard. The metadata is the row's last
// member, as the connector writes it; a quote inside a string is escaped, so
// none of the words looked for can stand in one.
func position(json []byte) (shard, sequence []byte, sub int64, ok bool) {
	metadata := lastMetadata(json)
	shard, ok1 := between(metadata, `"shardId":"`, `"`)
	sequence, ok2 := between(metadata, `"sequenceNumber":"`, `"`)
	digits, ok3 := between(metadata, `"subSequenceNumber":`, `,`)
	sub, err := strconv.ParseInt(string(digits), 10, 64)
	return shard, sequence, sub, ok1 && ok2 && ok3 && err == nil
}

// lastMetadata is what follows the last metadata key, nil without one. The
// search forward through the end of a row, where the key normally stands, is
// several times faster than the search backward.
func lastMetadata(json []byte) (metadata []byte) {
	key := []byte(`"KINESISMETADATA":{`)
	for tail := json[max(0, len(json)-512):]; ; {
		at := bytes.Index(tail, key)
		if at < 0 {
			break
		}
		tail = tail[at+len(key):]
		metadata = tail
	}
	if metadata != nil {
		return metadata
	}
	if at := bytes.LastIndex(json, key); at >= 0 {
		return json[at:]
	}
	return nil
}

func between(text []byte, before, after string) ([]byte, bool) {
	_, rest, found := bytes.Cut(text, []byte(before))
	value, _, ended := bytes.Cut(rest, []byte(after))
	return value, found && ended
}

// Append implements Store.
func (c *Counting) Append(table int64, rows []Row) error { return c.Commit(rowsOnly(table, rows)) }

// NextID implements Store.
func (c *Counting) NextID(table int64) (int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return max(1, c.next[table]), nil
}

// Count implements Store: it counts the rows that were committed.
func (c *Counting) Count(table int64) (int64, error) { return c.Counts(table).Rows, nil }

// Truncate implements Store: counting begins anew.
func (c *Counting) Truncate(table int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.tables, table)
	return nil
}

// Drop implements Store.
func (c *Counting) Drop(table int64) error {
	c.mu.Lock()
	delete(c.tables, table)
	delete(c.next, table)
	c.mu.Unlock()
	return c.Memory.Drop(table)
}
