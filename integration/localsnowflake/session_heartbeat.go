package localsnowflake

import "net/http"

// heartbeat serves POST /session/heartbeat, which keeps a session alive.
func (d *driver) heartbeat(w http.ResponseWriter, r *http.Request) {
	if _, code := d.sessions.find(r); code != "" {
		writeFailure(w, code, sessionMessages[code])
		return
	}
	writeEnvelope(w, nil)
}
