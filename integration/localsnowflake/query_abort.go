package localsnowflake

import "net/http"

// abortQuery serves POST /queries/v1/abort-request: it cancels the statement
// that a requestId of the same session is running.
func (d *driver) abortQuery(w http.ResponseWriter, r *http.Request) {
	s, code := d.sessions.find(r)
	if code != "" {
		writeFailure(w, code, sessionMessages[code])
		return
	}
	var request struct {
		RequestID string `json:"requestId"`
	}
	if err := d.readDriver(r, &request); err != nil {
		writeFailure(w, codeNotSupported, "The abort request is not valid JSON.")
		return
	}
	s.mu.Lock()
	cancel := s.running[request.RequestID]
	s.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	writeEnvelope(w, nil)
}
