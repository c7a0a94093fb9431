package dynamodb

import (
	"context"
	_ "embed"
	"path/filepath"
	"time"

	"github.com/kinesnow/kinesnow/integration/judges/emulators"
	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

var (
	//go:embed requirements.txt
	requirements string
	//go:embed boto3_leases.py
	boto3Leases string
	//go:embed aws_cli.py
	awsCLI string

	pip = judge.Pip{Requirements: requirements}
)

// Delays of the tables that the clients see, so that their waiters wait.
const tableDelay = 300 * time.Millisecond

// Judges are the servers and clients of DynamoDB.
func Judges() []judge.Judge {
	return []judge.Judge{
		{Name: dynamoDBLocal, Version: emulators.DynamoDBLocalVersion, Of: "localdynamo", Tools: emulators.Java, AtLeast: 24, Hear: compareWith(dynamoDBLocal)},
		{Name: dynalite, Version: emulators.DynaliteVersion, Of: "localdynamo", Tools: emulators.Java, AtLeast: 23, Hear: compareWith(dynalite)},
		{Name: "boto3 leases", Version: "1.44.5", Of: "localdynamo", Tools: []judge.Tool{pip}, AtLeast: 14, Hear: clientOf(boto3Leases)},
		{Name: "awscli dynamodb", Version: "1.46.3", Of: "localdynamo", Tools: []judge.Tool{pip}, AtLeast: 7, Hear: clientOf(awsCLI)},
	}
}

// compareWith sends the suite to a server and to localdynamo, and lets writes
// race on both.
func compareWith(name string) func(context.Context, *judge.Hearing) error {
	return func(ctx context.Context, h *judge.Hearing) error {
		urls, err := serve(ctx, h)
		if err != nil {
			return err
		}
		for _, raced := range []string{name, ""} {
			label := raced
			if raced == "" {
				label = "localdynamo"
			}
			h.Check("racing conditional writes on "+label, race(ctx, urls[raced]), "%d rounds each of UpdateItem, PutItem and DeleteItem: of %d at once one won", rounds, racers)
		}
		t := &trial{hearing: h, judge: name, urls: urls}
		return t.compare(ctx)
	}
}

// clientOf runs a program on two servers: one where everything is allowed, and
// one under the documented policy.
func clientOf(script string) func(context.Context, *judge.Hearing) error {
	return func(ctx context.Context, h *judge.Hearing) error {
		delays := localdynamo.Options{CreateDelay: tableDelay, DeleteDelay: tableDelay, UpdateDelay: tableDelay, IndexDelay: tableDelay}
		free, err := serveOurs(h, delays)
		if err != nil {
			return err
		}
		delays.Policy = localdynamo.OpenflowPolicy("leases")
		bound, err := serveOurs(h, delays)
		if err != nil {
			return err
		}
		c, err := h.Python(ctx, pip, judge.FindingPython+script)
		if err != nil {
			return err
		}
		c.Env = append(c.Env, "DYNAMODB_URL="+free, "POLICY_URL="+bound, "PATH="+filepath.Join(h.Home(pip), "bin"))
		return h.Run(c)
	}
}
