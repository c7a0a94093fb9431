package main

import "strings"

// verdict is what a run shows.
type verdict string

const (
	holds    verdict = "holds"    // the whole state space, and nothing is wrong
	dup      verdict = "DUP"      // a row is committed twice
	loss     verdict = "LOSS"     // a row is left out
	order    verdict = "ORDER"    // a child's row before its parent's
	regr     verdict = "REGR"     // T < K though nobody moved a token
	park     verdict = "PARK"     // a stop without a reason
	bury     verdict = "BURY"     // a good record is dead-lettered
	stuck    verdict = "STUCK"    // something never comes
	parkable verdict = "PARKABLE" // the stop of P7 is reachable
	partial  verdict = "PARTIAL"  // the search was cut short
	broken   verdict = "BROKEN"   // spin, gcc or the model
)

// run is one question: the model with these switches, and what must come of it.
type run struct {
	name       string
	want       verdict
	flags      string
	ignoreEnds bool // no look at invalid end states
	slow       bool // more than half a minute: -full only
}

func (r run) switches() []string {
	var list []string
	for _, f := range strings.Fields(r.flags) {
		list = append(list, "-D"+f)
	}
	return list
}

// hash is the size of the state table, as a power of two.
func (r run) hash() int {
	switch {
	case r.slow:
		return 26
	case r.want == holds:
		return 24
	}
	return 22
}

