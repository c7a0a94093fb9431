package localkinesis

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/mangle"
)

// TestNoValueInAnyPlaceIsMoreThanARefusal puts values of every kind into every
// place of good requests, at any depth, in JSON and in CBOR: each request is
// served or refused as the client's mistake, and what is refused has no effect.
func TestNoValueInAnyPlaceIsMoreThanARefusal(t *testing.T) {
	for _, good := range goodRequests {
		for body := range mangle.JSON(good.body) {
			for _, contentType := range []string{jsonType, cborType} {
				refuseOrServe(t, good.action, contentType, body)
			}
		}
	}
}

func refuseOrServe(t *testing.T, action, contentType, text string) {
	t.Helper()
	body := []byte(text)
	if contentType == cborType {
		packed, err := appendCBOR(nil, body)
		if err != nil {
			return // not all JSON can be said in CBOR: "Data" has to be base64
		}
		body = packed
	}
	s := smallServer(t)
	before := snapshot(t, s)
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(string(body)))
	r.Header = http.Header{
		"X-Amz-Target": {targetPrefix + action}, "Content-Type": {contentType}, "X-Amz-Date": {"20251105T091215Z"}, "Authorization": {goodSignature},
	}
	w := httptest.NewRecorder()
	if serveFuzzed(s, w, r) {
		return // a subscription began, and ended with its client
	}
	if w.Code != http.StatusOK && w.Code != http.StatusBadRequest {
		t.Errorf("%s %s as %s: %d %s", action, text, contentType, w.Code, w.Body)
	}
	if w.Code != http.StatusOK && snapshot(t, s) != before {
		t.Errorf("%s %s as %s: %s, and changed the streams", action, text, contentType, w.Body)
	}
	if contentType == jsonType && w.Body.Len() > 0 && !json.Valid(w.Body.Bytes()) {
		t.Errorf("%s %s: the answer is no JSON: %s", action, text, w.Body)
	}
}
