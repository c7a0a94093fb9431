package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// checkRights looks for the objects by their names, and for the rights of the
// role on them. Snowflake does not tell an object that is not there from one that
// may not be seen: where a name is not found in any case, the right is what is
// reported.
func (d *Doctor) checkRights(ctx context.Context, fs *findings) {
	if _, err := d.session.of(ctx); err != nil {
		fs.add(Untested, "rights, names, table, pipe and channels: they are asked by SQL, and nobody is signed in")
		return
	}
	held, err := d.rights.of(ctx)
	if err != nil {
		fs.add(Untested, "the rights of the role: %s", words(bare(err)))
		return
	}
	depth := d.checkNames(ctx, fs)
	var have []string
	var lacks lacking
	for _, n := range d.needs(ctx, depth) {
		own, through, role := held.held(n)
		switch {
		case own != nil:
			have = append(have, own.Privilege+" on "+n.object())
		case through != nil && n.inherited:
			have = append(have, through.Privilege+" on "+n.object()+" through "+role)
		case through != nil:
			lacks.add(n, fmt.Sprintf("%s has %s through role %s alone; it must be granted directly", held.role, through.Privilege, role))
		default:
			lacks.add(n, d.unseen(ctx, n, held.role))
		}
	}
	slices.Sort(have)
	if have = slices.Compact(have); len(have) > 0 {
		fs.add(OK, "%s has %s", held.role, strings.Join(have, ", "))
	}
	for _, l := range lacks {
		privileges := strings.Join(l.privileges, ", ")
		state := Missing
		if l.need.inherited {
			state = Warn // only audit and this one's row checks want it
		}
		fs.add(state, "%s on %s%s: %s", privileges, l.need.object(), l.need.why, l.how).
			todo("the SQL below, or kinesnow setup grants %s", d.name).sql(l.need.statement(privileges, held.role))
	}
}

// unseen says that a right is not there at all, and that the object may not be
// either.
func (d *Doctor) unseen(ctx context.Context, n need, role string) string {
	w, err := d.sql.of(ctx)
	kinds := map[string]warehouse.Object{"DATABASE": warehouse.Databases, "SCHEMA": warehouse.Schemas, "TABLE": warehouse.Tables, "PIPE": warehouse.Pipes, "WAREHOUSE": warehouse.Warehouses}
	kind, known := kinds[n.kind]
	if err != nil || !known {
		return role + " has no such right"
	}
	if names, err := w.Alike(ctx, kind, n.name[len(n.name)-1]); err == nil && slices.Contains(names, n.name[len(n.name)-1]) {
		return role + " has no such right"
	}
	return "there is none, or " + role + " has no right on it"
}

// lacking joins what one statement grants.
type lacking []*lack

type lack struct {
	need       need
	privileges []string
	how        string
}

func (l *lacking) add(n need, how string) {
	for _, other := range *l {
		if other.how == how && other.need.kind == n.kind && other.need.inherited == n.inherited && slices.Equal(other.need.name, n.name) {
			other.privileges = append(other.privileges, n.privilege)
			return
		}
	}
	*l = append(*l, &lack{n, []string{n.privilege}, how})
}

// How far the names lead. Rights are looked for as far as that.
const (
	toNothing = iota
	toDatabase
	toSchema
	toTable // and to the pipe
)

// needs are the rights that this connector has to have (access control page of
// Snowpipe Streaming; Openflow's set-up page: "granted directly").
func (d *Doctor) needs(ctx context.Context, depth int) []need {
	s := d.cfg.Snowflake
	database, schema, table := []string{s.Database}, []string{s.Database, s.Schema}, []string{s.Database, s.Schema, s.Table}
	var all []need
	want := func(privilege, kind string, name []string) {
		all = append(all, need{privilege: privilege, kind: kind, name: name})
	}
	if depth >= toDatabase {
		want("USAGE", "DATABASE", database)
	}
	if depth >= toSchema {
		want("USAGE", "SCHEMA", schema)
	}
	if depth < toTable {
		return all
	}
	target, err := d.target.of(ctx)
	if err != nil && d.creates(err) {
		want("CREATE TABLE", "SCHEMA", schema)
		return all
	}
	want("INSERT", "TABLE", table)
	switch s.SchemaEvolution {
	case config.ClientEvolution:
		want("OWNERSHIP", "TABLE", table)
	case config.ServerEvolution:
		if err == nil && target.Table.SchemaEvolution && target.Table.Kind != warehouse.Iceberg && byName(target.Pipe) {
			want("EVOLVE SCHEMA", "TABLE", table)
		}
	}
	if s.Pipe != "" {
		want("OPERATE", "PIPE", []string{s.Database, s.Schema, s.Pipe})
	}
	if err == nil && target.Table.Lake != nil && target.Table.Lake.Volume != "" && target.Table.Lake.Volume != warehouse.OwnStorage {
		want("USAGE", "VOLUME", []string{target.Table.Lake.Volume})
	}
	if s.Warehouse != "" {
		all = append(all,
			// A sign-in folds it, as setup grants does.
			need{privilege: "USAGE", kind: "WAREHOUSE", name: []string{strings.ToUpper(s.Warehouse)}, why: " (for audit)", inherited: true},
			need{privilege: "SELECT", kind: "TABLE", name: table, why: " (for audit)", inherited: true})
	}
	return all
}

// byName reports whether a pipe matches keys with columns by their names: then
// schema evolution goes through it.
func byName(p *warehouse.Pipe) bool { return p == nil || p.Copy.ByName == warehouse.Yes }

// creates reports that the table is not there, and that the connector makes it.
func (d *Doctor) creates(err error) bool {
	f := messages.AsFault("", err)
	return d.cfg.Snowflake.OnMissingTable == config.CreateMissingTable && f.Stop == messages.TargetMissing
}
