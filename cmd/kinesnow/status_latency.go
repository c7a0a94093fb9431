package main

import (
	"cmp"
	"slices"
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
	code, reports := exitFine, []*latency.Report{}
	for _, name := range s.file.Names() {
		if len(s.names) > 0 && !slices.Contains(s.names, name) {
			continue
		}
		r := latency.Measure(ctx, name, s.file.Connectors[name], within, processes)
		code = cmp.Or(code, r.ExitCode())
		reports = append(reports, r)
		if wantsJSON(s.command) {
			continue
		}
		if err := r.Text(s.command.OutOrStdout()); err != nil {
			return err
		}
	}
	if wantsJSON(s.command) {
		if err := printJSON(s.command, reports); err != nil {
			return err
		}
	}
	return exit(code, nil)
}
