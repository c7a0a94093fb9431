package localdynamo

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/mangle"
)

// TestNoValueInAnyPlaceIsMoreThanARefusal puts values of every kind into every
// place of good requests, at any depth: each request is served or refused as
// the client's mistake, and what is refused has no effect.
func TestNoValueInAnyPlaceIsMoreThanARefusal(t *testing.T) {
	for _, good := range goodRequests {
		for body := range mangle.JSON(good.body) {
			s := smallServer(t)
			before := held(t, s)
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
			r.Header = http.Header{
				"X-Amz-Target": {targetPrefix + good.operation}, "Content-Type": {contentType}, "X-Amz-Date": {"20260101T000000Z"},
				"Authorization": {"AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=00"},
			}
			w := httptest.NewRecorder()
			s.serveHTTP(w, r)
			if w.Code != http.StatusOK && w.Code != http.StatusBadRequest || !json.Valid(w.Body.Bytes()) {
				t.Errorf("%s %s: %d %s", good.operation, body, w.Code, w.Body)
			}
			if w.Code != http.StatusOK && held(t, s) != before {
				t.Errorf("%s %s: %s, and changed the table", good.operation, body, w.Body)
			}
		}
	}
}
