package drivers

import (
	"context"
	"embed"
	"os/exec"
	"time"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

//go:embed connector.py
var connectorScript string

//go:embed alchemy.py
var alchemyScript string

//go:embed sdk.mjs
var sdkScript string

//go:embed requirements-4.txt
var requirements4 string

//go:embed requirements-5.txt
var requirements5 string

//go:embed requirements-cli.txt
var requirementsCLI string

//go:embed package.json
var packageJSON string

//go:embed package-lock.json
var packageLock string

//go:embed gosnowflake/*
var goSources embed.FS

var (
	connector4 = judge.Pip{Requirements: requirements4}
	connector5 = judge.Pip{Requirements: requirements5}
	cli        = judge.Pip{Requirements: requirementsCLI}
	sdk        = judge.Npm{Package: packageJSON, Lock: packageLock}
	goDriver1  = driver1()
)

// Judges are Snowflake's own SQL clients.
func Judges() []judge.Judge {
	return []judge.Judge{
		{Name: "snowflake-connector-python", Version: "5.2.0", Of: "localsnowflake", Tools: []judge.Tool{connector5}, AtLeast: 23, Hear: python(connector5, connectorScript)},
		{Name: "snowflake-connector-python (4)", Version: "4.7.5", Of: "localsnowflake", Tools: []judge.Tool{connector4}, AtLeast: 23, Hear: python(connector4, connectorScript)},
		{Name: "snowflake-sqlalchemy", Version: "2.1.0", Of: "localsnowflake", Tools: []judge.Tool{connector5}, AtLeast: 8, Hear: python(connector5, alchemyScript)},
		{Name: "snowflake-cli", Version: "3.30.0", Of: "localsnowflake", Tools: []judge.Tool{cli}, AtLeast: 10, Within: 6 * time.Minute, Hear: commandLine},
		{Name: "snowflake-sdk (npm)", Version: "3.3.0", Of: "localsnowflake", Tools: []judge.Tool{sdk}, AtLeast: 18, Hear: node},
		{Name: "gosnowflake (v1)", Version: "1.19.1", Of: "localsnowflake", Tools: []judge.Tool{goDriver1}, AtLeast: 16, Within: 6 * time.Minute, Hear: goVersion1},
		{Name: "gosnowflake (v2)", Version: "2.1.0", Of: "localsnowflake", AtLeast: 16, Within: 6 * time.Minute, Hear: goVersion2},
	}
}

// python hears a script with the packages of a tool.
func python(tool judge.Pip, script string) func(context.Context, *judge.Hearing) error {
	return func(ctx context.Context, h *judge.Hearing) error {
		return hear(h, func() (*exec.Cmd, error) { return h.Python(ctx, tool, script) })
	}
}

func node(ctx context.Context, h *judge.Hearing) error {
	return hear(h, func() (*exec.Cmd, error) { return h.Node(ctx, sdk, sdkScript) })
}

// hear runs a program against an account of its own.
func hear(h *judge.Hearing, program func() (*exec.Cmd, error)) error {
	a, err := open(h)
	if err != nil {
		return err
	}
	c, err := program()
	if err != nil {
		return err
	}
	return h.Run(a.tell(c))
}
