package catalog

import "time"

// StreamingSuffix ends the name of a table's default pipe (specs: pipe object).
const StreamingSuffix = "-STREAMING"

// Pipe is one state of a pipe. It is immutable.
type Pipe struct {
	ID         int64
	Database   string
	Schema     string
	Name       string
	Table      int64  // ID of the table it fills
	Default    bool   // managed by the service, without owner
	Generation int64  // grows whenever the pipe or its table was replaced
	Owner      string `json:",omitempty"`
	Definition string // COPY statement
	Copy       *Copy  `json:",omitempty"` // of a customer's own pipe
	Files      bool   `json:",omitempty"` // it copies files from a stage: nothing can be streamed through it
	Comment    string `json:",omitempty"`
	CreatedOn  time.Time
}

// Path is the pipe's full name, quoted where needed.
func (p *Pipe) Path() string {
	return Quote(p.Database) + "." + Quote(p.Schema) + "." + Quote(p.Name)
}
