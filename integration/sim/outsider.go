package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// What others do to the services, past every fault.

// call sends a request of somebody else's.
func (c *Cloud) call(service, method, target, body string, header ...string) *recorder {
	u := &url.URL{Scheme: "http", Host: "127.0.0.1"}
	if parsed, err := u.Parse(target); err == nil {
		u = parsed
	}
	r := &http.Request{
		Method: method, URL: u, Host: u.Host, Header: http.Header{}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(bytes.NewReader([]byte(body))), ContentLength: int64(len(body)), RemoteAddr: "127.0.0.1:9",
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	got := newRecorder()
	c.handler(service).ServeHTTP(got, r)
	return got
}

// steal opens a channel and throws its uncommitted rows away.
func (c *Cloud) steal(channel string) bool {
	credential, err := c.signIn.sign()
	if err != nil {
		return false
	}
	token := c.call("snowflake", http.MethodPost, "/oauth/token", "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer",
		"Authorization", "Bearer "+credential, "Content-Type", "application/x-www-form-urlencoded")
	opened := c.call("snowflake", http.MethodPut, "/v2/streaming/databases/RAW/schemas/EVENTS/pipes/ORDERS-STREAMING/channels/"+url.PathEscape(channel), `{}`,
		"Authorization", "Bearer "+token.body.String())
	return opened.status == http.StatusOK
}

// seize writes another owner into a lease row.
func (c *Cloud) seize(shard string) error {
	body, err := json.Marshal(map[string]any{
		"TableName": application, "Key": map[string]any{"streamName": map[string]string{"S": streamName}, "shardId": map[string]string{"S": shard}},
		"UpdateExpression": "SET leaseOwner = :thief, leaseEpoch = leaseEpoch + :one, leaseCounter = leaseCounter + :one, writeNo = :zero",
		"ExpressionAttributeValues": map[string]any{
			":thief": map[string]string{"S": "node-99/thief"}, ":one": map[string]string{"N": "1"}, ":zero": map[string]string{"N": "0"},
		},
	})
	if err != nil {
		return err
	}
	got := c.call("dynamodb", http.MethodPost, "/", string(body), "X-Amz-Target", "DynamoDB_20120810.UpdateItem", "Content-Type", "application/x-amz-json-1.0",
		"Authorization", "AWS4-HMAC-SHA256 Credential=test/20000101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0", "X-Amz-Date", "20000101T000000Z")
	if got.status != http.StatusOK {
		return fmt.Errorf("%d %s", got.status, got.body.String())
	}
	return nil
}
