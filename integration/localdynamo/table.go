package localdynamo

import (
	"cmp"
	"hash/fnv"
	"slices"
	"time"
)

// table is one table. The store's lock guards it.
type table struct {
	definition definition
	schema     schema
	active     time.Time // CREATING before
	gone       time.Time // DELETING until; zero while nobody deleted it
	partitions []*partition
	byHash     map[string]*partition
	items      int64
	bytes      int64
	writes     int64 // item writes that took effect
}

// partition holds the rows of one hash key value, in range key order.
type partition struct {
	hash  string
	place uint64 // where a Scan meets it
	rows  []row
}

type row struct {
	sort  value // the range value
	item  item
	bytes int
}

func newTable(d definition) *table {
	return &table{definition: d, schema: d.schema(), byHash: map[string]*partition{}}
}

// find returns the row of a key.
func (t *table) find(key item) (row, bool) {
	p := t.byHash[key[t.schema.hash().name].text]
	if p == nil {
		return row{}, false
	}
	i, ok := p.search(t.schema.rangeOf(key))
	if !ok {
		return row{}, false
	}
	return p.rows[i], true
}

// put stores an item in place of the one with the same key.
func (t *table) put(it item) {
	hash := it[t.schema.hash().name].text
	p := t.byHash[hash]
	if p == nil {
		p = newPartition(hash)
		t.byHash[hash] = p
		i, _ := t.placeOf(p)
		t.partitions = slices.Insert(t.partitions, i, p)
	}
	r := row{sort: t.schema.rangeOf(it), item: it, bytes: it.bytes()}
	i, ok := p.search(r.sort)
	if ok {
		t.count(-1, -p.rows[i].bytes)
		p.rows[i] = r
	} else {
		p.rows = slices.Insert(p.rows, i, r)
	}
	t.count(1, r.bytes)
}

// remove drops the item of a key, if there is one.
func (t *table) remove(key item) {
	p := t.byHash[key[t.schema.hash().name].text]
	if p == nil {
		return
	}
	i, ok := p.search(t.schema.rangeOf(key))
	if !ok {
		return
	}
	t.count(-1, -p.rows[i].bytes)
	p.rows = slices.Delete(p.rows, i, i+1)
	if len(p.rows) == 0 {
		delete(t.byHash, p.hash)
		place, _ := t.placeOf(p)
		t.partitions = slices.Delete(t.partitions, place, place+1)
	}
}

func (t *table) count(items int64, bytes int) {
	t.items += items
	t.bytes += int64(bytes)
}

// status is the table's state at a time.
func (t *table) status(now time.Time) string {
	switch {
	case !t.gone.IsZero():
		return "DELETING"
	case now.Before(t.active):
		return "CREATING"
	}
	return "ACTIVE"
}

// newPartition places a partition by a hash of its key, as DynamoDB does, so
// that nobody relies on a Scan being sorted.
func newPartition(hash string) *partition {
	h := fnv.New64a()
	h.Write([]byte(hash))
	return &partition{hash: hash, place: h.Sum64()}
}

func (p *partition) compare(q *partition) int {
	return cmp.Or(cmp.Compare(p.place, q.place), cmp.Compare(p.hash, q.hash))
}

// placeOf is the index of a partition, or the one it would get.
func (t *table) placeOf(p *partition) (int, bool) {
	return slices.BinarySearchFunc(t.partitions, p, (*partition).compare)
}

// search is the index of the row with a range value, or the one it would get.
func (p *partition) search(sort value) (int, bool) {
	return slices.BinarySearchFunc(p.rows, sort, func(r row, v value) int { return r.sort.compare(v) })
}
