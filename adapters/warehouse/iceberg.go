package warehouse

import (
	"context"
	"strconv"
	"strings"
)

// Lake is what only an Iceberg table has.
type Lake struct {
	Managed      Answer // Snowflake is its catalog: only such tables can be streamed into
	Version      int    // of the format, 2 or 3; 0 = not shown, and no column tells
	Partitioned  Answer
	Volume       string // external volume; SNOWFLAKE_MANAGED is the account's own storage; "" = not shown
	BaseLocation string
}

// OwnStorage is what SHOW ICEBERG TABLES calls the account's own storage.
const OwnStorage = "SNOWFLAKE_MANAGED"

// describeLake completes an Iceberg table. Which of the columns below there are
// differs between releases; what is not shown stays unknown (docs/unproven.md).
func (w *Warehouse) describeLake(ctx context.Context, t *Table) error {
	shown, err := w.show(ctx, "ICEBERG TABLES", t.Name)
	if err != nil {
		return w.about("describe", err)
	}
	if shown == nil {
		return nil
	}
	t.Lake = &Lake{Volume: shown.cell("external_volume_name"), BaseLocation: shown.cell("base_location")}
	switch kind := shown.cell("iceberg_table_type"); {
	case strings.EqualFold(kind, "MANAGED"):
		t.Lake.Managed = Yes
	case kind != "":
		t.Lake.Managed = No
	}
	t.Lake.Version = lakeVersion(shown.cell("iceberg_version"), t.Columns)
	if shown.has("partition_specs") { // an unpartitioned table has a spec without fields
		t.Lake.Partitioned = answer(strings.Contains(shown.cell("partition_specs"), `"transform"`))
	}
	return nil
}

// lakeVersion is the version that is shown, or 3 where a column has a type that
// only version 3 knows (tables-iceberg-v3-specification-support).
func lakeVersion(shown string, columns []Column) int {
	if n, err := strconv.Atoi(shown); err == nil {
		return n
	}
	for _, c := range columns {
		switch base, _, _ := strings.Cut(strings.ToUpper(c.Type), "("); base {
		case "VARIANT", "GEOGRAPHY", "GEOMETRY":
			return 3
		}
	}
	return 0
}
