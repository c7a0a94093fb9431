package sql

import (
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// What programmatic access tokens are made with (docs.snowflake.com, ALTER USER
// ... ADD and ROTATE PROGRAMMATIC ACCESS TOKEN).
const (
	tokenDays     = 15  // DAYS_TO_EXPIRY
	mostTokenDays = 365 // without an authentication policy
	rotatedHours  = 24  // EXPIRE_ROTATED_TOKEN_AFTER_HOURS
)

// The columns of what ADD and ROTATE answer.
var tokenColumns = map[string][]string{"ADD": {"token_name", "token_secret"}, "ROTATE": {"token_name", "token_secret", "rotated_token_name"}}

// alterToken runs ALTER USER ... ADD, ROTATE and REMOVE PROGRAMMATIC ACCESS
// TOKEN. A secret is in its answer and nowhere else.
func (e *environment) alterToken(s *alterToken) (*Result, error) {
	owner, err := e.tokenOwner(s.user)
	if err != nil {
		return nil, err
	}
	roles := e.engine.Catalog.RolesOf(owner)
	var result *Result
	err = e.engine.Catalog.UpdateUser(owner, func(u *catalog.User) (err error) {
		_, there := u.Token(s.token)
		switch {
		case s.verb == "ADD" && there && s.ifNotExists:
			result = status(s.token+" already exists, statement succeeded.", typeDefinition)
		case s.verb == "ADD" && there:
			err = compileError(2002, "42710", "Object '%s' already exists.", s.token)
		case s.verb == "ADD":
			result, err = e.addToken(u, roles, s)
		case !there && s.ifExists:
			result = status(statusExecuted, typeDefinition)
		case !there:
			err = absent("Programmatic access token", s.token)
		case s.verb == "ROTATE":
			result, err = e.rotateToken(u, s)
		default:
			u.RemoveToken(s.token)
			result = status("Programmatic access token "+s.token+" successfully removed.", typeDefinition)
		}
		return err
	})
	if err != nil {
		return nil, fromCatalog(err)
	}
	return result, nil
}

// tokenOwner is the user of a statement: the session's own where none is named.
func (e *environment) tokenOwner(n *objectName) (string, error) {
	if n == nil {
		return e.session.User, nil
	}
	name, err := e.single(*n, "User")
	if err != nil {
		return "", err
	}
	u, ok := e.engine.Catalog.User(name)
	switch {
	case !ok:
		return "", absent("User", catalog.Quote(name))
	case name != e.session.User && !e.engine.Catalog.Inherits(e.session.Role, u.Owner):
		return "", denied("user '%s'", name)
	}
	return name, nil
}

// addToken makes a token for a user who has these roles.
func (e *environment) addToken(u *catalog.User, roles []string, s *alterToken) (*Result, error) {
	t := catalog.AccessToken{Name: s.token, Days: tokenDays, CreatedOn: e.now, CreatedBy: e.session.User}
	for _, p := range s.props {
		switch p.name {
		case "ROLE_RESTRICTION":
			t.Role = exactName(p)
		case "DAYS_TO_EXPIRY":
			days, err := strconv.Atoi(p.value)
			if err != nil || days < 1 || days > mostTokenDays {
				return nil, badValue(p, "1 to "+strconv.Itoa(mostTokenDays))
			}
			t.Days = days
		case "COMMENT":
			t.Comment = p.value
		case "MINS_TO_BYPASS_NETWORK_POLICY_REQUIREMENT": // there are no network policies here
		default:
			return nil, badProperty(p, "PROGRAMMATIC ACCESS TOKEN")
		}
	}
	switch {
	case t.Role == "" && strings.HasSuffix(u.Type, "SERVICE"):
		return nil, runtimeError(1420, "22023", "ROLE_RESTRICTION is required for a user of TYPE = %s.", u.Type)
	case t.Role != "" && !slices.Contains(roles, t.Role):
		return nil, runtimeError(1420, "22023", "ROLE_RESTRICTION: role '%s' is not granted to user '%s'.", t.Role, u.Name)
	}
	t.Expires = e.now.AddDate(0, 0, t.Days)
	secret := newSecret()
	u.AddToken(t, secret)
	return tokenRow(tokenColumns[s.verb], t.Name, secret), nil
}

// rotateToken gives the name to a new secret; the old one lives on for a while
// under another.
func (e *environment) rotateToken(u *catalog.User, s *alterToken) (*Result, error) {
	hours := rotatedHours
	for _, p := range s.props {
		var err error
		if p.name != "EXPIRE_ROTATED_TOKEN_AFTER_HOURS" {
			return nil, badProperty(p, "PROGRAMMATIC ACCESS TOKEN")
		}
		if hours, err = strconv.Atoi(p.value); err != nil || hours < 0 || hours > mostTokenDays*24 {
			return nil, badValue(p, "hours, from 0")
		}
	}
	t, _ := u.Token(s.token)
	retired := ""
	for at, taken := e.now.UnixMilli(), true; taken; at++ {
		retired = t.Name + "_ROTATED_" + strconv.FormatInt(at, 10)
		_, taken = u.Token(retired)
	}
	u.RetireToken(t.Name, retired, e.now.Add(time.Duration(hours)*time.Hour))
	t.CreatedOn, t.CreatedBy, t.Expires = e.now, e.session.User, e.now.AddDate(0, 0, t.Days)
	secret := newSecret()
	u.AddToken(t, secret)
	return tokenRow(tokenColumns[s.verb], t.Name, secret, retired), nil
}

// showTokens runs SHOW USER PROGRAMMATIC ACCESS TOKENS.
func (e *environment) showTokens(s *showStatement) (*listing, error) {
	owner, err := e.tokenOwner(s.in)
	if err != nil {
		return nil, err
	}
	l := newListing("name", "user_name", "role_restriction", "expires_at", "status", "comment", "created_on", "created_by", "rotated_to")
	u, _ := e.engine.Catalog.User(owner)
	for _, t := range u.Tokens {
		state := "ACTIVE"
		switch {
		case !t.Expires.After(e.now):
			state = "EXPIRED"
		case u.Disabled:
			state = "DISABLED"
		}
		l.add(t.Name, u.Name, orNull(t.Role), t.Expires, state, orNull(t.Comment), t.CreatedOn, t.CreatedBy, orNull(t.RotatedTo))
	}
	return l, nil
}

func newSecret() string {
	var random [24]byte
	rand.Read(random[:])
	return "local-pat-" + hex.EncodeToString(random[:])
}

// tokenRow is a result of one row of texts.
func tokenRow(names []string, values ...Value) *Result {
	r := &Result{Rows: [][]Value{values}, StatementType: typeDefinition}
	for _, name := range names {
		r.Columns = append(r.Columns, ResultColumn{Name: name, Type: textType, Nullable: true})
	}
	return r
}

func badValue(p property, want string) error {
	return compileError(1008, "22023", "invalid value [%s] for parameter '%s', want %s", shorten(p.value), p.name, want)
}
