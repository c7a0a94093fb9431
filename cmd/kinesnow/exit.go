package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/kinesnow/kinesnow/supervisor/config"
)

// The exit codes that every verb shares (contract.md "Verbs").
const (
	exitFine        = 0
	exitFailure     = 1
	exitFindings    = 2
	exitUsage       = 64
	exitUnreachable = 69
	exitRefused     = 77
	exitConfig      = 78
)

// exitError ends the process with a code. A nil err says that everything was
// already told.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// ExitCode is the process's exit code.
func (e *exitError) ExitCode() int { return e.code }

// exit returns an error that ends the process with a code and tells err, which
// may be nil; nil for code 0.
func exit(code int, err error) error {
	if code == exitFine && err == nil {
		return nil
	}
	return &exitError{code, err}
}

// usage returns the error of a command line that cannot be meant.
func usage(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}

// finish tells an error and returns its exit code: what the error itself says,
// 78 for a bad configuration, else 1.
func finish(err error, stderr io.Writer) int {
	if err == nil {
		return exitFine
	}
	var coded interface{ ExitCode() int }
	var wrong *config.Error
	code := exitFailure
	switch {
	case errors.As(err, &coded):
		code = coded.ExitCode()
	case errors.As(err, &wrong):
		code = exitConfig
	}
	var silent *exitError
	switch {
	case errors.As(err, &silent) && silent.err == nil:
	case code == exitConfig:
		fmt.Fprintln(stderr, err) // each problem names its file and line
	case code == exitUsage:
		fmt.Fprintf(stderr, "kinesnow: %v\nkinesnow --help lists verbs and flags\n", err)
	default:
		fmt.Fprintf(stderr, "kinesnow: %v\n", err)
	}
	return code
}

// ran marks an error as a verb's own. What cobra says before a verb runs is a
// matter of usage.
type ran struct{ error }

func (r ran) Unwrap() error { return r.error }

// mark wraps every verb so that its errors can be told from cobra's.
func mark(command *cobra.Command) {
	if verb := command.RunE; verb != nil {
		command.RunE = func(c *cobra.Command, args []string) error {
			if err := verb(c, args); err != nil {
				return ran{err}
			}
			return nil
		}
	}
	for _, sub := range command.Commands() {
		mark(sub)
	}
}

// asUsage gives cobra's own errors their exit code.
func asUsage(err error) error {
	var own ran
	if err == nil || errors.As(err, &own) {
		return err
	}
	return &exitError{exitUsage, err}
}
