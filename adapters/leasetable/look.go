package leasetable

import "context"

// Look says what there is under the application's name. It writes nothing.
//
// Errors: Rejected where Prepare would refuse the table too: another shape, a
// KCL's included, or a migration that is under way; where it may not be looked at.
// Transient otherwise.
func (t *Table) Look(ctx context.Context) (Shape, error) {
	if err := t.notMigrating(ctx); err != nil {
		return "", err
	}
	l, err := t.lookAt(ctx, t.name)
	if err != nil {
		return "", err
	}
	switch l.shape {
	case ShapeAbsent, ShapeOurs:
		return l.shape, nil
	case ShapeLegacy:
		return l.shape, t.kclTable()
	}
	return l.shape, t.unfit("use another application name", "it is no lease table")
}
