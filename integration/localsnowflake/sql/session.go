package sql

import "sync"

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
