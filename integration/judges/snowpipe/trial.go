package snowpipe

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"runtime/debug"

	"golang.org/x/sync/errgroup"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
)

// table is what most cases stream into, through its default pipe.
const (
	table     = "T"
	tablePipe = "T-STREAMING"
	channel   = "C"
)

// trial is one case at work: an account, a table, and one process with the
// SDK and a client "c" for the table's pipe. Everything is its own.
type trial struct {
	*account
	sdk    sdk
	h      *judge.Hearing
	name   string
	lane   *lane
	with   map[string]string // properties of the SDK
	driver *driver
}

// trialCase is one operation that is judged.
type trialCase struct {
	operation string
	options   localsnowflake.Options
	ddl       string            // "" is a table of N and V
	with      map[string]string // properties of the SDK
	fresh     bool              // needs a process of its own
	only      func(sdk) bool    // nil: every SDK
	// run compares. What it returns stands in the table: what held, or what
	// did not.
	run func(ctx context.Context, t *trial) (held string, err error)
}

const ddlDefault = `CREATE TABLE T (N NUMBER(38,0) NOT NULL, V VARIANT) ERROR_LOGGING = TRUE`

// lane runs cases one after the other, in one process of the SDK where
// starting one is costly.
type lane struct {
	sdk     sdk
	program *exec.Cmd // what a driver is
	driver  *driver   // that the next case may use, or nil
}

// hear runs all cases of an SDK.
func hear(s sdk) func(context.Context, *judge.Hearing) error {
	return func(ctx context.Context, h *judge.Hearing) error {
		program, err := s.driver(ctx, h)
		if err != nil {
			return err
		}
		cases := make(chan int)
		var group errgroup.Group
		for range s.lanes {
			group.Go(func() error {
				l := &lane{sdk: s, program: program}
				for i := range cases {
					c := casesOf(s)[i]
					held, err := l.try(ctx, h, c, fmt.Sprintf("case%02d", i))
					h.Check(c.operation, err, "%s", held)
				}
				return nil
			})
		}
		for i := range casesOf(s) {
			cases <- i
		}
		close(cases)
		return group.Wait()
	}
}

// casesOf are the cases that an SDK can be asked.
func casesOf(s sdk) (list []trialCase) {
	for _, family := range [][]trialCase{lifeCases, rowCases, killCases, ownerCases, volumeCases, faultCases, pipeCases} {
		for _, c := range family {
			if c.only == nil || c.only(s) {
				list = append(list, c)
			}
		}
	}
	return list
}

// try runs a case. One that panics has failed, and the lane goes on.
func (l *lane) try(ctx context.Context, h *judge.Hearing, c trialCase, name string) (held string, err error) {
	h.Logf("%s is %s", name, c.operation)
	defer func() {
		if cause := recover(); cause != nil {
			h.Logf("%s: %v\n%s", name, cause, debug.Stack())
			err = errors.Join(err, fmt.Errorf("the case panicked: %v", cause))
		}
	}()
	a, err := newAccount(h, name, c.options)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, a.end(h, name)) }()
	ddl := c.ddl
	if ddl == "" {
		ddl = ddlDefault
	}
	if err := a.do(ctx, ddl); err != nil {
		return "", err
	}
	t := &trial{account: a, sdk: l.sdk, h: h, name: name, lane: l, with: c.with}
	if t.driver = l.driver; t.driver == nil || c.fresh {
		if t.driver, err = t.start(ctx, name); err != nil {
			return "", err
		}
	}
	defer func() { l.keep(ctx, t.driver, !c.fresh) }()
	return c.run(ctx, t)
}

// keep leaves a driver to the next case, or ends it.
func (l *lane) keep(ctx context.Context, d *driver, good bool) {
	if d == l.driver && !good {
		return
	}
	if good && l.sdk.costly {
		if _, err := d.tell(ctx, "reset", command{}); err == nil {
			l.driver = d
			return
		}
	}
	d.kill()
	if d == l.driver {
		l.driver = nil
	}
}

// start starts a process with the SDK.
func (t *trial) start(ctx context.Context, name string) (*driver, error) {
	return startDriver(ctx, t.h, t.lane.program, t.environment(), name)
}

// restart replaces a process that was killed.
func (t *trial) restart(ctx context.Context) (err error) {
	if t.driver == t.lane.driver {
		t.lane.driver = nil
	}
	again, err := t.start(ctx, t.name+"-again")
	if err != nil {
		return err // keep ends the old one
	}
	t.driver = again
	return nil
}

// tell gives the trial's driver a command.
func (t *trial) tell(ctx context.Context, do string, c command) (answer, error) {
	return t.tellDriver(ctx, t.driver, do, c)
}

// tellDriver gives a driver a command. Clients are of the trial's account.
func (t *trial) tellDriver(ctx context.Context, d *driver, do string, c command) (answer, error) {
	if do == "client" {
		properties, err := t.properties(t.sdk, t.with)
		if err != nil {
			return answer{}, err
		}
		c = maps.Clone(c)
		c["properties"] = properties
	}
	return d.tell(ctx, do, c)
}

// tellAll gives commands until one fails.
func (t *trial) tellAll(ctx context.Context, commands ...command) error {
	for _, c := range commands {
		do, _ := c["do"].(string)
		if _, err := t.tell(ctx, do, c); err != nil {
			return err
		}
	}
	return nil
}

// client makes a client of the default pipe.
func client(name string) command { return clientOf(name, tablePipe) }

func clientOf(name, pipe string) command {
	return command{"do": "client", "name": name, "database": database, "schema": schema, "pipe": pipe}
}

func open(client, channel string) command {
	return command{"do": "open", "client": client, "channel": channel}
}

// generate appends numbered rows, their number being their offset token.
func generate(client, channel string, first, count, batch, size int) command {
	return command{"do": "generate", "client": client, "channel": channel, "first": first, "count": count, "batch": batch, "size": size}
}

// wait waits until a number is committed.
func wait(client, channel string, last int) command {
	return command{"do": "wait", "client": client, "channel": channel, "token": fmt.Sprint(last), "timeout": 60}
}

// begin makes client "c" and opens channel "C".
func (t *trial) begin(ctx context.Context) error {
	return t.tellAll(ctx, client("c"), open("c", channel))
}

// statusOf is a channel's status by the SDK.
func (t *trial) statusOf(ctx context.Context, client, channel string) (status, error) {
	a, err := t.tell(ctx, "status", command{"client": client, "channels": []string{channel}})
	if err != nil {
		return status{}, err
	}
	s, found := a.Statuses[channel]
	if !found {
		return status{}, fmt.Errorf("there is no status of %s", channel)
	}
	return s, nil
}

// each holds a table's rows against 0 to n-1, each once and in order.
func (t *trial) each(n int) error {
	got, err := t.numbers(table)
	if err != nil {
		return err
	}
	for i, number := range got {
		if number != i {
			return fmt.Errorf("%d rows, and row %d has the number %d", len(got), i, number)
		}
	}
	if len(got) != n {
		return fmt.Errorf("%d rows of %d", len(got), n)
	}
	return nil
}

// raised takes a refusal of the SDK out of an error.
func raised(err error) *refusal {
	var r *refusal
	errors.As(err, &r)
	return r
}
