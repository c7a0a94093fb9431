package supervisor

import (
	"errors"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// advise adds the grants that an open takes to a refusal of one: Snowflake does
// not always say which of them is missing, and hides what a role may not see as
// if it were not there (Snowpipe Streaming: access control).
func advise(s config.Snowflake, err error) error {
	var f *messages.Fault
	if !errors.As(err, &f) || f.Op != "snowpipe.open" {
		return err
	}
	advised := *f
	switch {
	case f.Stop == messages.AccessDenied:
		advised.Hint += ", such as " + grant(s, "INSERT", "TABLE", s.Table)
		if s.Pipe != "" {
			advised.Hint += " " + grant(s, "OPERATE", "PIPE", s.Pipe)
		}
	case f.Stop == messages.TargetMissing && s.Pipe != "":
		advised.Hint += ": pipe " + s.Pipe + " is not there, does not read TABLE(DATA_SOURCE(TYPE => 'STREAMING')), or wants " + grant(s, "OPERATE", "PIPE", s.Pipe)
	default:
		return err
	}
	return &advised
}

// grant is the statement that gives the connector's role a privilege on an
// object of its schema.
func grant(s config.Snowflake, privilege, kind, name string) string {
	text := "GRANT " + privilege + " ON " + kind + " "
	for i, part := range []string{s.Database, s.Schema, name} {
		if part == "" {
			continue // the grant is on the schema itself
		}
		if i > 0 {
			text += "."
		}
		quoted, err := warehouse.Quote(part)
		if err != nil {
			quoted = part
		}
		text += quoted
	}
	role, err := warehouse.Quote(s.Role)
	if err != nil {
		role = "<the role of user " + s.User + ">"
	}
	return text + " TO ROLE " + role + ";"
}
