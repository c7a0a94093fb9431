package localsnowflake

import "github.com/kinesnow/kinesnow/integration/localsnowflake/ingest"

// RepeatedKeys is a RowFault: it refuses rows that have a key twice in an object
// below the top, too. At the top they are always refused.
func RepeatedKeys(_ string, row []byte) (code int, message string) {
	if ingest.Repeated(row) {
		return ingest.CodeJSON, "Error parsing JSON: duplicate object attribute"
	}
	return 0, ""
}
