package setup

import (
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// rights grants the connector's role what it needs, each directly: a right that
// is inherited through another role does not count.
func (s *Script) rights(cfg supervisor.Config, o GrantOptions) {
	n := s.names
	const purpose = "the connector's rights; granted directly, for inherited ones do not count"
	s.add(securityAdmin, purpose, "GRANT USAGE ON DATABASE %s TO ROLE %s", n.database, n.role)
	s.add(securityAdmin, purpose, "GRANT USAGE ON SCHEMA %s TO ROLE %s", n.schema, n.role)
	if cfg.Snowflake.OnMissingTable == config.CreateMissingTable {
		s.add(securityAdmin, "on_missing_table: create", "GRANT CREATE TABLE ON SCHEMA %s TO ROLE %s", n.schema, n.role)
	}
	if n.volume != "" {
		s.add(accountAdmin, "the storage of the Iceberg table", "GRANT USAGE ON EXTERNAL VOLUME %s TO ROLE %s", n.volume, n.role)
	}
	if n.warehouse != "" {
		s.add(securityAdmin, "audit and status --latency run queries", "GRANT USAGE ON WAREHOUSE %s TO ROLE %s", n.warehouse, n.role)
	}
	if !o.InsertOnly {
		s.add(securityAdmin, "the connector owns its table: rows, schema evolution, the error table",
			"GRANT OWNERSHIP ON %sTABLE %s TO ROLE %s COPY CURRENT GRANTS", o.Kind.word(), n.table, n.role)
		return
	}
	s.add(securityAdmin, "rows", "GRANT INSERT ON TABLE %s TO ROLE %s", n.table, n.role)
	if n.pipe != "" {
		s.add(securityAdmin, "channels are opened on the pipe", "GRANT OPERATE ON PIPE %s TO ROLE %s", n.pipe, n.role)
	} else if o.evolves(cfg) {
		s.add(securityAdmin, "schema evolution as rows arrive", "GRANT EVOLVE SCHEMA ON TABLE %s TO ROLE %s", n.table, n.role)
	}
	if n.warehouse != "" {
		s.add(securityAdmin, "audit counts rows", "GRANT SELECT ON TABLE %s TO ROLE %s", n.table, n.role)
	}
}

// word is what stands before TABLE.
func (k TableKind) word() string {
	switch k {
	case IcebergTable:
		return "ICEBERG "
	case InteractiveTable:
		return "INTERACTIVE "
	}
	return ""
}

// readers lets others read the table and the view, and nothing else.
func (s *Script) readers(cfg supervisor.Config, o GrantOptions) {
	if o.ReaderRole == "" {
		return
	}
	n := s.names
	const purpose = "who reads the table gets this role; it reads, and no more"
	s.add(securityAdmin, purpose, "CREATE ROLE IF NOT EXISTS %s COMMENT = 'kinesnow: reads %s'", n.reader, quoted(n.table))
	s.add(securityAdmin, purpose, "GRANT USAGE ON DATABASE %s TO ROLE %s", n.database, n.reader)
	s.add(securityAdmin, purpose, "GRANT USAGE ON SCHEMA %s TO ROLE %s", n.schema, n.reader)
	s.add(securityAdmin, purpose, "GRANT SELECT ON TABLE %s TO ROLE %s", n.table, n.reader)
	if s.View != "" {
		s.add(securityAdmin, purpose, "GRANT SELECT ON VIEW %s TO ROLE %s", s.View, n.reader)
	}
	if n.warehouse != "" {
		s.add(securityAdmin, purpose, "GRANT USAGE ON WAREHOUSE %s TO ROLE %s", n.warehouse, n.reader)
	}
	if cfg.Snowflake.OnMissingTable == config.CreateMissingTable {
		s.add(securityAdmin, "on_missing_table: create may make the table anew; this reaches every new table of the schema",
			"GRANT SELECT ON FUTURE TABLES IN SCHEMA %s TO ROLE %s", n.schema, n.reader)
	}
	s.note("hand the reader's role out: GRANT ROLE %s TO USER ...; or TO ROLE ...;", n.reader)
	if o.Kind != InteractiveTable {
		s.note("rejected rows are in ERROR_TABLE(%s), whole payloads included: look at them as the table's owner, %s.", n.table, s.owner(o))
	}
	if o.Kind == InteractiveTable {
		s.note("an interactive table wants an interactive warehouse to be read quickly.")
	}
}

// owner is who owns the table in the end.
func (s *Script) owner(o GrantOptions) string {
	if o.InsertOnly {
		return s.names.admin
	}
	return s.names.role
}

// evolves reports whether Snowflake adds columns as rows arrive. With a pipe of
// one's own, and on Iceberg tables, it does not.
func (o GrantOptions) evolves(cfg supervisor.Config) bool {
	return cfg.Snowflake.SchemaEvolution == config.ServerEvolution && o.Pipe == "" && o.Kind != IcebergTable
}
