// Package catalog is what localsnowflake knows by name: databases, schemas,
// tables, views, pipes, warehouses, volumes, users, roles and grants.
//
//	account
//	├── users ── roles (granted to users and to roles)
//	├── warehouses, external volumes
//	└── databases ── schemas ─┬─ tables, views
//	                          └─ pipes ("<TABLE>-STREAMING" on demand, others by CREATE PIPE)
//
// Names are exact: whoever reads an identifier folds it first (Fold). Tables
// and pipes are immutable values; a change replaces the value under the same
// ID, and CREATE OR REPLACE makes a new ID. A listener (OnChange) hears of
// every change before the changing call returns, so the streaming half can
// invalidate channels and persist the catalog's state in time.
//
// A Catalog is safe for concurrent use.
package catalog
