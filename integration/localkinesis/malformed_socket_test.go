package localkinesis_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/integration/mangle"
)

// converse is mangle.Converse with the server.
func converse(t *testing.T, server *localkinesis.Server, text string, hangUp bool) string {
	t.Helper()
	answer, err := mangle.Converse(server.URL(), text, hangUp)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// envelope is a signed request up to what says how long its body is.
func envelope(action string) string {
	return "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-amz-json-1.1\r\nX-Amz-Target: Kinesis_20131202." + action + "\r\n" +
		"X-Amz-Date: 20251105T091215Z\r\nAuthorization: AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=00\r\n"
}

func TestAConversationThatBreaksOffEnds(t *testing.T) {
	hasty, patient := start(t, localkinesis.Options{BodyTimeout: 100 * time.Millisecond}), start(t, localkinesis.Options{})
	name := streamOf(t, hasty, 1)
	if other := streamOf(t, patient, 1); other != name {
		t.Fatalf("streams %s and %s", name, other)
	}
	put := `{"StreamName":"` + name + `","PartitionKey":"k","Data":"aGk="}`
	length := func(n int) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n", n) }
	const chunks = "Transfer-Encoding: chunked\r\n\r\n"
	for _, c := range []struct {
		what, text string
		hangUp     bool
		answer     string // a pattern
	}{
		{"nothing", "", true, `^$`},
		{"garbage", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", false, `^HTTP/1.1 400 Bad Request`},
		{"a line without an end", strings.Repeat("x", 100_000), true, `^(HTTP/1.1 4|$)`},
		{"half a header", "POST / HTTP/1.1\r\nHost: x\r\nX-Am", true, `^(HTTP/1.1 4|$)`},
		{"no host", "POST / HTTP/1.1\r\n\r\n", false, `^HTTP/1.1 400 Bad Request: missing required Host header`},
		{"a header of 2 MB", "POST / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 2<<20) + "\r\n\r\n", false, `^(HTTP/1.1 431 |$)`},
		{"a version that is none", "POST / HTTP/9.9\r\nHost: x\r\n\r\n", false, `^HTTP/1.1 505 `},
		{"a length that is none", envelope("PutRecord") + "Content-Length: ten\r\n\r\n", false, `^HTTP/1.1 400 `},
		{"a length below 0", envelope("PutRecord") + "Content-Length: -1\r\n\r\n", false, `^HTTP/1.1 400 `},
		{"two lengths", envelope("PutRecord") + "Content-Length: 2\r\n" + length(3) + "{}", false, `^HTTP/1.1 400 `},
		{"an encoding of its own", envelope("PutRecord") + "Transfer-Encoding: secret\r\n\r\n", false, `^HTTP/1.1 501 `},
		{"a body that is cut off", envelope("PutRecord") + length(len(put)+1) + put, true, `^HTTP/1.1 400 (.|\s)*SerializationException`},
		{"a body that does not come", envelope("PutRecord") + length(len(put)), false, `^HTTP/1.1 408 (.|\s)*RequestTimeoutException`},
		{"a body that stops", envelope("PutRecord") + length(len(put)) + put[:20], false, `^HTTP/1.1 408 (.|\s)*RequestTimeoutException`},
		{"a body that stops, of an unknown operation", envelope("Nothing") + length(len(put)) + put[:20], false, `^HTTP/1.1 400 (.|\s)*UnknownOperationException`},
		{"a body of 16 EiB", envelope("PutRecord") + "Content-Length: 9223372036854775807\r\n\r\n{", false, `^HTTP/1.1 413 (.|\s)*RequestEntityTooLargeException`},
		{"chunks that stop", envelope("PutRecord") + chunks + "2\r\n{}\r\n", false, `^HTTP/1.1 408 (.|\s)*RequestTimeoutException`},
		{"chunks that are cut off", envelope("PutRecord") + chunks + "2\r\n{}\r\n", true, `^HTTP/1.1 400 (.|\s)*SerializationException`},
		{"a chunk that is none", envelope("PutRecord") + chunks + "zz\r\n{}\r\n", false, `^HTTP/1.1 400 (.|\s)*SerializationException`},
		{"a request and garbage", envelope("ListStreams") + length(2) + "{}" + "garbage\r\n\r\n", false, `^HTTP/1.1 200 OK(.|\s)*"quakes"(.|\s)*HTTP/1.1 400 Bad Request`},
		{"a body longer than it says", envelope("ListStreams") + length(2) + "{}{}", true, `^HTTP/1.1 200 OK(.|\s)*"quakes"`},
		{"HTTP/2 and garbage", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + strings.Repeat("garbage ", 100), false, ``},
		{"HTTP/2 cut off", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x40\x01\x04\x00\x00\x00\x01", true, ``},
	} {
		t.Run(c.what, func(t *testing.T) {
			server := hasty
			if c.hangUp {
				server = patient // however late it is said
			}
			if answer := converse(t, server, c.text, c.hangUp); !regexp.MustCompile(c.answer).MatchString(answer) {
				t.Errorf("answer %.1000q, want %s", answer, c.answer)
			}
			if n := server.RecordsPut(); n != 0 {
				t.Errorf("%d records were put", n)
			}
		})
	}
	for _, server := range []*localkinesis.Server{hasty, patient} {
		if r := post(t, server.URL(), "PutRecord", put, nil); r.StatusCode != http.StatusOK || server.RecordsPut() != 1 {
			t.Errorf("afterwards: %s", r.Status)
		}
	}
}
