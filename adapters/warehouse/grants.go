package warehouse

import (
	"context"
	"strings"
)

// Grant is a privilege that a role has on an object.
type Grant struct {
	Privilege string   // such as USAGE, EVOLVE SCHEMA, OWNERSHIP
	On        string   // kind of the object as Snowflake shows it, with spaces: TABLE, EXTERNAL VOLUME, ROLE
	Name      []string // exact, with database and schema where the object has them
}

// GrantsTo lists what was granted to a role itself; what it has through other
// roles is theirs, and those are among the grants: USAGE on a ROLE. role is an
// exact name. It needs no warehouse.
//
// Errors are *messages.Fault: Rejected with TargetMissing where the role is not
// there or may not be seen.
func (w *Warehouse) GrantsTo(ctx context.Context, role string) ([]Grant, error) {
	quoted, err := Quote(role)
	if err != nil {
		return nil, w.misuse("grants", err)
	}
	shown, err := w.list(ctx, "SHOW GRANTS TO ROLE "+quoted)
	if err != nil {
		return nil, w.about("grants", err)
	}
	grants := make([]Grant, 0, len(shown.rows))
	for _, row := range shown.rows {
		grants = append(grants, Grant{
			Privilege: strings.ToUpper(shown.in(row).cell("privilege")),
			On:        strings.ReplaceAll(strings.ToUpper(shown.in(row).cell("granted_on")), "_", " "),
			Name:      SplitPath(shown.in(row).cell("name")),
		})
	}
	return grants, nil
}

// RolesOf lists the roles that were granted to a user itself, exact names. It
// needs no warehouse. Errors are *messages.Fault.
func (w *Warehouse) RolesOf(ctx context.Context, user string) ([]string, error) {
	quoted, err := Quote(user)
	if err != nil {
		return nil, w.misuse("grants", err)
	}
	shown, err := w.list(ctx, "SHOW GRANTS TO USER "+quoted)
	if err != nil {
		return nil, w.about("grants", err)
	}
	var roles []string
	for _, row := range shown.rows {
		if role := shown.in(row).cell("role"); role != "" { // else a privilege of the user's own
			roles = append(roles, role)
		}
	}
	return roles, nil
}

// SplitPath takes a name as Snowflake shows it, DB.SCHEMA."a name", apart into
// exact names. Quotes are taken off; nothing is folded, for what is shown is.
func SplitPath(path string) []string {
	var parts []string
	var part strings.Builder
	quoted := false
	for i := 0; i < len(path); i++ {
		switch b := path[i]; {
		case b == '"' && quoted && i+1 < len(path) && path[i+1] == '"':
			part.WriteByte('"')
			i++
		case b == '"':
			quoted = !quoted
		case b == '.' && !quoted:
			parts = append(parts, part.String())
			part.Reset()
		default:
			part.WriteByte(b)
		}
	}
	return append(parts, part.String())
}
