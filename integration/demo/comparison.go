package demo

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// comparison holds the rows of the table against the records that were put:
// first every row's number in the order of the commits, then every row's values
// in any order.
type comparison struct {
	in  *input
	log *putLog

	seen   []uint8          // rows by number, up to 255
	newest map[uint16]place // by shard
	ofKey  map[string]int   // the number of each partition key's newest row

	names    []string // of the columns, upper case
	kinds    []string
	number   int // column of the record's number
	meta     int // column of KINESISMETADATA
	verified map[int][]sql.NullString
	result   result
}

type place struct {
	put
	n int
}

// result is what came of it.
type result struct {
	Put, Table                                     int64
	Missing, Doubled, Disordered, Changed, Strange int64
	Details                                        []string // of the first differences
}

// Exact reports whether everything is there once, in order and unchanged.
func (r *result) Exact() bool {
	return r.Put == r.Table && r.Missing+r.Doubled+r.Disordered+r.Changed+r.Strange == 0
}

// maxDetails bounds how many differences are listed.
const maxDetails = 20

func (r *result) tell(format string, args ...any) {
	if len(r.Details) < maxDetails {
		r.Details = append(r.Details, fmt.Sprintf(format, args...))
	}
}

func newComparison(in *input, log *putLog) *comparison {
	return &comparison{
		in: in, log: log, seen: make([]uint8, log.len()),
		newest: map[uint16]place{}, ofKey: map[string]int{}, verified: map[int][]sql.NullString{},
	}
}

// row takes in the next row's number: is it known, new, and behind the last one
// of its shard and of its partition key?
func (c *comparison) row(number sql.NullString) {
	c.result.Table++
	n, err := strconv.Atoi(number.String)
	p, known := c.log.get(n)
	if err != nil || !known {
		c.result.Strange++
		c.result.tell("a row has number %q, which was never put", number.String)
		return
	}
	if c.seen[n] < 255 {
		c.seen[n]++
	}
	if c.seen[n] > 1 {
		c.result.Doubled++
		c.result.tell("record %d (%s) is there %d times", n, p.name(), c.seen[n])
		return // its place was looked at the first time
	}
	key := c.in.line(n).key
	if last, ok := c.newest[p.shard]; ok && !before(last.put, p) {
		c.result.Disordered++
		c.result.tell("record %d (%s) came after record %d of the same shard", n, p.name(), last.n)
	} else if last, ok := c.ofKey[key]; ok && last >= n {
		c.result.Disordered++
		c.result.tell("record %d (%s) came after record %d of the same partition key", n, p.name(), last)
	}
	c.newest[p.shard], c.ofKey[key] = place{p, n}, n
}

func (p put) name() string {
	text := "shard " + strconv.Itoa(int(p.shard)) + ", " + p.sequence
	if p.sub > 0 {
		text += "/" + strconv.Itoa(int(p.sub))
	}
	return text
}

// before orders places of one shard: by the length of the sequence number, then
// by its digits, then within an aggregate.
func before(a, b put) bool {
	switch {
	case len(a.sequence) != len(b.sequence):
		return len(a.sequence) < len(b.sequence)
	case a.sequence != b.sequence:
		return a.sequence < b.sequence
	}
	return a.sub < b.sub
}

// columns says what the cells are that follow.
func (c *comparison) columns(names, kinds []string) error {
	c.names, c.kinds, c.number, c.meta = nil, kinds, -1, -1
	clear(c.verified)
	for i, name := range names {
		name = strings.ToUpper(name)
		c.names = append(c.names, name)
		switch name {
		case c.in.column():
			c.number = i
		case "KINESISMETADATA":
			c.meta = i
		}
	}
	if c.number < 0 || c.meta < 0 {
		return fmt.Errorf("the table has columns %s, but not both %s and KINESISMETADATA", strings.Join(names, ", "), c.in.column())
	}
	return nil
}

// metadata is what a row says of its record.
type metadata struct {
	Stream       string `json:"stream"`
	Shard        string `json:"shardId"`
	Sequence     string `json:"sequenceNumber"`
	Sub          int64  `json:"subSequenceNumber"`
	PartitionKey string `json:"partitionKey"`
}

// values compares every column of a row with the member that was put. cells
// are not kept.
func (c *comparison) values(cells []sql.NullString) {
	n, err := strconv.Atoi(cells[c.number].String)
	p, known := c.log.get(n)
	if err != nil || !known {
		return // counted as strange
	}
	if text, same := c.compare(n, p, cells); !same {
		c.result.Changed++
		c.result.tell("record %d (%s): %s", n, p.name(), text)
	}
}

func (c *comparison) compare(n int, p put, cells []sql.NullString) (difference string, same bool) {
	l := c.in.line(n)
	var m metadata
	err := json.Unmarshal([]byte(cells[c.meta].String), &m)
	want := metadata{Stream: streamName, Shard: fmt.Sprintf("%s%012d", shardPrefix, p.shard), Sequence: p.sequence, Sub: int64(p.sub), PartitionKey: l.key}
	if err != nil || m != want {
		return "KINESISMETADATA is " + cells[c.meta].String, false
	}
	at := n % len(c.in.lines)
	if good, ok := c.verified[at]; ok && c.equal(good, cells) {
		return "", true
	}
	for i, name := range c.names {
		if i != c.number && i != c.meta && !sameValue(c.kinds[i], cells[i], l.want[name]) {
			return fmt.Sprintf("column %s is %s, was put as %s", name, shown(cells[i]), clip(string(l.want[name]))), false
		}
	}
	for name := range l.want {
		if !slices.Contains(c.names, name) {
			return fmt.Sprintf("there is no column %s, was put as %s", name, clip(string(l.want[name]))), false
		}
	}
	c.verified[at] = slices.Clone(cells)
	return "", true
}

// equal compares with cells that were found good, number and metadata aside.
func (c *comparison) equal(good, cells []sql.NullString) bool {
	for i := range cells {
		if i != c.number && i != c.meta && cells[i] != good[i] {
			return false
		}
	}
	return true
}

func shown(cell sql.NullString) string {
	if !cell.Valid {
		return "NULL"
	}
	return clip(cell.String)
}

func clip(text string) string {
	if len(text) > 80 {
		return text[:80] + "..."
	}
	return text
}

// end counts what never came.
func (c *comparison) end() *result {
	c.result.Put = int64(len(c.seen))
	for n, times := range c.seen {
		if times > 0 {
			continue
		}
		c.result.Missing++
		if p, ok := c.log.get(n); ok {
			c.result.tell("record %d (%s) is missing", n, p.name())
		}
	}
	return &c.result
}
