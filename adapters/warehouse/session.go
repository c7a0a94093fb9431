package warehouse

import (
	"context"
	"errors"

	sf "github.com/snowflakedb/gosnowflake/v2"
)

// Session is as whom statements run.
type Session struct {
	User, Role string
	Warehouse  string // "" = none: nothing that reads rows can run
}

// Session signs in and asks who we are. It needs no warehouse. Errors are
// *messages.Fault.
func (w *Warehouse) Session(ctx context.Context) (Session, error) {
	answer, err := w.list(ctx, `SELECT CURRENT_USER() AS "user", CURRENT_ROLE() AS "role", CURRENT_WAREHOUSE() AS "warehouse"`)
	if err != nil {
		return Session{}, w.about("session", err)
	}
	var s Session
	for _, row := range answer.rows {
		s = Session{User: answer.in(row).cell("user"), Role: answer.in(row).cell("role"), Warehouse: answer.in(row).cell("warehouse")}
	}
	return s, nil
}

// Refusal is why a sign-in was refused, where Snowflake tells.
type Refusal string

// The refusals.
const (
	RefusedKey     Refusal = "key"     // no key of the user made this JWT's signature, or its times are off
	RefusedToken   Refusal = "token"   // a programmatic access token or an OAuth token
	RefusedRole    Refusal = "role"    // not granted to the user
	RefusedNetwork Refusal = "network" // a network policy does not know this address
	RefusedUser    Refusal = "user"    // locked or disabled
)

// refusals are Snowflake's numbers for them (driver error codes; "Key-pair
// authentication", troubleshooting).
var refusals = map[int]Refusal{
	390144: RefusedKey, 394300: RefusedKey, 394301: RefusedKey, 394302: RefusedKey, 394303: RefusedKey, 394304: RefusedKey,
	390303: RefusedToken, 390318: RefusedToken, 394400: RefusedToken, 394401: RefusedToken,
	390189: RefusedRole, 390186: RefusedRole,
	390420: RefusedNetwork, 390422: RefusedNetwork, 390432: RefusedNetwork,
	390101: RefusedUser, 390102: RefusedUser,
}

// RefusalOf says why an error of Session refused the sign-in; "" where that is
// not told.
func RefusalOf(err error) Refusal {
	var said *sf.SnowflakeError
	if !errors.As(err, &said) {
		return ""
	}
	return refusals[said.Number]
}
