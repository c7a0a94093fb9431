package localdynamo

import "slices"

// reading are the request members that Query and Scan share.
type reading struct {
	tableRef
	placeholders
	legacy
	meter
	IndexName            string
	FilterExpression     *string
	ProjectionExpression *string
	Select               string
	Limit                *int64
	ExclusiveStartKey    item
	ConsistentRead       bool

	filter     *condition // parsed by prepare
	projection []path
}

// page is the answer to Query and Scan.
type page struct {
	Items            []item `json:",omitzero"`
	Count            int
	ScannedCount     int
	LastEvaluatedKey item      `json:",omitempty"`
	ConsumedCapacity *capacity `json:",omitempty"`

	bytes int
}

// prepare checks the members and parses the filter and the projection.
func (r *reading) prepare(names *scope) (err error) {
	if r.IndexName != "" {
		return invalid("The table does not have the specified index: %s", r.IndexName)
	}
	if err := atLeast("limit", r.Limit, 1); err != nil {
		return err
	}
	if err := r.checkMeter(); err != nil {
		return err
	}
	if err := r.checkSelect(); err != nil {
		return err
	}
	if r.FilterExpression != nil {
		if r.filter, err = parseCondition(labelFilter, *r.FilterExpression, names); err != nil {
			return err
		}
	}
	if r.ProjectionExpression != nil {
		if r.projection, err = parseProjection(*r.ProjectionExpression, names); err != nil {
			return err
		}
	}
	return nil
}

func (r *reading) checkSelect() error {
	projected := r.ProjectionExpression != nil
	switch r.Select {
	case "SPECIFIC_ATTRIBUTES":
		if !projected {
			return invalid("Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES")
		}
	case "ALL_ATTRIBUTES":
		if projected {
			return invalid("Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES")
		}
	case "COUNT":
		if projected {
			return invalid("Cannot specify the ProjectionExpression when choosing to get only the Count")
		}
	case "ALL_PROJECTED_ATTRIBUTES":
		return invalid("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")
	}
	return oneOf("select", r.Select, "SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES")
}

// present names the expressions the request has.
func (r *reading) present(key *string) []string {
	var labels []string
	for label, expression := range map[string]*string{labelKey: key, labelFilter: r.FilterExpression, labelProjection: r.ProjectionExpression} {
		if expression != nil {
			labels = append(labels, label)
		}
	}
	slices.Sort(labels)
	return labels
}

// takesValues tells whether one of the expressions could use values.
func takesValues(labels []string) bool {
	return slices.Contains(labels, labelKey) || slices.Contains(labels, labelFilter)
}

// checkFilter refuses a Query's filter on the key: KeyConditionExpression is for that.
func (r *reading) checkFilter(s schema) error {
	if r.filter == nil {
		return nil
	}
	for _, way := range r.filter.paths() {
		if s.has(way[0].name) {
			return invalid("Filter Expression can only contain non-primary key attributes: Primary key attribute: %s", way[0].name)
		}
	}
	return nil
}

// newPage starts an answer; COUNT answers carry no items.
func (r *reading) newPage() *page {
	p := &page{}
	if r.Select != "COUNT" {
		p.Items = []item{}
	}
	return p
}

// add reads one row into the page and tells whether there is room for more:
// the page ends with the row that reaches the limit or 1 MiB.
func (r *reading) add(p *page, s schema, next row) bool {
	p.ScannedCount++
	p.bytes += next.bytes
	if r.filter == nil || r.filter.holds(next.item) {
		p.Count++
		if p.Items != nil {
			p.Items = append(p.Items, next.item.project(r.projection))
		}
	}
	if p.bytes < maxPage && (r.Limit == nil || int64(p.ScannedCount) < *r.Limit) {
		return true
	}
	p.LastEvaluatedKey = s.keyOf(next.item)
	return false
}

// paths are the document paths a condition refers to.
func (c *condition) paths() []path {
	var all []path
	for _, o := range c.operands {
		all = append(all, o.paths()...)
	}
	for _, part := range c.parts {
		all = append(all, part.paths()...)
	}
	return all
}

func (o *operand) paths() []path {
	if o.path != nil {
		return []path{o.path}
	}
	var all []path
	for _, arg := range o.args {
		all = append(all, arg.paths()...)
	}
	return all
}
