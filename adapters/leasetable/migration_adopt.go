package leasetable

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kinesnow/kinesnow/messages"
)

// adoption is what a table in use holds of this stream.
type adoption struct {
	stream  *messages.StreamRow // nil = we never ran on it
	items   map[string]item     // by range key
	sibling []messages.ShardID  // shards that only a sibling product ever wrote to
}

func (m *migration) readAdoption(ctx context.Context) (*adoption, error) {
	a := &adoption{items: map[string]item{}}
	var err error
	if a.stream, err = m.table.Stream(ctx); err != nil {
		return nil, err
	}
	pages := m.table.rowPages()
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, m.table.fault(ctx, "Query", "", err)
		}
		for _, it := range page.Items {
			key := (&fields{item: it}).key()
			if it[attrReset] != nil {
				continue
			}
			a.items[key] = it
			if !strings.HasPrefix(key, ourPrefix) && it[attrSettled] == nil {
				a.sibling = append(a.sibling, messages.ShardID(key))
			}
		}
	}
	slices.Sort(a.sibling)
	return a, nil
}

// moved names what a sibling product changed between two looks: its heartbeats,
// and rows that it owns. Our own processes may run.
func (a *adoption) moved(later *adoption) []string {
	var keys []string
	for key, it := range later.items {
		was := a.items[key]
		ours := strings.Contains(textOf(it[attrOwner]), "/")
		switch {
		case strings.HasPrefix(key, nodePrefix):
			ours = it[attrProcess] != nil
		case strings.HasPrefix(key, ourPrefix):
			ours = true
		}
		if !ours && (was == nil || sign(was) != sign(it)) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// surveyAdoption says what a table in use is, for the report.
func (m *migration) surveyAdoption(ctx context.Context) error {
	a, err := m.readAdoption(ctx)
	if err != nil {
		return err
	}
	return m.doubtAdoption(ctx, a)
}

func (m *migration) doubtAdoption(ctx context.Context, a *adoption) error {
	if len(a.sibling) == 0 {
		m.report.Notes = append(m.report.Notes, "the table is kinesnow's own: there is nothing to migrate")
	} else {
		m.report.Notes = append(m.report.Notes, fmt.Sprintf("%d shards were worked on by another product (Openflow, NiFi): their rows are taken over where they are", len(a.sibling)))
	}
	switch {
	case a.stream != nil && a.stream.ARN != m.Stream.ARN:
		m.report.Problems = append(m.report.Problems, fmt.Sprintf("the table belongs to stream %s, not %s", a.stream.ARN, m.Stream.ARN))
	case a.stream != nil && a.stream.Drained:
		m.report.Drained = true
	case len(a.sibling) > 0 && !m.Drained:
		m.report.Notes = append(m.report.Notes, "each of them stops with ADOPTED_UNDRAINED until somebody vouches that all of the other product's rows are in the table: kinesnow migrate --drained")
	}
	if len(a.sibling) == 0 {
		return nil
	}
	m.Tell(fmt.Sprintf("looking for %s whether another product still works on %s", m.Quiet, m.table.name))
	if err := sleep(ctx, m.Quiet); err != nil {
		return err
	}
	later, err := m.readAdoption(ctx)
	if err != nil {
		return err
	}
	if moved := a.moved(later); len(moved) > 0 {
		m.report.Doubts = append(m.report.Doubts, fmt.Sprintf("another product still works on this table: %s changed within %s; stop it", shortList(moved), m.Quiet))
	}
	return nil
}

// adopt takes a table in use as it is. Without Drained nothing is written.
func (m *migration) adopt(ctx context.Context) error {
	a, err := m.readAdoption(ctx)
	if err != nil {
		return err
	}
	if err := m.doubtAdoption(ctx, a); err != nil {
		return err
	}
	if len(m.report.Problems) > 0 || m.Drained && len(m.report.Doubts) > 0 && !m.Force {
		return &RefusedMigrationError{m.report}
	}
	if !m.Drained || m.report.Drained && len(a.sibling) == 0 {
		return nil
	}
	if err := m.endGone(ctx, a); err != nil {
		return err
	}
	row := m.streamRow()
	row.Initialised = len(a.sibling) > 0 // else the first start makes the first set
	if _, err := m.table.CreateStream(ctx, row); err != nil {
		return err
	}
	m.report.Drained = true
	return m.table.putDrained(ctx, true)
}

// endGone ends the rows of shards that the stream does not have any more. A
// sibling product never marks a shard's end, and nothing can be deleted; taken
// for shards that were never finished, they would be reported as lost data.
func (m *migration) endGone(ctx context.Context, a *adoption) error {
	listed := map[messages.ShardID]bool{}
	for _, s := range m.Shards {
		listed[s.ID] = true
	}
	ended := 0
	for _, id := range a.sibling {
		it := a.items[string(id)]
		if len(listed) == 0 || listed[id] || textOf(it[attrState]) == stateEnded {
			continue
		}
		u := m.table.change(string(id))
		u.put(attrState, text(stateEnded))
		u.put(attrSettled, truth(true))
		u.drop(attrOwner, attrExpiry)
		u.require("attribute_not_exists(#" + attrSettled + ")")
		u.requireText(attrSequence, textOf(it[attrSequence]))
		_, err := m.table.send(ctx, id, u)
		var refused *refusedError
		if errors.As(err, &refused) {
			continue // somebody works on it after all
		}
		if err != nil {
			return err
		}
		ended++
	}
	if ended > 0 {
		m.report.Notes = append(m.report.Notes, fmt.Sprintf("%d rows of shards that expired are marked as ended", ended))
	}
	return nil
}

// notMigrating makes sure that no consumer starts on a table that is being
// migrated, or in the middle of one that was killed (specs/kinesis-consumption.md
// 8, step 7). Where a stream was decided on, that is over; elsewhere the copy's
// table tells. A role that may not look at it could not have migrated either.
func (t *Table) notMigrating(ctx context.Context) error {
	app, err := t.lookAt(ctx, t.name)
	if err != nil {
		return t.prepareFault(ctx, "DescribeTable", err)
	}
	switch app.shape {
	case ShapeLegacy: // said here: by the next look it may be deleted, and its name be free
		return t.kclTable()
	case ShapeAbsent, ShapeOurs:
	default:
		return nil // ready says what is wrong with it
	}
	if app.shape == ShapeOurs && !app.going {
		row, err := t.Stream(ctx)
		if err == nil && row != nil {
			return nil
		}
		if err != nil && !settling(err) {
			return err
		}
	}
	copied, err := t.lookAt(ctx, t.name+migrationSuffix)
	if err != nil || copied.shape != ShapeOurs || copied.going {
		return err
	}
	if app.shape == ShapeOurs && !app.going {
		done, err := t.readMarkerOf(ctx)
		if err != nil && !settling(err) {
			return err
		}
		if done != nil && done.phase == PhaseDone {
			return nil
		}
	}
	return t.unfit("kinesnow migrate goes on with it; if you meant to start anew, delete table "+t.name+migrationSuffix,
		"its migration is under way, or was cut off: table %s%s is there", t.name, migrationSuffix)
}
