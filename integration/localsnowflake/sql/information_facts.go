package sql

import (
	"strings"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

func tableFacts(e *environment, database string, add func(fact)) error {
	for _, t := range e.visible(database, "") {
		rows, err := e.engine.Rows.Count(t.ID)
		if err != nil {
			return err
		}
		add(fact{"TABLE_CATALOG": t.Database, "TABLE_SCHEMA": t.Schema, "TABLE_NAME": t.Name, "TABLE_OWNER": t.Owner, "TABLE_TYPE": "BASE TABLE", "IS_TRANSIENT": "NO",
			"CLUSTERING_KEY": orNull(clusteringKey(t)), "ROW_COUNT": number(rows), "RETENTION_TIME": number(1), "IS_INSERTABLE_INTO": "YES", "IS_TYPED": "YES",
			"CREATED": t.CreatedOn, "LAST_ALTERED": t.CreatedOn, "LAST_DDL": t.CreatedOn, "AUTO_CLUSTERING_ON": yesOrNo(len(t.ClusterBy) > 0), "COMMENT": orNull(t.Comment),
			"IS_TEMPORARY": "NO", "IS_ICEBERG": yesOrNo(t.Kind == catalog.Iceberg), "IS_DYNAMIC": "NO", "IS_IMMUTABLE": "NO", "IS_HYBRID": "NO"})
	}
	for _, v := range e.visibleViews(database, "") {
		add(fact{"TABLE_CATALOG": v.Database, "TABLE_SCHEMA": v.Schema, "TABLE_NAME": v.Name, "TABLE_OWNER": v.Owner, "TABLE_TYPE": "VIEW", "IS_INSERTABLE_INTO": "NO", "IS_TYPED": "YES",
			"CREATED": v.CreatedOn, "LAST_ALTERED": v.CreatedOn, "LAST_DDL": v.CreatedOn, "COMMENT": orNull(v.Comment), "IS_ICEBERG": "NO", "IS_DYNAMIC": "NO", "IS_IMMUTABLE": "NO", "IS_HYBRID": "NO"})
	}
	return nil
}

func viewFacts(e *environment, database string, add func(fact)) error {
	for _, v := range e.visibleViews(database, "") {
		add(fact{"TABLE_CATALOG": v.Database, "TABLE_SCHEMA": v.Schema, "TABLE_NAME": v.Name, "TABLE_OWNER": v.Owner, "VIEW_DEFINITION": v.Text, "CHECK_OPTION": "NONE",
			"IS_UPDATABLE": "NO", "INSERTABLE_INTO": "NO", "IS_SECURE": "NO", "CREATED": v.CreatedOn, "LAST_ALTERED": v.CreatedOn, "LAST_DDL": v.CreatedOn, "COMMENT": orNull(v.Comment)})
	}
	return nil
}

func columnFacts(e *environment, database string, add func(fact)) error {
	for _, t := range e.visible(database, "") {
		for i, c := range t.Columns {
			f := columnFact(t, i, c)
			f["SCHEMA_EVOLUTION_RECORD"] = evolutionRecord(t, c)
			add(f)
		}
	}
	for _, v := range e.visibleViews(database, "") {
		t := &catalog.Table{Database: v.Database, Schema: v.Schema, Name: v.Name}
		for i, c := range e.viewColumns(v) {
			add(columnFact(t, i, c))
		}
	}
	return nil
}

func columnFact(t *catalog.Table, i int, c catalog.Column) fact {
	f := fact{"TABLE_CATALOG": t.Database, "TABLE_SCHEMA": t.Schema, "TABLE_NAME": t.Name, "COLUMN_NAME": c.Name, "ORDINAL_POSITION": number(int64(i + 1)),
		"COLUMN_DEFAULT": orNull(c.Default), "IS_NULLABLE": yesOrNo(c.Nullable), "IS_SELF_REFERENCING": "NO", "IS_IDENTITY": yesOrNo(c.Identity), "COMMENT": orNull(c.Comment)}
	w := ResultColumn{Type: c.Type}.RowType()
	f["DATA_TYPE"], f["DATA_TYPE_ALIAS"] = c.Type.Name, c.Type.String()
	f["CHARACTER_MAXIMUM_LENGTH"], f["CHARACTER_OCTET_LENGTH"] = ifAny(w.Length), ifAny(w.ByteLength)
	switch c.Type.Name {
	case catalog.Varchar:
		f["DATA_TYPE"] = "TEXT"
	case catalog.Number:
		f["NUMERIC_PRECISION"], f["NUMERIC_PRECISION_RADIX"], f["NUMERIC_SCALE"] = ifAny(w.Precision), number(10), ifAny(w.Scale)
	case catalog.Time, catalog.TimestampNTZ, catalog.TimestampLTZ, catalog.TimestampTZ:
		f["DATETIME_PRECISION"] = number(int64(c.Type.Precision))
	}
	if c.Identity {
		f["IDENTITY_START"], f["IDENTITY_INCREMENT"], f["IDENTITY_CYCLE"], f["IDENTITY_ORDERED"] = "1", "1", "NO", "NO"
	}
	return f
}

func schemaFacts(e *environment, database string, add func(fact)) error {
	for _, s := range e.engine.Catalog.Schemas(database) {
		if e.engine.Catalog.CanUse(e.session.Role, database, s.Name) {
			add(fact{"CATALOG_NAME": database, "SCHEMA_NAME": s.Name, "SCHEMA_OWNER": s.Owner, "IS_TRANSIENT": "NO", "IS_MANAGED_ACCESS": "NO", "RETENTION_TIME": number(1),
				"CREATED": s.CreatedOn, "LAST_ALTERED": s.CreatedOn, "COMMENT": orNull(s.Comment)})
		}
	}
	add(fact{"CATALOG_NAME": database, "SCHEMA_NAME": informationSchema, "IS_TRANSIENT": "NO", "IS_MANAGED_ACCESS": "NO", "COMMENT": "Views describing the contents of schemas in this database"})
	return nil
}

func databaseFacts(e *environment, _ string, add func(fact)) error {
	for _, d := range e.engine.Catalog.Databases() {
		if e.engine.Catalog.CanUse(e.session.Role, d.Name, "") {
			add(fact{"DATABASE_NAME": d.Name, "DATABASE_OWNER": d.Owner, "IS_TRANSIENT": "NO", "COMMENT": orNull(d.Comment), "CREATED": d.CreatedOn, "LAST_ALTERED": d.CreatedOn,
				"RETENTION_TIME": number(1), "TYPE": "STANDARD", "OWNER_ROLE_TYPE": "ROLE"})
		}
	}
	return nil
}

func pipeFacts(e *environment, database string, add func(fact)) error {
	for _, p := range e.engine.Catalog.Pipes(database, "") {
		if e.seesPipe(p) {
			add(fact{"PIPE_CATALOG": p.Database, "PIPE_SCHEMA": p.Schema, "PIPE_NAME": p.Name, "PIPE_OWNER": orNull(p.Owner), "DEFINITION": p.Definition, "IS_AUTOINGEST_ENABLED": "NO",
				"CREATED": p.CreatedOn, "LAST_ALTERED": p.CreatedOn, "COMMENT": orNull(p.Comment)})
		}
	}
	return nil
}

func keyFacts(e *environment, database string, add func(fact)) error {
	for _, t := range e.visible(database, "") {
		for _, k := range t.Keys {
			add(fact{"CONSTRAINT_CATALOG": t.Database, "CONSTRAINT_SCHEMA": t.Schema, "CONSTRAINT_NAME": k.Name, "TABLE_CATALOG": t.Database, "TABLE_SCHEMA": t.Schema, "TABLE_NAME": t.Name,
				"CONSTRAINT_TYPE": string(k.Kind), "IS_DEFERRABLE": "NO", "INITIALLY_DEFERRED": "YES", "ENFORCED": "NO", "CREATED": t.CreatedOn, "LAST_ALTERED": t.CreatedOn, "RELY": "NO"})
		}
	}
	return nil
}

func privilegeFacts(e *environment, database string, add func(fact)) error {
	for _, t := range e.visible(database, "") {
		table := fact{"TABLE_CATALOG": t.Database, "TABLE_SCHEMA": t.Schema, "TABLE_NAME": t.Name, "GRANTED_TO": "ROLE", "WITH_HIERARCHY": "NO"}
		with := func(more fact) fact {
			for name, v := range table {
				more[name] = v
			}
			return more
		}
		add(with(fact{"GRANTOR": t.Owner, "GRANTEE": t.Owner, "PRIVILEGE_TYPE": string(catalog.Ownership), "IS_GRANTABLE": "YES", "CREATED_ON": t.CreatedOn}))
		for _, g := range e.engine.Catalog.Grants(catalog.OnTable, t.ID) {
			add(with(fact{"GRANTOR": g.GrantedBy, "GRANTEE": g.ToRole, "PRIVILEGE_TYPE": string(g.Privilege), "IS_GRANTABLE": yesOrNo(g.GrantOption), "CREATED_ON": g.CreatedOn}))
		}
	}
	return nil
}

func roleFacts(e *environment, _ string, add func(fact)) error {
	for _, r := range e.engine.Catalog.Roles() {
		if e.engine.Catalog.Inherits(e.session.Role, r.Name) {
			add(fact{"ROLE_NAME": r.Name, "ROLE_OWNER": orNull(r.Owner)})
		}
	}
	return nil
}

func yesOrNo(yes bool) string {
	if yes {
		return "YES"
	}
	return "NO"
}

// ifAny is a number, or NULL for none.
func ifAny(n *int) Value {
	if n == nil {
		return nil
	}
	return number(int64(*n))
}

func clusteringKey(t *catalog.Table) string {
	if len(t.ClusterBy) == 0 {
		return ""
	}
	return "LINEAR(" + strings.Join(t.ClusterBy, ", ") + ")"
}
