package rowstore

// Store keeps rows, error rows and named state. All methods are safe for
// concurrent use; reads see whole transactions only. A table needs no
// creation: an ID that was never written has no rows.
type Store interface {
	// Commit applies everything in t, or nothing. It assigns the ID of every
	// row, in the order given, and keeps t's slices: they belong to the store
	// afterwards.
	Commit(t Transaction) error

	// Append is a Commit of rows alone.
	Append(table int64, rows []Row) error

	// NextID is the ID that the table's next row will get, 1 for a new table.
	NextID(table int64) (int64, error)

	// Scan yields rows with ID >= fromID in the order of their IDs until yield
	// returns false. It sees the table as it was when Scan was called. A row's
	// JSON stays valid after yield returns.
	Scan(table, fromID int64, yield func(Row) bool) error

	Count(table int64) (int64, error)

	// Delete is a Commit of removals alone.
	Delete(table int64, ids []int64) error

	// Truncate removes all rows and keeps NextID; Drop removes the table's
	// error rows as well.
	Truncate(table int64) error
	Drop(table int64) error

	AppendErrors(table int64, rows []ErrorRow) error
	ScanErrors(table int64, yield func(ErrorRow) bool) error
	TruncateErrors(table int64) error

	// SaveState keeps a value under a key; a nil value removes it.
	SaveState(key string, value []byte) error
	// LoadState returns nil for a key that was never saved.
	LoadState(key string) ([]byte, error)
	// States yields the saved keys that begin with prefix, sorted.
	States(prefix string, yield func(key string, value []byte) bool) error

	Close() error
}

// Transaction is what one Commit applies. Any part may be empty.
type Transaction struct {
	Rows   []TableRows
	Gone   []TableIDs
	Errors []TableErrors
	State  []State
}

// TableRows are rows of one table. A table may occur more than once.
type TableRows struct {
	Table int64
	Rows  []Row
}

// TableIDs are rows of one table to remove. IDs that do not exist, and those of
// rows that the same transaction adds, are no error and remove nothing.
type TableIDs struct {
	Table int64
	IDs   []int64
}

// TableErrors are error rows of one table.
type TableErrors struct {
	Table int64
	Rows  []ErrorRow
}

// State is one named value; a nil Value removes the key.
type State struct {
	Key   string
	Value []byte
}

func rowsOnly(table int64, rows []Row) Transaction {
	return Transaction{Rows: []TableRows{{Table: table, Rows: rows}}}
}

func goneOnly(table int64, ids []int64) Transaction {
	return Transaction{Gone: []TableIDs{{Table: table, IDs: ids}}}
}

func errorsOnly(table int64, rows []ErrorRow) Transaction {
	return Transaction{Errors: []TableErrors{{Table: table, Rows: rows}}}
}

func stateOnly(key string, value []byte) Transaction {
	return Transaction{State: []State{{Key: key, Value: value}}}
}
