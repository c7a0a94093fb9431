package main

import (
	"cmp"
	"time"

	"github.com/kinesnow/kinesnow/supervisor/latency"
)

// latency measures each connector, and ends with the first code that is not 0.
func (s *status) latency(within time.Duration) error {
	ctx := s.command.Context()
	report, err := s.ask(ctx)
	if err != nil {
		return exit(exitUnreachable, err)
	}
	var processes []string
	for _, p := range report.Processes {
		if p.HTTP != "" {
			processes = append(processes, p.HTTP)
		}
	}
	code := exitFine
	for _, name := range s.names {
		r := latency.Measure(ctx, name, s.file.Connectors[name], within, processes)
		code = cmp.Or(code, r.ExitCode())
		if wantsJSON(s.command) {
			err = printJSON(s.command, r)
		} else {
			err = r.Text(s.command.OutOrStdout())
		}
		if err != nil {
			return err
		}
	}
	return exit(code, nil)
}
