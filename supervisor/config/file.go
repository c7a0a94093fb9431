package config

import (
	"maps"
	"slices"
	"time"
)

// File is one configuration file: the process and its connectors.
type File struct {
	// DataDir holds journal, dead letters and the control socket under
	// <DataDir>/<Node>/. Empty keeps the journal in memory and opens no socket.
	// Load makes a relative path absolute, as seen from the folder of the file.
	DataDir string `key:"data_dir"`

	// Node names this process. Empty claims the lowest free slot of the lease
	// table.
	Node string `key:"node"`

	// Memory bounds what is fetched and not yet accepted, over all connectors.
	// At least 8 MiB, default 256 MiB.
	Memory Bytes `key:"memory"`

	HTTP HTTP `key:"http"`
	Log  Log  `key:"log"`

	// DrainTimeout is how long a stop waits for what is in flight to commit.
	// 1 s to 10 min, default 25 s.
	DrainTimeout time.Duration `key:"drain_timeout"`

	// Connectors by name: a label in logs and metrics. Renaming one moves nothing.
	Connectors map[string]Config `key:"connectors"`

	path     string            // as given to Load
	origins  map[string]string // dotted key -> where its value came from; nil without Load
	warnings []string
}

// HTTP is the read-only port.
type HTTP struct {
	// Listen is HOST:PORT; an empty host means every address, port 0 any free one.
	Listen string `key:"listen"`

	// Explicit says that the file chose Listen. A taken default moves on to the
	// next free port, a taken choice ends the process (69).
	Explicit bool `key:"-"`
}

// Log is what goes to stderr.
type Log struct {
	Level  LogLevel  `key:"level"`
	Format LogFormat `key:"format"`
}

// Names returns the connectors' names in alphabetical order.
func (f File) Names() []string {
	return slices.Sorted(maps.Keys(f.Connectors))
}

// Warnings are sentences about what Load took and somebody should look at, such
// as a file with secrets that others can read.
func (f File) Warnings() []string { return f.warnings }

// Path is the file's name as it was given to Load.
func (f File) Path() string { return f.path }
