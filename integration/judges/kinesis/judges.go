package kinesis

import (
	"context"
	_ "embed"
	"os/exec"
	"time"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

var (
	//go:embed requirements.txt
	requirements string
	//go:embed npm/package.json
	packageJSON string
	//go:embed npm/package-lock.json
	packageLock string

	//go:embed calls.py
	pythonCalls string
	//go:embed aws_cli.py
	awsCLI string
	//go:embed boto3_streams.py
	boto3Streams string
	//go:embed boto3_fan_out.py
	boto3FanOut string
	//go:embed boto3_refusals.py
	boto3Refusals string

	//go:embed finding.mjs
	nodeFinding string
	//go:embed sdk.mjs
	javaScriptSDK string
	//go:embed lifion.mjs
	lifion string
	//go:embed lifion_polling.mjs
	lifionPolling string
	//go:embed lifion_fan_out.mjs
	lifionFanOut string

	pip = judge.Pip{Requirements: requirements}
	npm = judge.Npm{Package: packageJSON, Lock: packageLock}
)

// Judges are the clients of Kinesis. Versions are those of requirements.txt
// and npm/package.json.
func Judges() []judge.Judge {
	return []judge.Judge{
		{Name: "awscli", Version: "1.46.3", Of: "localkinesis", Tools: []judge.Tool{pip}, AtLeast: 8, Hear: python(awsCLI)},
		{Name: "boto3 streams", Version: "1.44.5", Of: "localkinesis", Tools: []judge.Tool{pip}, AtLeast: 23, Hear: python(boto3Streams)},
		{Name: "boto3 fan-out", Version: "1.44.5", Of: "localkinesis", Tools: []judge.Tool{pip}, AtLeast: 9, Hear: python(boto3FanOut)},
		{Name: "boto3 refusals", Version: "1.44.5", Of: "localkinesis", Tools: []judge.Tool{pip}, AtLeast: 8, Hear: python(boto3Refusals)},
		{Name: "@aws-sdk/client-kinesis", Version: "3.1143.0", Of: "localkinesis", Tools: []judge.Tool{npm}, AtLeast: 13, Hear: hearJavaScriptSDK},
		{Name: "lifion-kinesis polling", Version: "1.3.3", Of: "localkinesis, localdynamo", Tools: []judge.Tool{npm}, AtLeast: 3, Hear: node(lifion + lifionPolling)},
		{Name: "lifion-kinesis fan-out", Version: "1.3.3", Of: "localkinesis, localdynamo", Tools: []judge.Tool{npm}, AtLeast: 3, Hear: node(lifion + lifionFanOut)},
	}
}

func python(script string) func(context.Context, *judge.Hearing) error {
	return hear(func(ctx context.Context, h *judge.Hearing) (*exec.Cmd, error) {
		return h.Python(ctx, pip, judge.FindingPython+pythonCalls+script)
	})
}

func node(script string) func(context.Context, *judge.Hearing) error {
	return hear(func(ctx context.Context, h *judge.Hearing) (*exec.Cmd, error) {
		return h.Node(ctx, npm, nodeFinding+script)
	})
}

// hear runs a program beside servers of its own.
func hear(program func(context.Context, *judge.Hearing) (*exec.Cmd, error)) func(context.Context, *judge.Hearing) error {
	return func(ctx context.Context, h *judge.Hearing) error {
		addresses, err := serve(h)
		if err != nil {
			return err
		}
		c, err := program(ctx, h)
		if err != nil {
			return err
		}
		c.Env = append(c.Env, addresses...)
		return h.Run(c)
	}
}

// Times of the servers that the programs count on.
const (
	stateDelay       = 300 * time.Millisecond
	subscriptionLife = 10 * time.Second
	shortIterator    = time.Second
)