// runs are all questions.
var runs = []run{
	// What is built. The name says shards, faults, and what else may happen.
	{name: "built-1-f2-drops", want: holds, flags: "FAULTS=2 DROPS"},
	{name: "built-1-f2-rows-3", want: holds, flags: "FAULTS=2 NP=3"},
	{name: "built-1-f1-drops-exact", want: holds, flags: "FAULTS=1 NP=4 DROPS PARK_EXACT"},
	{name: "built-1-f2-late-open", want: holds, flags: "FAULTS=2 DROPS LATE_OPEN"},
	{name: "built-1-f1-moves", want: holds, flags: "FAULTS=1 NP=3 DROPS MOVES=1"},
	{name: "built-1-f1-two-moves", want: holds, flags: "FAULTS=1 DROPS MOVES=2"},
	{name: "built-1-f2-rowless", want: holds, flags: "FAULTS=2 DROPS SKIP=1"},
	{name: "built-1-f2-buried", want: holds, flags: "FAULTS=2 DROPS SKIP=2"},
	{name: "built-1-f1-buried-moves", want: holds, flags: "FAULTS=1 DROPS SKIP=2 MOVES=1"},
	{name: "built-1-f1-latest-rowless", want: holds, flags: "FAULTS=1 LATEST=1 SKIP=1"},
	{name: "built-1-f2-resolve-table", want: holds, flags: "FAULTS=2 DROPS RESOLVE=1"},
	{name: "built-2-f1-drops", want: holds, flags: "TOPO=2 FAULTS=1 NP=1 NC=1 DROPS"},
	{name: "built-2-f1-moves", want: holds, flags: "TOPO=2 FAULTS=1 NP=1 NC=1 MOVES=1 WRITES_NOW P11_NO_RETRY"},
	{name: "built-1-f1-nolease", want: holds, flags: "FAULTS=1 NO_LEASE", ignoreEnds: true},
	{name: "built-P23-drops", want: holds, flags: "FAULTS=2 DROPS P23_DROP"},

	// The same beside a service of another kind, where its papers are silent.
	{name: "built-P6-409-fences", want: holds, flags: "FAULTS=2 DROPS OPENSEM=4"},
	{name: "built-P6-409-for-ever", want: holds, flags: "FAULTS=2 DROPS OPENSEM=3"},
	{name: "built-P6-open-flushes", want: holds, flags: "FAULTS=2 DROPS OPENSEM=1"},
	{name: "built-P11-repeat-refused", want: holds, flags: "FAULTS=2 DROPS RETRYSEM=0"},
	{name: "built-P23-seq-restart", want: holds, flags: "FAULTS=3 NP=1 P23_DROP SEQ_RESTART P23_LATE"},

	// The law beyond the code: what the code leaves out does no harm.
	{name: "spare-P5-no-recheck", want: holds, flags: "FAULTS=2 P5_NO_RECHECK"},
	{name: "law-P7-stale-settles", want: holds, flags: "FAULTS=2 DROPS P7_SETTLE_FENCED"},
	{name: "law-P11-reopen-at-once", want: holds, flags: "FAULTS=2 DROPS P11_NO_RETRY RETRYSEM=2"},

	// Rules broken on purpose. The shortest story is what -trace shows.
	{name: "naive-P5-status-first", want: dup, flags: "FAULTS=2 P5_STATUS_FIRST"},
	{name: "naive-P7-start-at-K", want: dup, flags: "FAULTS=2 P7_START_AT_K"},
	{name: "naive-P7-no-settled", want: dup, flags: "FAULTS=2 DROPS P7_NO_SETTLED"},
	{name: "naive-P7-true-early", want: dup, flags: "FAULTS=2 DROPS P7_TRUE_EARLY"},
	{name: "naive-P7-no-reset", want: dup, flags: "FAULTS=2 DROPS P7_NO_RESET"},
	{name: "naive-P7-reset-after", want: dup, flags: "FAULTS=2 DROPS P7_RESET_AFTER"},
	{name: "naive-P7-not-answered", want: dup, flags: "FAULTS=2 DROPS P7_NOT_ANSWERED"},
	{name: "naive-P7-say-less", want: dup, flags: "FAULTS=2 DROPS P7_SAY_LESS"},
	{name: "naive-P7-no-undo", want: park, flags: "FAULTS=1 DROPS PARK_EXACT P7_NO_UNDO"},
	{name: "naive-P7-no-created", want: dup, flags: "FAULTS=2 DROPS P7_NO_CREATED=1"},
	{name: "naive-P7-no-created-strict", want: park, flags: "FAULTS=1 DROPS P7_NO_CREATED=2"},
	{name: "naive-P7-seed", want: dup, flags: "FAULTS=2 DROPS P7_SEED"},
	{name: "naive-P8-after-seq", want: loss, flags: "FAULTS=2 P8_AFTER_SEQ"},
	{name: "naive-P10-no-rewind", want: loss, flags: "FAULTS=2 P10_NO_REWIND"},
	{name: "naive-P10-pipeline", want: loss, flags: "FAULTS=1 P10_PIPELINE"},
	{name: "naive-P11-other-bytes", want: loss, flags: "FAULTS=2 NP=3 P11_OTHER_BYTES"},
	{name: "naive-P12-latest-again", want: loss, flags: "FAULTS=2 LATEST=1 P12_LATEST_AGAIN"},
	{name: "naive-P13-kills-count", want: bury, flags: "FAULTS=2 SKIP=2 P13_KILLS_COUNT"},
	{name: "naive-P14-on-ack", want: loss, flags: "FAULTS=2 P7_START_AT_K P14_ON_ACK NODUPCHECK"},
	{name: "naive-P17-early", want: loss, flags: "FAULTS=2 SKIP=1 P17_EARLY"},
	{name: "naive-P17-stale", want: dup, flags: "FAULTS=2 DROPS SKIP=1 P17_STALE"},
	{name: "naive-P18-no-epoch", want: park, flags: "FAULTS=2 DROPS P18_NO_EPOCH"},
	{name: "naive-P18-no-order", want: dup, flags: "FAULTS=2 DROPS P18_NO_ORDER"},
	{name: "naive-P19-no-fence", want: dup, flags: "FAULTS=2 P19_NO_FENCE"},
	{name: "naive-P21-settled", want: dup, flags: "FAULTS=1 MOVES=1 DROPS P21_SETTLED"},
	{name: "naive-P22-on-read", want: order, flags: "TOPO=2 FAULTS=2 P22_ON_READ NC=1", ignoreEnds: true},
	{name: "naive-P23-on-read", want: loss, flags: "FAULTS=2 P23_ON_READ"},
	{name: "naive-P23-drop-first", want: park, flags: "FAULTS=2 P23_DROP_FIRST"},
	{name: "naive-P23-drop-anyway", want: park, flags: "FAULTS=2 P23_DROP_ANYWAY"},
	{name: "human-resolve-checkpoint", want: dup, flags: "FAULTS=1 DROPS RESOLVE=2"},

	// A service that is worse than assumed.
	{name: "service-late-commit", want: dup, flags: "FAULTS=2 OPENSEM=2"},
	{name: "service-repeat-applied", want: dup, flags: "FAULTS=2 RETRYSEM=2"},
	{name: "service-seq-restart", want: dup, flags: "FAULTS=2 DROPS SEQ_RESTART"},
	{name: "service-seq-restart-P23", want: dup, flags: "FAULTS=3 NP=1 P23_DROP SEQ_RESTART"},
	{name: "reach-P7-stop", want: parkable, flags: "FAULTS=1 DROPS SHOW_PARK"},

	// The long ones.
	{name: "built-3-split-f1", want: holds, slow: true, flags: "TOPO=3 FAULTS=1 NP=1 NC=1 WRITES_NOW P11_NO_RETRY"},
	{name: "built-4-merge-f1", want: holds, slow: true, flags: "TOPO=4 FAULTS=1 NP=1 NC=1 WRITES_NOW P11_NO_RETRY"},
	{name: "built-2-f2-drops", want: holds, slow: true, flags: "TOPO=2 FAULTS=2 NP=1 NC=1 DROPS WRITES_NOW P11_NO_RETRY"},
	{name: "built-1-f2-drops-rows-3", want: holds, slow: true, flags: "FAULTS=2 NP=3 DROPS"},
	{name: "built-1-f3-drops", want: holds, slow: true, flags: "FAULTS=3 DROPS"},
	{name: "built-1-f2-moves", want: holds, slow: true, flags: "FAULTS=2 DROPS MOVES=1"},
	{name: "built-1-f3-late-open", want: holds, slow: true, flags: "FAULTS=3 LATE_OPEN"},
	{name: "built-1-f2-latest-rowless", want: holds, slow: true, flags: "FAULTS=2 LATEST=1 SKIP=1"},
	{name: "built-1-f2-nolease", want: holds, slow: true, flags: "FAULTS=2 NP=1 NO_LEASE", ignoreEnds: true},
}
