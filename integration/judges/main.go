// Command judges lets clients and servers that nobody of this project wrote
// say what they think of it:
//
//	go run ./integration/judges                    all of them, on loopback
//	go run ./integration/judges -list
//	go run ./integration/judges -only boto3,KCL -logs DIR
//	go run ./integration/judges -record docs/judges.md
//
// Versions are pinned; whatever is missing is installed by its name into a
// cache the first time. What cannot be installed is printed and counted as not
// judged, which does not fail the run; a judge that ran and disagreed does.
package main

import (
	"os"
	"slices"

	"github.com/kinesnow/kinesnow/integration/judges/drivers"
	"github.com/kinesnow/kinesnow/integration/judges/dynamodb"
	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/judges/kcl"
	"github.com/kinesnow/kinesnow/integration/judges/kinesis"
	"github.com/kinesnow/kinesnow/integration/judges/quakes"
	"github.com/kinesnow/kinesnow/integration/judges/servers"
	"github.com/kinesnow/kinesnow/integration/judges/snowpipe"
)

func main() {
	judges := slices.Concat(
		kcl.Judges(), // the slowest first
		kinesis.Judges(),
		dynamodb.Judges(),
		quakes.Judges(),
		servers.Judges(),
		snowpipe.Judges(),
		drivers.Judges(),
	)
	os.Exit(judge.Main(os.Args[1:], os.Stdout, judges))
}
