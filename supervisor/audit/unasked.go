package audit

import (
	"fmt"
	"slices"

	"github.com/kinesnow/kinesnow/messages"
)

// unasked finds a witness that could not be asked: where somebody was not heard,
// nobody knows that all is exact. It stands among the notes as well, which tell
// programs all that could not be looked at; aside leaves it out of the text.
func (s *session) unasked(err error, what string, args ...any) {
	text := fmt.Sprintf(what, args...) + ": " + err.Error()
	s.report.Notes = append(s.report.Notes, text)
	s.report.Findings = append(s.report.Findings, Finding{Kind: Unasked, Text: text})
	s.report.refused = s.report.refused || messages.AsFault("audit", err).Stop == messages.AccessDenied
}

// aside are the notes that no finding says already.
func (r *Report) aside() []string {
	return slices.DeleteFunc(slices.Clone(r.Notes), func(note string) bool {
		return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Kind == Unasked && f.Text == note })
	})
}

// uncounted notes that the table could not be asked, which is a finding where it
// should have been: without snowflake.warehouse nobody promised that.
func (s *session) uncounted(err error) {
	if s.Config.Snowflake.Warehouse == "" {
		s.note("the table could not be counted: %v", err)
		return
	}
	s.unasked(err, "the table could not be counted")
}

// ExitCode is what the report means for a process: 0 where all is exact, 2 where
// something speaks against it. Where nothing does, but somebody could not be asked,
// it is 77 if access was refused, else 69.
func (r *Report) ExitCode() int {
	switch {
	case r.Exact:
		return 0
	case !r.unknown():
		return 2
	case r.refused:
		return messages.AccessDenied.ExitCode()
	}
	return messages.TargetMissing.ExitCode()
}

// unknown reports whether the report is not exact for the one reason that somebody
// could not be asked.
func (r *Report) unknown() bool {
	for i := range r.Shards {
		if len(r.Shards[i].Findings) > 0 {
			return false
		}
	}
	for _, f := range r.Findings {
		if f.Kind != Unasked {
			return false
		}
	}
	return len(r.Findings) > 0
}
