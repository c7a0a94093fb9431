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
	if x := s.request(request.RequestID); x != nil {
		x.cancel()
	}
	writeEnvelope(w, nil)
}

// abortByID serves POST /queries/ID/abort-request, of any session of the user.
func (d *driver) abortByID(w http.ResponseWriter, r *http.Request) {
	s, code := d.sessions.find(r)
	if code != "" {
		writeFailure(w, code, sessionMessages[code])
		return
	}
	if x := d.executions.find(r.PathValue("id"), s.sql.User); x != nil {
		x.cancel()
	}
	writeEnvelope(w, nil)
}
