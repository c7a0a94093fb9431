package quakes

import (
	"context"
	_ "embed"
	"errors"
	"runtime"
	"time"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

//go:embed requirements.txt
var requirements string

// clients are the clients of both scenarios.
var clients = judge.Pip{Requirements: requirements}

// commitDelay is the second scenario's, from acceptance to commit: long enough
// for kills to find appends in between.
const commitDelay = 2 * time.Second

// Judges are the scenarios. Both judge by what the clients answer alone.
func Judges() []judge.Judge {
	scenario := func(name string, atLeast int, play func(context.Context, *flow) error) judge.Judge {
		return judge.Judge{
			Name: "boto3 + awscli + snowflake-connector-python, " + name, Version: "1.44.5 + 1.46.3 + 5.2.0", Of: "connector",
			Tools: []judge.Tool{clients}, AtLeast: atLeast, Within: 5 * time.Minute,
			Hear: func(ctx context.Context, h *judge.Hearing) error { return hear(ctx, h, play) },
		}
	}
	return []judge.Judge{scenario("earthquakes by field", 16, fields), scenario("earthquakes under kill -9", 14, kills)}
}

// hear plays one scenario and ends whatever it left running.
func hear(ctx context.Context, h *judge.Hearing, play func(context.Context, *flow) error) (err error) {
	box, err := newToolbox(ctx, h)
	if err != nil {
		return err
	}
	records, err := readInput(box.file("integration", "demo", "earthquakes.ndjson"))
	if err != nil {
		return err
	}
	f := &flow{t: &transcript{h}, box: box, in: records}
	defer func() { err = errors.Join(err, f.close()) }()
	f.t.say("input: %d lines, %d partition keys (the field net), %d bytes; %s/%s, %d CPUs",
		len(records.lines), len(records.keys()), records.size, runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	return play(ctx, f)
}
