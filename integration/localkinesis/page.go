package localkinesis

import "sort"

// page is what one read found.
type page struct {
	parts   [][]byte // fragments, each with its comma
	next    int64    // the record to go on with
	records int
	bytes   int   // of data and partition keys
	arrival int64 // of the last record, or of the next one when there is none here; ms
	last    sequence
	tip     bool // nothing lies behind it
	full    bool // it ends because of maxBytes
}

// read returns records from the given one on, at most limit of them and
// maxBytes, but at least one if there is any.
func (sh *shard) read(from int64, limit, maxBytes int) page {
	sh.mu.RLock()
	defer sh.mu.RUnlock()
	from = min(max(from, sh.first), sh.next())
	start := int(from - sh.first)
	p, end := page{}, start
	for end < len(sh.marks) && p.records < limit {
		size := int(sh.marks[end].size)
		if p.records > 0 && p.bytes+size > maxBytes {
			p.full = true
			break
		}
		p.bytes += size
		p.records++
		end++
	}
	switch {
	case end > start:
		p.arrival = sh.marks[end-1].arrival
		p.last = sh.numberOf(sh.first + int64(end) - 1)
	case end < len(sh.marks):
		p.arrival = sh.marks[end].arrival
	}
	p.parts = sh.runs(start, end)
	p.next = sh.first + int64(end)
	p.tip = end == len(sh.marks)
	return p
}

// withholds reports whether the next answer is one of the empty ones, of which
// so many come before each that may have records.
func (sh *shard) withholds(empty int) bool {
	return empty > 0 && sh.reads.Add(1)%int64(empty+1) != 0
}

// behind is MillisBehindLatest of an answer that ends with the page.
func (p *page) behind(now int64) int64 {
	if p.tip {
		return 0
	}
	return max(1, now-p.arrival)
}

// continuation is a sequence number between the record before next and next
// itself, which shows progress in time where there are no records.
func (sh *shard) continuation(next, now int64) string {
	sh.mu.RLock()
	defer sh.mu.RUnlock()
	return newSequence(sh.created, sh.number, next, max(now/1000, sh.arrived/1000, sh.created)).String()
}

// tip is the number of the record that will be put next.
func (sh *shard) tip() int64 {
	sh.mu.RLock()
	defer sh.mu.RUnlock()
	return sh.next()
}

// at returns the first record whose sequence number is not less than number.
func (sh *shard) at(number sequence) int64 {
	sh.mu.RLock()
	defer sh.mu.RUnlock()
	i := number.index() - 1
	if i < sh.first || i >= sh.next() {
		return min(max(i, sh.first), sh.next())
	}
	if sh.numberOf(i).less(number) {
		i++
	}
	return i
}

// numbered reports whether a record is kept and has the given number.
func (sh *shard) numbered(record int64, number sequence) bool {
	sh.mu.RLock()
	defer sh.mu.RUnlock()
	if record < sh.first || record >= sh.next() {
		return false
	}
	return sh.numberOf(record) == number
}

// numberOf is the sequence number of a record kept. The mutex is held.
func (sh *shard) numberOf(record int64) sequence {
	arrival := sh.marks[record-sh.first].arrival
	return newSequence(sh.created, sh.number, record+1, max(arrival/1000, sh.created))
}

// since returns the first record that arrived at ms or later.
func (sh *shard) since(ms int64) int64 {
	sh.mu.RLock()
	defer sh.mu.RUnlock()
	return sh.first + int64(sh.before(ms))
}

// before counts the records kept that arrived before ms. They are in order of arrival.
func (sh *shard) before(ms int64) int {
	return sort.Search(len(sh.marks), func(i int) bool { return sh.marks[i].arrival >= ms })
}
