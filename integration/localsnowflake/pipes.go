package localsnowflake

import (
	"errors"
	"net/http"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// spellings are the exact names that a name in a path may stand for: quoted
// means exactly so, unquoted upper case and else as written, because paths are
// case-insensitive (spec 1.2).
func spellings(name string) []string {
	folded := catalog.Fold(name)
	if folded == name || name[0] == '"' {
		return []string{folded}
	}
	return []string{folded, name}
}

// lookup calls find with each spelling of a target until one is found.
func (t target) lookup(find func(database, schema, pipe string) bool) {
	for _, database := range spellings(t.database) {
		for _, schema := range spellings(t.schema) {
			for _, pipe := range spellings(t.pipe) {
				if find(database, schema, pipe) {
					return
				}
			}
		}
	}
}

// findPipe finds a pipe by the names of a request, or nil.
func (s *Server) findPipe(t target) (pipe *catalog.Pipe) {
	t.lookup(func(database, schema, name string) (ok bool) {
		pipe, ok = s.catalog.Pipe(database, schema, name)
		return ok
	})
	return pipe
}

// pipe finds the pipe of a request, which its role must be able to use.
func (s *Server) pipe(t target, who identity) (*catalog.Pipe, error) {
	return s.usable(s.findPipe(t), who)
}

// ensurePipe also creates the default pipe of an existing table.
func (s *Server) ensurePipe(t target, who identity) (*catalog.Pipe, error) {
	var pipe *catalog.Pipe
	t.lookup(func(database, schema, name string) bool {
		p, err := s.catalog.EnsureDefaultPipe(database, schema, name)
		if err != nil && !errors.Is(err, catalog.ErrNotFound) {
			s.note(err)
		}
		pipe = p
		return err == nil
	})
	return s.usable(pipe, who)
}

// usable refuses a pipe that is missing or that the role may not use: 404 for
// what the role cannot see and for a custom pipe that it may not operate, 403
// without INSERT (spec 3.6).
func (s *Server) usable(pipe *catalog.Pipe, who identity) (*catalog.Pipe, error) {
	if pipe == nil {
		return nil, refuse(http.StatusNotFound, CodePipeMissing, "pipe does not exist or is not authorized")
	}
	table, ok := s.catalog.TableByID(pipe.Table)
	if !ok || !s.catalog.CanSee(who.Role, table) {
		return nil, refuse(http.StatusNotFound, CodeTableMissing, "table does not exist or is not authorized")
	}
	if !s.catalog.Can(who.Role, catalog.Insert, table) {
		return nil, refuse(http.StatusForbidden, CodeTableMissing, "role "+catalog.Quote(who.Role)+" lacks INSERT on "+table.Path())
	}
	if l := table.Lake; l != nil && l.Volume != "" && !s.mayStore(l.Volume, who.Role) {
		return nil, refuse(http.StatusForbidden, CodeTableMissing, "role "+catalog.Quote(who.Role)+" lacks USAGE on external volume "+catalog.Quote(l.Volume))
	}
	if !pipe.Default && !s.catalog.CanOn(who.Role, catalog.Operate, catalog.OnPipe, pipe.ID, pipe.Owner) {
		return nil, refuse(http.StatusNotFound, CodePipeMissing, "pipe does not exist or is not authorized")
	}
	if pipe.Files {
		return nil, refuse(http.StatusBadRequest, CodePipeKind, "pipe "+pipe.Path()+" does not read TABLE(DATA_SOURCE(TYPE => 'STREAMING'))")
	}
	return pipe, nil
}

// mayStore reports whether a role may use the external volume of an Iceberg
// table. A volume that was dropped cannot be used by anybody.
func (s *Server) mayStore(volume, role string) bool {
	v, ok := s.catalog.Volume(volume)
	return ok && s.catalog.CanOn(role, catalog.Usage, catalog.OnVolume, v.ID, v.Owner)
}
