package localsnowflake

import (
	"net/http"
	"strconv"
	"time"
)

type statusRequest struct {
	ChannelNames []string `json:"channel_names"`
}

// bulkChannelStatus answers POST .../pipes/P:bulk-channel-status (spec 1.9).
// Names are case-sensitive here; a channel that is not known is absent.
func (s *Server) bulkChannelStatus(w http.ResponseWriter, r *http.Request, t target) {
	who, err := s.auth.ingest(r)
	if err != nil {
		writeError(w, err)
		return
	}
	var request statusRequest
	if err := readJSON(r, &request); err != nil {
		writeError(w, err)
		return
	}
	if err := s.throttleStatus(len(request.ChannelNames)); err != nil {
		writeError(w, err)
		return
	}
	pipe, err := s.pipe(t, who)
	if err != nil {
		writeError(w, err)
		return
	}
	statuses := map[string]any{}
	s.channels.mu.Lock()
	for _, name := range request.ChannelNames {
		if name == elasticChannel {
			s.elasticOf(pipe) // needs no open
		}
		if ch, err := s.channels.find(keyOf(pipe, name), s.options.Now()); err == nil && ch.Name == name {
			statuses[name] = s.status(ch.record, s.options.ErrorsField)
		}
	}
	s.channels.mu.Unlock()
	writeJSON(w, http.StatusOK, map[string]any{"channel_statuses": statuses, "status_code": 0, "message": "Success"})
}

// status is a channel's state as open and bulk status show it.
func (s *Server) status(r record, field ErrorsField) map[string]any {
	status := map[string]any{
		"database_name":                       r.Database,
		"schema_name":                         r.Schema,
		"pipe_name":                           r.Pipe,
		"channel_name":                        r.Name,
		"channel_status_code":                 r.Code,
		"created_on_ms":                       r.CreatedOnMs,
		"rows_inserted":                       r.RowsInserted,
		"rows_parsed":                         r.RowsParsed,
		"last_error_offset_upper_bound":       r.LastErrorOffset,
		"last_error_message":                  nil,
		"last_error_timestamp":                nil, // by the documentation
		"last_error_timestamp_ms":             nil, // by Snowflake's own SDKs
		"snowflake_avg_processing_latency_ms": meanMillis(r.LatencyTotal, r.Batches),
		"status_code":                         0,
		"message":                             nil,
	}
	if r.Code != CodeSuccess {
		status["message"] = r.Message
	}
	if field == RowsErrors {
		status["rows_errors"] = r.RowsErrors
	} else {
		status["rows_error_count"] = r.RowsErrors
	}
	if r.LastErrorMs != 0 {
		status["last_error_message"] = r.LastErrorText
		status["last_error_timestamp"] = s.timestamp(r.LastErrorMs)
		status["last_error_timestamp_ms"] = r.LastErrorMs
	}
	switch {
	case r.Committed != nil:
		status["last_committed_offset_token"] = *r.Committed
	case s.options.AbsentToken == TokenNull:
		status["last_committed_offset_token"] = nil
	case s.options.AbsentToken == TokenEmpty:
		status["last_committed_offset_token"] = ""
	}
	return status
}

func (s *Server) timestamp(ms int64) any {
	switch s.options.TimestampForm {
	case TimestampText:
		return strconv.FormatInt(ms, 10)
	case TimestampRFC3339:
		return time.UnixMilli(ms).UTC().Format(time.RFC3339Nano)
	}
	return ms
}

func meanMillis(total time.Duration, n int64) int64 {
	if n == 0 {
		return 0
	}
	return (total / time.Duration(n)).Milliseconds()
}
