package localsnowflake

import "net/http"

// closeSession serves POST /session?delete=true. A session that is gone
// already is no error. What it has not committed is rolled back.
func (d *driver) closeSession(w http.ResponseWriter, r *http.Request) {
	if s, code := d.sessions.find(r); code == "" && r.URL.Query().Get("delete") == "true" {
		d.sessions.close(s)
		d.endSession(s)
	}
	writeEnvelope(w, nil)
}

// endSession rolls back what a session has not committed, and lets go of its
// locks. A statement that still runs belongs to the transaction: it ends first.
func (d *driver) endSession(s *session) {
	if s.statement.TryLock() {
		defer s.statement.Unlock()
		d.engine.End(s.sql)
		return
	}
	d.beginWork(func() {
		s.statement.Lock()
		defer s.statement.Unlock()
		d.engine.End(s.sql)
	})
}
