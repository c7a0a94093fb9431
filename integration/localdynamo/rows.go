package localdynamo

import (
	"cmp"
	"hash/fnv"
	"slices"
)

// rows are items by key: those of a table, or of one of its indexes. In an
// index several items may share a key; the table's key then tells them apart.
type rows struct {
	schema     schema // by which the rows are grouped and ordered
	base       schema // of the table, in an index; nil in the table itself
	partitions []*partition
	byHash     map[string]*partition
	count      int64
	bytes      int64
}

// partition holds the rows of one hash key value, in range key order.
type partition struct {
	hash  string
	place uint64 // where a Scan meets it
	rows  []row
}

type row struct {
	sort  value  // the range value
	base  string // the item's key in the table, in an index
	item  item   // whole, whatever an index projects
	bytes int
}

func newRows(s, base schema) *rows {
	return &rows{schema: s, base: base, byHash: map[string]*partition{}}
}

// place is what orders an item among those of its hash key value.
func (r *rows) place(it item) row {
	at := row{sort: r.schema.rangeOf(it)}
	if r.base != nil {
		at.base, _ = r.base.keyText(it)
	}
	return at
}

// find returns the row of a key. In an index the key is the index's and the table's.
func (r *rows) find(key item) (row, bool) {
	p := r.byHash[key[r.schema.hash().name].text]
	if p == nil {
		return row{}, false
	}
	i, ok := p.search(r.place(key))
	if !ok {
		return row{}, false
	}
	return p.rows[i], true
}

// put stores an item of a size in place of the one with the same key.
func (r *rows) put(it item, bytes int) {
	hash := it[r.schema.hash().name].text
	p := r.byHash[hash]
	if p == nil {
		p = newPartition(hash)
		r.byHash[hash] = p
		i, _ := r.placeOf(p)
		r.partitions = slices.Insert(r.partitions, i, p)
	}
	next := r.place(it)
	next.item, next.bytes = it, bytes
	i, ok := p.search(next)
	if ok {
		r.add(-1, -p.rows[i].bytes)
		p.rows[i] = next
	} else {
		p.rows = slices.Insert(p.rows, i, next)
	}
	r.add(1, bytes)
}

// remove drops the item of a key, if there is one.
func (r *rows) remove(key item) {
	p := r.byHash[key[r.schema.hash().name].text]
	if p == nil {
		return
	}
	i, ok := p.search(r.place(key))
	if !ok {
		return
	}
	r.add(-1, -p.rows[i].bytes)
	p.rows = slices.Delete(p.rows, i, i+1)
	if len(p.rows) == 0 {
		delete(r.byHash, p.hash)
		place, _ := r.placeOf(p)
		r.partitions = slices.Delete(r.partitions, place, place+1)
	}
}

func (r *rows) add(items int64, bytes int) {
	r.count += items
	r.bytes += int64(bytes)
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
func (r *rows) placeOf(p *partition) (int, bool) {
	return slices.BinarySearchFunc(r.partitions, p, (*partition).compare)
}

// search is the index of a row, or the one it would get.
func (p *partition) search(wanted row) (int, bool) {
	return slices.BinarySearchFunc(p.rows, wanted, row.compare)
}

func (r row) compare(other row) int {
	return cmp.Or(r.sort.compare(other.sort), cmp.Compare(r.base, other.base))
}
