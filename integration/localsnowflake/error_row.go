package localsnowflake

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/ingest"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// errorMetadata is the column error_metadata (spec 3.5).
type errorMetadata struct {
	Service string       `json:"service"`
	Message string       `json:"error_message"`
	Source  string       `json:"error_source,omitempty"` // column, where one is to blame
	Details errorDetails `json:"details"`
}

type errorDetails struct {
	Pipe        string         `json:"pipe_name"`
	Channel     string         `json:"channel_name"`
	LowerBound  string         `json:"offset_token_lower_bound,omitempty"` // only when a start offset was sent
	UpperBound  *string        `json:"offset_token_upper_bound"`
	Truncated   bool           `json:"error_data_truncated"`
	ContentType ingest.Content `json:"error_data_content_type"`
}

// errorRows are the rows of the error table for one batch.
func errorRows(r *record, b *batch, errors []ingest.RowError, now time.Time) ([]rowstore.ErrorRow, error) {
	query := uuid.NewString()
	rows := make([]rowstore.ErrorRow, 0, len(errors))
	for _, e := range errors {
		metadata, err := json.Marshal(errorMetadata{
			Service: "snowpipe_streaming", Message: e.Message, Source: e.Column,
			Details: errorDetails{Pipe: r.Pipe, Channel: r.Name, LowerBound: b.start, UpperBound: b.end, ContentType: e.Content},
		})
		if err != nil {
			return nil, err
		}
		data, err := json.Marshal(map[string]any{"$1": payload(e)})
		if err != nil {
			return nil, err
		}
		rows = append(rows, rowstore.ErrorRow{Timestamp: now, QueryID: query, Code: e.Code, Metadata: metadata, Data: data})
	}
	return rows, nil
}

// payload is the bad row as it came: JSON as such, other text as a string,
// what is no text in base64. An append's bound keeps it below the 128 MB at
// which the service truncates.
func payload(e ingest.RowError) any {
	switch e.Content {
	case ingest.ContentJSON:
		return json.RawMessage(e.Raw)
	case ingest.ContentBinary:
		return base64.StdEncoding.EncodeToString(e.Raw)
	}
	return string(e.Raw)
}
