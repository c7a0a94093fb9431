package supervisor

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/messages"
)

// rewrite writes the logs of the scenarios anew. The diff is what the review
// is about.
var rewrite = flag.Bool("rewrite", false, "write the logs in testdata/start anew")

// scenario is one text file of testdata/start:
//
//	# which rule it shows, and how
//	given   the lease row, the channel and its token, the stream, the configuration
//	when    what happens
//	then    what must be true at the end; written by hand
//	log     what the ledger kept; written by -rewrite, and compared
type scenario struct {
	name  string
	title string // its first line
	parts map[string][]string
	text  string // all but the log
}

var scenarioParts = []string{"given", "when", "then", "log"}

func readScenario(path string) (*scenario, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	head, _, _ := strings.Cut(string(text), "\nlog\n")
	s := &scenario{name: strings.TrimSuffix(filepath.Base(path), ".txt"), parts: map[string][]string{}, text: strings.TrimRight(head, "\n") + "\n\nlog\n"}
	part := ""
	for line := range strings.Lines(string(text)) {
		bare := strings.TrimSpace(line)
		if part != "log" {
			bare, _, _ = strings.Cut(bare, "#")
			bare = strings.TrimSpace(bare)
		}
		switch {
		case s.title == "":
			s.title = strings.TrimSpace(strings.TrimPrefix(line, "#"))
			if !strings.HasPrefix(line, "# P") {
				return nil, fmt.Errorf("%s: the first line must name the rule: # P7 ...", s.name)
			}
		case bare == "":
		case line[0] != ' ':
			if len(s.parts) >= len(scenarioParts) || bare != scenarioParts[len(s.parts)] {
				return nil, fmt.Errorf("%s: %q, want the parts %v in this order", s.name, bare, scenarioParts)
			}
			part, s.parts[bare] = bare, []string{}
		case part == "":
			return nil, fmt.Errorf("%s: %q is in no part", s.name, bare)
		default:
			s.parts[part] = append(s.parts[part], bare)
		}
	}
	for _, part := range scenarioParts[:3] {
		if s.parts[part] == nil {
			return nil, fmt.Errorf("%s: no %s", s.name, part)
		}
	}
	return s, nil
}

// TestStartDecisions plays every scenario on a whole connector: each row of
// P7's table, the outcomes of P9, the first starts of P12, the probe of P13,
// and that nothing but a probe ever dead-letters a record.
func TestStartDecisions(t *testing.T) {
	files, err := filepath.Glob("testdata/start/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	shown := map[string]bool{}
	for _, file := range files {
		s, err := readScenario(file)
		if err != nil {
			t.Error(err)
			continue
		}
		rule, _, _ := strings.Cut(s.title, ":")
		shown[rule] = true
		t.Run(s.name, func(t *testing.T) { s.run(t, file) })
	}
	for _, rule := range rulesToShow {
		if !shown[rule] {
			t.Errorf("no scenario shows %s", rule)
		}
	}
}

// rulesToShow are what the scenarios must show, as their first lines say it.
var rulesToShow = []string{
	"P7 no T, no K, settled", "P7 T, no K", "P7 T, K behind it", "P7 T, K ahead of it", "P7 no T, K, settled",
	"P7 no T, K, not settled, the same channel", "P7 no T, no K, not settled, the same channel",
	"P7 no T, not settled, another channel", "P7 no T, not settled, no channel noted",
	"P7 adopted, drained", "P7 adopted, not drained", "P7 T unreadable", "P7 S ahead", "P7 S behind", "P7 S, no T, no K",
	"P9 the anchor is there", "P9 the anchor is gone, nothing can be missing", "P9 a gap, on_gap continue", "P9 a gap, on_gap stop", "P9 a gap to the end of the shard",
	"P12 TRIM_HORIZON", "P12 LATEST", "P12 LATEST, a second start", "P12 AT_TIMESTAMP", "P12 shards found later", "P12 ancestors",
	"P13 a refused append", "P13 an overflow", "P13 one record alone", "P13 kills", "P13 fences", "P13 time-outs", "P13 5xx", "P13 lost answers", "P13 trouble during a probe",
}

// run plays a scenario and compares.
func (s *scenario) run(t *testing.T, file string) {
	var log strings.Builder
	var got []string
	cryptotest.SetGlobalRandom(t, 1)
	synctest.Test(t, func(t *testing.T) {
		r := newStage(t, zerolog.New(zerolog.SyncWriter(&log)).With().Timestamp().Logger())
		for _, line := range s.parts["given"] {
			r.do(line, r.given)
		}
		for _, line := range s.parts["when"] {
			r.do(line, r.when)
		}
		got = r.ledger()
		r.note()
		r.demand(s.parts["then"], got)
		r.end()
	})
	want := s.parts["log"]
	if *rewrite && !t.Failed() {
		text := s.text
		for _, line := range got {
			text += "  " + line + "\n"
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		want = got
	}
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Errorf("log line %d is missing: %s", i+1, want[i])
		case i >= len(want):
			t.Errorf("log line %d is not in the file: %s", i+1, got[i])
		case got[i] != want[i]:
			t.Errorf("log line %d is\n\t%s\nwant\n\t%s", i+1, got[i], want[i])
		}
	}
	if t.Failed() {
		t.Logf("%s\n%s", s.title, log.String())
	}
}

