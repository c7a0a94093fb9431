package setup

import (
	"strings"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// The metadata column. Iceberg wants its fields declared; their order and types
// are Openflow's page's.
const (
	looseMetadata  = "KINESISMETADATA OBJECT"
	strictMetadata = `KINESISMETADATA OBJECT(
    stream STRING, shardId STRING, approximateArrival STRING, partitionKey STRING,
    sequenceNumber STRING, subSequenceNumber INTEGER, shardedSequenceNumber STRING
  )`
)

// table makes the table, the pipe and the view, as the admin's role.
func (s *Script) table(cfg supervisor.Config, o GrantOptions) {
	n := s.names
	switch o.Kind {
	case IcebergTable:
		s.iceberg(cfg, o)
	case InteractiveTable:
		s.add(n.admin, "the table; cluster by what your queries filter by, and list the columns that they need",
			"CREATE INTERACTIVE TABLE IF NOT EXISTS %s (\n  %s\n)\nCLUSTER BY (KINESISMETADATA:shardId::STRING)%s", n.table, s.columns(o), evolution(cfg, o))
		s.note("rejected rows are counted, and not kept: no page says that an interactive table can have ERROR_LOGGING. Where yours can: ALTER TABLE %s SET ERROR_LOGGING = TRUE;", n.table)
	default:
		s.add(n.admin, "the table: errors kept, commit times visible", "CREATE TABLE IF NOT EXISTS %s (\n  %s\n)%s\nERROR_LOGGING = TRUE\nROW_TIMESTAMP = TRUE", n.table, s.columns(o), evolution(cfg, o))
	}
	if n.pipe != "" {
		s.add(n.admin, "the pipe; put your own columns and casts here, and keep KINESISMETADATA: audit counts by it",
			"CREATE PIPE IF NOT EXISTS %s AS\nCOPY INTO %s (KINESISMETADATA, RECORD)\nFROM (SELECT $1:KINESISMETADATA, $1 FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')))", n.pipe, n.table)
	}
	if o.ReaderRole != "" && o.Kind != InteractiveTable {
		s.view(o)
	}
}

// columns are what the table begins with; evolution brings the others.
func (s *Script) columns(o GrantOptions) string {
	metadata := looseMetadata
	if o.Kind == IcebergTable {
		metadata = strictMetadata
	}
	if o.Pipe != "" {
		return metadata + ",\n  RECORD VARIANT"
	}
	return metadata
}

func evolution(cfg supervisor.Config, o GrantOptions) string {
	if o.evolves(cfg) {
		return "\nENABLE_SCHEMA_EVOLUTION = TRUE"
	}
	return ""
}

func (s *Script) iceberg(cfg supervisor.Config, o GrantOptions) {
	n, volume := s.names, "EXTERNAL_VOLUME = 'SNOWFLAKE_MANAGED'"
	if n.volume != "" {
		volume = "EXTERNAL_VOLUME = " + warehouse.Literal(n.volume)
		s.add(accountAdmin, "who makes an Iceberg table needs its storage", "GRANT USAGE ON EXTERNAL VOLUME %s TO ROLE %s", n.volume, n.admin)
	}
	c := cfg.Snowflake
	location := strings.Join([]string{c.Database, c.Schema, c.Table}, "/")
	s.add(n.admin, "the Iceberg table: Snowflake adds no columns to it; list yours, or use schema_evolution: client",
		"CREATE ICEBERG TABLE IF NOT EXISTS %s (\n  %s\n)\n%s\nCATALOG = 'SNOWFLAKE'\nBASE_LOCATION = %s\nICEBERG_VERSION = 3\nERROR_LOGGING = TRUE",
		n.table, s.columns(o), volume, warehouse.Literal(location))
	if c.SchemaEvolution == config.ServerEvolution && o.Pipe == "" {
		s.note("schema_evolution: server does nothing on this Iceberg table: keys without a column are ignored. schema_evolution: client adds them.")
	}
}

// viewName is the ordering view of a table.
func viewName(table string) string { return table + "_IN_ORDER" }

// view gives the rows of each shard in their order. Sequence numbers are texts
// of different length, which sort wrongly as they are; a record of an aggregate
// has a number of its own beside them. The view has no *: it would stop working
// once evolution adds a column to the table, for a view's columns are those of
// the day on which it was made.
func (s *Script) view(o GrantOptions) {
	n := s.names
	s.View = n.view
	if !o.InsertOnly {
		s.add(securityAdmin, "the view's owner reads the table", "GRANT SELECT ON TABLE %s TO ROLE %s", n.table, n.admin)
	}
	committed := ""
	if o.Kind == StandardTable {
		committed = "\n  METADATA$ROW_LAST_COMMIT_TIME AS COMMITTED_AT,"
	}
	const metadata = "KINESISMETADATA:"
	s.add(n.admin, "rows in order: in a shard by IN_SHARD, which sorts as the numbers in it do; a child shard comes after its parents. Join or add your columns as you need them",
		`CREATE OR REPLACE VIEW %s COPY GRANTS AS
SELECT
  %sstream::STRING AS STREAM,
  %sshardId::STRING AS SHARD_ID,
  LPAD(%ssequenceNumber::STRING, %d, '0') || '/' || LPAD(%ssubSequenceNumber::STRING, 19, '0') AS IN_SHARD,
  %ssequenceNumber::STRING AS SEQUENCE_NUMBER,
  %ssubSequenceNumber::NUMBER AS SUB_SEQUENCE_NUMBER,
  %spartitionKey::STRING AS PARTITION_KEY,
  TRY_TO_TIMESTAMP_NTZ(%sapproximateArrival::STRING) AS ARRIVED_AT,%s
  OBJECT_CONSTRUCT(*) AS RECORD
FROM %s
ORDER BY 2, 3`,
		n.view, metadata, metadata, metadata, messages.MaxSequenceDigits, metadata, metadata, metadata, metadata, metadata, committed, n.table)
}
