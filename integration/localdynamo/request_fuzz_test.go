package localdynamo

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// goodRequests are requests as clients send them, to begin from.
var goodRequests = []struct{ operation, body string }{
	{"BatchGetItem", `{"RequestItems":{"leases":{"Keys":[{"a":{"S":"x"}}],"ConsistentRead":true}}}`},
	{"BatchWriteItem", `{"RequestItems":{"leases":[{"PutRequest":{"Item":{"a":{"S":"y"}}}},{"DeleteRequest":{"Key":{"a":{"S":"x"}}}}]}}`},
	{"CreateTable", `{"TableName":"other","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}`},
	{"CreateTable", `{"TableName":"other","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"},{"AttributeName":"o","AttributeType":"N"}],"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1},"GlobalSecondaryIndexes":[{"IndexName":"byOwner","KeySchema":[{"AttributeName":"o","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"},"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}}]}`},
	{"DeleteItem", `{"TableName":"leases","Key":{"a":{"S":"x"}},"ConditionExpression":"n = :n","ExpressionAttributeValues":{":n":{"N":"1"}},"ReturnValues":"ALL_OLD"}`},
	{"DeleteTable", `{"TableName":"leases"}`},
	{"DescribeEndpoints", `{}`},
	{"DescribeTable", `{"TableName":"arn:aws:dynamodb:us-east-1:000000000000:table/leases"}`},
	{"GetItem", `{"TableName":"leases","Key":{"a":{"S":"x"}},"ProjectionExpression":"n, #m.b[0]","ExpressionAttributeNames":{"#m":"m"},"ReturnConsumedCapacity":"TOTAL"}`},
	{"GetItem", `{"TableName":"leases","Key":{"a":{"S":"x"}},"AttributesToGet":["n"]}`},
	{"ListTables", `{"Limit":10,"ExclusiveStartTableName":"a"}`},
	{"PutItem", `{"TableName":"leases","Item":{"a":{"S":"z"},"b":{"B":"aGk="},"l":{"L":[{"NULL":true},{"BOOL":false}]},"m":{"M":{"k":{"N":"-1.5e3"}}},"s":{"SS":["p","q"]}}}`},
	{"PutItem", `{"TableName":"leases","Item":{"a":{"S":"x"}},"Expected":{"n":{"ComparisonOperator":"EQ","AttributeValueList":[{"N":"1"}]}}}`},
	{"Query", `{"TableName":"leases","KeyConditionExpression":"a = :a","FilterExpression":"n BETWEEN :n AND :n","ExpressionAttributeValues":{":a":{"S":"x"},":n":{"N":"1"}},"ScanIndexForward":false,"Limit":1}`},
	{"Query", `{"TableName":"leases","KeyConditions":{"a":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"x"}]}}}`},
	{"Scan", `{"TableName":"leases","Segment":0,"TotalSegments":2,"ExclusiveStartKey":{"a":{"S":"x"}},"Select":"COUNT"}`},
	{"TransactGetItems", `{"TransactItems":[{"Get":{"TableName":"leases","Key":{"a":{"S":"x"}}}}]}`},
	{"TransactWriteItems", `{"ClientRequestToken":"t","TransactItems":[{"Put":{"TableName":"leases","Item":{"a":{"S":"y"}}}},{"ConditionCheck":{"TableName":"leases","Key":{"a":{"S":"x"}},"ConditionExpression":"attribute_exists(a)"}}]}`},
	{"UpdateItem", `{"TableName":"leases","Key":{"a":{"S":"x"}},"UpdateExpression":"SET n = n + :n, #o = if_not_exists(#o, :n) REMOVE m","ConditionExpression":"n < :n OR attribute_not_exists(n)","ExpressionAttributeNames":{"#o":"o"},"ExpressionAttributeValues":{":n":{"N":"1"}},"ReturnValues":"ALL_NEW"}`},
	{"UpdateItem", `{"TableName":"leases","Key":{"a":{"S":"x"}},"AttributeUpdates":{"n":{"Action":"ADD","Value":{"N":"1"}}}}`},
	{"UpdateTable", `{"TableName":"leases","BillingMode":"PROVISIONED","ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5}}`},
	{"UpdateTimeToLive", `{"TableName":"leases","TimeToLiveSpecification":{"AttributeName":"t","Enabled":true}}`},
}

// FuzzRequests sends any request to a server with one table, past the network:
// each is answered in JSON with 200 or with an error that is the client's
// fault, and an error leaves the table alone.
func FuzzRequests(f *testing.F) {
	for _, good := range goodRequests {
		f.Add(good.operation, good.body, "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=00")
	}
	f.Add("ListTables", "{}", "AWS4- ,=,Credential")
	f.Fuzz(func(t *testing.T, operation, body, authorization string) {
		s := smallServer(t)
		before := held(t, s)
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header = http.Header{
			"X-Amz-Target": {targetPrefix + operation}, "Content-Type": {contentType}, "Authorization": {authorization}, "X-Amz-Date": {"20260101T000000Z"},
		}
		w := httptest.NewRecorder()
		s.serveHTTP(w, r)
		if w.Code != http.StatusOK && (w.Code < 400 || w.Code >= 500) {
			t.Fatalf("%s %s: %d %s", operation, body, w.Code, w.Body)
		}
		if w.Code != http.StatusOK && held(t, s) != before {
			t.Errorf("%s %s: %d %s changed the table", operation, body, w.Code, w.Body)
		}
		if !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s %s: the answer is no JSON: %s", operation, body, w.Body)
		}
	})
}

// smallServer has a table of one item, and no listener.
func smallServer(t testing.TB) *Server {
	t.Helper()
	now := func() time.Time { return time.Unix(1_767_225_600, 0) }
	o, err := Options{Now: now}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	stored, err := openStore("", now, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{options: o, store: stored}
	for _, c := range []struct{ operation, body string }{
		{"CreateTable", `{"TableName":"leases","KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}`},
		{"PutItem", `{"TableName":"leases","Item":{"a":{"S":"x"},"n":{"N":"1"},"m":{"M":{"b":{"L":[{"S":"e"}]}}}}}`},
	} {
		call, err := decodeCall(c.operation, []byte(c.body))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.serveCall(call); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// held is what the server holds.
func held(t testing.TB, s *Server) string {
	t.Helper()
	definitions := map[string]definition{}
	s.store.mu.RLock()
	for name, table := range s.store.tables {
		definitions[name] = table.definition
	}
	s.store.mu.RUnlock()
	text, err := json.Marshal([]any{definitions, s.Items("leases")})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
