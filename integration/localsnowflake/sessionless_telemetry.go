package localsnowflake

import (
	"io"
	"net/http"
)

// sessionlessTelemetry answers POST /telemetry/send/sessionless, where the
// streaming SDKs report: what they say is not kept.
func (s *Server) sessionlessTelemetry(w http.ResponseWriter, r *http.Request) {
	if _, err := s.auth.control(r); err != nil {
		writeError(w, err)
		return
	}
	io.Copy(io.Discard, io.LimitReader(r.Body, maxRequest))
	writeEnvelope(w, "Log Received")
}
