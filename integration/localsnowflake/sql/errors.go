package sql

import (
	"errors"
	"fmt"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// Error is a refused statement, as a driver shows it: Snowflake's number,
// SQLSTATE and wording.
type Error struct {
	Code     int    // e.g. 2003, sent as "002003"
	SQLState string // five characters
	Message  string
	Line     int // 1-based; 0 where no place is known
	Pos      int // characters before the place in its line
}

func (e *Error) Error() string { return fmt.Sprintf("%06d (%s): %s", e.Code, e.SQLState, e.Message) }

const compilation = "SQL compilation error:\n"

func compileError(code int, state, format string, args ...any) *Error {
	return &Error{Code: code, SQLState: state, Message: compilation + fmt.Sprintf(format, args...)}
}

func runtimeError(code int, state, format string, args ...any) *Error {
	return &Error{Code: code, SQLState: state, Message: fmt.Sprintf(format, args...)}
}

// unsupported is what the service says of a feature that it does not have.
func unsupported(format string, args ...any) *Error {
	return compileError(2, "0A000", "Unsupported feature '%s'.", fmt.Sprintf(format, args...))
}

// absent hides whether an object is missing or merely not granted, as the
// service does. Tables and views have their own SQLSTATE.
func absent(kind, name string) *Error {
	state := "02000"
	if kind == "Table" || kind == "Object" {
		state = "42S02"
	}
	return compileError(2003, state, "%s '%s' does not exist or not authorized.", kind, name)
}

func denied(format string, args ...any) *Error {
	return &Error{Code: 3001, SQLState: "42501", Message: "SQL access control error:\nInsufficient privileges to operate on " + fmt.Sprintf(format, args...)}
}

func noDatabase(verb string) *Error {
	return runtimeError(90105, "22000", "Cannot perform %s. This session does not have a current database. Call 'USE DATABASE', or use a qualified name.", verb)
}

func noSchema(verb string) *Error {
	return runtimeError(90106, "22000", "Cannot perform %s. This session does not have a current schema. Call 'USE SCHEMA', or use a qualified name.", verb)
}

// fromCatalog gives a catalog error its number.
func fromCatalog(err error) error {
	var object *catalog.ObjectError
	if !errors.As(err, &object) {
		return err
	}
	kind := string(object.Kind[:1]) + lower(string(object.Kind[1:]))
	switch {
	case errors.Is(err, catalog.ErrExists):
		return compileError(2002, "42710", "Object '%s' already exists.", object.Name)
	case errors.Is(err, catalog.ErrManaged):
		return compileError(3001, "42501", "%s '%s' is managed by Snowflake and cannot be changed.", kind, object.Name)
	default:
		return absent(kind, object.Name)
	}
}

// AsError gives any error a number: what is no *Error is an internal one.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: 604, SQLState: "57014", Message: "SQL execution error: " + err.Error()}
}
