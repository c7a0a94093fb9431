package leasetable

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/messages"
)

// swap replaces the KCL's table by an empty one, then restores.
func (m *migration) swap(ctx context.Context) error {
	if err := m.lock.enter(ctx, PhaseSwapping, nil); err != nil {
		return err
	}
	m.Tell("replacing table " + m.table.name)
	if err := m.deleteLegacy(ctx); err != nil {
		return err
	}
	if err := m.table.ready(ctx); err != nil {
		return err
	}
	return m.restore(ctx)
}

// deleteLegacy deletes the table that was copied, and that one only, and waits
// until its name is free.
func (m *migration) deleteLegacy(ctx context.Context) error {
	for wait := firstLook; ; wait = min(2*wait, slowestLook) {
		if err := m.lock.still(ctx); err != nil {
			return err
		}
		now, err := m.table.lookAt(ctx, m.table.name)
		switch {
		case err != nil:
			return err
		case now.shape != ShapeLegacy:
			return nil
		case now.id != m.lock.now().source:
			return m.broken("table %s is not the one that was copied any more", m.table.name)
		case !now.going:
			if err := m.deleteOnce(ctx); err != nil {
				return err
			}
		}
		if err := sleep(ctx, wait); err != nil {
			return fmt.Errorf("table %s is being deleted: %w", m.table.name, err)
		}
	}
}

// deleteWithin bounds a deletion. It is sent once and never repeated blindly: by
// the time of a repeat the name could be the new table's.
const deleteWithin = 10 * time.Second

func (m *migration) deleteOnce(ctx context.Context) error {
	if err := m.lock.hold(ctx, nil); err != nil {
		return err
	}
	once, cancel := context.WithTimeout(ctx, deleteWithin)
	defer cancel()
	_, err := m.table.client.DeleteTable(once, &dynamodb.DeleteTableInput{TableName: &m.table.name}, func(o *dynamodb.Options) {
		o.Retryer, o.RetryMaxAttempts = aws.NopRetryer{}, 1
	})
	if err == nil {
		return nil
	}
	err = m.table.fault(ctx, "DeleteTable", "", err)
	f := messages.AsFault("", err)
	switch {
	case f.Reason == messages.ReasonDenied:
		f.Hint = fmt.Sprintf("everything is copied to %s and nothing is lost: grant dynamodb:DeleteTable on table/%s, or have it deleted (aws dynamodb delete-table --table-name %s), then repeat this",
			m.copy.name, m.table.name, m.table.name)
		return f
	case ctx.Err() != nil:
		return ctx.Err()
	case f.Complete && f.Reason == messages.ReasonInvariant: // DeletionProtectionEnabled
		f.Hint = fmt.Sprintf("everything is copied to %s and nothing is lost: allow the deletion of table %s, then repeat this", m.copy.name, m.table.name)
		refuse(f, messages.ReasonDenied, messages.AccessDenied)
		return f
	}
	return nil // look whether it happened
}

// restore puts the copied rows into the new table, never over one that is there
// (H6), compares, writes what was decided for each stream, and says DONE there.
func (m *migration) restore(ctx context.Context) error {
	if err := m.lock.enter(ctx, PhaseRestoring, nil); err != nil {
		return err
	}
	if err := m.table.ready(ctx); err != nil {
		return err
	}
	state := m.lock.now()
	rows, streams, err := m.copied(ctx, state.copyEpoch)
	if err != nil {
		return err
	}
	if state.digest != "" && (int64(len(rows)) != state.rows || digestOf(rows) != state.digest) {
		return m.broken("the copy %s changed since it was compared: %d rows, want %d", m.copy.name, len(rows), state.rows)
	}
	m.Tell(fmt.Sprintf("restoring %d rows to %s", len(rows), m.table.name))
	for _, row := range rows {
		if err := m.lock.still(ctx); err != nil {
			return err
		}
		if err := m.settled(ctx, func() error { return m.table.putAbsent(ctx, row) }); err != nil {
			return err
		}
	}
	if err := m.compare(ctx, rows); err != nil {
		return err
	}
	if err := m.decide(ctx, streams); err != nil {
		return err
	}
	done := item{
		attrStream: text(markerStream), attrShard: text(markerKey), attrPhase: text(PhaseDone), attrSchema: number(messages.SchemaVersion),
		attrCopyRows: number(int64(len(rows))), attrCopyDigest: text(digestOf(rows)),
	}
	if err := m.settled(ctx, func() error { return m.table.putAbsent(ctx, done) }); err != nil {
		return err
	}
	m.report.Notes = append(m.report.Notes, fmt.Sprintf("%d rows are in table %s, each as it was copied", len(rows), m.table.name))
	return m.clean(ctx)
}

