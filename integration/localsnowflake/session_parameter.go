package localsnowflake

import "github.com/kinesnow/kinesnow/integration/localsnowflake/sql"

// parameter is a session parameter as drivers read it. Values are strings,
// numbers or booleans.
type parameter struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// parametersOf lists what a driver needs to read results: rows come as JSON,
// and some drivers decode a type only when its output format is known
// (third-party 3.2).
func parametersOf(s *sql.Session) []parameter {
	zone := s.Parameter("TIMEZONE")
	if zone == "" {
		zone = "UTC"
	}
	return []parameter{
		{"TIMEZONE", zone},
		{"AUTOCOMMIT", s.Parameter("AUTOCOMMIT") != "false"},
		{"CLIENT_TELEMETRY_ENABLED", false},
		{"CLIENT_SESSION_KEEP_ALIVE", false},
		{"CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY", 3600},
		{"CLIENT_STAGE_ARRAY_BINDING_THRESHOLD", 1 << 30}, // there are no stages to upload to
		{"CLIENT_PREFETCH_THREADS", 4},
		{"CLIENT_MEMORY_LIMIT", 1536},
		{"CLIENT_RESULT_CHUNK_SIZE", 160},
		{"CLIENT_RESULT_COLUMN_CASE_INSENSITIVE", false},
		{"GO_QUERY_RESULT_FORMAT", "json"},
		{"PYTHON_CONNECTOR_QUERY_RESULT_FORMAT", "json"},
		{"BINARY_OUTPUT_FORMAT", "HEX"},
		{"DATE_OUTPUT_FORMAT", "YYYY-MM-DD"},
		{"TIME_OUTPUT_FORMAT", "HH24:MI:SS"},
		{"TIMESTAMP_OUTPUT_FORMAT", "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM"},
		{"TIMESTAMP_NTZ_OUTPUT_FORMAT", "YYYY-MM-DD HH24:MI:SS.FF3"},
		{"TIMESTAMP_LTZ_OUTPUT_FORMAT", ""},
		{"TIMESTAMP_TZ_OUTPUT_FORMAT", ""},
	}
}
