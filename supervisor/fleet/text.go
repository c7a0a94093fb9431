package fleet

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// maxListed is how many shards of a connector are listed one by one.
const maxListed = 10

// Text writes the report for people: two lines for a connector that flows, and
// below them what needs a look, each with its way out.
func (r *Report) Text(w io.Writer) error {
	out := bufio.NewWriter(w)
	names, routes := 0, 0
	for i := range r.Connectors {
		c := &r.Connectors[i]
		names, routes = max(names, len(c.Name)), max(routes, len(c.route()))
	}
	for i := range r.Connectors {
		c := &r.Connectors[i]
		fmt.Fprintf(out, "%-*s  %-*s   %s\n", names, c.Name, routes, c.route(), c.headline())
		for _, line := range c.below(r.At) {
			fmt.Fprintf(out, "%-*s  %s\n", names, "", line)
		}
	}
	return out.Flush()
}

func (c *Connector) route() string { return c.Region + "/" + c.Stream + " -> " + c.Target }

// headline is what stands behind the connector's name.
func (c *Connector) headline() string {
	if c.Source == FromLeases {
		return join("no process answered here; leases and channels say:", c.Health)
	}
	shards := plural(len(c.Shards), "shard") + " on " + plural(len(c.Nodes), "node")
	if flowing := c.in("FLOWING"); len(c.Shards) > 0 && flowing < len(c.Shards) {
		shards = fmt.Sprintf("%d of %s flowing", flowing, plural(len(c.Shards), "shard"))
	}
	rows, bytes := "", ""
	if c.RowsPerSecond != nil {
		rows = perSecond(*c.RowsPerSecond)
	}
	if c.BytesPerSecond != nil {
		bytes = bytesPerSecond(*c.BytesPerSecond)
	}
	return join(c.Health, shards, strings.TrimSpace(rows+"  "+bytes))
}

func (c *Connector) in(state string) int {
	n := 0
	for i := range c.Shards {
		if c.Shards[i].State == state {
			n++
		}
	}
	return n
}

func (c *Connector) below(now time.Time) []string {
	var lines []string
	if c.Source == FromLeases {
		lines = c.leaseLines(now)
	} else {
		lines = c.processLines(now)
	}
	if c.Error != "" {
		lines = append(lines, c.Error)
	}
	return lines
}

func (c *Connector) processLines(now time.Time) []string {
	oldest, loss := "", ""
	if c.OldestUncommittedSeconds != nil {
		oldest = "oldest uncommitted " + span(*c.OldestUncommittedSeconds)
	}
	if c.SecondsToDataLoss != nil {
		loss = "data loss in " + span(*c.SecondsToDataLoss) + " if stopped"
	}
	lines := []string{join(oldest, loss, c.counts(), fmt.Sprintf("gaps %s", count(c.Gaps)))}
	lines = append(append(lines, c.rejections()...), c.letters()...)
	if odd := c.oddities(); odd != "" {
		lines = append(lines, odd)
	}
	if line := c.columnLine(); line != "" {
		lines = append(lines, line)
	}
	if c.Stop != "" && !slices.ContainsFunc(c.Shards, func(sh Shard) bool { return sh.Stop == c.Stop }) { // it is the connector's own
		lines = append(lines, strings.TrimSpace(c.Stop+"  "+c.Why), c.way(c.Hint, ""), "read "+messages.StopCode(c.Stop).Page())
	}
	if c.Why != "" && !c.toldByShards() {
		lines = append(lines, join(c.Why, c.Hint))
	}
	for i := range c.Journals {
		lines = append(lines, c.Journals[i].line())
	}
	listed := 0
	for i := range c.Shards {
		sh := &c.Shards[i]
		if !sh.noteworthy() {
			continue
		}
		if listed++; listed <= maxListed {
			lines = append(lines, sh.lines(c, now)...)
		}
	}
	if listed > maxListed {
		lines = append(lines, fmt.Sprintf("and %s more; -o json lists all", plural(listed-maxListed, "shard")))
	}
	return lines
}

// toldByShards reports whether why the connector is as it is stands beside its
// shards, or it has none and was told already.
func (c *Connector) toldByShards() bool {
	return c.Stop != "" || slices.ContainsFunc(c.Shards, func(sh Shard) bool { return sh.State == "STOPPED" || sh.Failing })
}

// oddities are what producers that aggregate records do wrong; "" = nothing.
func (c *Connector) oddities() string {
	outside, damaged := "", ""
	if n := c.Packed.OutOfRange; n > 0 {
		outside = "user records of another shard, kept " + count(n)
	}
	if n := c.Packed.Damaged; n > 0 {
		damaged = "damaged aggregates, taken for plain records " + count(n)
	}
	return join(outside, damaged)
}

