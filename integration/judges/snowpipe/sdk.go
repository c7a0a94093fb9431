package snowpipe

import (
	"context"
	_ "embed"
	"os/exec"
	"path/filepath"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

var (
	//go:embed requirements.txt
	requirements string
	//go:embed pom.xml
	pom string
	//go:embed driver.py
	pythonDriver string
	//go:embed Driver.java
	javaDriver string

	pip   = judge.Pip{Requirements: requirements}
	maven = judge.Maven{POM: pom}
)

// sdk is one of Snowflake's streaming SDKs.
type sdk struct {
	name    string
	version string
	tool    judge.Tool
	// secure says that it takes TLS, with an authority of ours; else it takes
	// http.
	secure bool
	// waits says that it opens a channel only once its uncommitted rows are
	// committed; else opening discards them.
	waits bool
	// givesUp says that an append's answer that was cut off makes it give the
	// channel up, so that it must be opened again; else it sends the append
	// again.
	givesUp bool
	// elastic says that it has elastic channels.
	elastic bool
	// binaryFormats says that it heeds what pipe-info says of BINARY.
	binaryFormats bool
	// ranges says that it sends the first offset of an append, too.
	ranges bool
	// oddChannel is a name that it can still send: 1.1.2 writes / ? # and % as
	// they are into the path.
	oddChannel string
	// lanes is how many of its cases run at once: most of their time they
	// wait, for the SDK's poll of once a second.
	lanes int
	// costly says that a process of it takes seconds to start, so that one
	// does for many cases.
	costly bool
	driver func(ctx context.Context, h *judge.Hearing) (*exec.Cmd, error)
}

// again is the same program as another process.
func again(ctx context.Context, program *exec.Cmd) *exec.Cmd {
	c := exec.CommandContext(ctx, program.Path, program.Args[1:]...)
	c.Dir, c.SysProcAttr, c.WaitDelay = program.Dir, program.SysProcAttr, program.WaitDelay
	return c
}

var python = sdk{
	name: "snowpipe-streaming (PyPI)", version: "1.9.1", tool: pip,
	secure: true, waits: true, elastic: true, binaryFormats: true, ranges: true, lanes: 12, oddChannel: `shard 0/1: α;β?#%41`,
	driver: func(ctx context.Context, h *judge.Hearing) (*exec.Cmd, error) {
		return h.Python(ctx, pip, pythonDriver)
	},
}

var java = sdk{
	name: "com.snowflake:snowpipe-streaming (Maven)", version: "1.1.2", tool: maven,
	givesUp: true, lanes: 6, costly: true, oddChannel: `shard 0:1, α;β "x"`, driver: compileDriver,
}

// compileDriver compiles the Java program. Running it from its source would
// compile it in every process.
func compileDriver(ctx context.Context, h *judge.Hearing) (*exec.Cmd, error) {
	source, err := h.File("Driver.java", javaDriver)
	if err != nil {
		return nil, err
	}
	classes := filepath.Join(h.Dir, "classes")
	jars := filepath.Join(h.Home(maven), "jars", "*")
	if _, err := h.Output(h.Command(ctx, "javac", "-cp", jars, "-d", classes, source)); err != nil {
		return nil, err
	}
	// The SDK unpacks its native library into the temporary folder each time.
	return h.Command(ctx, "java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.io.tmpdir="+h.Dir,
		"-cp", classes+string(filepath.ListSeparator)+jars, "Driver"), nil
}
