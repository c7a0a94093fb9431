package rowstore

import "time"

// Row is one committed row. Whoever receives a Row must not change its JSON.
type Row struct {
	ID          int64     // 1, 2, ... per table in commit order; never used twice, gaps after deletes
	JSON        []byte    // one object, the exact bytes that were ingested
	CommittedAt time.Time // METADATA$ROW_LAST_COMMIT_TIME
	Channel     string    // "" for rows of an INSERT
	StartToken  string    // offset tokens of the append that brought it, "" where none was sent
	EndToken    string
}

// ErrorRow is one row of a table's error table (spec 3.5).
type ErrorRow struct {
	Timestamp time.Time
	QueryID   string
	Code      int    // e.g. 100071
	Metadata  []byte // JSON object: service, error_message, error_source, details
	Data      []byte // JSON object: "$1" is the payload
}
