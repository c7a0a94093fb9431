package catalog

// Copy is what a customer's own pipe, or an interactive table's definition,
// makes of each row that arrives. A default pipe has none: it matches columns
// by name.
type Copy struct {
	// Query is the query as written: SELECT ... FROM TABLE(DATA_SOURCE(TYPE
	// => 'STREAMING')), in which $1 is the whole row.
	Query string

	// Columns are the columns of the table that Query's columns go to, by
	// place.
	Columns []string `json:",omitempty"`

	// ByName says MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE: rows are taken as by
	// the default pipe, and Query and Columns are empty.
	ByName bool `json:",omitempty"`

	// ClusterAtIngest says CLUSTER_AT_INGEST_TIME = TRUE, which changes where
	// rows lie and nothing that can be seen here.
	ClusterAtIngest bool `json:",omitempty"`
}
