package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"

	"github.com/kinesnow/kinesnow/integration/sim"
)

// replay runs one seed as one mutant, and tells all of it: what was done to it,
// the verdict, the end of the trace, and where the whole trace and the
// connectors' logs are kept.
func replay(ctx context.Context, binary string, chosen []Mutant, seed uint64, out io.Writer) error {
	if len(chosen) != 1 {
		return errors.New("-seed replays one mutant: name it with -only")
	}
	m := chosen[0]
	fmt.Fprintf(out, "%s (%s): %s\n", m.Name, m.Rule, m.Wrong)
	for _, h := range m.Hunks {
		if !h.New {
			h.print(out)
		}
	}
	command := exec.CommandContext(ctx, binary, "-test.run=^"+sim.TestName+"$", "-test.v", "-test.timeout=0", "-sim.seed="+strconv.FormatUint(seed, 10))
	command.Env = append(os.Environ(), mutantEnv+"="+m.Name, "GOMAXPROCS=1", "GODEBUG=asyncpreemptoff=1")
	command.Stdout, command.Stderr = out, out
	switch err := command.Run(); {
	case err == nil:
		return fmt.Errorf("seed %d does not catch %s", seed, m.Name)
	case command.ProcessState == nil:
		return err
	}
	return nil // it failed, as it should
}

// print shows a change as it is in the catalogue.
func (h *Hunk) print(out io.Writer) {
	fmt.Fprintf(out, "@@ %s\n", h.Path)
	for _, l := range h.Lines {
		fmt.Fprintf(out, "%c%s\n", l.Kind, l.Text)
	}
}