// noteworthy reports whether a shard needs a line of its own: one that is opened
// anew has why its last generation ended.
func (sh *Shard) noteworthy() bool {
	return sh.State == "OPENING" && sh.Error != "" || sh.State == "STOPPED" || sh.State == "PAUSED" || sh.State == "BACKOFF" || sh.Failing || sh.Waits != ""
}

func (sh *Shard) lines(c *Connector, now time.Time) []string {
	state := sh.State
	if sh.Since != nil {
		state += " " + span(now.Sub(*sh.Since).Seconds())
	}
	text := sh.cause
	switch {
	case sh.Stop != "":
		text = sh.Stop + "  " + text
	case sh.Waits != "":
		text = sh.Waits
	}
	lines := []string{strings.TrimSpace(sh.Shard + "  " + state + "  " + text)}
	if sh.Hint != "" {
		lines = append(lines, "  "+c.way(sh.Hint, sh.Shard))
	}
	if sh.Stop != "" {
		lines = append(lines, "  read "+messages.StopCode(sh.Stop).Page())
	}
	return lines
}

// way is a hint with the command line made whole.
func (c *Connector) way(hint, shard string) string {
	if shard == "" {
		return hint
	}
	return strings.Replace(hint, "kinesnow resolve ", "kinesnow resolve "+c.Name+"/"+shardNumber(shard)+` --why "..." `, 1)
}

func (c *Connector) counts() string {
	return fmt.Sprintf("rejected %s   discarded %s", count(c.Rejected), count(c.Discarded))
}

// beside is how shards that nobody works on are counted.
var beside = map[string]string{Paused: " paused", Expired: " of them expired", Free: " free", Ended: " ended"}

// leaseLines tell what the lease rows and the channels say.
func (c *Connector) leaseLines(now time.Time) []string {
	if len(c.Shards) == 0 {
		return nil
	}
	owned := ""
	if n := c.in(Owned) + c.in(Expired) + c.in(Paused); n > 0 {
		owned = fmt.Sprintf("%d owned by %s", n, plural(len(c.Nodes), "node"))
	}
	parts := []string{plural(c.Listed, "shard"), owned}
	for _, state := range []string{Paused, Expired, Free, Ended} {
		if n := c.in(state); n > 0 {
			parts = append(parts, strconv.Itoa(n)+beside[state])
		}
	}
	lines := []string{join(parts...) + "   rows committed " + count(c.RowsCommitted) + "   " + c.counts()}
	loss := ""
	if c.SecondsToDataLoss != nil {
		loss = "data loss in " + span(*c.SecondsToDataLoss) + " if nobody reads on"
	}
	if line := join(loss, c.Why, c.Hint); line != "" {
		lines = append(lines, line)
	}
	lines = append(lines, c.rejections()...)
	listed := 0
	for i := range c.Shards {
		sh := &c.Shards[i]
		if sh.State == Ended {
			continue
		}
		if listed++; listed <= maxListed {
			lines = append(lines, sh.leaseLine(now))
		}
	}
	if listed > maxListed {
		lines = append(lines, fmt.Sprintf("and %s more; -o json lists all", plural(listed-maxListed, "shard")))
	}
	return lines
}

func (sh *Shard) leaseLine(now time.Time) string {
	owner := strings.ToLower(sh.State)
	if sh.Node != "" {
		owner += " by " + sh.Node
	}
	if sh.State == Expired {
		owner = "expired lease of " + sh.Node
	}
	committed := "nothing committed"
	switch {
	case sh.Committed != "" && sh.Committed == sh.Checkpoint:
		committed = "committed and checkpointed " + sh.Committed
	case sh.Committed != "":
		committed = "committed " + sh.Committed + "   checkpoint " + orStart(sh.Checkpoint)
	case sh.unasked:
		committed = "checkpoint " + orStart(sh.Checkpoint)
	case sh.Checkpoint != "":
		committed = "checkpoint " + sh.Checkpoint + "   no token in Snowflake"
	}
	newest := ""
	if sh.CommittedAt != nil {
		newest = "newest row arrived " + span(now.Sub(*sh.CommittedAt).Seconds()) + " ago"
	}
	trouble := strings.TrimSpace(sh.Stop + " " + sh.Error)
	return join(sh.Shard, owner, committed, newest, trouble)
}

func orStart(position string) string {
	if position == "" {
		return "start"
	}
	return position
}
