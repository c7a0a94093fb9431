package localdynamo

// capacity is ConsumedCapacity in an answer.
type capacity struct {
	TableName              string
	CapacityUnits          float64
	Table                  *capacityUnits           `json:",omitempty"`
	LocalSecondaryIndexes  map[string]capacityUnits `json:",omitempty"`
	GlobalSecondaryIndexes map[string]capacityUnits `json:",omitempty"`
}

type capacityUnits struct{ CapacityUnits float64 }

// meter is the request member that asks for consumed capacity.
type meter struct{ ReturnConsumedCapacity string }

func (m meter) checkMeter() error {
	return oneOf("returnConsumedCapacity", m.ReturnConsumedCapacity, "INDEXES", "TOTAL", "NONE")
}

// consumed is what the answer reports of a table, nil unless it was asked for.
func (m meter) consumed(table string, units float64) *capacity {
	return m.report(usage{table: table, units: units})
}

// usage is what one request consumed.
type usage struct {
	table         string
	units         float64 // of the table itself
	local, global map[string]capacityUnits
}

func (m meter) report(u usage) *capacity {
	total := u.units
	for _, x := range u.local {
		total += x.CapacityUnits
	}
	for _, x := range u.global {
		total += x.CapacityUnits
	}
	switch m.ReturnConsumedCapacity {
	case "TOTAL":
		return &capacity{TableName: u.table, CapacityUnits: total}
	case "INDEXES":
		return &capacity{TableName: u.table, CapacityUnits: total, Table: &capacityUnits{u.units}, LocalSecondaryIndexes: u.local, GlobalSecondaryIndexes: u.global}
	}
	return nil
}

// read is what a page cost.
func (m meter) read(table string, from *source, p *page, consistent bool) *capacity {
	units := readUnits(p.bytes, consistent)
	if from.index == nil {
		return m.consumed(table, units)
	}
	u := usage{table: table}
	if p.extra > 0 {
		u.units = readUnits(p.extra, consistent)
	}
	part := map[string]capacityUnits{from.name(): {units}}
	if from.index.global {
		u.global = part
	} else {
		u.local = part
	}
	return m.report(u)
}

// wrote is what writes of one table cost, times a factor: transactions cost twice.
func (m meter) wrote(table string, outcomes []outcome, factor float64) *capacity {
	u := usage{table: table, local: map[string]capacityUnits{}, global: map[string]capacityUnits{}}
	for _, o := range outcomes {
		u.units += factor * writeUnits(o.old, o.next)
		for _, x := range o.table.content.indexes {
			units := factor * x.writeUnits(o.old, o.next)
			if units == 0 {
				continue
			}
			name, part := x.definition.IndexName, u.local
			if x.global {
				part = u.global
			}
			part[name] = capacityUnits{part[name].CapacityUnits + units}
		}
	}
	return m.report(u)
}

// readUnits is the price of reading so many bytes: half when eventually consistent.
func readUnits(bytes int, consistent bool) float64 {
	units := float64(max(1, (bytes+readUnit-1)/readUnit))
	if !consistent {
		units /= 2
	}
	return units
}

// writeUnits is the price of a write: the larger of the item before and after.
func writeUnits(before, after item) float64 {
	bytes := max(before.bytes(), after.bytes())
	return float64(max(1, (bytes+writeUnit-1)/writeUnit))
}

// writeUnits is the price of a write to an index: nothing where its part of
// the item stays, a deletion and a put where the key changes.
func (x *index) writeUnits(before, after item) float64 {
	was, is := before != nil && x.holds(before), after != nil && x.holds(after)
	var old, next item
	if was {
		old = x.projected(before)
	}
	if is {
		next = x.projected(after)
	}
	switch {
	case !was && !is || value{kind: kindMap, fields: old}.equal(value{kind: kindMap, fields: next}):
		return 0
	case was && is && x.rows.place(old).compare(x.rows.place(next)) == 0 && old[x.schema.hash().name].equal(next[x.schema.hash().name]):
		return writeUnits(old, next)
	}
	units := 0.0
	if was {
		units += writeUnits(old, nil)
	}
	if is {
		units += writeUnits(nil, next)
	}
	return units
}
