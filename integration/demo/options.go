package demo

import (
	"fmt"
	"io"
	"os/exec"
	"time"
)

// Options say what to run. The zero value of a field is its default.
type Options struct {
	Input     string        // file of JSON objects, one a line; "" = the built-in earthquakes
	Records   int           // to put; default 200,000
	Shards    int           // to begin with; default 4
	Aggregate int           // records put in one Kinesis record, at most, as the KPL does; 0 = each alone
	FanOut    bool          // read by enhanced fan-out instead of polling
	Duration  time.Duration // over which they are put; default 25 s
	KillEvery time.Duration // between two actors' deaths; default 250 ms, negative = none
	Dir       string        // keeps everything; "" = memory, and nothing is kept

	// ProcessKills is how often the whole connector is killed; default 3,
	// negative = never.
	ProcessKills int
	// Settle bounds the wait for what was put last; default 120 s.
	Settle time.Duration

	// Connector makes the command that runs Connector on a configuration file.
	Connector func(configFile string) *exec.Cmd

	Out  io.Writer // the story and the result
	Live bool      // Out is a terminal: show a live view
	// Interrupt is called when the live view, which has the keyboard, sees
	// Ctrl-C.
	Interrupt func()
}

// The pace of the demo's connector and Snowflake: quick enough to watch.
const (
	commitDelay   = 600 * time.Millisecond
	linger        = 200 * time.Millisecond
	leaseDuration = 3 * time.Second
	leaseRenew    = time.Second

	streamName = "quakes"
	table      = "QUAKES"

	maxRecordsPut = 50_000_000
	maxAggregate  = batchRecords
)

func (o Options) complete() (Options, error) {
	setDefault(&o.Records, 200_000)
	setDefault(&o.Shards, 4)
	setDefault(&o.Duration, 25*time.Second)
	setDefault(&o.KillEvery, 250*time.Millisecond)
	setDefault(&o.ProcessKills, 3)
	setDefault(&o.Settle, 120*time.Second)
	if o.Out == nil {
		o.Out = io.Discard
	}
	if o.Interrupt == nil {
		o.Interrupt = func() {}
	}
	switch {
	case o.Records < 1 || o.Records > maxRecordsPut:
		return o, &UsageError{fmt.Sprintf("--records %d: give 1 to %d", o.Records, maxRecordsPut)}
	case o.Shards < 1 || o.Shards > 64:
		return o, &UsageError{fmt.Sprintf("--shards %d: give 1 to 64", o.Shards)}
	case o.Aggregate < 0 || o.Aggregate > maxAggregate:
		return o, &UsageError{fmt.Sprintf("--aggregate %d: give 0 to %d", o.Aggregate, maxAggregate)}
	case o.Duration < time.Second || o.Duration > 24*time.Hour:
		return o, &UsageError{fmt.Sprintf("--duration %s: give 1s to 24h", o.Duration)}
	case o.KillEvery > 0 && o.KillEvery < 10*time.Millisecond:
		return o, &UsageError{fmt.Sprintf("--kill-every %s: give 10ms or more, or 0 for none", o.KillEvery)}
	}
	return o, nil
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// UsageError says that an option or the input cannot be used as it is.
type UsageError struct{ Text string }

func (e *UsageError) Error() string { return e.Text }
