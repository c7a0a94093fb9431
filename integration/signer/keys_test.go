package signer_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/signer"
)

func TestACallerIsKnownByItsKeyItsRegionAndItsService(t *testing.T) {
	keys := signer.NewKeys("GOOD", "OLD", "GONE")
	keys.Expire("OLD")
	keys.Remove("GONE")
	for _, c := range []struct{ credential, code, says string }{
		{"GOOD/20261122/eu-west-1/kinesis/aws4_request", "", ""},
		{"OLD/20261122/eu-west-1/kinesis/aws4_request", "ExpiredTokenException", "is expired"},
		{"GONE/20261122/eu-west-1/kinesis/aws4_request", "UnrecognizedClientException", "is invalid"},
		{"WHO/20261122/eu-west-1/kinesis/aws4_request", "UnrecognizedClientException", "is invalid"},
		{"GOOD/20261122/us-east-1/kinesis/aws4_request", "InvalidSignatureException", "not 'us-east-1'"},
		{"GOOD/20261122/eu-west-1/dynamodb/aws4_request", "InvalidSignatureException", "correct service: 'kinesis'"},
		{"GOOD", "", ""}, // is not for Keys to refuse
	} {
		header := httptest.NewRequest("POST", "/", nil)
		header.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+c.credential+", SignedHeaders=host, Signature=0")
		query := httptest.NewRequest("POST", "/?X-Amz-Credential="+c.credential, nil)
		for _, r := range []*signer.Refusal{keys.Check(header, "kinesis", "eu-west-1"), keys.Check(query, "kinesis", "eu-west-1")} {
			if r == nil {
				r = &signer.Refusal{}
			}
			if r.Code != c.code || !strings.Contains(r.Message, c.says) {
				t.Errorf("%s: %+v, want %s", c.credential, r, c.code)
			}
		}
	}
	keys.Add("OLD")
	r := httptest.NewRequest("POST", "/?X-Amz-Credential=OLD/20261122/eu-west-1/kinesis/aws4_request", nil)
	if refused := keys.Check(r, "kinesis", "eu-west-1"); refused != nil {
		t.Errorf("a key that is good again is refused: %+v", refused)
	}
	var none *signer.Keys
	if refused := none.Check(r, "dynamodb", "x"); refused != nil {
		t.Errorf("no keys refuse: %+v", refused)
	}
}
