package catalog

import "errors"

// What can be wrong with a name. An ObjectError wraps one of them.
var (
	ErrNotFound = errors.New("does not exist")
	ErrExists   = errors.New("already exists")
	ErrManaged  = errors.New("is managed by the service")
)

// ObjectError says which object an operation failed on.
type ObjectError struct {
	Kind ObjectKind
	Name string // full name, quoted where needed
	Err  error  // ErrNotFound, ErrExists or ErrManaged
}

func (e *ObjectError) Error() string {
	return string(e.Kind) + " '" + e.Name + "' " + e.Err.Error()
}

func (e *ObjectError) Unwrap() error { return e.Err }

func missing(kind ObjectKind, name string) error {
	return &ObjectError{Kind: kind, Name: name, Err: ErrNotFound}
}

func taken(kind ObjectKind, name string) error {
	return &ObjectError{Kind: kind, Name: name, Err: ErrExists}
}
