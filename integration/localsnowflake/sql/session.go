package sql

import (
	"maps"
	"slices"
	"sync"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// Session is what a login keeps between statements. Names are exact. Drivers
// run one statement at a time in a session, but nothing breaks if they do not.
type Session struct {
	ID      string
	Account string
	User    string
	Client  string // e.g. "Go 2.1.0"

	Role      string
	Database  string // "" is none
	Schema    string
	Warehouse string

	mu         sync.Mutex
	parameters map[string]string
	variables  map[string]variable
	queries    []string // IDs of its statements, the latest last
	open       *transaction
}

// variable is what SET gave a name.
type variable struct {
	value Value
	typ   catalog.Type
}

// keptQueries is how many query IDs LAST_QUERY_ID can reach back.
const keptQueries = 100

// Ran notes the ID of a statement that the session ran.
func (s *Session) Ran(queryID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queries = append(s.queries, queryID)
	if over := len(s.queries) - keptQueries; over > 0 {
		s.queries = append([]string(nil), s.queries[over:]...)
	}
}

// lastQuery is the n-th latest statement's ID, from 1; "" when there is none.
func (s *Session) lastQuery(n int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n < 1 || n > len(s.queries) {
		return ""
	}
	return s.queries[len(s.queries)-n]
}

// Fork is a session that begins as this one is now and then goes its own way,
// for a statement that runs beside the others. It has no transaction.
func (s *Session) Fork() *Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Session{ID: s.ID, Account: s.Account, User: s.User, Client: s.Client, Role: s.Role, Database: s.Database, Schema: s.Schema,
		Warehouse: s.Warehouse, parameters: maps.Clone(s.parameters), variables: maps.Clone(s.variables), queries: slices.Clone(s.queries)}
}

func (s *Session) transaction() *transaction {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open
}

// begin makes t the open transaction; nil is none.
func (s *Session) begin(t *transaction) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = t
}

func (s *Session) variable(name string) (variable, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.variables[name]
	return v, ok
}

// setVariable keeps a variable, or with nil forgets it.
func (s *Session) setVariable(name string, v *variable) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v == nil {
		delete(s.variables, name)
		return
	}
	if s.variables == nil {
		s.variables = map[string]variable{}
	}
	s.variables[name] = *v
}

// Parameter is a session parameter's value, "" when it is not set.
func (s *Session) Parameter(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.parameters[name]
}

// SetParameter sets a session parameter, or with "" forgets it.
func (s *Session) SetParameter(name, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.parameters == nil {
		s.parameters = map[string]string{}
	}
	if value == "" {
		delete(s.parameters, name)
		return
	}
	s.parameters[name] = value
}
