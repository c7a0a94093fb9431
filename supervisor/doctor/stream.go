package doctor

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// shortRetention is what leaves little time to mend anything: it is what streams
// have unless somebody asked for more.
const shortRetention = 24 * time.Hour

func (d *Doctor) checkStream(ctx context.Context, fs *findings) {
	facts, err := d.described.of(ctx)
	name, region := d.cfg.Kinesis.StreamName(), d.cfg.AWS.Region
	switch judge(err) {
	case allowed:
	case absent:
		d.noStream(ctx, fs)
		return
	default: // checkServices and checkActions say why
		fs.add(Untested, "what stream %s is like: DescribeStream was not answered", name)
		return
	}
	if there := arnPart(facts.ARN, arnRegion); there != "" && there != region {
		fs.add(Missing, "stream %s is in region %s (%s), and aws.region says %s", name, there, facts.ARN, region).
			todo("set aws.region: %s", there)
	}
	text := fmt.Sprintf("%s is %s, keeps records %s", name, facts.Status, days(facts.Retention))
	if shards, err := d.shards.of(ctx); err == nil {
		open := len(openOf(shards))
		text += fmt.Sprintf(", %d open %s", open, plural(open, "shard"))
		if closed := len(shards) - open; closed > 0 {
			text += fmt.Sprintf(" and %d closed", closed)
		}
	}
	switch {
	case facts.KeyID != "":
		text += ", encrypted with " + facts.KeyID
	default:
		text += ", not encrypted"
	}
	state := OK
	if facts.Status != "ACTIVE" && facts.Status != "UPDATING" {
		state = Missing
	}
	f := fs.add(state, "%s", text)
	if state == Missing {
		f.todo("wait until it is ACTIVE").code(exitUnreachable)
	}
	if facts.Retention <= shortRetention {
		f.todo("longer retention gives more time to mend things: aws kinesis increase-stream-retention-period")
	}
}

// noStream says what there is instead, as far as the identity may know.
func (d *Doctor) noStream(ctx context.Context, fs *findings) {
	name, region := d.cfg.Kinesis.StreamName(), d.cfg.AWS.Region
	text := fmt.Sprintf("there is no stream %s in region %s", name, region)
	if account := d.account(ctx); account != "" {
		text += " of account " + account
	}
	todo := "check kinesis.stream (exact case) and aws.region"
	names, err := d.stream.Names(ctx)
	switch alike := similar(names, name); {
	case err != nil:
		text += " (other names: kinesis:ListStreams is not allowed)"
	case len(alike) > 0 && strings.EqualFold(alike[0], name):
		text += "; there is " + strings.Join(alike, ", ") + ": names are taken in exact case"
		todo = "kinesis.stream: " + alike[0]
	case len(alike) > 0:
		text += "; there is " + strings.Join(alike, ", ")
		todo = "kinesis.stream: " + alike[0] + ", if that is meant; else check aws.region"
	case len(names) > 0:
		text += "; there is " + strings.Join(names[:min(len(names), 5)], ", ")
	default:
		text += ", and no other either"
		todo = "check aws.region: it has to be the stream's"
	}
	for _, variable := range []string{"AWS_REGION", "AWS_DEFAULT_REGION"} {
		if other := os.Getenv(variable); other != "" && other != region {
			todo += fmt.Sprintf("; %s is %s here", variable, other)
			break
		}
	}
	fs.add(Missing, "%s", text).todo("%s", todo).code(exitUnreachable)
}

// days writes a retention.
func days(d time.Duration) string {
	if hours := int(d.Hours()); hours%24 != 0 || hours < 48 {
		return fmt.Sprintf("%d h", hours)
	}
	return fmt.Sprintf("%d days", int(d.Hours())/24)
}

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

// similar are the names that differ by case, or of which one holds the other.
func similar(names []string, name string) []string {
	var alike []string
	wanted := strings.ToLower(name)
	for _, n := range names {
		if has := strings.ToLower(n); strings.Contains(has, wanted) || strings.Contains(wanted, has) {
			alike = append(alike, n)
		}
	}
	slices.SortStableFunc(alike, func(a, b string) int { return abs(len(a)-len(name)) - abs(len(b)-len(name)) })
	return alike[:min(len(alike), 5)]
}

func abs(n int) int { return max(n, -n) }

// openOf are the shards that take records.
func openOf(shards []messages.Shard) (open []messages.Shard) {
	for _, s := range shards {
		if s.Ending == "" {
			open = append(open, s)
		}
	}
	return open
}
