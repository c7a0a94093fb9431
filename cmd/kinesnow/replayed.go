package main

import (
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/kinesnow/kinesnow/supervisor/replay"
)

// account is what a replay ends with.
type account interface {
	Text(w io.Writer) error
	ExitCode() int
}

// accountOf prints a replay's account, where there is one, and ends the process
// with its code.
func accountOf[A interface {
	*replay.Report | *replay.LettersReport
	account
}](c *cobra.Command, report A, err error) error {
	if report == nil {
		return replayError(err)
	}
	var printed error
	if wantsJSON(c) {
		printed = printJSON(c, report)
	} else {
		printed = report.Text(c.OutOrStdout())
	}
	switch {
	case printed != nil:
		return printed
	case err != nil:
		return replayError(err)
	}
	return exit(report.ExitCode(), nil)
}

// replayError is how a replay that could not be carried out ends the process.
func replayError(err error) error {
	var refused *replay.RefusedError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		return usage("%v", err)
	}
	return exit(replay.ExitCode(err), err)
}
