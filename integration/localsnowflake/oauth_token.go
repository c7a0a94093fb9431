package localsnowflake

import (
	"net/http"
	"net/url"
)

const grantJWTBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"

// oauthToken answers POST /oauth/token (spec 1.5): a key-pair JWT, in the
// Authorization header or as assertion, against a scoped token. scope must be
// the ingest host that discovery named; without scope the token is good on
// every host.
func (s *Server) oauthToken(w http.ResponseWriter, r *http.Request) {
	body, err := readAll(r.Body, r.ContentLength, 64<<10)
	if err != nil {
		writeError(w, err)
		return
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || form.Get("grant_type") != grantJWTBearer {
		writeError(w, refuse(http.StatusBadRequest, "unsupported_grant_type", "grant_type must be "+grantJWTBearer))
		return
	}
	var who identity
	if assertion := form.Get("assertion"); assertion != "" && r.Header.Get("Authorization") == "" {
		who, err = s.auth.keyPair(assertion, "")
	} else {
		who, err = s.auth.control(r)
	}
	if err != nil {
		writeError(w, err)
		return
	}
	scope := form.Get("scope")
	if scope != "" {
		scope = normalHost(scope)
		if !names(scope, normalHost(s.host(r))) {
			writeError(w, refuse(http.StatusBadRequest, "invalid_scope", "scope must be the host that /v2/streaming/hostname answers"))
			return
		}
	}
	token, err := s.auth.issue(who, scope)
	if err != nil {
		writeError(w, err)
		return
	}
	if s.options.TokenForm == TokenJSON {
		writeJSON(w, http.StatusOK, map[string]string{"token": token})
		return
	}
	writeText(w, token)
}
