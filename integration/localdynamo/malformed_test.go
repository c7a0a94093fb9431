package localdynamo_test

import (
	"encoding/json"
	"hash/crc32"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

// badRequest is one request that nobody should send, and what DynamoDB says to
// it. A zero status is 400, a code without '#' is DynamoDB's framework's.
type badRequest struct {
	what, action, body string
	edit               func(*http.Request)
	status             int
	code               string
	says               string // is in the message; "" is any
}

const (
	serialization = "com.amazon.coral.service#SerializationException"
	validation    = "com.amazon.coral.validate#ValidationException"
	unknown       = "com.amazon.coral.service#UnknownOperationException"
	missing       = "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"
	plainXML      = "<UnknownOperationException/>\n"
)

func withHeader(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func withMethod(method string) func(*http.Request) {
	return func(r *http.Request) { r.Method = method }
}

// refuseAll sends the requests one after the other on connections that are
// kept. Each gets its error; none changes a table; the server goes on serving.
func (w *world) refuseAll(requests []badRequest) {
	w.Helper()
	before := w.everything()
	for _, c := range requests {
		w.Run(c.what, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.server.URL(), strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("X-Amz-Target", "DynamoDB_20120810."+c.action)
			r.Header.Set("Content-Type", "application/x-amz-json-1.0")
			r.Header.Set("X-Amz-Date", "20260101T000000Z")
			r.Header.Set("Authorization", signature)
			if c.edit != nil {
				c.edit(r)
			}
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			answer, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			code, message := taken(answer)
			status := max(c.status, http.StatusBadRequest)
			if response.StatusCode != status || code != c.code || !strings.Contains(message, c.says) {
				t.Errorf("%d %s %.300q, want %d %s %q", response.StatusCode, code, message, status, c.code, c.says)
			}
			if sum := strconv.FormatUint(uint64(crc32.ChecksumIEEE(answer)), 10); response.Header.Get("X-Amz-Crc32") != sum || len(response.Header.Get("X-Amzn-Requestid")) != 52 {
				t.Errorf("header %v, want checksum %s", response.Header, sum)
			}
			if after := w.everything(); after != before {
				t.Errorf("the tables hold %s, held %s", after, before)
				before = after
			}
		})
	}
	w.put("afterwards", nil)
}

// taken is an error answer taken apart.
func taken(answer []byte) (code, message string) {
	var e struct {
		Type             string `json:"__type"`
		Message, message string
	}
	if json.Unmarshal(answer, &e) != nil {
		return string(answer), ""
	}
	return e.Type, e.Message
}

// everything is what all tables hold.
func (w *world) everything() string {
	w.Helper()
	_, list := w.send("DynamoDB_20120810.ListTables", "{}")
	_, table := w.send("DynamoDB_20120810.DescribeTable", `{"TableName":"`+leases+`"}`)
	text, err := json.Marshal([]any{list, table, w.server.Items(leases), w.server.Writes(leases)})
	if err != nil {
		w.Fatal(err)
	}
	return string(text)
}

func newMalformedWorld(t *testing.T) *world {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	w.put("shard-0", attrs{"n": N("1")})
	return w
}

func TestRequestsOfNoKnownProtocolAreRefused(t *testing.T) {
	newMalformedWorld(t).refuseAll([]badRequest{
		{"PUT", "ListTables", "{}", withMethod("PUT"), 404, plainXML, ""},
		{"DELETE", "ListTables", "{}", withMethod("DELETE"), 404, plainXML, ""},
		{"OPTIONS", "ListTables", "", withMethod("OPTIONS"), 404, plainXML, ""},
		{"a method of its own", "ListTables", "{}", withMethod("BREW"), 404, plainXML, ""},
		{"CBOR", "ListTables", "\xa0", withHeader("Content-Type", "application/cbor"), 404, plainXML, ""},
		{"a form", "ListTables", "Action=ListTables", withHeader("Content-Type", "application/x-www-form-urlencoded"), 404, plainXML, ""},
		{"no type", "ListTables", "{}", func(r *http.Request) { r.Header.Del("Content-Type") }, 404, plainXML, ""},
		{"garbage for a type", "ListTables", "{}", withHeader("Content-Type", ";;=\"/"), 404, plainXML, ""},
		{"no target", "ListTables", "{}", func(r *http.Request) { r.Header.Del("X-Amz-Target") }, 0, unknown, ""},
		{"another service", "", "{}", withHeader("X-Amz-Target", "Kinesis_20131202.ListStreams"), 0, unknown, ""},
		{"another version", "", "{}", withHeader("X-Amz-Target", "DynamoDB_20120811.ListTables"), 0, unknown, ""},
		{"no operation", "", "{}", nil, 0, unknown, ""},
		{"unknown operation", "DropEverything", "{}", nil, 0, unknown, ""},
		{"operation in lower case", "listtables", "{}", nil, 0, unknown, ""},
		{"overlong operation", strings.Repeat("x", 100_000), "{}", nil, 0, unknown, ""},

		{"no signature", "ListTables", "{}", withHeader("Authorization", ""), 0, "com.amazon.coral.service#MissingAuthenticationTokenException", "Request is missing Authentication Token"},
		{"another scheme", "ListTables", "{}", withHeader("Authorization", "Bearer x"), 0, "com.amazon.coral.service#MissingAuthenticationTokenException", "Request is missing Authentication Token"},
		{"half a signature", "ListTables", "{}", withHeader("Authorization", "AWS4- Signature=b Credential=a"), 0, "com.amazon.coral.service#IncompleteSignatureException", "Authorization header requires 'SignedHeaders' parameter. "},
		{"no date", "ListTables", "{}", func(r *http.Request) { r.Header.Del("X-Amz-Date") }, 0, "com.amazon.coral.service#IncompleteSignatureException", "requires existence of either a 'X-Amz-Date' or a 'Date' header"},
		{"two signatures", "ListTables", "{}", func(r *http.Request) { r.URL.RawQuery = "X-Amz-Algorithm" }, 0, "com.amazon.coral.service#InvalidSignatureException", "Found both"},
		{"half a signature in the query", "ListTables", "{}", func(r *http.Request) { r.Header.Del("Authorization"); r.URL.RawQuery = "X-Amz-Algorithm=a" }, 0, "com.amazon.coral.service#IncompleteSignatureException", "must include 'X-Amz-Credential'"},
	})
}

func TestBodiesThatAreNoJSONObjectAreRefused(t *testing.T) {
	large := "{}" + strings.Repeat(" ", 17<<20)
	newMalformedWorld(t).refuseAll([]badRequest{
		{"empty", "ListTables", "", nil, 0, serialization, ""},
		{"null", "ListTables", "null", nil, 0, serialization, ""},
		{"a list", "ListTables", "[]", nil, 0, serialization, "Start of list found where not expected"},
		{"a number", "ListTables", "5", nil, 0, serialization, ""},
		{"a text", "ListTables", `"{}"`, nil, 0, serialization, ""},
		{"prose", "ListTables", "hello", nil, 0, serialization, ""},
		{"cut off in a name", "ListTables", `{"Lim`, nil, 0, serialization, ""},
		{"cut off in a text", "DescribeTable", `{"TableName":"qua`, nil, 0, serialization, ""},
		{"cut off before its end", "ListTables", `{"Limit":1`, nil, 0, serialization, ""},
		{"two objects", "ListTables", `{}{}`, nil, 0, serialization, ""},
		{"a comma too many", "ListTables", `{"Limit":1,}`, nil, 0, serialization, ""},
		{"no quotes", "ListTables", `{Limit:1}`, nil, 0, serialization, ""},
		{"a byte order mark", "ListTables", "\ufeff{}", nil, 0, serialization, ""},
		{"a zero byte", "ListTables", "{\x00}", nil, 0, serialization, ""},
		{"no number", "ListTables", `{"Limit":NaN}`, nil, 0, serialization, ""},
		{"a million brackets", "ListTables", `{"x":` + strings.Repeat("[", 1e6), nil, 0, serialization, ""},
		{"a million braces", "ListTables", strings.Repeat(`{"x":`, 1e6), nil, 0, serialization, ""},
		{"invalid UTF-8", "DescribeTable", "{\"TableName\":\"quakes\xff\"}", nil, 0, serialization, ""},
		{"invalid UTF-8 in a value", "PutItem", "{\"TableName\":\"quakes-app\",\"Item\":{\"streamName\":{\"S\":\"\xc3\x28\"},\"shardId\":{\"S\":\"s\"}}}", nil, 0, serialization, ""},
		{"a control character", "DescribeTable", "{\"TableName\":\"qua\nkes\"}", nil, 0, serialization, ""},
		{"an escape that is none", "DescribeTable", `{"TableName":"\q"}`, nil, 0, serialization, ""},
		{"gzip", "ListTables", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\xaa\xae\x05\x04\x00\x00\xff\xff\x43\xbf\xa6\xa3\x02\x00\x00\x00", withHeader("Content-Encoding", "gzip"), 0, serialization, ""},
		{"too large", "ListTables", large, nil, 413, "com.amazonaws.dynamodb.v20120810#RequestEntityTooLarge", ""},
		{"too large without saying so", "ListTables", large, func(r *http.Request) { r.ContentLength = -1 }, 413, "com.amazonaws.dynamodb.v20120810#RequestEntityTooLarge", ""},
	})
}

func TestMembersOfTheWrongKindAreRefused(t *testing.T) {
	put := func(value string) string {
		return `{"TableName":"quakes-app","Item":{"streamName":{"S":"quakes"},"shardId":{"S":"s"},"v":` + value + `}}`
	}
	newMalformedWorld(t).refuseAll([]badRequest{
		{"number for a text", "GetItem", `{"TableName":7}`, nil, 0, serialization, "NUMBER_VALUE cannot be converted to String"},
		{"truth for a text", "GetItem", `{"TableName":true}`, nil, 0, serialization, "cannot be converted to String"},
		{"list for a text", "GetItem", `{"TableName":[]}`, nil, 0, serialization, "Start of list found where not expected"},
		{"structure for a text", "GetItem", `{"TableName":{}}`, nil, 0, serialization, "Start of structure or map found where not expected"},
		{"text for a number", "ListTables", `{"Limit":"5"}`, nil, 0, serialization, "STRING_VALUE cannot be converted to"},
		{"text for a truth", "GetItem", `{"TableName":"quakes-app","ConsistentRead":"true"}`, nil, 0, serialization, "STRING_VALUE cannot be converted to Boolean"},
		{"list for a key", "GetItem", `{"TableName":"quakes-app","Key":[]}`, nil, 0, serialization, "Start of list found where not expected"},
		{"text for a value", "GetItem", `{"TableName":"quakes-app","Key":{"a":"b"}}`, nil, 0, serialization, ""},
		{"text for names", "UpdateItem", `{"TableName":"quakes-app","ExpressionAttributeNames":"#n"}`, nil, 0, serialization, ""},
		{"text for a list", "CreateTable", `{"TableName":"other","KeySchema":"id"}`, nil, 0, serialization, ""},
		{"number for S", "PutItem", put(`{"S":1}`), nil, 0, serialization, "NUMBER_VALUE cannot be converted to String"},
		{"number for N", "PutItem", put(`{"N":1}`), nil, 0, serialization, "NUMBER_VALUE cannot be converted to String"},
		{"text for BOOL", "PutItem", put(`{"BOOL":"true"}`), nil, 0, serialization, "STRING_VALUE cannot be converted to Boolean"},
		{"text for SS", "PutItem", put(`{"SS":"a"}`), nil, 0, serialization, ""},
		{"text for L", "PutItem", put(`{"L":"a"}`), nil, 0, serialization, ""},
		{"text for M", "PutItem", put(`{"M":"a"}`), nil, 0, serialization, ""},
		{"text in L", "PutItem", put(`{"L":["a"]}`), nil, 0, serialization, ""},
		{"base64 of the wrong length", "PutItem", put(`{"B":"a"}`), nil, 0, serialization, "Base64 encoded length is expected a multiple of 4 bytes but found: 1"},
		{"base64 of another alphabet", "PutItem", put(`{"B":"-_-_"}`), nil, 0, serialization, ""},
		{"base64 with newlines", "PutItem", put(`{"B":"aG\nk=\n\n\n"}`), nil, 0, serialization, "Invalid Base64"},
		{"base64 with bits left over", "PutItem", put(`{"B":"aGVsbG9="}`), nil, 0, serialization, "Invalid Base64"},
		{"no kind of value", "PutItem", put(`{}`), nil, 0, validation, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"},
		{"two kinds of value", "PutItem", put(`{"S":"a","N":"1"}`), nil, 0, validation, "Supplied AttributeValue has more than one datatypes set"},
		{"an unknown kind of value", "PutItem", put(`{"X":"a"}`), nil, 0, validation, "Supplied AttributeValue is empty"},
		{"a kind in lower case", "PutItem", put(`{"s":"a"}`), nil, 0, validation, "Supplied AttributeValue is empty"},
		{"NULL that is false", "PutItem", put(`{"NULL":false}`), nil, 0, validation, "Null attribute value types must have the value of true"},
		{"an empty set", "PutItem", put(`{"SS":[]}`), nil, 0, validation, "may not be empty"},
		{"a set with repeats", "PutItem", put(`{"NS":["1","1.0"]}`), nil, 0, validation, "Input collection contains duplicates"},
		{"a number that is none", "PutItem", put(`{"N":"one"}`), nil, 0, validation, "cannot be converted to a numeric value"},
		{"an empty number", "PutItem", put(`{"N":""}`), nil, 0, validation, "cannot be converted to a numeric value"},
		{"a number too large", "PutItem", put(`{"N":"1e126"}`), nil, 0, validation, "Number overflow"},
		{"a number too small", "PutItem", put(`{"N":"1e-131"}`), nil, 0, validation, "Number underflow"},
		{"a number beyond all", "PutItem", put(`{"N":"1e99999999999999999999"}`), nil, 0, validation, "Number overflow"},
		{"39 digits", "PutItem", put(`{"N":"` + strings.Repeat("9", 39) + `"}`), nil, 0, validation, "more than 38 significant digits"},
		{"33 levels", "PutItem", put(strings.Repeat(`{"L":[`, 33) + `{"S":"a"}` + strings.Repeat(`]}`, 33)), nil, 0, validation, "Nesting Levels have exceeded supported limits"},
		{"ten thousand levels", "PutItem", put(strings.Repeat(`{"L":[`, 4000) + `{"S":"a"}` + strings.Repeat(`]}`, 4000)), nil, 0, validation, "Nesting Levels"},
		{"members in lower case are none", "DescribeTable", `{"tablename":"quakes-app"}`, nil, 0, validation, "ableName"},
		{"the last of two members counts", "DescribeTable", `{"TableName":"quakes-app","TableName":"nowhere"}`, nil, 0, missing, "Requested resource not found"},
	})
}

func TestValuesOutOfTheirBoundsAreRefused(t *testing.T) {
	table := func(members string) string { return `{"TableName":"quakes-app",` + members + `}` }
	key := `"Key":{"streamName":{"S":"quakes"},"shardId":{"S":"shard-0"}}`
	item := func(members string) string {
		return table(`"Item":{"streamName":{"S":"quakes"},"shardId":{"S":"s"}` + members + `}`)
	}
	newMalformedWorld(t).refuseAll([]badRequest{
		{"no table", "Scan", `{}`, nil, 0, validation, "Value null at 'tableName' failed to satisfy constraint: Member must not be null"},
		{"a table that is not", "GetItem", `{"TableName":"nowhere",` + key + `}`, nil, 0, missing, "Requested resource not found"},
		{"a name too short", "GetItem", `{"TableName":"ab",` + key + `}`, nil, 0, validation, ""},
		{"a name too long", "GetItem", `{"TableName":"` + strings.Repeat("n", 256) + `",` + key + `}`, nil, 0, validation, ""},
		{"a name with a slash", "GetItem", `{"TableName":"../quakes",` + key + `}`, nil, 0, validation, ""},
		{"a limit of none", "ListTables", `{"Limit":0}`, nil, 0, validation, "Member must have value greater than or equal to 1"},
		{"a limit of too many", "ListTables", `{"Limit":101}`, nil, 0, validation, "Member must have value less than or equal to 100"},
		{"a limit below 0", "Scan", table(`"Limit":-1`), nil, 0, validation, "greater than or equal to 1"},
		{"a segment beyond all", "Scan", table(`"Segment":4,"TotalSegments":4`), nil, 0, validation, "is not less than TotalSegments"},
		{"a segment of nothing", "Scan", table(`"Segment":0`), nil, 0, validation, "TotalSegments parameter is required"},
		{"no segments", "Scan", table(`"Segment":0,"TotalSegments":0`), nil, 0, validation, ""},

		{"no key", "GetItem", `{"TableName":"quakes-app"}`, nil, 0, validation, "Value null at 'key'"},
		{"an empty key", "GetItem", table(`"Key":{}`), nil, 0, validation, "The provided key element does not match the schema"},
		{"half a key", "GetItem", table(`"Key":{"streamName":{"S":"quakes"}}`), nil, 0, validation, "The provided key element does not match the schema"},
		{"a key and more", "GetItem", table(`"Key":{"streamName":{"S":"q"},"shardId":{"S":"s"},"n":{"N":"1"}}`), nil, 0, validation, "The provided key element does not match the schema"},
		{"a key of another kind", "GetItem", table(`"Key":{"streamName":{"S":"q"},"shardId":{"N":"1"}}`), nil, 0, validation, "The provided key element does not match the schema"},
		{"an empty key value", "GetItem", table(`"Key":{"streamName":{"S":""},"shardId":{"S":"s"}}`), nil, 0, validation, "cannot contain an empty string value. Key: streamName"},
		{"an overlong hash key", "GetItem", table(`"Key":{"streamName":{"S":"` + strings.Repeat("q", 2049) + `"},"shardId":{"S":"s"}}`), nil, 0, validation, "2048 bytes"},
		{"an overlong range key", "GetItem", table(`"Key":{"streamName":{"S":"q"},"shardId":{"S":"` + strings.Repeat("s", 1025) + `"}}`), nil, 0, validation, "1024 bytes"},
		{"an item without its key", "PutItem", table(`"Item":{"streamName":{"S":"quakes"}}`), nil, 0, validation, "Missing the key shardId in the item"},
		{"an item with a key of another kind", "PutItem", table(`"Item":{"streamName":{"S":"quakes"},"shardId":{"N":"1"}}`), nil, 0, validation, "Type mismatch for key shardId expected: S actual: N"},
		{"an item of more than 400 KB", "PutItem", item(`,"v":{"S":"` + strings.Repeat("v", 400<<10) + `"}`), nil, 0, validation, "Item size has exceeded the maximum allowed size"},
		{"an attribute of no name", "PutItem", item(`,"":{"S":"v"}`), nil, 0, validation, ""},
		{"an unknown wish", "PutItem", item(`},"ReturnValues":"SOME","x":{`), nil, 0, validation, "enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]"},
		{"a wish that cannot be", "PutItem", item(`},"ReturnValues":"ALL_NEW","x":{`), nil, 0, validation, ""},

		{"an empty expression", "UpdateItem", table(key + `,"UpdateExpression":""`), nil, 0, validation, "Invalid UpdateExpression: The expression can not be empty;"},
		{"half an expression", "UpdateItem", table(key + `,"UpdateExpression":"SET n ="`), nil, 0, validation, `Invalid UpdateExpression: Syntax error; token: "<EOF>", near: "="`},
		{"an expression that is none", "UpdateItem", table(key + `,"UpdateExpression":"DROP TABLE"`), nil, 0, validation, "Invalid UpdateExpression: Syntax error"},
		{"a value that is not given", "UpdateItem", table(key + `,"UpdateExpression":"SET n = :v"`), nil, 0, validation, "An expression attribute value used in expression is not defined; attribute value: :v"},
		{"a value that is not used", "UpdateItem", table(key + `,"UpdateExpression":"SET n = :v","ExpressionAttributeValues":{":v":{"N":"1"},":w":{"N":"1"}}`), nil, 0, validation, "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}"},
		{"a name that is not given", "UpdateItem", table(key + `,"UpdateExpression":"REMOVE #n"`), nil, 0, validation, "An expression attribute name used in the document path is not defined; attribute name: #n"},
		{"a placeholder that is none", "UpdateItem", table(key + `,"UpdateExpression":"REMOVE n","ExpressionAttributeNames":{"n":"m"}`), nil, 0, validation, ""},
		{"a reserved word", "UpdateItem", table(key + `,"UpdateExpression":"SET name = :v","ExpressionAttributeValues":{":v":{"N":"1"}}`), nil, 0, validation, "Attribute name is a reserved keyword; reserved keyword: name"},
		{"two changes of one attribute", "UpdateItem", table(key + `,"UpdateExpression":"SET n = :v, n = :v","ExpressionAttributeValues":{":v":{"N":"1"}}`), nil, 0, validation, "Two document paths overlap with each other"},
		{"a change of the key", "UpdateItem", table(key + `,"UpdateExpression":"SET shardId = :v","ExpressionAttributeValues":{":v":{"S":"x"}}`), nil, 0, validation, "This attribute is part of the key"},
		{"an overlong expression", "UpdateItem", table(key + `,"UpdateExpression":"REMOVE ` + strings.Repeat("a", 5000) + `"`), nil, 0, validation, "Expression size has exceeded the maximum allowed size"},
		{"a thousand brackets", "UpdateItem", table(key + `,"ConditionExpression":"` + strings.Repeat("(", 1000) + `"`), nil, 0, validation, "Invalid ConditionExpression"},
		{"a condition that does not hold", "UpdateItem", table(key + `,"ConditionExpression":"attribute_not_exists(shardId)"`), nil, 0, "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "The conditional request failed"},
		{"a query without a condition", "Query", `{"TableName":"quakes-app"}`, nil, 0, validation, "Either the KeyConditions or KeyConditionExpression parameter must be specified"},
		{"a query of another key", "Query", table(`"KeyConditionExpression":"n = :v","ExpressionAttributeValues":{":v":{"N":"1"}}`), nil, 0, validation, "Query condition missed key schema element"},
		{"a start that does not fit", "Query", table(`"KeyConditionExpression":"streamName = :v","ExpressionAttributeValues":{":v":{"S":"q"}},"ExclusiveStartKey":{"a":{"S":"b"}}`), nil, 0, validation, "The provided starting key is"},
		{"an index that is not", "Query", table(`"IndexName":"none","KeyConditionExpression":"streamName = :v","ExpressionAttributeValues":{":v":{"S":"q"}}`), nil, 0, validation, "The table does not have the specified index: none"},

		{"a table that is there", "CreateTable", table(`"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"`), nil, 0, "com.amazonaws.dynamodb.v20120810#ResourceInUseException", "Table already exists: quakes-app"},
		{"a table without a key", "CreateTable", `{"TableName":"other","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}]}`, nil, 0, validation, ""},
		{"a key of no known kind", "CreateTable", `{"TableName":"other","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"X"}]}`, nil, 0, validation, "enum value set"},
		{"nothing for a key", "CreateTable", `{"TableName":"other","BillingMode":"PAY_PER_REQUEST","KeySchema":[null],"AttributeDefinitions":[null]}`, nil, 0, validation, ""},
		{"no transaction", "TransactWriteItems", `{"TransactItems":[]}`, nil, 0, validation, "Member must have length greater than or equal to 1"},
		{"a transaction of nothing", "TransactWriteItems", `{"TransactItems":[null,{}]}`, nil, 0, validation, ""},
		{"two writes in one", "TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"quakes-app","Item":{}},"Delete":{"TableName":"quakes-app","Key":{}}}]}`, nil, 0, validation, "TransactItems can only contain one of Check, Put, Update or Delete"},
		{"101 writes", "TransactWriteItems", `{"TransactItems":[` + strings.Repeat(`{"Delete":{"TableName":"quakes-app",`+key+`}},`, 100) + `{}]}`, nil, 0, validation, ""},
		{"an overlong token", "TransactWriteItems", `{"ClientRequestToken":"` + strings.Repeat("t", 37) + `","TransactItems":[{"Delete":{"TableName":"quakes-app",` + key + `}}]}`, nil, 0, validation, "length less than or equal to 36"},
	})
}
