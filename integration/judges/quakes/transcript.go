package quakes

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

// transcript tells in the hearing's log what happened, and gives its verdicts.
// It may be used concurrently.
type transcript struct{ h *judge.Hearing }

func (t *transcript) say(format string, args ...any) { t.h.Logf(format, args...) }

// table prints aligned rows, the first one as their heading.
func (t *transcript) table(rows ...[]string) {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(w, "    "+strings.Join(row, "\t"))
	}
	_ = w.Flush() // into memory
	t.h.Logf("%s", strings.TrimSuffix(text.String(), "\n"))
}

// verdict says whether something holds.
func (t *transcript) verdict(operation string, holds bool, format string, args ...any) {
	t.h.Hold(operation, holds, format, args...)
}

// differences gives the verdict on a list that should be empty, with its
// first entries.
func (t *transcript) differences(operation string, list []string, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if len(list) > 0 {
		text = fmt.Sprintf("%s: %d differences: %s", text, len(list), strings.Join(list[:min(len(list), maxListed)], "; "))
	}
	t.h.Hold(operation, len(list) == 0, "%s", text)
}

const maxListed = 12
