package demo

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/kinesnow/kinesnow/messages"
)

var (
	faint  = lipgloss.NewStyle().Faint(true)
	strong = lipgloss.NewStyle().Bold(true)
	good   = lipgloss.NewStyle().Foreground(lipgloss.Color("2"))
	warn   = lipgloss.NewStyle().Foreground(lipgloss.Color("3"))
	bad    = lipgloss.NewStyle().Foreground(lipgloss.Color("1"))
)

// frame draws a snapshot: at most width columns, one line per shard at the end.
func frame(s *snapshot, width int) string {
	var b strings.Builder
	line := func(name, format string, args ...any) {
		b.WriteString(lipgloss.NewStyle().MaxWidth(max(width, 40)).Render(faint.Render(fmt.Sprintf("%-12s", name))+fmt.Sprintf(format, args...)) + "\n")
	}
	state := good.Render(string(s.health))
	switch {
	case s.vital.http == "":
		state = bad.Render("process starts")
	case s.health != messages.Flowing:
		state = warn.Render(string(s.health))
	case !s.flows():
		state = warn.Render("waits for leases")
	}
	line("kinesnow", "%s -> RAW.EVENTS.%s   %s   %.1f s", streamName, table, state, s.elapsed.Seconds())
	line("put", "%s  %s   %s/s", bar(s.put, s.records), pad(comma(s.put), 11), comma(int64(s.putRate)))
	line("in table", "%s  %s   %s/s", bar(s.table, s.records), strong.Render(pad(comma(s.table), 11)), comma(int64(s.rowRate)))
	line("commits", "lag p50 %s p99 %s   %s accepted and not committed   %d MB", seconds(s.lag[0]), seconds(s.lag[1]), count(s.flying, "append"), s.vital.peak/1_000_000)
	line("chaos", "%s (%d with an append in flight), %s, %s, %s, %s, %s",
		count(s.kills.total, "actor kill"), s.kills.inFlight, count(s.vital.killed, "process kill"), count(int(s.faults[0]), "throttle"),
		count(int(s.faults[1]), "lost answer"), count(s.reshapes[0], "split"), count(s.reshapes[1], "merge"))
	line("killed", "%s", killsText(s.kills))
	line("generations", "%s", endedText(s.vital.ended))
	line("ledger", "%s   %s this process", ledgerText(s.ledger), entries(s.journal))
	b.WriteString("\n" + faint.Render(fmt.Sprintf("%5s  %-9s %12s %12s %10s %7s", "shard", "state", "put", "in table", "in flight", "epoch")) + "\n")
	for _, sh := range s.shards {
		fmt.Fprintf(&b, "%5s  %s %12s %12s %10d %7s\n", sh.number, phase(sh), comma(sh.put), comma(sh.table), sh.flying, sh.epoch)
	}
	return b.String()
}

const barWidth = 32

// bar draws a share of the whole.
func bar(n int64, all int) string {
	full := int(min(int64(barWidth), n*barWidth/int64(max(all, 1))))
	return good.Render(strings.Repeat("█", full)) + faint.Render(strings.Repeat("░", barWidth-full))
}

// phase is a shard's state in nine columns; a closed shard that is being read
// to its end is marked.
func phase(s shardLine) string {
	text := string(s.phase)
	if text == "" {
		text = "-"
	}
	if !s.open && s.phase != messages.PhaseEnded {
		text += "*"
	}
	text = fmt.Sprintf("%-9s", text)
	switch s.phase {
	case messages.PhaseFlowing:
		return good.Render(text)
	case messages.PhaseParked:
		return bad.Render(text)
	case messages.PhaseEnded:
		return faint.Render(text)
	}
	return warn.Render(text)
}

func entries(n int64) string {
	if n == 1 {
		return "1 entry"
	}
	return comma(n) + " entries"
}

// pad aligns a text to the right.
func pad(text string, width int) string { return fmt.Sprintf("%*s", width, text) }
