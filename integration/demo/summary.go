package demo

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/kinesnow/kinesnow/integration/demo/chaos"
	"github.com/kinesnow/kinesnow/integration/exact"
	"github.com/kinesnow/kinesnow/messages"
)

// conclude writes the result and reports whether all is well.
func (r *run) conclude(found *exact.Result, s *sampler, took time.Duration) bool {
	w, k, v := r.o.Out, r.killer.count(), r.life.look()
	splits, merges := r.reshaper.count()
	var ledger messages.Counters
	for _, lease := range leaseRows(r.cloud) {
		ledger = ledger.Add(lease.counters)
	}
	fmt.Fprintf(w, "killed: %s; %d of them with an append in flight\n", killsText(k), k.inFlight)
	fmt.Fprintf(w, "generations ended: %s\n", endedText(v.ended))
	fmt.Fprintf(w, "ledger: %s\n", ledgerText(ledger))
	trouble := slices.Clone(v.trouble)
	if ledger.Committed != found.Table || ledger.Read != found.Put {
		trouble = append(trouble, fmt.Sprintf("the ledger counts %s records read and %s rows committed", comma(ledger.Read), comma(ledger.Committed)))
	}
	for _, text := range append(found.Details, trouble...) {
		fmt.Fprintln(w, "  "+text)
	}
	fmt.Fprintf(w, "\n%s records, %s, %s, %s, %s, %s, %s in %d s\n",
		comma(found.Put), count(k.total, "actor kill"), count(v.killed, "process kill"),
		count(int(r.faults.throttles.Load()), "throttle"), count(int(r.faults.losses.Load()), "lost answer"),
		count(splits, "split"), count(merges, "merge"), int(took.Seconds()+0.5))
	ok := found.Exact() && len(trouble) == 0
	fmt.Fprintf(w, "%s   %s\n", found.Counts(), exact.Verdict(ok)) // ok is false also for what the comparison cannot see
	peak := ""
	if v.peak > 0 {
		peak = fmt.Sprintf("   peak memory %d MB", v.peak/1_000_000)
	}
	fmt.Fprintf(w, "lag at commit p50 %s p99 %s%s   AWS and Snowflake were local servers; nothing left this machine\n",
		seconds(s.tail.lag.quantile(0.5)), seconds(s.tail.lag.quantile(0.99)), peak)
	r.kept(w)
	return ok
}

// kept says where everything is and how to go on.
func (r *run) kept(w io.Writer) {
	if r.o.Dir == "" {
		fmt.Fprintln(w, "Nothing was kept; --dir DIR keeps everything")
		return
	}
	dir := r.o.Dir
	fmt.Fprintf(w, "Kept: kinesnow dev --dir %s   Ask: kinesnow sql -c %s/kinesnow.yaml 'SELECT count(*) FROM %s'   Log: %s/connector.log\n", dir, dir, table, dir)
}

func killsText(k kills) string {
	var parts []string
	for _, kind := range chaos.Kinds() {
		parts = append(parts, fmt.Sprintf("%s %d", kind, k.byKind[kind]))
	}
	return strings.Join(parts, ", ")
}

// endedText lists why generations ended, the most frequent reason first.
func endedText(ended map[messages.Reason]int64) string {
	reasons := slices.SortedFunc(maps.Keys(ended), func(a, b messages.Reason) int {
		return cmp.Or(cmp.Compare(ended[b], ended[a]), cmp.Compare(a, b))
	})
	var parts []string
	for _, reason := range reasons {
		parts = append(parts, fmt.Sprintf("%s %d", reason, ended[reason]))
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

func ledgerText(c messages.Counters) string {
	return fmt.Sprintf("read %s = committed %s + discarded %s + filtered %s   rejected %s",
		comma(c.Read), comma(c.Committed), comma(c.Discarded), comma(c.Filtered), comma(c.Rejected))
}

func comma(n int64) string { return humanize.Comma(n) }

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return comma(int64(n)) + " " + noun + "s"
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
