package snowpipe

import (
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
)

const modulePath = "github.com/kinesnow/kinesnow"

// userAgent names us as the REST API page recommends:
// <product>/<version> (<os> <arch>) GO/<version> (app=<name>).
func userAgent(application string) string {
	if application == "" {
		application = "kinesnow"
	}
	return "kinesnow/" + moduleVersion() + " (" + runtime.GOOS + " " + runtime.GOARCH + ") GO/" +
		strings.TrimPrefix(runtime.Version(), "go") + " (app=" + headerText(application) + ")"
}

// moduleVersion is this module's version as the binary was built with it.
var moduleVersion = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	version := ""
	for _, m := range append(info.Deps, &info.Main) {
		if m.Path == modulePath {
			version = m.Version
		}
	}
	if version == "" || version == "(devel)" {
		return "devel"
	}
	return headerText(version)
})

// headerText keeps what may stand inside a header's comment.
func headerText(text string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 0x7f || strings.ContainsRune(`()\"`, r) {
			return '_'
		}
		return r
	}, clip(text, 64))
}
