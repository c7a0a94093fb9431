package warehouse

import (
	"context"

	"github.com/kinesnow/kinesnow/messages"
)

// StreamingSuffix ends the name of a table's default pipe.
const StreamingSuffix = "-STREAMING"

// Pipe is what DESC PIPE shows of one.
type Pipe struct {
	Name       string // exact
	Owner      string // role; "" of a pipe that Snowflake manages
	Definition string // its COPY statement
	Copy       Copy   // what could be read from the definition
}

// Managed reports whether this is a table's default pipe: Snowflake made it, and
// nobody can alter or drop it.
func (p *Pipe) Managed() bool { return p.Owner == "" }

// DescribePipe returns a pipe by its exact name. It needs no warehouse. A
// default pipe is there once something was streamed through it.
//
// Errors are *messages.Fault as Describe's. A pipe that exists, but that the
// role has no privilege on, is TargetMissing.
func (w *Warehouse) DescribePipe(ctx context.Context, pipe string) (*Pipe, error) {
	path, err := w.path(pipe)
	if err != nil {
		return nil, w.misuse("describe_pipe", err)
	}
	described, err := w.list(ctx, "DESC PIPE "+path)
	if err != nil {
		return nil, w.about("describe_pipe", err)
	}
	if len(described.rows) == 0 {
		f := &messages.Fault{Op: op("describe_pipe")}
		w.reject(f, messages.TargetMissing, messages.ReasonMissing)
		return nil, f
	}
	r := described.in(described.rows[0])
	p := &Pipe{Name: pipe, Owner: r.cell("owner"), Definition: r.cell("definition")}
	p.Copy = ParseCopy(p.Definition)
	if p.Copy.Streaming == Unknown && r.cell("kind") == "STREAMING" {
		p.Copy.Streaming = Yes
	}
	return p, nil
}
