package localdynamo

// reading are the request members that Query and Scan share.
type reading struct {
	tableRef
	placeholders
	choosing
	joining
	meter
	IndexName            *string
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
	extra int // bytes fetched from the table behind a local index
}

// prepare checks the members and parses the filter and the projection.
// legacyFilter is what QueryFilter or ScanFilter asks for.
func (r *reading) prepare(names *scope, legacyFilter *condition) (err error) {
	if r.IndexName != nil {
		if err := checkIndexName("indexName", *r.IndexName); err != nil {
			return err
		}
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
	r.filter = legacyFilter
	if r.projection, err = r.chosen(); err != nil {
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
	projected := ""
	switch {
	case r.ProjectionExpression != nil:
		projected = "ProjectionExpression"
	case r.AttributesToGet != nil:
		projected = "AttributesToGet"
	}
	switch r.Select {
	case "SPECIFIC_ATTRIBUTES":
		if projected == "" {
			return invalid("Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES")
		}
	case "ALL_ATTRIBUTES":
		if projected != "" {
			return invalid("Cannot specify the %s when choosing to get ALL_ATTRIBUTES", projected)
		}
	case "COUNT":
		if projected != "" {
			return invalid("Cannot specify the %s when choosing to get only the Count", projected)
		}
	case "ALL_PROJECTED_ATTRIBUTES":
		if projected != "" {
			return invalid("Cannot specify the %s when choosing to get ALL_PROJECTED_ATTRIBUTES", projected)
		}
		if r.IndexName == nil {
			return invalid("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")
		}
	}
	return oneOf("select", r.Select, "SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES")
}

// present names the expressions the request has.
func (r *reading) present(key *string) []string {
	var labels []string
	for _, one := range []struct {
		label      string
		expression *string
	}{{labelProjection, r.ProjectionExpression}, {labelFilter, r.FilterExpression}, {labelKey, key}} {
		if one.expression != nil {
			labels = append(labels, one.label)
		}
	}
	return labels
}

// legacyPresent names the members that a request with expressions may not have.
func (r *reading) legacyPresent(filter string, filtered bool) []string {
	var names []string
	if r.AttributesToGet != nil {
		names = append(names, "AttributesToGet")
	}
	if filtered {
		names = append(names, filter)
	}
	if r.ConditionalOperator != nil {
		names = append(names, "ConditionalOperator")
	}
	return names
}

// takesValues tells whether one of the expressions could use values.
func takesValues(labels []string) bool {
	for _, label := range labels {
		if label == labelKey || label == labelFilter {
			return true
		}
	}
	return false
}

// newPage starts an answer; COUNT answers carry no items.
func (r *reading) newPage() *page {
	p := &page{}
	if r.Select != "COUNT" {
		p.Items = []item{}
	}
	return p
}

// add reads one row of a source into the page and tells whether there is room
// for more: the page ends with the row that reaches the limit or 1 MiB.
func (r *reading) add(p *page, from *source, next row) bool {
	p.ScannedCount++
	p.bytes += next.bytes
	it := from.visible(next.item)
	if r.filter == nil || r.filter.holds(it) {
		p.Count++
		if p.Items != nil {
			p.Items = append(p.Items, it.project(r.projection))
		}
		if from.fetches {
			p.extra += it.bytes()
		}
	}
	if p.bytes < maxPage && (r.Limit == nil || int64(p.ScannedCount) < *r.Limit) {
		return true
	}
	p.LastEvaluatedKey = from.keyOf(next.item)
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
