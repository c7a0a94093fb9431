package process

import (
	"runtime"
	"runtime/debug"
)

// Build says what this program was made of.
type Build struct {
	Version    string `json:"version"`
	Revision   string `json:"revision,omitempty"` // of the source; "+dirty" where it was changed
	Go         string `json:"go"`
	Protoactor string `json:"protoactor"` // the pinned version of the actor library
}

const protoactorModule = "github.com/asynkron/protoactor-go"

// BuildInfo returns what the Go toolchain left in the binary. version is what
// the release was linked with; "" takes the module's own.
func BuildInfo(version string) Build {
	b := Build{Version: version, Go: runtime.Version(), Protoactor: "unknown"}
	info, ok := debug.ReadBuildInfo()
	if ok {
		b.read(info)
	}
	if b.Version == "" {
		b.Version = "unknown"
	}
	return b
}

func (b *Build) read(info *debug.BuildInfo) {
	if b.Version == "" {
		b.Version = info.Main.Version
	}
	for _, m := range info.Deps {
		if m.Path != protoactorModule {
			continue
		}
		if m.Replace != nil {
			m = m.Replace
		}
		b.Protoactor = m.Version
	}
	dirty := false
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.modified":
			dirty = s.Value == "true"
		}
	}
	if dirty && b.Revision != "" {
		b.Revision += "+dirty"
	}
}
