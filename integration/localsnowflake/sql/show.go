package sql

import (
	"strconv"
	"strings"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// show runs SHOW. What the role cannot see is left out.
func (e *environment) show(s *showStatement) (*Result, error) {
	var l *listing
	var err error
	switch s.what {
	case "ICEBERG TABLES":
		l, err = e.showIceberg(s)
	case "TABLES", "INTERACTIVE TABLES":
		l, err = e.showTables(s)
	case "COLUMNS":
		l, err = e.showColumns(s)
	case "SCHEMAS":
		l, err = e.showSchemas(s)
	case "DATABASES":
		l = e.showDatabases()
	case "PIPES":
		l, err = e.showPipes(s)
	case "CHANNELS":
		l, err = e.showChannels(s)
	case "WAREHOUSES":
		l = e.showWarehouses()
	case "ROLES":
		l = e.showRoles()
	case "USERS":
		l = e.showUsers()
	case "TOKENS":
		l, err = e.showTokens(s)
	case "GRANTS":
		l, err = e.showGrants(s)
	case "PARAMETERS":
		l = e.showParameters()
	case "VIEWS":
		l, err = e.showViews(s)
	case "OBJECTS":
		l, err = e.showAll(s)
	case "PRIMARY KEYS":
		l, err = e.showKeys(s, catalog.PrimaryKey)
	case "UNIQUE KEYS":
		l, err = e.showKeys(s, catalog.UniqueKey)
	case "IMPORTED KEYS":
		l, err = e.showKeys(s, catalog.ForeignKey)
	case "EXTERNAL VOLUMES":
		l = e.showVolumes()
	case "VARIABLES":
		l = e.showVariables()
	case "EXPORTED KEYS":
		return nil, unsupported("SHOW EXPORTED KEYS")
	default: // there is nothing of this kind here
		_, _, err = e.where(s)
		l = newListing("created_on", "name", "database_name", "schema_name", "owner", "comment", "owner_role_type")
	}
	if err != nil {
		return nil, err
	}
	return e.pick(l, s)
}

// pick applies LIKE, STARTS WITH and LIMIT to a listing's names. LIKE ignores
// case, STARTS WITH does not.
func (e *environment) pick(l *listing, s *showStatement) (*Result, error) {
	keep := func(string) bool { return true }
	if s.like != nil {
		v, _, err := e.evaluate(s.like)
		if err != nil {
			return nil, err
		}
		re, err := (&like{fold: true}).compilePattern(textOf(v), `\`)
		if err != nil {
			return nil, err
		}
		keep = re.MatchString
	}
	prefix := ""
	if s.startsWith != nil {
		v, _, err := e.evaluate(s.startsWith)
		if err != nil {
			return nil, err
		}
		prefix = textOf(v)
	}
	most, err := e.rowCount(s.limit, -1)
	if err != nil {
		return nil, err
	}
	var rows [][]Value
	for _, row := range l.Rows {
		name, _ := row[l.name].(string)
		if (most < 0 || int64(len(rows)) < most) && keep(name) && strings.HasPrefix(name, prefix) {
			rows = append(rows, row)
		}
	}
	l.Rows = rows
	if s.terse {
		l.keep("created_on", "name", "kind", "database_name", "schema_name")
	}
	return l.Result, nil
}

// keep leaves only some columns.
func (l *listing) keep(names ...string) {
	var places []int
	var columns []ResultColumn
	for _, name := range names {
		for i, c := range l.Columns {
			if c.Name == name {
				places, columns = append(places, i), append(columns, c)
			}
		}
	}
	for i, row := range l.Rows {
		kept := make([]Value, len(places))
		for k, place := range places {
			kept[k] = row[place]
		}
		l.Rows[i] = kept
	}
	l.Columns = columns
}

// where finds the database and schema that SHOW ... IN means; "" is any.
// Without IN it is the current schema or database, or the account.
func (e *environment) where(s *showStatement) (database, schema string, err error) {
	kind := s.inKind
	if s.in == nil {
		switch {
		case kind == "ACCOUNT":
			return "", "", nil
		case kind == "DATABASE" || s.what == "SCHEMAS":
			return e.session.Database, "", nil
		}
		return e.session.Database, e.session.Schema, nil
	}
	parts, err := e.resolve(*s.in)
	if err != nil {
		return "", "", err
	}
	if kind == "TABLE" || kind == "VIEW" {
		return "", "", compileError(1003, "42000", "SHOW %s takes no %s", s.what, kind)
	}
	if kind == "" {
		kind = "SCHEMA"
		if _, isDatabase := e.engine.Catalog.Database(parts[0]); len(parts) == 1 && (s.what == "SCHEMAS" || isDatabase) {
			kind = "DATABASE"
		}
	}
	if kind == "DATABASE" {
		if len(parts) != 1 || !e.engine.Catalog.CanUse(e.session.Role, parts[0], "") {
			return "", "", absent("Database", quoteParts(parts))
		}
		return parts[0], "", nil
	}
	database, schema, err = e.schemaName(*s.in, "SHOW "+s.what)
	if err == nil && !e.engine.Catalog.CanUse(e.session.Role, database, schema) {
		err = absent("Schema", quoteParts([]string{database, schema}))
	}
	return database, schema, err
}

// visible are the tables in a place that the role can see.
func (e *environment) visible(database, schema string) []*catalog.Table {
	var list []*catalog.Table
	for _, t := range e.engine.Catalog.Tables(database, schema) {
		if e.engine.Catalog.CanSee(e.session.Role, t) {
			list = append(list, t)
		}
	}
	return list
}

func (e *environment) showTables(s *showStatement) (*listing, error) {
	database, schema, err := e.where(s)
	if err != nil {
		return nil, err
	}
	l := newListing("created_on", "name", "database_name", "schema_name", "kind", "comment", "cluster_by", "rows", "bytes", "owner", "retention_time",
		"automatic_clustering", "change_tracking", "enable_schema_evolution", "owner_role_type", "is_external", "is_hybrid", "is_dynamic", "is_iceberg", "is_interactive", "error_logging", "row_timestamp")
	for _, t := range e.visible(database, schema) {
		if s.what == "INTERACTIVE TABLES" && t.Kind != catalog.Interactive {
			continue
		}
		rows, err := e.engine.Rows.Count(t.ID)
		if err != nil {
			return nil, err
		}
		l.add(t.CreatedOn, t.Name, t.Database, t.Schema, kindShown(t), t.Comment, clusteringKey(t), number(rows), nil, t.Owner, "1",
			onOff(len(t.ClusterBy) > 0), "OFF", yesNo(t.Evolution), "ROLE", "N", "N", "N", yesNo(t.Kind == catalog.Iceberg), yesNo(t.Kind == catalog.Interactive), onOff(t.ErrorLogging), onOff(t.RowTimestamp))
	}
	return l, nil
}

// kindShown is the kind column of SHOW TABLES, which tells transient tables
// apart and no others.
func kindShown(t *catalog.Table) string {
	if t.Transient {
		return "TRANSIENT"
	}
	return "TABLE"
}

// showIceberg runs SHOW ICEBERG TABLES. Partitions are shown as its page has them
// (behaviour change 2076); that the version is shown is an assumption
// (docs/unproven.md).
func (e *environment) showIceberg(s *showStatement) (*listing, error) {
	database, schema, err := e.where(s)
	if err != nil {
		return nil, err
	}
	l := newListing("created_on", "name", "database_name", "schema_name", "owner", "external_volume_name", "catalog_name", "iceberg_table_type",
		"catalog_table_name", "catalog_namespace", "base_location", "can_write_metadata", "comment", "owner_role_type", "iceberg_version", "partition_specs", "current_partition_spec_id")
	for _, t := range e.visible(database, schema) {
		if t.Kind != catalog.Iceberg {
			continue
		}
		volume, base, version, parts := snowflakeManaged, "", Value(nil), []string(nil)
		if t.Lake != nil {
			base, version, parts = t.Lake.BaseLocation, numberText(number(int64(t.Lake.Version))), t.Lake.Partitions
			if t.Lake.Volume != "" {
				volume = t.Lake.Volume
			}
		}
		l.add(t.CreatedOn, t.Name, t.Database, t.Schema, t.Owner, volume, "SNOWFLAKE", "MANAGED", nil, nil, base, "Y", t.Comment, "ROLE", version, partitionSpecs(parts), "0")
	}
	return l, nil
}

// partitionSpecs is the one spec of a table, in the JSON of Iceberg's metadata
// files; what is no transform of a column is its identity.
func partitionSpecs(expressions []string) string {
	fields := make([]string, len(expressions))
	for i, x := range expressions {
		name, transform := x, "identity"
		if call, column, found := strings.Cut(strings.TrimSuffix(x, ")"), "("); found {
			name, transform = column+"_"+lower(call), lower(call)
		}
		fields[i] = `{"name":` + string(quoteJSON(name)) + `,"transform":` + string(quoteJSON(transform)) + `,"source-id":` + strconv.Itoa(i+1) + `,"field-id":` + strconv.Itoa(1000+i) + `}`
	}
	return `[{"spec-id":0,"fields":[` + strings.Join(fields, ",") + `]}]`
}

func (e *environment) showColumns(s *showStatement) (*listing, error) {
	l := newListing("table_name", "schema_name", "column_name", "data_type", "null?", "default", "kind", "expression", "comment", "database_name", "autoincrement", "schema_evolution_record")
	l.name = 2
	var tables []*catalog.Table
	if (s.inKind == "TABLE" || s.inKind == "VIEW") && s.in != nil {
		t, err := e.tableOrView(*s.in, s.inKind, "SHOW COLUMNS")
		if err != nil {
			return nil, err
		}
		tables = append(tables, t)
	} else {
		database, schema, err := e.where(s)
		if err != nil {
			return nil, err
		}
		tables = e.visible(database, schema)
	}
	for _, t := range tables {
		for _, c := range t.Columns {
			autoincrement := Value(nil)
			if c.Identity {
				autoincrement = "IDENTITY START 1 INCREMENT 1 NOORDER"
			}
			null := "NOT_NULL"
			if c.Nullable {
				null = "true"
			}
			l.add(t.Name, t.Schema, c.Name, dataType(c), null, orNull(c.Default), "COLUMN", nil, orNull(c.Comment), t.Database, autoincrement, evolutionRecord(t, c))
		}
	}
	return l, nil
}

// dataType is the JSON that SHOW COLUMNS gives for a type.
func dataType(c catalog.Column) string {
	w := ResultColumn{Type: c.Type}.RowType()
	members := []jsonMember{{"type", quoteJSON(upper(w.Type))}}
	for _, m := range []struct {
		name  string
		value *int
	}{{"precision", w.Precision}, {"scale", w.Scale}, {"length", w.Length}, {"byteLength", w.ByteLength}} {
		if m.value != nil {
			members = append(members, jsonMember{m.name, JSON(numberText(number(int64(*m.value))))})
		}
	}
	nullable := JSON("false")
	if c.Nullable {
		nullable = "true"
	}
	return string(makeObject(append(members, jsonMember{"nullable", nullable})))
}
