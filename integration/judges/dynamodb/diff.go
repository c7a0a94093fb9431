package dynamodb

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

// Names of the servers, as differences know them.
const (
	dynamoDBLocal = "DynamoDB Local"
	dynalite      = "dynalite"
)

// maxShown is how many disagreements of a chapter the table quotes; all of
// them are in the log.
const maxShown = 3

// trial is the suite sent to the server that judges, to localdynamo, and to
// the other server for a second opinion: where the two judges say different
// things, one of which localdynamo says word for word, it does right.
type trial struct {
	hearing *judge.Hearing
	judge   string
	urls    map[string]string // of the judges by name, and of localdynamo as ""
	met     map[int]int       // differences by index, and how often
}

// second is the server that is asked besides.
func (t *trial) second() string {
	if t.judge == dynalite {
		return dynamoDBLocal
	}
	return dynalite
}

// compare sends every chapter and reports each as one finding.
func (t *trial) compare(ctx context.Context) error {
	t.met = map[int]int{}
	for _, c := range suite() {
		if c.deadly && t.judge == dynalite {
			continue
		}
		if err := t.chapter(ctx, c); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	t.reportStale()
	return nil
}

// tally counts what became of a chapter's answers.
type tally struct {
	same, seconded, meant int
	why                   []string // the reasons of those that are meant, each once
	against               []string
}

func (t *trial) chapter(ctx context.Context, c chapter) error {
	var n tally
	for _, r := range c.requests {
		if err := t.exchange(ctx, c, r, &n); err != nil {
			return fmt.Errorf("%s: %w", r, err)
		}
	}
	total := len(c.requests)
	alike := fmt.Sprintf("%d requests: %d answers the same, %d the same as %s's", total, n.same, n.seconded, t.second())
	switch {
	case len(n.against) > 0:
		t.hearing.Disagree(c.name, "%d of %d answers differ: %s", len(n.against), total, strings.Join(n.against[:min(maxShown, len(n.against))], " | "))
	case n.meant > 0:
		t.hearing.Differs(c.name, "%s, %d differ as is meant: %s", alike, n.meant, strings.Join(n.why, "; "))
	default:
		t.hearing.Agree(c.name, "%s", alike)
	}
	return nil
}

func (t *trial) exchange(ctx context.Context, c chapter, r request, n *tally) error {
	theirs, err := settled(ctx, t.urls[t.judge], r)
	if err != nil {
		return err
	}
	ours, err := settled(ctx, t.urls[""], r)
	if err != nil {
		return err
	}
	var other answer
	if !c.deadly {
		if other, err = settled(ctx, t.urls[t.second()], r); err != nil {
			return err
		}
	}
	switch at := t.explains(r, theirs, ours, other); {
	case equal(theirs, ours, r.anyOrder):
		n.same++
	case !c.deadly && equal(other, ours, r.anyOrder):
		n.seconded++
	case at >= 0:
		n.meant++
		t.met[at]++
		if why := differences[at].why; !slices.Contains(n.why, why) {
			n.why = append(n.why, why)
		}
	default:
		n.against = append(n.against, fmt.Sprintf("%s: %s says %s, localdynamo %s", r, t.judge, theirs, ours))
		t.hearing.Logf("%s\n    %s: %s\n    localdynamo: %s", r, t.judge, theirs, ours)
	}
	return nil
}

// explains finds the difference that is meant, -1 for none.
func (t *trial) explains(r request, theirs, ours, other answer) int {
	return slices.IndexFunc(differences, func(d difference) bool { return d.covers(t.judge, r, theirs, ours, other) })
}

// reportStale disagrees when a listed difference is not there any more.
func (t *trial) reportStale() {
	listed, total := 0, 0
	for i, d := range differences {
		if d.judge != t.judge {
			continue
		}
		listed++
		total += t.met[i]
		t.hearing.Logf("met %d times: %s", t.met[i], d.why)
		if t.met[i] == 0 && !d.varies {
			t.hearing.Disagree("differences that are meant", "never met, so it has no place in the list: %s", d.why)
			return
		}
	}
	t.hearing.Agree("differences that are meant", "%d kinds are listed, each with its reason and source, and each met that a server shows in every run; %d answers in all", listed, total)
}

// equal compares two answers; anyOrder compares their lists as sets.
func equal(a, b answer, anyOrder bool) bool {
	if a.status != b.status || a.code != b.code || a.text != b.text {
		return false
	}
	if anyOrder {
		return reflect.DeepEqual(sorted(a.body), sorted(b.body))
	}
	return reflect.DeepEqual(a.body, b.body)
}

// sorted orders every list.
func sorted(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, inner := range v {
			out[key] = sorted(inner)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = sorted(inner)
		}
		slices.SortFunc(out, func(a, b any) int { return strings.Compare(written(a), written(b)) })
		return out
	}
	return v
}