// stage is what a scenario is played on.
type stage struct {
	*crashWorld
	began   time.Time
	started int
	latest  bool // the first start is at LATEST
	created map[messages.ShardID]int64
	pending map[string][]actorstest.Effect // of the next calls, by method
	played  int                            // effects that came to be
	asked   int                            // effects that were asked for
	gaps    []*messages.GapDetected
	horizon []messages.ShardID // that began where nothing was committed
}

func newStage(t *testing.T, log zerolog.Logger) *stage {
	w := &crashWorld{
		t: t, cloud: actorstest.NewCloud(), serial: newSerial(), system: quietSystem(), log: log,
		want: map[messages.ShardID][]string{}, told: map[messages.ShardID]*messages.Counters{}, counts: map[string]int{}, disks: map[string]*journal.Memory{},
	}
	r := &stage{crashWorld: w, began: time.Now(), created: map[messages.ShardID]int64{}, pending: map[string][]actorstest.Effect{}}
	w.configure = func(*plant) {}
	w.cloud.Play(r.effect)
	return r
}

// effect is what happens to a call.
func (r *stage) effect(op string, _ int) actorstest.Effect {
	r.mu.Lock()
	defer r.mu.Unlock()
	next := r.pending[op]
	if len(next) == 0 {
		return actorstest.Effect{}
	}
	r.pending[op] = next[1:]
	r.played++
	return next[0]
}

// do carries out one line.
func (r *stage) do(line string, verbs func(words []string) error) {
	r.t.Helper()
	defer func() {
		if p := recover(); p != nil {
			r.t.Fatalf("%s: %v", line, p)
		}
	}()
	if err := verbs(strings.Fields(line)); err != nil {
		r.t.Fatalf("%s: %v", line, err)
	}
}

// shardNamed reads a shard's number.
func shardNamed(word string) messages.ShardID {
	n, err := strconv.Atoi(word)
	if err != nil {
		panic(err)
	}
	return actorstest.ShardID(n)
}

func number(word string) int {
	n, err := strconv.Atoi(word)
	if err != nil {
		panic(err)
	}
	return n
}

func duration(word string) time.Duration {
	d, err := time.ParseDuration(word)
	if err != nil {
		panic(err)
	}
	return d
}

// token reads a position as the token that names it.
func (r *stage) token(word string, shard messages.ShardID) string {
	at, err := messages.ParsePosition(word)
	if err != nil {
		return word // somebody else's
	}
	token := messages.Token{Position: at, Shard: shard}
	for _, rec := range r.cloud.Stream.Records(shard) {
		if rec.Seq == at.Seq {
			token.Arrival = rec.Arrival.UnixMilli()
		}
	}
	return token.String()
}

func (r *stage) channel(shard messages.ShardID) string {
	info := r.cloud.Stream.Info
	return ChannelName("app", &info, shard)
}
