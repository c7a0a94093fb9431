package localsnowflake

import "net/http"

// closeSession serves POST /session?delete=true. A session that is gone
// already is no error. What it has not committed is rolled back.
func (d *driver) closeSession(w http.ResponseWriter, r *http.Request) {
	if s, code := d.sessions.find(r); code == "" && r.URL.Query().Get("delete") == "true" {
		d.sessions.close(s)
		d.engine.End(s.sql)
	}
	writeEnvelope(w, nil)
}
