package demo

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kinesnow/kinesnow/integration/exact"
)

// comparison holds the rows of the table against the records that were put:
// first every row's number in the order of the commits, then every row's values
// in any order.
type comparison struct {
	*exact.Comparison
	in  *input
	log *putLog

	names    []string // of the columns, upper case
	kinds    []string
	number   int // column of the record's number
	meta     int // column of KINESISMETADATA
	verified map[int][]sql.NullString
}

func newComparison(in *input, log *putLog) *comparison {
	return &comparison{Comparison: exact.New(log.len()), in: in, log: log, verified: map[int][]sql.NullString{}}
}

// row takes in the next row's number.
func (c *comparison) row(number sql.NullString) {
	c.Table++
	n, err := strconv.Atoi(number.String)
	p, known := c.log.get(n)
	if err != nil || !known {
		c.Stranger("a row has number %q, which was never put", number.String)
		return
	}
	c.Row(n, p.Place, c.in.line(n).key, func() string { return "" })
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
		c.Change("record %d (%s): %s", n, p, text)
	}
}

func (c *comparison) compare(n int, p put, cells []sql.NullString) (difference string, same bool) {
	l := c.in.line(n)
	var m metadata
	err := json.Unmarshal([]byte(cells[c.meta].String), &m)
	want := metadata{Stream: streamName, Shard: exact.ShardID(p.Shard), Sequence: p.Sequence, Sub: int64(p.Sub), PartitionKey: l.key}
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
func (c *comparison) end() *exact.Result {
	return c.End(func(n int) exact.Place {
		p, _ := c.log.get(n)
		return p.Place
	})
}
