package sql

import (
	"fmt"
	"strings"
	"testing"
)

// secret runs a statement that makes one, and holds its columns.
func (d *desk) secret(statement, columns string) string {
	d.t.Helper()
	r := d.run(statement)
	var names []string
	for _, c := range r.Columns {
		names = append(names, c.Name)
	}
	if got := strings.Join(names, " "); got != columns || len(r.Rows) != 1 {
		d.t.Fatalf("%s: columns %s, %d rows", statement, got, len(r.Rows))
	}
	return r.Rows[0][1].(string)
}

// holder is who a secret stands for: user, restriction, days to its end.
func (d *desk) holder(secret string) string {
	u, t, ok := d.Catalog.TokenOf(secret)
	if !ok {
		return "nobody"
	}
	return fmt.Sprintf("%s %s %v", u.Name, t.Role, t.Expires.Sub(testClock).Hours())
}

// TestAProgrammaticAccessTokenIsMadeRotatedAndRemoved: a secret is answered once,
// and no statement shows it again.
func TestAProgrammaticAccessTokenIsMadeRotatedAndRemoved(t *testing.T) {
	d := newDesk(t)
	d.run(`CREATE ROLE loader`, `CREATE USER w TYPE = SERVICE`, `GRANT ROLE loader TO USER w`)
	const made = "token_name token_secret"
	first := d.secret(`ALTER USER IF EXISTS w ADD PROGRAMMATIC ACCESS TOKEN connector ROLE_RESTRICTION = 'LOADER' DAYS_TO_EXPIRY = 90 COMMENT = 'c'`, made)
	if got := d.holder(first); got != "W LOADER 2160" {
		t.Errorf("the first token: %s", got)
	}
	if got := d.holder(d.secret(`ALTER USER ADD PAT mine`, made)); got != "U  360" { // the session's own user
		t.Errorf("a token of one's own: %s", got)
	}
	second := d.secret(`ALTER USER w ROTATE PAT connector EXPIRE_ROTATED_TOKEN_AFTER_HOURS = 2`, made+" rotated_token_name")
	if got := d.holder(first) + ", " + d.holder(second); got != "W LOADER 2, W LOADER 2160" {
		t.Errorf("after a rotation: %s", got)
	}
	shown := d.run(`SHOW USER PROGRAMMATIC ACCESS TOKENS FOR USER w`).cells()
	if strings.Count(shown, "ACTIVE") != 2 || !strings.Contains(shown, "CONNECTOR_ROTATED_") || strings.Contains(shown+d.run(`DESC USER w`).cells(), second) {
		t.Errorf("SHOW:\n%s", shown)
	}
	d.run(`ALTER USER w ROTATE PAT connector EXPIRE_ROTATED_TOKEN_AFTER_HOURS = 0`, `ALTER USER w REMOVE PROGRAMMATIC ACCESS TOKEN connector`, `ALTER USER w REMOVE PAT IF EXISTS connector`)
	if shown = d.run(`SHOW USER PATS FOR USER w`).cells(); strings.Count(shown, "ACTIVE") != 1 || strings.Count(shown, "EXPIRED") != 1 {
		t.Errorf("SHOW:\n%s", shown)
	}
	if got := d.run(`ALTER USER ADD PAT IF NOT EXISTS mine`).cells(); !strings.Contains(got, "already exists") {
		t.Errorf("IF NOT EXISTS: %s", got)
	}

	d.fails(`ALTER USER ADD PAT mine`, 2002, "already exists")
	d.fails(`ALTER USER w ADD PAT free`, 1420, "ROLE_RESTRICTION is required")
	d.fails(`ALTER USER w ADD PAT x ROLE_RESTRICTION = 'ACCOUNTADMIN'`, 1420, "is not granted to user 'W'")
	d.fails(`ALTER USER ADD PAT x DAYS_TO_EXPIRY = 366`, 1008, "1 to 365")
	d.fails(`ALTER USER ADD PAT x NOPE = 1`, 1420, "NOPE")
	d.fails(`ALTER USER ROTATE PAT mine EXPIRE_ROTATED_TOKEN_AFTER_HOURS = -1`, 1008, "hours")
	d.fails(`ALTER USER ROTATE PAT nope`, 2003, "Programmatic access token 'NOPE'")
	d.fails(`ALTER USER REMOVE PAT nope`, 2003, "Programmatic access token 'NOPE'")
	d.fails(`ALTER USER MODIFY PAT mine SET DISABLED = TRUE`, 2, "MODIFY")
	d.fails(`ALTER USER nobody ADD PAT x`, 2003, "User 'NOBODY'")
	d.run(`GRANT ROLE loader TO USER u`, `USE ROLE loader`)
	d.fails(`ALTER USER w ADD PAT x ROLE_RESTRICTION = 'LOADER'`, 3001, "user 'W'")
}
