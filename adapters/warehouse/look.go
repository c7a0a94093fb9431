package warehouse

import (
	"context"
	"fmt"
	"strings"
)

// Object is a kind of object that can be looked for by name.
type Object string

// The kinds.
const (
	Databases  Object = "DATABASES"
	Schemas    Object = "SCHEMAS"
	Tables     Object = "TABLES"
	Pipes      Object = "PIPES"
	Roles      Object = "ROLES"
	Warehouses Object = "WAREHOUSES"
)

// Alike lists the objects whose names are name but for the case of letters, exact
// ones: SHOW ... LIKE does not look at it. Schemas are those of the configured
// database, tables and pipes those of the configured schema. It needs no
// warehouse.
//
// Errors are *messages.Fault: Rejected with TargetMissing where database or
// schema is not there or may not be seen.
func (w *Warehouse) Alike(ctx context.Context, kind Object, name string) ([]string, error) {
	within := ""
	switch kind {
	case Schemas:
		database, _ := Quote(w.cfg.Database) // checked by New
		within = " IN DATABASE " + database
	case Tables, Pipes:
		within = " IN SCHEMA " + w.scope
	}
	shown, err := w.list(ctx, fmt.Sprintf("SHOW %s LIKE '%s'%s", kind, pattern(name), within))
	if err != nil {
		return nil, w.about("look", err)
	}
	var names []string
	for _, row := range shown.rows {
		if found := shown.in(row).cell("name"); strings.EqualFold(found, name) {
			names = append(names, found)
		}
	}
	return names, nil
}

// Channel is one channel as SHOW CHANNELS lists it.
type Channel struct {
	Name string
	Pipe string // exact name; "" where it is the table's own
}

// Channels lists all channels into a table, of all pipes and all applications.
// It needs no warehouse. Errors are *messages.Fault.
func (w *Warehouse) Channels(ctx context.Context, table string) ([]Channel, error) {
	path, err := w.path(table)
	if err != nil {
		return nil, w.misuse("channels", err)
	}
	shown, err := w.list(ctx, "SHOW CHANNELS IN TABLE "+path)
	if err != nil {
		return nil, w.about("channels", err)
	}
	channels := make([]Channel, 0, len(shown.rows))
	for _, row := range shown.rows {
		c := Channel{Name: shown.in(row).cell("name")}
		if strings.EqualFold(shown.in(row).cell("parent_domain"), "PIPE") {
			path := SplitPath(shown.in(row).cell("parent_name"))
			c.Pipe = path[len(path)-1]
		}
		channels = append(channels, c)
	}
	return channels, nil
}

// Width is the number of digits that sub-sequence numbers take in the
// shardedSequenceNumber of a row that is in the table; 0 where it has none. It
// needs a warehouse. Errors are *messages.Fault.
func (p *Positions) Width(ctx context.Context) (int, error) {
	_, found, err := p.warehouse.Query(ctx, "SELECT LENGTH("+sharded+") - LENGTH("+sequence+") AS WIDTH FROM "+p.table+
		" WHERE "+sharded+" IS NOT NULL AND "+sequence+" IS NOT NULL LIMIT 1")
	if err != nil || len(found) == 0 {
		return 0, err
	}
	n, err := whole(found[0][0])
	return int(n), err
}
