package localsnowflake

import "net/http"

// elasticAppend refuses appends without a channel: their delivery is at least
// once and unordered, which no test of exactly-once can stand on.
func (s *Server) elasticAppend(w http.ResponseWriter, r *http.Request, _ target) {
	s.refuseUnserved(w, r, "elastic channels are not served here; open a named channel")
}

// fileBuffer refuses file fragments: there is no stage to upload to.
func (s *Server) fileBuffer(w http.ResponseWriter, r *http.Request, _ target) {
	s.refuseUnserved(w, r, "file fragments are not served here; send rows to .../rows")
}

func (s *Server) refuseUnserved(w http.ResponseWriter, r *http.Request, message string) {
	if _, err := s.auth.ingest(r); err != nil {
		writeError(w, err)
		return
	}
	writeError(w, refuse(http.StatusBadRequest, CodeNotServed, message))
}
