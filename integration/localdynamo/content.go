package localdynamo

import "time"

// content is what a table holds: its rows, and the same items by the keys of
// its indexes.
type content struct {
	rows    *rows
	indexes []*index
}

func newContent(d definition) *content {
	c := &content{rows: newRows(d.schema(), nil)}
	c.define(d)
	return c
}

// define brings the indexes in line with a definition. New ones are filled
// from the rows; items whose key attributes do not fit stay out.
func (c *content) define(d definition) {
	kept := map[string]*index{}
	for _, x := range c.indexes {
		kept[x.definition.IndexName] = x
	}
	c.indexes = nil
	for i, one := range d.indexes() {
		x := kept[one.IndexName]
		if x == nil {
			x = newIndex(d, one, i >= len(d.LocalIndexes))
			for _, p := range c.rows.partitions {
				for _, r := range p.rows {
					x.put(r.item)
				}
			}
		}
		x.definition = one
		c.indexes = append(c.indexes, x)
	}
}

// index returns an index by name, nil when there is none.
func (c *content) index(name string) *index {
	for _, x := range c.indexes {
		if x.definition.IndexName == name {
			return x
		}
	}
	return nil
}

// put stores an item in place of the one with the same key.
func (c *content) put(it item) {
	if old, ok := c.rows.find(it); ok {
		for _, x := range c.indexes {
			x.remove(old.item)
		}
	}
	c.rows.put(it, it.bytes())
	for _, x := range c.indexes {
		x.put(it)
	}
}

// remove drops the item of a key, if there is one.
func (c *content) remove(key item) {
	old, ok := c.rows.find(key)
	if !ok {
		return
	}
	for _, x := range c.indexes {
		x.remove(old.item)
	}
	c.rows.remove(key)
}

// checkItem refuses an item that an index cannot hold, the global ones first.
// by is the UpdateExpression that made it, nil if none did.
func (c *content) checkItem(it item, by *update) error {
	for _, global := range []bool{true, false} {
		for _, x := range c.indexes {
			if x.global != global {
				continue
			}
			if err := x.checkItem(it, by); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *content) apply(w writeChange) {
	if w.Put != nil {
		c.put(w.Put)
		return
	}
	c.remove(w.Delete)
}

// replica is a copy of a table's content that trails it by a fixed time. It
// answers the reads that are not consistent.
type replica struct {
	content *content
	lag     time.Duration
	pending []lateWrite // in the order of time
}

type lateWrite struct {
	at     time.Time
	change writeChange
}

func newReplica(d definition, lag time.Duration) *replica {
	if lag == 0 {
		return nil
	}
	return &replica{content: newContent(d), lag: lag}
}

// note remembers a write for later.
func (r *replica) note(w writeChange, at time.Time) {
	if r != nil {
		r.pending = append(r.pending, lateWrite{at, w})
	}
}

// at returns the content as it was the replica's lag before now.
func (r *replica) at(now time.Time) *content {
	done := 0
	for ; done < len(r.pending) && !r.pending[done].at.After(now.Add(-r.lag)); done++ {
		r.content.apply(r.pending[done].change)
	}
	r.pending = r.pending[done:]
	return r.content
}
