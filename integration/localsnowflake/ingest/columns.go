package ingest

import (
	"errors"
	"strings"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// errDuplicate means that a row has the same key twice. What the service does
// then is not documented (spec 3.2 "send none"); its JSON parser refuses
// duplicate attributes elsewhere, so such a row is refused here.
var errDuplicate = errors.New("duplicate key")

// maxKeys bounds the remembered keys, so that rows with random keys cannot
// fill the memory.
const maxKeys = 1 << 16

// Columns matches the keys of rows to the columns of one table version. It
// remembers the keys it saw, and expects a row to have them in the order of
// the row before. It is not safe for concurrent use; make one per goroutine.
type Columns struct {
	table  *catalog.Table
	exact  map[string]int
	folded map[string][]int // column indexes by name in upper case
	kinds  []columnKind

	keys    map[string]*key
	order   []*key // of the row before
	row     int64  // counts rows, to see a key twice in one
	members []member
	unknown []unknownMember // of the row in hand: members that match no column

	other *Columns // for the second half of a large body; nil until there was one
}

type unknownMember struct {
	key *key
	raw []byte
}

// key is what is known of one key.
type key struct {
	name  string
	exact int   // column of exactly this name, -1 if none
	loose []int // columns whose names differ only by case
	row   int64 // that had it last
}

// NewColumns prepares matching against a table. The table's later versions
// need Columns of their own.
func NewColumns(table *catalog.Table) *Columns {
	c := &Columns{table: table, exact: map[string]int{}, folded: map[string][]int{}, keys: map[string]*key{}}
	for i, column := range table.Columns {
		c.exact[column.Name] = i
		upper := strings.ToUpper(column.Name)
		c.folded[upper] = append(c.folded[upper], i)
		c.kinds = append(c.kinds, kindOf(column.Type))
	}
	return c
}

// Match projects one row onto a table; see Columns.Project.
func Match(table *catalog.Table, row []byte) ([][]byte, error) {
	return NewColumns(table).Project(row, nil)
}

// Project finds the value of each column in a row and appends it to values:
// the JSON text as it stands in row, or nil where no key matches. A key of
// exactly the column's name wins, else the first that differs only by case
// (spec 3.2). The values share row's memory. The error says that row is not
// one valid JSON object without duplicate keys; no committed row is like that.
func (c *Columns) Project(row []byte, values [][]byte) ([][]byte, error) {
	var err error
	c.members, err = scanObject(row, c.members[:0])
	if err != nil {
		return values, err
	}
	base := len(values)
	for range c.table.Columns {
		values = append(values, nil)
	}
	into := values[base:]
	c.unknown = c.unknown[:0]
	if len(c.keys) > maxKeys {
		c.keys, c.order = map[string]*key{}, nil
	}
	c.row++
	for i := range c.members {
		m := &c.members[i]
		k := c.lookup(i, m.key)
		if k.row == c.row {
			return values, errDuplicate
		}
		k.row = c.row
		if k.exact < 0 && len(k.loose) == 0 {
			c.unknown = append(c.unknown, unknownMember{key: k, raw: m.raw})
			continue
		}
		if k.exact >= 0 {
			into[k.exact] = m.raw
		}
		for _, column := range k.loose {
			if into[column] == nil {
				into[column] = m.raw
			}
		}
	}
	return values, nil
}

// lookup finds the key of the i-th member.
func (c *Columns) lookup(i int, name []byte) *key {
	if i < len(c.order) && c.order[i].name == string(name) {
		return c.order[i]
	}
	k := c.keys[string(name)]
	if k == nil {
		k = c.newKey(string(name))
		c.keys[k.name] = k
	}
	if i < len(c.order) {
		c.order[i] = k
	} else if i == len(c.order) {
		c.order = append(c.order, k)
	}
	return k
}

func (c *Columns) newKey(name string) *key {
	k := &key{name: name, exact: -1}
	if i, ok := c.exact[name]; ok {
		k.exact = i
	}
	for _, i := range c.folded[strings.ToUpper(name)] {
		if i != k.exact {
			k.loose = append(k.loose, i)
		}
	}
	return k
}
