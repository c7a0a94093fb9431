package actorstest

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Target is the table in SQL: which columns it has. A row whose user record has
// a Key for which there is no column by then is a problem of the Sink's.
type Target struct {
	Latency time.Duration // of every call
	Lag     time.Duration // until a description shows a new column
	Denied  bool          // nobody may alter it

	cloud   *Cloud
	columns []string
	added   []time.Time // when
}

// Describe implements TargetTable.
func (t *Target) Describe(ctx context.Context) (*messages.Target, error) {
	return call(ctx, &t.cloud.script, "DescribeTable", t.Latency, func() (*messages.Target, error) {
		t.cloud.mu.Lock()
		defer t.cloud.mu.Unlock()
		var list []messages.Column
		for i, name := range t.columns {
			if time.Since(t.added[i]) >= t.Lag {
				list = append(list, messages.Column{Name: name, Type: "VARIANT"})
			}
		}
		return &messages.Target{Columns: messages.NewColumns(list, true), Kind: "TABLE"}, nil
	})
}

// Plan implements TargetTable: one statement, the names of the new columns.
func (t *Target) Plan(target *messages.Target, seen *messages.Unmatched) []messages.Alteration {
	var names []string
	for _, k := range seen.Keys {
		if target.Columns.Find(k.Name) < 0 {
			names = append(names, k.Name)
		}
	}
	if names == nil {
		return nil
	}
	return []messages.Alteration{{Statement: strings.Join(names, " "), Columns: names}}
}

// Alter implements TargetTable.
func (t *Target) Alter(ctx context.Context, statement string) error {
	_, err := call(ctx, &t.cloud.script, "AlterTable", t.Latency, func() (bool, error) {
		t.cloud.mu.Lock()
		defer t.cloud.mu.Unlock()
		if t.Denied {
			return false, Refusal(messages.Rejected, messages.ReasonDenied, messages.AccessDenied)
		}
		for _, name := range strings.Fields(statement) {
			if !slices.Contains(t.columns, name) {
				t.columns, t.added = append(t.columns, name), append(t.added, time.Now())
			}
		}
		return true, nil
	})
	return err
}

// Grant lets the table be altered from now on.
func (t *Target) Grant() {
	t.cloud.mu.Lock()
	defer t.cloud.mu.Unlock()
	t.Denied = false
}

// Replace puts a table without the columns that were added in its place.
func (t *Target) Replace() {
	t.cloud.mu.Lock()
	defer t.cloud.mu.Unlock()
	t.columns, t.added = nil, nil
}

// Columns are those that were added, in their order.
func (t *Target) Columns() []string {
	t.cloud.mu.Lock()
	defer t.cloud.mu.Unlock()
	return slices.Clone(t.columns)
}

// watchKeys holds an append to the columns that are there. The lock is held.
func (t *Target) watchKeys(id messages.ShardID, rows []string) {
	sh := t.cloud.Stream.shards[id]
	if sh == nil {
		return
	}
	for i := range sh.records {
		r := &sh.records[i]
		for sub := range r.Users {
			if key := r.Users[sub].Key; key != "" && !slices.Contains(t.columns, key) && slices.ContainsFunc(r.rows(sub), func(row string) bool { return slices.Contains(rows, row) }) {
				t.cloud.problem("a row of %s was accepted whose key %s has no column", id, key)
			}
		}
	}
}
