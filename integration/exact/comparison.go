package exact

// Comparison holds rows, in the order of their commits, against user records
// that were put in the order of their numbers: from 0, and by one producer, so
// that numbers are the order of each partition key. Use New.
type Comparison struct {
	Result

	seen   []uint8          // rows by number, up to 255
	newest map[uint16]place // by shard
	ofKey  map[string]int   // the number of each partition key's newest row
}

type place struct {
	Place
	n int
}

// New compares with so many puts.
func New(puts int) *Comparison {
	return &Comparison{seen: make([]uint8, puts), newest: map[uint16]place{}, ofKey: map[string]int{}}
}

// Row takes in the next row, which is user record n, put at p with a key: is it
// new, and behind the last one of its shard and of its key? where says which row
// it is, for whoever looks for it. It reports false for one that was there
// before.
func (c *Comparison) Row(n int, p Place, key string, where func() string) (first bool) {
	if c.seen[n] < 255 {
		c.seen[n]++
	}
	if c.seen[n] > 1 {
		c.Doubled++
		c.tell("record %d (%s) is there %d times%s", n, p, c.seen[n], where())
		return false // its place was looked at the first time
	}
	if last, ok := c.newest[p.Shard]; ok && !last.Before(p) {
		c.Disordered++
		c.tell("record %d (%s) came after record %d of the same shard%s", n, p, last.n, where())
	} else if last, ok := c.ofKey[key]; ok && last >= n {
		c.Disordered++
		c.tell("record %d (%s) came after record %d of the same partition key%s", n, p, last, where())
	}
	c.newest[p.Shard], c.ofKey[key] = place{p, n}, n
	return true
}

// End counts what never came. at tells where a record was put.
func (c *Comparison) End(at func(n int) Place) *Result {
	c.Put = int64(len(c.seen))
	for n, times := range c.seen {
		if times == 0 {
			c.Missing++
			c.tell("record %d (%s) is missing", n, at(n))
		}
	}
	return &c.Result
}
