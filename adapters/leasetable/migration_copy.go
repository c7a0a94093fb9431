package leasetable

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/messages"
)

// survey reads the KCL's table twice and works out what its leases become.
func (m *migration) survey(ctx context.Context, s *standing) (*legacyScan, *legacyPlan, error) {
	before, err := m.scanLegacy(ctx)
	if err != nil {
		return nil, nil, err
	}
	if !m.Force {
		m.Tell(fmt.Sprintf("looking for %s whether a KCL still works on %s", m.Quiet, m.table.name))
		if err := sleep(ctx, m.Quiet); err != nil {
			return nil, nil, err
		}
	}
	scan, err := m.scanLegacy(ctx)
	if err != nil {
		return nil, nil, err
	}
	plan := m.plan(m.table, scan)
	m.report.Rows = plan.rows
	m.report.Problems = append(m.report.Problems, plan.problems...)
	m.report.Doubts = append(m.report.Doubts, plan.doubts...)
	m.report.Notes = append(m.report.Notes, plan.notes...)
	if moved := before.moved(scan); len(moved) > 0 {
		m.report.Doubts = append(m.report.Doubts, fmt.Sprintf("a KCL is still running: %s changed within %s; stop its workers", shortList(moved), m.Quiet))
	}
	if s.copy.shape == ShapeDenied {
		m.report.Problems = append(m.report.Problems, "this role may not use table "+m.copy.name+", which the copy needs: grant it (kinesnow setup iam --migration), or use another application name, which starts anew")
		plan.problems = m.report.Problems
	}
	return scan, plan, nil
}

// shortList names at most five of many.
func shortList(all []string) string {
	if len(all) > 5 {
		return fmt.Sprintf("%s and %d more", strings.Join(all[:5], ", "), len(all)-5)
	}
	return strings.Join(all, ", ")
}

// scanLegacy reads the KCL's table consistently, to the last page.
func (m *migration) scanLegacy(ctx context.Context) (*legacyScan, error) {
	items, err := m.table.scan(ctx)
	if err != nil {
		return nil, err
	}
	return readLegacy(items), nil
}

// scan reads a whole table consistently.
func (t *Table) scan(ctx context.Context) ([]item, error) {
	var items []item
	pages := dynamodb.NewScanPaginator(t.client, &dynamodb.ScanInput{TableName: &t.name, ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, t.fault(ctx, "Scan", "", err)
		}
		items = append(items, page.Items...)
	}
	return items, nil
}

// copyAll writes every row to the copy, compares both, and says so in the
// marker. Rows of an earlier attempt that are no more are left behind by their
// epoch, for nothing can be deleted under the documented policy.
func (m *migration) copyAll(ctx context.Context, s *standing, scan *legacyScan, plan *legacyPlan) error {
	err := m.lock.enter(ctx, PhaseCopying, func(u *update) {
		u.put(attrSourceID, text(s.app.id))
		u.put(attrRenameOwner, text("kinesnow"))
		u.put(attrRenameAt, number(farAway))
		u.drop(attrCopyEpoch, attrCopyRows, attrCopyDigest)
	})
	if err != nil {
		return err
	}
	// A sibling looks for its own marker under the stream's name.
	guard := m.copy.change(markerKey)
	guard.put(attrRenameOwner, text("kinesnow"))
	guard.put(attrRenameAt, number(farAway))
	guard.drop(attrSiblingWord, attrMigrator)
	guard.require("attribute_exists(#" + attrShard + ") OR attribute_not_exists(#" + attrShard + ")")
	if _, err := m.copy.send(ctx, "", guard); err != nil {
		return err
	}
	epoch := m.lock.now().epoch
	for _, row := range plan.rows {
		if err := m.lock.still(ctx); err != nil {
			return err
		}
		if err := m.copy.putCopied(ctx, row.item, epoch); err != nil {
			return err
		}
	}
	for _, it := range m.streamItems(plan) {
		if err := m.copy.putCopied(ctx, it, epoch); err != nil {
			return err
		}
	}
	rows, _, err := m.copied(ctx, epoch)
	if err != nil {
		return err
	}
	want := make([]item, len(plan.rows))
	for i := range plan.rows {
		want[i] = plan.rows[i].item
	}
	if digest := digestOf(want); digestOf(rows) != digest {
		return m.broken("table %s does not hold what was put there: %d rows, want %d", m.copy.name, len(rows), len(want))
	}
	again, err := m.scanLegacy(ctx)
	if err != nil {
		return err
	}
	if moved := scan.moved(again); len(moved) > 0 && !m.Force {
		m.report.Doubts = append(m.report.Doubts, "a KCL was started during the copy: "+shortList(moved)+" changed; stop its workers, then repeat this")
		return &RefusedMigrationError{m.report}
	}
	if m.Export != nil {
		if err := m.export(again.raw); err != nil {
			return fmt.Errorf("the export could not be written, so nothing was deleted: %w", err)
		}
	}
	return m.lock.enter(ctx, PhaseCopied, func(u *update) {
		u.put(attrCopyEpoch, number(epoch))
		u.put(attrCopyRows, number(int64(len(rows))))
		u.put(attrCopyDigest, text(digestOf(rows)))
	})
}

func (m *migration) export(raw []item) error {
	items := make([]map[string]any, len(raw))
	for i, it := range raw {
		items[i] = wireItem(it)
	}
	slices.SortFunc(items, func(a, b map[string]any) int {
		return strings.Compare(fmt.Sprint(a[attrLeaseKey]), fmt.Sprint(b[attrLeaseKey]))
	})
	return m.Export(items)
}

