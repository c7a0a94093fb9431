package localdynamo

import (
	"net/http"
	"strings"
)

// stranger answers a request that is no JSON protocol's at all, as the tests of
// architect/dynalite (test/connection.js) saw DynamoDB do: 404, in XML, without
// a content type.
func stranger(w http.ResponseWriter, r *http.Request) bool {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	kind = strings.TrimSpace(kind)
	if r.Method == http.MethodPost && (r.ContentLength == 0 || kind == contentType || kind == "application/json") {
		return false
	}
	writeTyped(w, http.StatusNotFound, "", []byte("<UnknownOperationException/>\n"))
	return true
}
