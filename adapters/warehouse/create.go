package warehouse

import "context"

// Create creates a table of that exact name unless it exists: the metadata
// column, server-side schema evolution and the error table, as Snowflake's
// page on its own connector for Kinesis recommends. It needs no warehouse.
//
// Errors are *messages.Fault: Rejected with TargetMissing when schema or
// database is not there, with AccessDenied when the role may not create.
func (w *Warehouse) Create(ctx context.Context, table string) error {
	statement, err := w.Creation(table)
	if err != nil {
		return w.misuse("create", err)
	}
	if _, err = w.list(ctx, statement); err != nil {
		return w.about("create", err)
	}
	return nil
}

// Timestamp has a table keep when each row was committed, in
// METADATA$ROW_LAST_COMMIT_TIME (ROW_TIMESTAMP). Interactive tables cannot.
func (w *Warehouse) Timestamp(ctx context.Context, table string) error {
	path, err := w.path(table)
	if err != nil {
		return w.misuse("timestamp", err)
	}
	if _, err = w.list(ctx, "ALTER TABLE "+path+" SET ROW_TIMESTAMP = TRUE"); err != nil {
		return w.about("timestamp", err)
	}
	return nil
}

// Creation is the statement that Create runs.
//
// Errors: the name is none.
func (w *Warehouse) Creation(table string) (string, error) {
	path, err := w.path(table)
	if err != nil {
		return "", err
	}
	return "CREATE TABLE IF NOT EXISTS " + path + " (KINESISMETADATA OBJECT) ENABLE_SCHEMA_EVOLUTION = TRUE ERROR_LOGGING = TRUE", nil
}