// broken is what must not be, and stops a migration where it is.
func (m *migration) broken(format string, args ...any) error {
	return &messages.Fault{
		Class: messages.Transient, Reason: messages.ReasonInvariant, Op: "leasetable.Migrate", Complete: true,
		Err: fmt.Errorf(format, args...), Hint: "something else writes to these tables: find it, then repeat this; nothing was deleted since",
	}
}

// putCopied puts a row as a whole, unless a later epoch did.
func (t *Table) putCopied(ctx context.Context, row item, epoch int64) error {
	it := maps.Clone(row)
	it[attrMigration] = number(epoch)
	_, err := t.putItem(ctx, it, "attribute_not_exists(#key) OR attribute_not_exists(#epoch) OR #epoch <= :epoch",
		map[string]string{"#key": attrShard, "#epoch": attrMigration}, item{":epoch": number(epoch)})
	var refused *refusedError
	if errors.As(err, &refused) {
		return &messages.Fault{Class: messages.Fenced, Reason: messages.ReasonLeaseLost, Op: "leasetable.Migrate", Err: errOvertaken, Complete: true}
	}
	return err
}

// putItem puts a whole item under a condition. As with send, a refusal whose
// item has our nonce means that an earlier attempt landed.
func (t *Table) putItem(ctx context.Context, it item, condition string, names map[string]string, values item) (landed bool, err error) {
	nonce := rand.Text()
	it[attrNonce], it[attrUpdated] = text(nonce), number(t.now().UnixMilli())
	_, err = t.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &t.name, Item: it, ConditionExpression: &condition,
		ExpressionAttributeNames: names, ExpressionAttributeValues: values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	var refused *types.ConditionalCheckFailedException
	switch {
	case err == nil:
		return true, nil
	case !errors.As(err, &refused):
		return false, t.fault(ctx, "PutItem", "", err)
	}
	found := refused.Item
	if found == nil {
		if found, err = t.beside(t.name, textOf(it[attrStream])).get(ctx, textOf(it[attrShard]), ""); err != nil {
			return false, err
		}
	}
	if textOf(found[attrNonce]) == nonce {
		return true, nil
	}
	return false, &refusedError{found}
}

// copied reads what an epoch wrote to the copy: shard rows, without what only a
// copy has, and what was decided for each stream.
func (m *migration) copied(ctx context.Context, epoch int64) (rows []item, streams map[string]messages.StreamRow, err error) {
	items, err := m.copy.scan(ctx)
	if err != nil {
		return nil, nil, err
	}
	streams = map[string]messages.StreamRow{}
	for _, it := range items {
		f := &fields{item: it}
		key := f.key()
		switch written := f.number(attrMigration); {
		case f.err != nil:
			return nil, nil, m.copy.unreadable("Scan", messages.ShardID(key), f.err)
		case written != epoch:
		case key == streamKey:
			row, err := m.copy.knownStream("Scan", it)
			if err != nil {
				return nil, nil, err
			}
			streams[textOf(it[attrStream])] = *row
		case !strings.HasPrefix(key, ourPrefix):
			rows = append(rows, bare(it))
		}
	}
	return rows, streams, nil
}

// streamRow is what is decided for the connector's stream.
func (m *migration) streamRow() messages.StreamRow {
	row := messages.StreamRow{
		ARN: m.Stream.ARN, CreatedAt: m.Stream.CreatedAt, Position: m.Position, Timestamp: m.Start, Initialised: true, Schema: messages.SchemaVersion,
	}
	if m.Position == kclLatest {
		row.Timestamp = m.Stream.Now
	}
	return row
}

// streamItems are the rows of what is decided for each stream, written beside
// the copy: LATEST is never resolved twice (P12).
func (m *migration) streamItems(plan *legacyPlan) []item {
	rows := map[string]messages.StreamRow{m.table.stream: m.streamRow()}
	for name, id := range plan.streams {
		if arn := strings.Split(m.Stream.ARN, ":"); name != m.table.stream && len(arn) == 6 {
			row := m.streamRow()
			arn[4], arn[5] = id.account, "stream/"+name
			row.ARN, row.CreatedAt = strings.Join(arn, ":"), time.Unix(id.created, 0).UTC()
			rows[name] = row
		}
	}
	var items []item
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		row := rows[name]
		it := item{
			attrStream: text(name), attrShard: text(streamKey), attrARN: text(row.ARN), attrStreamCreated: number(row.CreatedAt.Unix()),
			attrPosition: text(row.Position), attrInitialised: truth(true), attrDrained: truth(false), attrSchema: number(messages.SchemaVersion),
		}
		if !row.Timestamp.IsZero() {
			it[attrTimestamp] = number(row.Timestamp.UnixMilli())
		}
		items = append(items, it)
	}
	return items
}

// bare is a row without what every write adds.
func bare(it item) item {
	row := maps.Clone(it)
	for _, name := range []string{attrMigration, attrNonce, attrUpdated, attrOwner, attrExpiry} {
		delete(row, name)
	}
	return row
}

// digestOf is SHA-256 over rows in the order of their keys.
func digestOf(rows []item) string {
	texts := make([]string, len(rows))
	for i, it := range rows {
		texts[i] = sign(it)
	}
	slices.Sort(texts)
	sum := sha256.Sum256([]byte(strings.Join(texts, "\n")))
	return hex.EncodeToString(sum[:])
}
