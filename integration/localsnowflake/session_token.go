package localsnowflake

import "net/http"

// renewToken serves POST /session/token-request: the master token buys new
// tokens, and the statement is then sent again with its old requestId.
func (d *driver) renewToken(w http.ResponseWriter, r *http.Request) {
	var request struct {
		Type string `json:"requestType"`
	}
	if err := d.readDriver(r, &request); err != nil || request.Type != "RENEW" {
		writeFailure(w, codeNotSupported, "requestType must be RENEW.")
		return
	}
	s, code := d.sessions.renew(r)
	if code != "" {
		writeFailure(w, code, sessionMessages[code])
		return
	}
	writeEnvelope(w, map[string]any{
		"sessionToken": s.token, "validityInSecondsST": int(sessionTokenLife.Seconds()),
		"masterToken": s.masterToken, "validityInSecondsMT": int(masterTokenLife.Seconds()), "sessionId": s.id,
	})
}
