package leasetable

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/messages"
)

// migrationSuffix makes the name of the copy, as the sibling products name it:
// the documented IAM policy allows this table and no other one.
const migrationSuffix = "_migration"

// Shape is what a table's key schema says it is.
type Shape string

// The shapes.
const (
	ShapeAbsent  Shape = "absent"
	ShapeLegacy  Shape = "kcl"     // HASH leaseKey
	ShapeOurs    Shape = "leases"  // HASH streamName, RANGE shardId: ours and the sibling products'
	ShapeForeign Shape = "foreign" // anything else
	ShapeDenied  Shape = "denied"  // this role may not look at it
)

// tableLook is what DescribeTable says of one table.
type tableLook struct {
	shape Shape
	id    string // TableId; "" from servers that give none
	going bool   // it is being deleted
}

// lookAt describes a table. A role that may not is an answer here, no error.
func (t *Table) lookAt(ctx context.Context, name string) (tableLook, error) {
	out, err := t.client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &name})
	var absent *types.ResourceNotFoundException
	switch {
	case errors.As(err, &absent):
		return tableLook{shape: ShapeAbsent}, nil
	case err != nil:
		err = t.beside(name, t.stream).fault(ctx, "DescribeTable", "", err)
		if f := messages.AsFault("", err); f.Reason == messages.ReasonDenied && strings.Contains(f.Error(), "AccessDenied") && name != t.name {
			return tableLook{shape: ShapeDenied}, nil
		}
		return tableLook{}, err
	}
	return tableLook{shape: shapeOf(out.Table), id: aws.ToString(out.Table.TableId), going: out.Table.TableStatus == types.TableStatusDeleting}, nil
}

// shapeOf tells by the names of the keys alone.
func shapeOf(d *types.TableDescription) Shape {
	var keys []string
	for _, k := range d.KeySchema {
		keys = append(keys, string(k.KeyType)+" "+aws.ToString(k.AttributeName))
	}
	slices.Sort(keys)
	switch strings.Join(keys, ", ") {
	case "HASH " + attrLeaseKey:
		return ShapeLegacy
	case "HASH " + attrStream + ", RANGE " + attrShard:
		return ShapeOurs
	}
	return ShapeForeign
}

// standing is where a migration stands, from both tables.
type standing struct {
	app, copy tableLook
	marker    *marker // of the copy; nil = none
	sibling   string  // status of a sibling's own marker for this stream; "" = none
	done      bool    // the new table says that the migration is over
}

// look reads where the migration stands. It writes nothing.
func (t *Table) lookAtMigration(ctx context.Context) (*standing, error) {
	s := &standing{}
	var err error
	if s.app, err = t.lookAt(ctx, t.name); err != nil {
		return nil, err
	}
	if s.copy, err = t.lookAt(ctx, t.name+migrationSuffix); err != nil {
		return nil, err
	}
	if s.app.shape == ShapeOurs && !s.app.going {
		switch m, err := t.readMarkerOf(ctx); {
		case err != nil && !settling(err):
			return nil, err
		case err == nil:
			s.done = m != nil && m.phase == PhaseDone
		}
	}
	if s.copy.shape != ShapeOurs || s.copy.going {
		return s, nil
	}
	copied := t.beside(t.name+migrationSuffix, t.stream)
	if s.marker, err = copied.readMarkerOf(ctx); err != nil {
		return s, missingIsNone(err)
	}
	it, err := copied.get(ctx, markerKey, "")
	s.sibling = textOf(it[attrSiblingWord])
	return s, missingIsNone(err)
}

// missingIsNone takes a table that is still being created, or is gone by now,
// for one without items.
func missingIsNone(err error) error {
	if err != nil && messages.AsFault("", err).Reason == messages.ReasonMissing {
		return nil
	}
	return err
}

// settling reports whether DynamoDB may only just have made, deleted or renamed
// the table: for up to two minutes requests may still be led to an older table
// of the same name, whose keys are other ones (NIFI-16003).
func settling(err error) bool {
	f := messages.AsFault("", err)
	return f.Reason == messages.ReasonMissing || f.Reason == messages.ReasonInvariant && f.Class == messages.Transient
}

// Step is what a migration has to do next.
type Step string

// The steps.
const (
	StepNothing Step = "nothing" // there is no table: run makes one
	StepAdopt   Step = "adopt"   // the table can be used as it is
	StepCopy    Step = "copy"    // all of it, from the KCL's table
	StepSwap    Step = "swap"    // the copy is whole and the KCL's table gone: make the new one
	StepRestore Step = "restore" // the new table is there, rows may be missing
	StepClean   Step = "clean"   // only the copy is left over
	StepRefuse  Step = "refuse"  // a human has to look
)

// next decides from both tables, and nothing else, what is to be done: so
// whoever begins again goes on where another one was killed. why is set beside
// StepRefuse. A copy that is not known to be whole never leads anywhere but back
// to copying (H1).
func (s *standing) next(application string) (step Step, why string) {
	whole := s.marker != nil && s.marker.phase.whole() || s.marker.unused() && s.sibling == "COMPLETE"
	there := s.copy.shape == ShapeOurs && !s.copy.going
	name := application + migrationSuffix
	switch {
	case s.app.shape == ShapeForeign:
		return StepRefuse, "table " + application + " is no lease table: use another application name"
	case s.copy.shape == ShapeForeign || s.copy.shape == ShapeLegacy:
		return StepRefuse, "table " + name + " is there and is no copy of leases: move it out of the way, its name is needed"
	case s.app.shape == ShapeLegacy && !s.app.going && there && whole && s.marker != nil && s.marker.source != "" && s.app.id != s.marker.source:
		return StepRefuse, "table " + application + " is not the one that was copied to " + name + ": a KCL was started in the middle of the migration and made a new one. Stop it, delete that table (aws dynamodb delete-table --table-name " + application + "), and repeat this"
	case s.app.shape == ShapeLegacy && !s.app.going:
		return StepCopy, ""
	case s.app.shape == ShapeLegacy && !(there && whole):
		return StepRefuse, "table " + application + " is being deleted, and there is no whole copy of it: restore it from a backup, then repeat this"
	case s.app.shape == ShapeLegacy: // by an earlier migrator
		return StepSwap, ""
	case s.done && there:
		return StepClean, ""
	case s.done:
		return StepAdopt, ""
	case !there && s.app.shape == ShapeAbsent:
		return StepNothing, ""
	case !there:
		return StepAdopt, ""
	case !whole:
		return StepRefuse, "table " + name + " is a copy that was cut off, and the table it was made of is gone: restore " + application +
			" from a backup (the export that migrate wrote, or point-in-time recovery) and repeat this, or delete " + name + " to go on without it"
	case s.app.shape == ShapeAbsent:
		return StepSwap, ""
	}
	return StepRestore, ""
}

// unused reports whether nobody of ours ever copied.
func (m *marker) unused() bool { return m == nil || m.phase == PhaseNone }
