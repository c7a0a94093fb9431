package dynamodb

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// request is one request of the suite.
type request struct {
	operation string
	body      string // JSON, with the abbreviations of expand
	anyOrder  bool   // the answer's items come in an order of each server's own
}

// answer is what came back, normalised.
type answer struct {
	status int
	code   string // of an error, without its namespace
	text   string // of an error
	body   any    // of a success, and of an error all but code and text
}

// expand writes the abbreviations out: {T for the table judged, K for the key
// of its first item, and {"a":"S"} style types stay as the wire has them.
var expand = strings.NewReplacer(
	`{T`, `{"TableName":"judged"`,
	`,K`, `,"Key":{"h":{"S":"a"},"r":{"S":"1"}}`,
	`{X`, `{"TableName":"indexed"`,
)

// signature has the form of Signature Version 4; neither server verifies it.
// The account of DynamoDB Local is its access key and region.
const signature = "AWS4-HMAC-SHA256 Credential=AKIDJUDGE/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00"

// reply is an answer as it came.
type reply struct {
	status int
	body   []byte
}

// post sends one request.
func post(ctx context.Context, url string, r request) (reply, error) {
	sent, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(expand.Replace(r.body)))
	if err != nil {
		return reply{}, err
	}
	sent.Header.Set("X-Amz-Target", "DynamoDB_20120810."+r.operation)
	sent.Header.Set("Content-Type", "application/x-amz-json-1.0")
	sent.Header.Set("X-Amz-Date", "20260101T000000Z")
	sent.Header.Set("Authorization", signature)
	got, err := http.DefaultClient.Do(sent)
	if err != nil {
		return reply{}, err
	}
	defer got.Body.Close()
	raw, err := io.ReadAll(got.Body)
	return reply{got.StatusCode, raw}, err
}

// ask sends one request and reads its answer.
func ask(ctx context.Context, url string, r request) (answer, error) {
	got, err := post(ctx, url, r)
	a := answer{status: got.status}
	if err != nil || len(bytes.TrimSpace(got.body)) == 0 {
		return a, err
	}
	var members map[string]any
	if err := json.Unmarshal(got.body, &members); err != nil {
		return a, fmt.Errorf("%s: the answer is not JSON: %q", r, got.body)
	}
	if code, isError := members["__type"].(string); isError {
		a.code = code[strings.LastIndexByte(code, '#')+1:]
		for _, name := range []string{"message", "Message"} {
			if text, ok := members[name].(string); ok {
				a.text = text
			}
			delete(members, name)
		}
		delete(members, "__type")
	}
	if a.body = normal("", members); len(members) == 0 {
		a.body = nil
	}
	return a, nil
}

func (r request) String() string {
	text := r.operation + " " + expand.Replace(r.body)
	if len(text) > 600 {
		text = text[:600] + "..."
	}
	return text
}

func (a answer) String() string {
	if a.code != "" && a.body == nil {
		return fmt.Sprintf("%d %s: %s", a.status, a.code, a.text)
	}
	body, err := json.Marshal(a.body)
	if err != nil {
		body = []byte(err.Error())
	}
	if a.code != "" {
		return fmt.Sprintf("%d %s: %s %s", a.status, a.code, a.text, body)
	}
	return fmt.Sprintf("%d %s", a.status, body)
}

// local are members whose values each server has for itself.
var local = map[string]bool{
	"CreationDateTime": true, "TableId": true, "TableArn": true, "IndexArn": true, "LastIncreaseDateTime": true, "LastDecreaseDateTime": true,
	"LastUpdateToPayPerRequestDateTime": true, "TableThroughputModeSummary": true, "NumberOfDecreasesToday": true,
	"TableStatus": true, "IndexStatus": true, "Backfilling": true, "LatestStreamLabel": true,
	"TableSizeBytes": true, "IndexSizeBytes": true, "ItemCount": true, "WarmThroughput": true, "OnDemandThroughput": true,
	"DeletionProtectionEnabled": true,
}

// normal removes what is each server's own, and orders what has no order: sets,
// the members of lists of definitions and indexes, and the items of a Scan.
func normal(name string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, inner := range v {
			if !local[key] {
				out[key] = normal(key, inner)
			}
		}
		if _, isIndex := v["IndexName"]; isIndex && v["IndexArn"] != nil && isZero(out["ProvisionedThroughput"]) {
			delete(out, "ProvisionedThroughput") // of an index on demand: some show zeros, some nothing
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = normal("", inner)
		}
		if sets[name] {
			slices.SortFunc(out, func(a, b any) int { return strings.Compare(written(a), written(b)) })
		}
		return out
	}
	return v
}

// isZero tells whether a throughput is none.
func isZero(v any) bool {
	units, _ := v.(map[string]any)
	return units["ReadCapacityUnits"] == 0.0 && units["WriteCapacityUnits"] == 0.0
}

var sets = map[string]bool{
	"SS": true, "NS": true, "BS": true, "AttributeDefinitions": true, "GlobalSecondaryIndexes": true, "LocalSecondaryIndexes": true,
	"NonKeyAttributes": true, "ConsumedCapacity": true,
}

func written(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
