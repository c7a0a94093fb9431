package sql

import (
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// Version is what CURRENT_VERSION() says.
const Version = "9.40.0"

var contextFunctions = map[string]function{
	"CURRENT_TIMESTAMP":                   now(ltzType),
	"GETDATE":                             now(ltzType),
	"LOCALTIMESTAMP":                      now(ltzType),
	"SYSTIMESTAMP":                        now(ltzType),
	"SYSDATE":                             now(ntzType),
	"CURRENT_DATE":                        now(dateType),
	"CURRENT_TIME":                        now(catalog.Type{Name: catalog.Time, Precision: 9}),
	"LOCALTIME":                           now(catalog.Type{Name: catalog.Time, Precision: 9}),
	"CURRENT_USER":                        inSession(func(s *Session) string { return s.User }),
	"CURRENT_ROLE":                        inSession(func(s *Session) string { return s.Role }),
	"CURRENT_DATABASE":                    inSession(func(s *Session) string { return s.Database }),
	"CURRENT_SCHEMA":                      inSession(func(s *Session) string { return s.Schema }),
	"CURRENT_WAREHOUSE":                   inSession(func(s *Session) string { return s.Warehouse }),
	"CURRENT_SESSION":                     inSession(func(s *Session) string { return s.ID }),
	"CURRENT_ACCOUNT":                     inSession(func(s *Session) string { return s.Account }),
	"CURRENT_ACCOUNT_NAME":                inSession(func(s *Session) string { return s.Account }),
	"CURRENT_REGION":                      inSession(func(*Session) string { return "LOCAL" }),
	"CURRENT_VERSION":                     inSession(func(*Session) string { return Version }),
	"CURRENT_CLIENT":                      inSession(func(s *Session) string { return s.Client }),
	"CURRENT_AVAILABLE_ROLES":             {0, 0, availableRoles},
	"SYSTEM$STREAMING_CHANNEL_INVALIDATE": {2, 2, invalidateChannel},
	"SYSTEM$TYPEOF":                       {1, 1, systemTypeOf},
}

// now gives the statement's start in one of its types; a precision may follow.
func now(typ catalog.Type) function {
	return function{0, 1, func(s *scope, args []compiled) (compiled, error) {
		typ := typ
		if len(args) == 1 {
			n, ok := asInt(args[0].constant)
			if !ok || n < 0 || n > 9 {
				return compiled{}, compileError(1015, "22023", "the precision needs to be a constant from 0 to 9")
			}
			typ.Precision = int(n)
		}
		at := s.env.now.UTC()
		var v Value = at.Truncate(unit(typ.Precision))
		switch typ.Name {
		case catalog.Date:
			v = dayOf(at.In(s.env.zone))
		case catalog.Time:
			v = clockOf(at.In(s.env.zone).Truncate(unit(typ.Precision)))
		}
		return compiled{typ: typ, eval: func(*frame) (Value, error) { return v, nil }}, nil
	}}
}

// inSession gives a session's name; what is not set is NULL.
func inSession(get func(*Session) string) function {
	return function{0, 0, func(s *scope, _ []compiled) (compiled, error) {
		var v Value
		if name := get(s.env.session); name != "" {
			v = name
		}
		return compiled{typ: textType, nullable: true, eval: func(*frame) (Value, error) { return v, nil }}, nil
	}}
}

func availableRoles(s *scope, _ []compiled) (compiled, error) {
	var roles []JSON
	for _, name := range s.env.engine.Catalog.RolesOf(s.env.session.User) {
		roles = append(roles, quoteJSON(name))
	}
	v := string(makeArray(roles))
	return compiled{typ: textType, eval: func(*frame) (Value, error) { return v, nil }}, nil
}

// invalidateChannel sets a channel to ERR_CHANNEL_MUST_BE_REOPENED (spec 3.8).
func invalidateChannel(s *scope, args []compiled) (compiled, error) {
	converted, err := s.convertAll(args, textType)
	if err != nil {
		return compiled{}, err
	}
	return strict(textType, func(v []Value) (Value, error) {
		pipe, err := s.env.findPipe(objectName{parts: nil, dynamic: &literal{value: v[0], typ: textType}})
		if err != nil {
			return nil, err
		}
		if err := s.env.mayOperate(pipe); err != nil {
			return nil, err
		}
		if s.env.engine.Channels == nil || !s.env.engine.Channels.Invalidate(pipe, v[1].(string)) {
			return nil, absent("Channel", v[1].(string))
		}
		return "Channel invalidated successfully.", nil
	}, converted...), nil
}

func systemTypeOf(_ *scope, args []compiled) (compiled, error) {
	name := args[0].typ.String()
	return compiled{typ: textType, eval: func(*frame) (Value, error) { return name, nil }}, nil
}

// location reads a session's TIMEZONE.
func location(name string) (*time.Location, error) {
	if name == "" {
		return time.UTC, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, runtimeError(1038, "22023", "Invalid value '%s' for parameter TIMEZONE.", name)
	}
	return zone, nil
}