// putAbsent puts an item that must not be there yet; one that is there stays.
func (t *Table) putAbsent(ctx context.Context, row item) error {
	_, err := t.putItem(ctx, maps.Clone(row), "attribute_not_exists(#key)", map[string]string{"#key": attrShard}, nil)
	var refused *refusedError
	if errors.As(err, &refused) {
		return nil
	}
	return err
}

// settled repeats a request while the name may still lead to the old table.
func (m *migration) settled(ctx context.Context, request func() error) error {
	until := time.Now().Add(m.Settle)
	for wait := firstLook; ; wait = min(2*wait, slowestLook) {
		err := request()
		if err == nil || !settling(err) || time.Now().After(until) {
			return err
		}
		if err := m.lock.still(ctx); err != nil {
			return err
		}
		if sleep(ctx, wait) != nil {
			return err
		}
	}
}

// compare holds the new table against the copy. A row that was there before is
// newer and stays; every row has to be there.
func (m *migration) compare(ctx context.Context, rows []item) error {
	var items []item
	err := m.settled(ctx, func() (err error) {
		items, err = m.table.scan(ctx)
		return err
	})
	if err != nil {
		return err
	}
	there := make(map[string]string, len(items))
	for _, it := range items {
		there[textOf(it[attrStream])+"/"+textOf(it[attrShard])] = sign(bare(it))
	}
	for _, row := range rows {
		key := textOf(row[attrStream]) + "/" + textOf(row[attrShard])
		switch found, ok := there[key]; {
		case !ok:
			return m.broken("row %s is not in table %s", key, m.table.name)
		case found != sign(row):
			m.report.Notes = append(m.report.Notes, "row "+key+" was there before and stays as it is")
		}
	}
	return nil
}

// decide writes the row of each stream whose shards were taken over: its first
// set is made, and whatever shard is found from now on is new (P12).
func (m *migration) decide(ctx context.Context, streams map[string]messages.StreamRow) error {
	if _, ok := streams[m.table.stream]; !ok { // a sibling's copy
		streams[m.table.stream] = m.streamRow()
	}
	for _, name := range slices.Sorted(maps.Keys(streams)) {
		table := m.table.beside(m.table.name, name)
		if err := m.settled(ctx, func() error { _, err := table.CreateStream(ctx, streams[name]); return err }); err != nil {
			return err
		}
	}
	if m.Drained {
		if err := m.table.putDrained(ctx, true); err != nil {
			return err
		}
		m.report.Drained = true
	}
	return nil
}

// clean deletes the copy, which nobody needs any more.
func (m *migration) clean(ctx context.Context) error {
	m.report.Migrated = true
	_, err := m.copy.client.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: &m.copy.name})
	var absent *types.ResourceNotFoundException
	var busy *types.ResourceInUseException // it is being deleted
	if err == nil || errors.As(err, &absent) || errors.As(err, &busy) {
		return nil
	}
	if f := messages.AsFault("", m.copy.fault(ctx, "DeleteTable", "", err)); f.Class == messages.Rejected {
		m.report.Left = append(m.report.Left, "table "+m.copy.name+", which this role may not delete: aws dynamodb delete-table --table-name "+m.copy.name)
		return nil
	}
	m.report.Migrated = false
	return m.copy.fault(ctx, "DeleteTable", "", err)
}
