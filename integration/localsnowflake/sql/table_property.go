package sql

import (
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// icebergOptions are what CREATE ICEBERG TABLE says beyond a table's own
// properties (spec 3.7).
type icebergOptions struct {
	given   []string // properties that only an Iceberg table has
	version string
	volume  string // as written
	base    string
	parts   []string // PARTITION BY
}

// setTable applies the properties of CREATE TABLE and ALTER TABLE ... SET.
// Properties that change nothing here are accepted; unknown ones are not.
func setTable(t *catalog.Table, props []property) (icebergOptions, error) {
	options := icebergOptions{version: "2"}
	for _, p := range props {
		var err error
		switch p.name {
		case "ENABLE_SCHEMA_EVOLUTION":
			t.Evolution, err = boolean(p)
		case "ERROR_LOGGING":
			t.ErrorLogging, err = boolean(p)
		case "ROW_TIMESTAMP":
			if t.RowTimestamp, err = boolean(p); t.RowTimestamp && t.Kind == catalog.Interactive {
				err = unsupported("ROW_TIMESTAMP of an interactive table")
			}
		case "COMMENT":
			t.Comment = p.value
		case "CLUSTER BY":
			t.ClusterBy = p.list
		case "DATA_RETENTION_TIME_IN_DAYS", "MAX_DATA_EXTENSION_TIME_IN_DAYS", "CHANGE_TRACKING":
		case "DEFAULT_DDL_COLLATION":
			if p.value != "" {
				err = unsupported("DEFAULT_DDL_COLLATION")
			}
		case "CATALOG":
			options.given = append(options.given, p.name)
			if upper(p.value) != "SNOWFLAKE" {
				err = unsupported("CATALOG = '%s': only tables managed by Snowflake can be streamed to", p.value)
			}
		case "ICEBERG_VERSION":
			options.given = append(options.given, p.name)
			options.version = p.value
			if p.value != "2" && p.value != "3" {
				err = compileError(1008, "22023", "invalid value [%s] for parameter 'ICEBERG_VERSION': 2 or 3", shorten(p.value))
			}
		case "EXTERNAL_VOLUME":
			options.given = append(options.given, p.name)
			options.volume = p.value
		case "BASE_LOCATION":
			options.given = append(options.given, p.name)
			options.base = p.value
		case "PARTITION BY":
			options.given = append(options.given, p.name)
			options.parts = p.list
		case "CATALOG_SYNC", "STORAGE_SERIALIZATION_POLICY", "TARGET_FILE_SIZE":
			options.given = append(options.given, p.name)
		default:
			err = badProperty(p, "TABLE")
		}
		if err != nil {
			return options, err
		}
	}
	return options, nil
}

// checkIceberg completes a new Iceberg table: its volume must be there for the
// role. Without one the account's own storage is meant.
func (e *environment) checkIceberg(t *catalog.Table, o icebergOptions) error {
	if err := o.check(t); err != nil || t.Kind != catalog.Iceberg {
		return err
	}
	t.Lake = &catalog.Lake{BaseLocation: o.base, Version: int(o.version[0] - '0'), Partitions: o.parts}
	if o.volume != "" && upper(o.volume) != snowflakeManaged {
		t.Lake.Volume = catalog.Fold(o.volume)
		return e.useVolume(t.Lake.Volume)
	}
	return nil
}

// snowflakeManaged is the name of the account's own storage.
const snowflakeManaged = "SNOWFLAKE_MANAGED"

// check holds a new table against the rules of its kind.
func (o icebergOptions) check(t *catalog.Table) error {
	if t.Kind != catalog.Iceberg {
		if len(o.given) > 0 {
			return badProperty(property{name: o.given[0]}, "TABLE")
		}
		return nil
	}
	for _, c := range t.Columns {
		switch {
		case c.Type.Name == catalog.Variant && o.version == "2":
			return compileError(91386, "0A000", "Column '%s': VARIANT needs ICEBERG_VERSION = 3.", c.Name)
		case c.Type.Name == catalog.Object && c.Type.Fields == nil, c.Type.Name == catalog.Array && c.Type.Element == nil:
			return unsupported("%s without element types in the Iceberg table's column '%s'", c.Type.Name, c.Name)
		case c.Type.Name == catalog.Varchar && c.Type.Length != catalog.DefaultLength && c.Type.Length != catalog.MaxVarcharLength:
			return unsupported("VARCHAR(%d) in the Iceberg table's column '%s'", c.Type.Length, c.Name)
		case c.Type.Name == catalog.TimestampTZ, c.Type.Name == catalog.Geography, c.Type.Name == catalog.Geometry, c.Type.Name == catalog.Vector:
			return unsupported("%s in the Iceberg table's column '%s'", c.Type.Name, c.Name)
		}
	}
	return nil
}

// unsetTable applies ALTER TABLE ... UNSET.
func unsetTable(t *catalog.Table, names []string) error {
	for _, name := range names {
		switch name {
		case "COMMENT":
			t.Comment = ""
		case "ENABLE_SCHEMA_EVOLUTION":
			t.Evolution = false
		case "ERROR_LOGGING":
			t.ErrorLogging = false
		case "ROW_TIMESTAMP":
			t.RowTimestamp = false
		case "DATA_RETENTION_TIME_IN_DAYS", "MAX_DATA_EXTENSION_TIME_IN_DAYS", "CHANGE_TRACKING", "DEFAULT_DDL_COLLATION":
		default:
			return badProperty(property{name: name}, "TABLE")
		}
	}
	return nil
}
