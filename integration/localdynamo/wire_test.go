package localdynamo_test

import (
	"encoding/json"
	"hash/crc32"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

const signature = "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00"

// send posts one raw call; header changes come as name, value pairs.
func (w *world) send(target, body string, header ...string) (*http.Response, map[string]any) {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), http.MethodPost, w.server.URL(), strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("X-Amz-Target", target)
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Date", "20260101T000000Z")
	r.Header.Set("Authorization", signature)
	for i := 0; i+1 < len(header); i += 2 {
		if r.Header.Del(header[i]); header[i+1] != "" {
			r.Header.Set(header[i], header[i+1])
		}
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		w.Fatal(err)
	}
	if sum := strconv.FormatUint(uint64(crc32.ChecksumIEEE(answer)), 10); response.Header.Get("X-Amz-Crc32") != sum {
		w.Errorf("X-Amz-Crc32 is %s, want %s", response.Header.Get("X-Amz-Crc32"), sum)
	}
	var members map[string]any
	if err := json.Unmarshal(answer, &members); err != nil {
		w.Fatalf("answer %q: %v", answer, err)
	}
	return response, members
}

func TestAnswersCarryTheHeadersClientsRead(t *testing.T) {
	var c clock
	w := newWorld(t, localdynamo.Options{Now: c.now})
	response, _ := w.send("DynamoDB_20120810.ListTables", "{}")
	if response.StatusCode != 200 || response.Header.Get("Content-Type") != "application/x-amz-json-1.0" {
		t.Errorf("%d %s", response.StatusCode, response.Header.Get("Content-Type"))
	}
	if id := response.Header.Get("x-amzn-RequestId"); len(id) != 52 {
		t.Errorf("request id %q", id)
	}
	if date, err := http.ParseTime(response.Header.Get("Date")); err != nil || !date.Equal(c.now().Truncate(time.Second)) {
		t.Errorf("Date is %v, the server's clock %v", date, c.now())
	}
}

func TestErrorsHaveDynamoDBsShape(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	const v = "DynamoDB_20120810."
	for _, c := range []struct {
		name, target, body string
		header             []string
		code, message      string
	}{
		{"missing table", v + "GetItem", `{"TableName":"nowhere","Key":{"a":{"S":"b"}}}`, nil, "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "Requested resource not found"},
		{"bad expression", v + "UpdateItem", `{"TableName":"quakes-app","Key":{"a":{"S":"b"}},"UpdateExpression":"SET a ="}`, nil, "com.amazon.coral.validate#ValidationException", `Invalid UpdateExpression: Syntax error; token: "<EOF>", near: "="`},
		{"no signature", v + "ListTables", `{}`, []string{"Authorization", ""}, "com.amazon.coral.service#MissingAuthenticationTokenException", "Request is missing Authentication Token"},
		{"half a signature", v + "ListTables", `{}`, []string{"Authorization", "AWS4-HMAC-SHA256 Credential=x"}, "com.amazon.coral.service#IncompleteSignatureException", "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Re-examine the Authorization header."},
		{"unknown operation", v + "DropEverything", `{}`, nil, "com.amazon.coral.service#UnknownOperationException", "An unknown operation was requested: DropEverything"},
		{"another service", "Kinesis_20131202.ListStreams", `{}`, nil, "com.amazon.coral.service#UnknownOperationException", ""},
		{"no JSON", v + "ListTables", `{`, nil, "com.amazon.coral.service#SerializationException", ""},
		{"wrong type", v + "GetItem", `{"TableName":7}`, nil, "com.amazon.coral.service#SerializationException", "NUMBER_VALUE cannot be converted to String"},
		{"list for map", v + "GetItem", `{"TableName":"quakes-app","Key":[]}`, nil, "com.amazon.coral.service#SerializationException", "Start of list found where not expected"},
		{"number for string", v + "GetItem", `{"TableName":"quakes-app","Key":{"a":{"S":1}}}`, nil, "com.amazon.coral.service#SerializationException", "NUMBER_VALUE cannot be converted to String"},
		{"bad base64", v + "GetItem", `{"TableName":"quakes-app","Key":{"a":{"B":"%%%"}}}`, nil, "com.amazon.coral.service#SerializationException", ""},
		{"deep nesting", v + "PutItem", `{"TableName":"quakes-app","Item":{"a":` + strings.Repeat(`{"L":[`, 200) + strings.Repeat(`]}`, 200) + `}}`, nil, "com.amazon.coral.validate#ValidationException", ""},
		{"no table name", v + "Scan", `{}`, nil, "com.amazon.coral.validate#ValidationException", "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null"},
		{"bad enum", v + "PutItem", `{"TableName":"quakes-app","Item":{},"ReturnValues":"SOME"}`, nil, "com.amazon.coral.validate#ValidationException", "1 validation error detected: Value 'SOME' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &world{T: t, server: w.server}
			response, answer := w.send(c.target, c.body, c.header...)
			if response.StatusCode != 400 || answer["__type"] != c.code {
				t.Errorf("%d %v, want 400 %s", response.StatusCode, answer, c.code)
			}
			if c.message != "" && answer["message"] != c.message {
				t.Errorf("message %q, want %q", answer["message"], c.message)
			}
		})
	}
}

func TestCleartextHTTP2IsServed(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: protocols}
	t.Cleanup(transport.CloseIdleConnections)
	var protocol string
	watched := roundTripper(func(r *http.Request) (*http.Response, error) {
		response, err := transport.RoundTrip(r)
		if err == nil {
			protocol = response.Proto
		}
		return response, err
	})
	if _, err := client(w.server.URL(), watched).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(leases), Item: key("shard-0")}); err != nil {
		t.Fatal(err)
	}
	if protocol != "HTTP/2.0" || len(w.server.Items(leases)) != 1 {
		t.Errorf("%s, %d items", protocol, len(w.server.Items(leases)))
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
