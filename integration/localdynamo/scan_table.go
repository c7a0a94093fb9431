package localdynamo

// scanTable is Scan: every row, partition by partition, in no order a caller
// could know. Segments split the partitions. A Scan's filter may name the key,
// unlike a Query's.
type scanTable struct {
	reading
	ScanFilter    map[string]legacyCondition
	Segment       *int64
	TotalSegments *int64
}

func (c *scanTable) access() []access {
	return []access{{action: "Scan", table: c.name(), index: c.IndexName}}
}
func (c *scanTable) key(*store) string { return c.name() }

func (c *scanTable) check() error {
	if err := c.checkTable(); err != nil {
		return err
	}
	if err := c.checkSegments(); err != nil {
		return err
	}
	present := c.present(nil)
	if err := refuseMixed(c.legacyPresent("ScanFilter", len(c.ScanFilter) > 0), present); err != nil {
		return err
	}
	if len(present) > 0 && !takesValues(present) && c.ExpressionAttributeValues != nil {
		return invalid("ExpressionAttributeValues can only be specified when using expressions: FilterExpression is null")
	}
	names, err := c.scope(len(present) > 0, labelFilter)
	if err != nil {
		return err
	}
	filter, err := c.legacyFilter("scanFilter", c.ScanFilter)
	if err != nil {
		return err
	}
	if err := c.prepare(names, filter); err != nil {
		return err
	}
	return names.checkUsed()
}

func (c *scanTable) checkSegments() error {
	switch {
	case c.Segment == nil && c.TotalSegments == nil:
		return nil
	case c.TotalSegments == nil:
		return invalid("The TotalSegments parameter is required but was not present in the request when Segment parameter is present")
	case c.Segment == nil:
		return invalid("The Segment parameter is required but was not present in the request when parameter TotalSegments is present")
	}
	for _, err := range []error{atLeast("segment", c.Segment, 0), atLeast("totalSegments", c.TotalSegments, 1), atMost("totalSegments", c.TotalSegments, 1000000)} {
		if err != nil {
			return err
		}
	}
	if *c.Segment >= *c.TotalSegments {
		return invalid("The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: %d is not less than TotalSegments: %d", *c.Segment, *c.TotalSegments)
	}
	return nil
}

func (c *scanTable) serve(s *Server) (any, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	from, err := c.source(s)
	if err != nil {
		return nil, err
	}
	if c.ExclusiveStartKey != nil && !from.fits(c.ExclusiveStartKey) {
		return nil, invalid("The provided starting key is invalid: The provided key element does not match the schema")
	}
	if err := from.table.reachable(); err != nil {
		return nil, err
	}
	p := c.newPage()
	c.fill(p, from)
	p.ConsumedCapacity = c.read(c.name(), from, p, c.ConsistentRead)
	return p, nil
}

// fill reads the rows behind the starting key into the page.
func (c *scanTable) fill(p *page, from *source) {
	partitions, after := from.rows.partitions, 0
	if c.ExclusiveStartKey != nil {
		first := newPartition(c.ExclusiveStartKey[from.schema().hash().name].text)
		at, found := from.rows.placeOf(first)
		partitions = partitions[at:]
		if found {
			place, exists := partitions[0].search(from.rows.place(c.ExclusiveStartKey))
			if after = place; exists {
				after++
			}
		}
	}
	for _, part := range partitions {
		rows := part.rows[after:]
		after = 0
		if c.TotalSegments != nil && part.place%uint64(*c.TotalSegments) != uint64(*c.Segment) {
			continue
		}
		for _, r := range rows {
			if !c.add(p, from, r) {
				return
			}
		}
	}
}
