package sql

import (
	"fmt"
	"runtime/debug"
	"sync/atomic"
)

var lastIncident atomic.Int64

// Parse is Parse, guarded as Run is.
func (e *Engine) Parse(text string) (list []Statement, err error) {
	defer func() {
		if r := recover(); r != nil {
			list, err = nil, e.internal(r)
		}
	}()
	return Parse(text)
}

// internal turns a panic into an error: the last guard, so that no statement
// can end the process. The client gets the number of an incident, as from the
// service; what happened, and where, goes to Engine.Trouble.
func (e *Engine) internal(r any) *Error {
	if e, ok := r.(*Error); ok {
		return e
	}
	n := lastIncident.Add(1)
	if e.Trouble != nil {
		e.Trouble(fmt.Errorf("sql: incident %d: %v\n%s", n, r, debug.Stack()))
	}
	return &Error{Code: 603, SQLState: "XX000", Message: fmt.Sprintf("SQL execution internal error: Processing aborted by error 300010:%d; incident %d.", n, n)}
}
