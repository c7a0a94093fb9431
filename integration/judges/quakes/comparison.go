package quakes

import (
	"fmt"
	"strings"
)

// comparison holds the rows of a table against the records that were put.
type comparison struct {
	stream   string
	puts     []put
	arrivals map[string]int64 // ms, by put.id
}

// findings are the differences, one text each.
type findings struct {
	rows    int
	counts  []string // missing, doubled or strange rows
	meta    []string
	fields  []string
	order   []string
	checked int // fields
}

// of compares every row, given in the order of the commits.
func (c comparison) of(r *result) (*findings, error) {
	meta, when := r.column(metadataColumn), r.column(committed)
	if meta < 0 || when < 0 {
		return nil, fmt.Errorf("columns %v: no %s or %s", r.names(), metadataColumn, committed)
	}
	records := map[string]put{}
	for _, p := range c.puts {
		records[p.id()] = p
	}
	f := &findings{rows: len(r.Rows)}
	times := map[string]int{}
	order := order{newest: map[string]put{}, ofKey: map[string]put{}}
	for i, row := range r.Rows {
		m, err := readMetadata(row[meta])
		if err != nil {
			f.meta = append(f.meta, fmt.Sprintf("row %d: %v", i+1, err))
			continue
		}
		p, known := records[m.id()]
		if !known {
			f.counts = append(f.counts, "no record was ever put as "+m.id())
			continue
		}
		if times[m.id()]++; times[m.id()] > 1 {
			f.counts = append(f.counts, fmt.Sprintf("%s is there %d times", m.id(), times[m.id()]))
			continue
		}
		if text := m.differs(p, c.stream, c.arrivals[p.id()]); text != "" {
			f.meta = append(f.meta, m.id()+": "+text)
		}
		f.order = append(f.order, order.next(p, r.text(i, committed))...)
		f.compare(r, row, p)
	}
	for _, p := range c.puts {
		if times[p.id()] == 0 {
			f.counts = append(f.counts, p.id()+" is missing")
		}
	}
	return f, nil
}

// compare holds one row's columns against the record's members.
func (f *findings) compare(r *result, row []*string, p put) {
	members := map[string]member{}
	for _, m := range p.line.members {
		members[strings.ToUpper(m.name)] = m
	}
	for i, column := range r.Columns {
		if column.Name == metadataColumn || column.Name == committed {
			continue
		}
		f.checked++
		m := members[column.Name] // raw is nil where the record has no such key
		delete(members, column.Name)
		if !sameField(column.Type, row[i], m.raw) {
			f.fields = append(f.fields, fmt.Sprintf("%s %s (%s) is %s, was put as %s", p.id(), column.Name, column.Type, shown(row[i]), clip(string(m.raw))))
		}
	}
	for name, m := range members {
		if !m.null() {
			f.fields = append(f.fields, fmt.Sprintf("%s: no column %s, was put as %s", p.id(), name, clip(string(m.raw))))
		}
	}
}

// order follows the commits and says what comes too late.
type order struct {
	newest map[string]put // by shard
	ofKey  map[string]put // by partition key
	time   string         // of the last commit
}

func (o *order) next(p put, time string) (wrong []string) {
	if time < o.time {
		wrong = append(wrong, fmt.Sprintf("%s was committed at %s, after a row of %s", p.id(), time, o.time))
	}
	if last, ok := o.newest[p.shard]; ok && !before(last.sequence, p.sequence) {
		wrong = append(wrong, fmt.Sprintf("%s came after %s of the same shard", p.id(), last.sequence))
	}
	if last, ok := o.ofKey[p.line.key]; ok && last.line.counter >= p.line.counter {
		wrong = append(wrong, fmt.Sprintf("%s: number %d of key %s came after number %d", p.id(), p.line.counter, p.line.key, last.line.counter))
	}
	o.newest[p.shard], o.ofKey[p.line.key], o.time = p, p, time
	return wrong
}

// verdicts prints what came of it.
func (f *findings) verdicts(t *transcript, table string, put int) {
	t.verdict(table+": count", f.rows == put, "%d records put, %d rows in the table", put, f.rows)
	t.differences(table+": every record once", f.counts, "none missing, none twice, none that was never put")
	t.differences(table+": values", f.fields, "%d fields compared with the file", f.checked)
	t.differences(table+": metadata", f.meta, "all seven fields of %d rows are what the client was answered; shardedSequenceNumber = digits + sub padded to %d", f.rows, subWidth)
	t.differences(table+": order", f.order, "in the order of the commits, every shard's sequence numbers and every partition key's counter rise")
}

func shown(cell *string) string {
	if cell == nil {
		return "NULL"
	}
	return clip(*cell)
}

func clip(text string) string {
	if len(text) > 100 {
		return text[:100] + "..."
	}
	return text
}
