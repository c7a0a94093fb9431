package setup

import (
	"fmt"
	"io"
	"strings"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
)

// Text writes the script so that it can be run as it is: by a worksheet, or by
// snow sql -f.
func (s *Script) Text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "-- All that connector %s needs of Snowflake, from nothing. It may be run again: what is there stays.\n", comment(s.Connector))
	fmt.Fprintf(&b, "-- Run it as a user who may take the roles %s.\n", strings.Join(s.roles(), ", "))
	for _, note := range s.Notes { // before the statements: not every client takes comments behind the last one
		fmt.Fprintf(&b, "--\n-- %s\n", comment(note))
	}
	role, purpose := "", ""
	for _, st := range s.Statements {
		if st.Purpose != purpose {
			purpose = st.Purpose
			fmt.Fprintf(&b, "\n-- %s\n", comment(purpose))
		}
		if st.Role != role {
			role = st.Role
			fmt.Fprintf(&b, "USE ROLE %s;\n", role)
		}
		fmt.Fprintf(&b, "%s;\n", st.SQL)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// roles are those that run statements, in order.
func (s *Script) roles() []string {
	var all []string
	seen := map[string]bool{}
	for _, st := range s.Statements {
		if !seen[st.Role] {
			seen[st.Role] = true
			all = append(all, st.Role)
		}
	}
	return all
}

// comment keeps a text behind --, whatever lines it has.
func comment(text string) string {
	text = strings.ReplaceAll(text, "\r", " ")
	return strings.ReplaceAll(text, "\n", "\n-- ")
}

// quoted is a text inside of '...'.
func quoted(text string) string {
	literal := warehouse.Literal(text)
	return literal[1 : len(literal)-1]
}
