package localkinesis

import (
	"io"
	"net/http"
	"strconv"
	"strings"
)

// stranger answers a request that speaks another protocol, as the tests of
// mhart/kinesalite (test/connection.js) saw the service do: in XML while it
// cannot tell the protocol, and in the envelope of an old one, with status 200,
// where the content type is application/json.
func stranger(w http.ResponseWriter, r *http.Request) bool {
	given, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	contentType := strings.TrimSpace(given)
	known := contentType == jsonType || contentType == cborType
	switch {
	case r.Method != http.MethodPost, !known && contentType != "application/json" && r.Header.Get("X-Amz-Target") == "":
		answerStranger(w, http.StatusForbidden, "", "<AccessDeniedException>\n  <Message>Unable to determine service/operation name to be authorized</Message>\n</AccessDeniedException>\n")
	case contentType == "application/json":
		answerStranger(w, http.StatusOK, contentType, `{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException","message":null},"Version":"1.0"}`)
	case !known:
		answerStranger(w, http.StatusNotFound, "", "<UnknownOperationException/>\n")
	default:
		return false
	}
	return true
}

// answerStranger writes a body; the service names no content type for XML.
func answerStranger(w http.ResponseWriter, status int, contentType, body string) {
	w.Header()["Content-Type"] = nil
	if contentType != "" {
		w.Header().Set("Content-Type", contentType)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	io.WriteString(w, body) // a client that has left needs no answer
}
