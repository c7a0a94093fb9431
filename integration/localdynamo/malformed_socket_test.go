package localdynamo_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/localdynamo"
	"github.com/kinesnow/kinesnow/integration/mangle"
)

// converse is mangle.Converse with the server.
func (w *world) converse(t *testing.T, text string, hangUp bool) string {
	t.Helper()
	answer, err := mangle.Converse(w.server.URL(), text, hangUp)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestAConversationThatBreaksOffEnds(t *testing.T) {
	hasty, patient := newWorld(t, localdynamo.Options{BodyTimeout: 100 * time.Millisecond}).withLeases(), newWorld(t, localdynamo.Options{}).withLeases()
	const item = `{"TableName":"quakes-app","Item":{"streamName":{"S":"quakes"},"shardId":{"S":"s"}}}`
	put := func(rest string) string {
		return "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Target: DynamoDB_20120810.PutItem\r\n" +
			"X-Amz-Date: 20260101T000000Z\r\nAuthorization: " + signature + "\r\n" + rest
	}
	length := func(n int) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n", n) }
	const chunks = "Transfer-Encoding: chunked\r\n\r\n"
	for _, c := range []struct {
		what, text string
		hangUp     bool
		answer     string // a pattern
	}{
		{"nothing", "", true, `^$`},
		{"garbage", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", false, `^HTTP/1.1 400 Bad Request`},
		{"half a header", "POST / HTTP/1.1\r\nHost: x\r\nX-Am", true, `^(HTTP/1.1 4|$)`},
		{"a header of 2 MB", "POST / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 2<<20) + "\r\n\r\n", false, `^(HTTP/1.1 431 |$)`},
		{"two lengths", put("Content-Length: 2\r\n" + length(3) + "{}"), false, `^HTTP/1.1 400 `},
		{"a body that is cut off", put(length(len(item)+1) + item), true, `^HTTP/1.1 400 (.|\s)*SerializationException`},
		{"a body that does not come", put(length(len(item))), false, `^HTTP/1.1 408 (.|\s)*RequestTimeoutException`},
		{"a body that stops", put(length(len(item)) + item[:20]), false, `^HTTP/1.1 408 (.|\s)*RequestTimeoutException`},
		{"a body of 16 EiB", put("Content-Length: 9223372036854775807\r\n\r\n{"), false, `^HTTP/1.1 (408|413) `},
		{"chunks that stop", put(chunks + "2\r\n{}\r\n"), false, `^HTTP/1.1 408 (.|\s)*RequestTimeoutException`},
		{"chunks that are cut off", put(chunks + "2\r\n{}\r\n"), true, `^HTTP/1.1 400 (.|\s)*SerializationException`},
		{"a chunk that is none", put(chunks + "zz\r\n{}\r\n"), false, `^HTTP/1.1 400 (.|\s)*SerializationException`},
		{"a refusal and garbage", put(length(2) + "{}" + "garbage\r\n\r\n"), false, `^HTTP/1.1 400 (.|\s)*ValidationException(.|\s)*HTTP/1.1 400 Bad Request`},
		{"a stranger whose body stops", "PUT / HTTP/1.1\r\nHost: x\r\n" + length(10) + "abc", false, `^HTTP/1.1 404 (.|\s)*<UnknownOperationException/>`},
		{"HTTP/2 and garbage", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + strings.Repeat("garbage ", 100), false, ``},
	} {
		t.Run(c.what, func(t *testing.T) {
			w := hasty
			if c.hangUp {
				w = patient // however late it is said
			}
			if answer := w.converse(t, c.text, c.hangUp); !regexp.MustCompile(c.answer).MatchString(answer) {
				t.Errorf("answer %.1000q, want %s", answer, c.answer)
			}
			if n := w.server.Writes(leases); n != 0 {
				t.Errorf("%d items were written", n)
			}
		})
	}
	for _, w := range []*world{hasty, patient} {
		if _, answer := w.send("DynamoDB_20120810.PutItem", item); len(answer) != 0 || w.server.Writes(leases) != 1 {
			t.Errorf("afterwards: %v", answer)
		}
	}
}
