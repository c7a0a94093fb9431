package localkinesis_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

// badRequest is one request that nobody should send, and what the service says
// to it. A zero status is 400.
type badRequest struct {
	what, action, body string
	edit               func(*http.Request)
	status             int
	code               string
	says               string // is in the message; "" is any
}

func withHeader(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func withMethod(method string) func(*http.Request) {
	return func(r *http.Request) { r.Method = method }
}

func withQuery(query string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Del("Authorization")
		r.URL.RawQuery = query
	}
}

// chunked hides the length of the body.
func chunked(r *http.Request) {
	r.ContentLength, r.GetBody = -1, nil
}

// inCBOR says that the body is CBOR.
func inCBOR(r *http.Request) { r.Header.Set("Content-Type", "application/x-amz-cbor-1.1") }

var errorCode = regexp.MustCompile(`(?:__type":"(?:com\.amazon\.coral\.service#)?|^<)(\w+)`)

// refusalOf takes an error answer apart, be it JSON, CBOR or XML.
func refusalOf(t *testing.T, r *http.Response) (code, message string) {
	t.Helper()
	body := text(t, r)
	if r.Header.Get("Content-Type") == "application/x-amz-cbor-1.1" {
		body = fromCBOR(t, []byte(body))
	}
	var e struct{ Message string }
	if json.Unmarshal([]byte(body), &e) != nil {
		e.Message = body
	}
	if found := errorCode.FindStringSubmatch(body); found != nil {
		code = found[1]
	}
	return code, e.Message
}

// refuseAll sends the requests one after the other on connections that are kept.
// Each gets its error; none changes the streams; the server goes on serving.
func refuseAll(t *testing.T, server *localkinesis.Server, requests []badRequest) {
	t.Helper()
	streams, put := server.Streams(), server.RecordsPut()
	for _, c := range requests {
		t.Run(c.what, func(t *testing.T) {
			r := post(t, server.URL(), c.action, c.body, c.edit)
			code, message := refusalOf(t, r)
			want := c.status
			if want == 0 {
				want = http.StatusBadRequest
			}
			if r.StatusCode != want || code != c.code || !strings.Contains(message, c.says) {
				t.Errorf("%d %s %.300q, want %d %s %q", r.StatusCode, code, message, want, c.code, c.says)
			}
			if len(r.Header.Get("X-Amzn-Requestid")) != 36 {
				t.Errorf("no request id: %v", r.Header)
			}
			if now := server.Streams(); !reflect.DeepEqual(now, streams) || server.RecordsPut() != put {
				t.Errorf("the streams are %+v, were %+v", now, streams)
			}
		})
	}
	if r := post(t, server.URL(), "ListStreams", `{}`, nil); r.StatusCode != http.StatusOK {
		t.Errorf("afterwards: %s %s", r.Status, text(t, r))
	}
}

func TestRequestsOfNoKnownProtocolAreRefused(t *testing.T) {
	server := start(t, localkinesis.Options{})
	streamOf(t, server, 1)
	const denied, unknown = "Unable to determine service/operation name to be authorized", "UnknownOperationException"
	signed := "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=0"
	refuseAll(t, server, []badRequest{
		{"GET", "ListStreams", "", withMethod("GET"), 403, "AccessDeniedException", denied},
		{"PUT", "ListStreams", "{}", withMethod("PUT"), 403, "AccessDeniedException", denied},
		{"DELETE", "ListStreams", "{}", withMethod("DELETE"), 403, "AccessDeniedException", denied},
		{"OPTIONS", "ListStreams", "", withMethod("OPTIONS"), 403, "AccessDeniedException", denied},
		{"a method of its own", "ListStreams", "{}", withMethod("BREW"), 403, "AccessDeniedException", denied},
		{"no target", "ListStreams", "{}", withHeader("X-Amz-Target", ""), 0, unknown, ""},
		{"neither target nor type", "ListStreams", "{}", func(r *http.Request) { r.Header.Del("X-Amz-Target"); r.Header.Del("Content-Type") }, 403, "AccessDeniedException", denied},
		{"no type", "ListStreams", "{}", func(r *http.Request) { r.Header.Del("Content-Type") }, 404, unknown, ""},
		{"type of DynamoDB", "ListStreams", "{}", withHeader("Content-Type", "application/x-amz-json-1.0"), 404, unknown, ""},
		{"type of a form", "ListStreams", "Action=ListStreams", withHeader("Content-Type", "application/x-www-form-urlencoded"), 404, unknown, ""},
		{"type of old JSON", "ListStreams", "{}", withHeader("Content-Type", "application/json; charset=utf-8"), 200, unknown, ""},
		{"garbage for a type", "ListStreams", "{}", withHeader("Content-Type", ";;;=\"/"), 404, unknown, ""},
		{"another service", "ListStreams", "{}", withHeader("X-Amz-Target", "DynamoDB_20120810.ListTables"), 0, unknown, ""},
		{"another version", "ListStreams", "{}", withHeader("X-Amz-Target", "Kinesis_20131203.ListStreams"), 0, unknown, ""},
		{"service in lower case", "ListStreams", "{}", withHeader("X-Amz-Target", "kinesis_20131202.ListStreams"), 0, unknown, ""},
		{"no operation", "", "{}", nil, 0, unknown, ""},
		{"unknown operation", "DropEverything", "{}", nil, 0, unknown, ""},
		{"operation in lower case", "liststreams", "{}", nil, 0, unknown, ""},
		{"operation with a space", "ListStreams ", "{}", withHeader("X-Amz-Target", "Kinesis_20131202.List Streams"), 0, unknown, ""},
		{"overlong operation", strings.Repeat("x", 100_000), "{}", nil, 0, unknown, ""},

		{"no signature", "ListStreams", "{}", withHeader("Authorization", ""), 0, "MissingAuthenticationTokenException", "Missing Authentication Token"},
		{"garbage for a signature", "ListStreams", "{}", withHeader("Authorization", "X"), 0, "IncompleteSignatureException",
			"Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "},
		{"half a signature", "ListStreams", "{}", withHeader("Authorization", "AWS4- Signature=b Credential=a"), 0, "IncompleteSignatureException", "Authorization header requires 'SignedHeaders' parameter. "},
		{"another algorithm", "ListStreams", "{}", withHeader("Authorization", "Basic Signature=b,Credential=a,SignedHeaders=c"), 0, "IncompleteSignatureException", "Unsupported AWS 'algorithm': 'Basic'"},
		{"no date", "ListStreams", "{}", func(r *http.Request) { r.Header.Del("X-Amz-Date"); r.Header.Set("Authorization", signed) }, 0, "IncompleteSignatureException", "requires existence of either a 'X-Amz-Date' or a 'Date' header"},
		{"two signatures", "ListStreams", "{}", func(r *http.Request) { r.URL.RawQuery = "X-Amz-Algorithm=AWS4-HMAC-SHA256" }, 0, "InvalidSignatureException", "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."},
		{"half a signature in the query", "ListStreams", "{}", withQuery("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=d"), 0, "IncompleteSignatureException", "AWS query-string parameters must include 'X-Amz-Credential'."},
		{"a query that is none", "ListStreams", "{}", withQuery("%zz=;&&"), 0, "MissingAuthenticationTokenException", ""},
	})
	r := post(t, server.URL()+"/any/path/%2e%2e//x?y=z", "ListStreams", `{}`, nil)
	if r.StatusCode != http.StatusOK {
		t.Errorf("the service does not look at the path; this was answered %s", r.Status)
	}
}

func TestBodiesThatAreNoJSONObjectAreRefused(t *testing.T) {
	server := start(t, localkinesis.Options{})
	streamOf(t, server, 1)
	const broken = "SerializationException"
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	w.Write([]byte(`{"Limit":1}`))
	w.Close()
	pad := strings.Repeat(" ", 17<<20)
	refuseAll(t, server, []badRequest{
		{"empty", "ListStreams", "", nil, 0, broken, ""},
		{"null", "ListStreams", "null", nil, 0, broken, ""},
		{"a list", "ListStreams", "[]", nil, 0, broken, ""},
		{"a number", "ListStreams", "5", nil, 0, broken, ""},
		{"a text", "ListStreams", `"{}"`, nil, 0, broken, ""},
		{"prose", "ListStreams", "hello", nil, 0, broken, ""},
		{"cut off in a name", "ListStreams", `{"Lim`, nil, 0, broken, ""},
		{"cut off behind a colon", "ListStreams", `{"Limit":`, nil, 0, broken, ""},
		{"cut off in a text", "DescribeStream", `{"StreamName":"qua`, nil, 0, broken, ""},
		{"cut off in an escape", "DescribeStream", `{"StreamName":"qua\`, nil, 0, broken, ""},
		{"cut off before its end", "ListStreams", `{"Limit":1`, nil, 0, broken, ""},
		{"two objects", "ListStreams", `{"Limit":1}{}`, nil, 0, broken, ""},
		{"a comma too many", "ListStreams", `{"Limit":1,}`, nil, 0, broken, ""},
		{"no quotes", "ListStreams", `{Limit:1}`, nil, 0, broken, ""},
		{"single quotes", "ListStreams", `{'Limit':1}`, nil, 0, broken, ""},
		{"a comment", "ListStreams", `{"Limit":1/*one*/}`, nil, 0, broken, ""},
		{"a byte order mark", "ListStreams", "\ufeff{}", nil, 0, broken, ""},
		{"a zero byte", "ListStreams", "{\x00}", nil, 0, broken, ""},
		{"UTF-16", "ListStreams", "\xff\xfe{\x00}\x00", nil, 0, broken, ""},
		{"a number with a leading zero", "ListStreams", `{"Limit":01}`, nil, 0, broken, ""},
		{"a hexadecimal number", "ListStreams", `{"Limit":0x1}`, nil, 0, broken, ""},
		{"no number", "ListStreams", `{"Limit":NaN}`, nil, 0, broken, ""},
		{"a literal in capitals", "PutRecord", `{"StreamName":"quakes","PartitionKey":"k","Data":"","DryRun":TRUE}`, nil, 0, broken, ""},
		{"a million brackets", "ListStreams", `{"x":` + strings.Repeat("[", 1e6), nil, 0, broken, ""},
		{"a million braces", "ListStreams", strings.Repeat(`{"a":`, 1e6), nil, 0, broken, ""},
		{"brackets that close but are too many", "ListStreams", `{"x":` + strings.Repeat("[", 1e4) + strings.Repeat("]", 1e4) + `}`, nil, 0, broken, ""},
		{"invalid UTF-8 in a name that is used", "DescribeStream", "{\"StreamName\":\"quakes\xff\"}", nil, 0, broken, ""},
		{"a control character in a text", "DescribeStream", "{\"StreamName\":\"qua\nkes\"}", nil, 0, broken, ""},
		{"an escape that is none", "DescribeStream", `{"StreamName":"\q"}`, nil, 0, broken, ""},
		{"half an escape", "DescribeStream", `{"StreamName":"\u12"}`, nil, 0, broken, ""},
		{"gzip", "ListStreams", zipped.String(), withHeader("Content-Encoding", "gzip"), 0, broken, ""},
		{"CBOR for JSON", "ListStreams", "\xa0", nil, 0, broken, ""},
		{"too large", "ListStreams", "{}" + pad, nil, 413, "RequestEntityTooLargeException", ""},
		{"too large without saying so", "ListStreams", "{}" + pad, chunked, 413, "RequestEntityTooLargeException", ""},

		{"empty CBOR", "ListStreams", "", inCBOR, 0, broken, ""},
		{"JSON for CBOR", "ListStreams", "{}", inCBOR, 0, broken, ""},
		{"a CBOR list", "ListStreams", "\x80", inCBOR, 0, broken, ""},
		{"a CBOR null", "ListStreams", "\xf6", inCBOR, 0, broken, ""},
		{"a cut off CBOR map", "ListStreams", "\xa1\x65Limit", inCBOR, 0, broken, ""},
		{"a CBOR map without its end", "ListStreams", "\xbf\x65Limit\x01", inCBOR, 0, broken, ""},
		{"a CBOR end without a beginning", "ListStreams", "\xff", inCBOR, 0, broken, ""},
		{"CBOR behind CBOR", "ListStreams", "\xa0\xa0", inCBOR, 0, broken, ""},
		{"a CBOR text of 16 EiB", "ListStreams", "\xa1\x65Limit\x7b\xff\xff\xff\xff\xff\xff\xff\xff", inCBOR, 0, broken, ""},
		{"a CBOR list of 16 EiB", "ListStreams", "\xa1\x61x\x9b\xff\xff\xff\xff\xff\xff\xff\xff", inCBOR, 0, broken, ""},
		{"a CBOR number for a name", "ListStreams", "\xa1\x01\x01", inCBOR, 0, broken, ""},
		{"a reserved CBOR head", "ListStreams", "\xa1\x61x\x1c", inCBOR, 0, broken, ""},
		{"CBOR text that is no UTF-8", "DescribeStream", "\xa1\x6aStreamName\x61\xff", inCBOR, 0, broken, ""},
		{"a CBOR blob for a text", "DescribeStream", "\xa1\x6aStreamName\x46quakes", inCBOR, 0, broken, ""},
		{"a CBOR text for a blob", "PutRecord", "\xa3\x6aStreamName\x66quakes\x6cPartitionKey\x61k\x64Data\x64aGk=", inCBOR, 0, broken, ""},
		{"a CBOR number that is none", "ListStreams", "\xa1\x65Limit\xf9\x7e\x00", inCBOR, 0, broken, ""},
		{"a million CBOR lists", "ListStreams", "\xa1\x61x" + strings.Repeat("\x81", 1e6), inCBOR, 0, broken, ""},
		{"a million CBOR tags", "ListStreams", "\xa1\x61x" + strings.Repeat("\xc1", 1e6), inCBOR, 0, broken, ""},
	})
}

func TestMembersOfTheWrongKindAreRefused(t *testing.T) {
	server := start(t, localkinesis.Options{})
	streamOf(t, server, 1)
	const broken = "SerializationException"
	put := func(member string) string {
		return `{"StreamName":"quakes","PartitionKey":"k","Data":"",` + member + `}`
	}
	puts := func(records string) string { return `{"StreamName":"quakes","Records":` + records + `}` }
	refuseAll(t, server, []badRequest{
		{"number for a text", "DescribeStream", `{"StreamName":5}`, nil, 0, broken, "TruncatingBigNumber can not be converted to an String"},
		{"truth for a text", "DescribeStream", `{"StreamName":true}`, nil, 0, broken, "class java.lang.Boolean can not be converted to an String"},
		{"list for a text", "DescribeStream", `{"StreamName":["quakes"]}`, nil, 0, broken, "Start of list found where not expected"},
		{"structure for a text", "DescribeStream", `{"StreamName":{}}`, nil, 0, broken, "Start of structure or map found where not expected."},
		{"text for a number", "ListStreams", `{"Limit":"5"}`, nil, 0, broken, "class java.lang.String can not be converted to an Integer"},
		{"truth for a number", "ListStreams", `{"Limit":false}`, nil, 0, broken, "class java.lang.Boolean can not be converted to an Integer"},
		{"list for a number", "ListStreams", `{"Limit":[]}`, nil, 0, broken, "Start of list found where not expected"},
		{"structure for a number", "ListStreams", `{"Limit":{}}`, nil, 0, broken, "Start of structure or map found where not expected."},
		{"text for a truth", "PutRecord", put(`"DryRun":"true"`), nil, 0, broken, "class java.lang.String can not be converted to an Boolean"},
		{"number for a truth", "PutRecord", put(`"DryRun":1`), nil, 0, broken, "can not be converted to an Boolean"},
		{"text for a time", "ListShards", `{"StreamName":"quakes","StreamCreationTimestamp":"2026-01-01"}`, nil, 0, broken, "can not be converted to milliseconds since epoch"},
		{"text for a structure", "ListShards", `{"StreamName":"quakes","ShardFilter":"AT_LATEST"}`, nil, 0, broken, ""},
		{"list for a structure", "ListShards", `{"StreamName":"quakes","ShardFilter":[]}`, nil, 0, broken, ""},
		{"text for a list", "PutRecords", puts(`"x"`), nil, 0, broken, "Expected list or null"},
		{"structure for a list", "PutRecords", puts(`{}`), nil, 0, broken, "Expected list or null"},
		{"number for a record", "PutRecords", puts(`[5]`), nil, 0, broken, "Expected null"},
		{"nothing for a record", "PutRecords", puts(`[null]`), nil, 0, broken, ""},
		{"list for a record", "PutRecords", puts(`[[]]`), nil, 0, broken, ""},
		{"number for data", "PutRecord", `{"StreamName":"quakes","PartitionKey":"k","Data":5}`, nil, 0, broken, "can not be converted to a Blob"},
		{"list for data", "PutRecords", puts(`[{"PartitionKey":"k","Data":[]}]`), nil, 0, broken, "Start of list found where not expected"},
		{"number for a key", "PutRecords", puts(`[{"PartitionKey":5,"Data":""}]`), nil, 0, broken, "can not be converted to an String"},
		{"text for tags", "CreateStream", `{"StreamName":"x","ShardCount":1,"Tags":"a=b"}`, nil, 0, broken, ""},
		{"number for a tag", "CreateStream", `{"StreamName":"x","ShardCount":1,"Tags":{"a":5}}`, nil, 0, broken, ""},
		{"base64 of the wrong length", "PutRecord", `{"StreamName":"quakes","PartitionKey":"k","Data":"a"}`, nil, 0, broken, "Base64 encoded length is expected a multiple of 4 bytes but found: 1"},
		{"base64 of another alphabet", "PutRecord", `{"StreamName":"quakes","PartitionKey":"k","Data":"-_-_"}`, nil, 0, broken, "Invalid Base64"},
		{"base64 with bits left over", "PutRecords", puts(`[{"PartitionKey":"k","Data":"aGVsbG9="}]`), nil, 0, broken, "Invalid Base64"},
		{"base64 with padding inside", "PutRecords", puts(`[{"PartitionKey":"k","Data":"aG==aGk="}]`), nil, 0, broken, "Invalid Base64"},
		{"base64 with newlines", "PutRecords", puts(`[{"PartitionKey":"k","Data":"aGVs\nbG8\n=="}]`), nil, 0, broken, ""},
		{"base64 with spaces", "PutRecord", `{"StreamName":"quakes","PartitionKey":"k","Data":"aG k"}`, nil, 0, broken, "Invalid Base64"},
		{"the last of two members counts", "DescribeStream", `{"StreamName":"quakes","StreamName":"no"}`, nil, 0, "ResourceNotFoundException", "Stream no under account"},
		{"members in lower case are none", "PutRecord", `{"StreamName":"quakes","PartitionKey":"k","data":""}`, nil, 0, "ValidationException", "Value null at 'data'"},
	})
}

func TestValuesOutOfTheirBoundsAreRefused(t *testing.T) {
	server := start(t, localkinesis.Options{})
	streamOf(t, server, 1)
	arn, err := server.RegisterConsumer("quakes", "reader")
	if err != nil {
		t.Fatal(err)
	}
	const invalid, argument = "ValidationException", "InvalidArgumentException"
	stream := func(members string) string { return `{"StreamName":"quakes",` + members + `}` }
	puts := func(records string) string { return stream(`"Records":` + records) }
	iterator := func(members string) string { return stream(`"ShardId":"shardId-000000000000",` + members) }
	data := func(n int) string { return base64.StdEncoding.EncodeToString(make([]byte, n)) }
	long := strings.Repeat("n", 129)
	refuseAll(t, server, []badRequest{
		{"no name", "DescribeStream", `{}`, nil, 0, argument, "Either StreamName or StreamARN should be provided."},
		{"an empty name", "DescribeStream", `{"StreamName":""}`, nil, 0, invalid, "Member must have length greater than or equal to 1"},
		{"an overlong name", "DescribeStream", `{"StreamName":"` + long + `"}`, nil, 0, invalid, "at 'streamName' failed to satisfy constraint: Member must have length less than or equal to 128"},
		{"a name of a megabyte", "DescribeStream", `{"StreamName":"` + strings.Repeat(long, 1e4) + `"}`, nil, 0, invalid, "less than or equal to 128"},
		{"a name with a slash", "DescribeStream", `{"StreamName":"../quakes"}`, nil, 0, invalid, "regular expression pattern: [a-zA-Z0-9_.-]+"},
		{"a name with a newline", "DescribeStream", `{"StreamName":"quakes\n"}`, nil, 0, invalid, "regular expression pattern"},
		{"a name with a zero", "DescribeStream", `{"StreamName":"quakes\u0000"}`, nil, 0, invalid, "regular expression pattern"},
		{"half a character", "DescribeStream", `{"StreamName":"\ud83d"}`, nil, 0, invalid, "regular expression pattern"},
		{"a stream that is not", "PutRecord", `{"StreamName":"no","PartitionKey":"k","Data":""}`, nil, 0, "ResourceNotFoundException", "Stream no under account 000000000000 not found."},
		{"an ARN of another service", "DescribeStream", `{"StreamARN":"arn:aws:sqs:us-east-1:000000000000:quakes"}`, nil, 0, invalid, "at 'streamARN' failed"},
		{"an ARN of another account", "DescribeStream", `{"StreamARN":"arn:aws:kinesis:us-east-1:111111111111:stream/quakes"}`, nil, 0, "ResourceNotFoundException", ""},
		{"name and ARN of two streams", "DescribeStream", stream(`"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/other"`), nil, 0, argument, ""},

		{"no shards", "CreateStream", `{"StreamName":"x","ShardCount":0}`, nil, 0, invalid, "Member must have value greater than or equal to 1"},
		{"fewer than no shards", "CreateStream", `{"StreamName":"x","ShardCount":-1}`, nil, 0, invalid, "Member must have value greater than or equal to 1"},
		{"shards beyond 32 bits", "CreateStream", `{"StreamName":"x","ShardCount":99999999999}`, nil, 0, invalid, "Value '2147483647'"},
		{"shards beyond a double", "CreateStream", `{"StreamName":"x","ShardCount":1e999}`, nil, 0, "SerializationException", ""},
		{"an unknown mode", "CreateStream", `{"StreamName":"x","StreamModeDetails":{"StreamMode":"FREE"}}`, nil, 0, invalid, "enum value set: [PROVISIONED, ON_DEMAND]"},
		{"a stream that is there", "CreateStream", stream(`"ShardCount":1`), nil, 0, "ResourceInUseException", ""},
		{"retention beyond a year", "IncreaseStreamRetentionPeriod", stream(`"RetentionPeriodHours":8761`), nil, 0, invalid, ""},
		{"retention below a day", "DecreaseStreamRetentionPeriod", stream(`"RetentionPeriodHours":1`), nil, 0, argument, "Minimum allowed retention period is 24 hours"},
		{"eight times the shards", "UpdateShardCount", stream(`"TargetShardCount":8,"ScalingType":"UNIFORM_SCALING"`), nil, 0, "LimitExceededException", "scale up over double"},
		{"an unknown scaling", "UpdateShardCount", stream(`"TargetShardCount":2,"ScalingType":"WILD"`), nil, 0, invalid, "enum value set: [UNIFORM_SCALING]"},
		{"a page of none", "ListShards", stream(`"MaxResults":0`), nil, 0, invalid, "Member must have value greater than or equal to 1"},
		{"a page of too many", "ListShards", stream(`"MaxResults":10001`), nil, 0, invalid, "Member must have value less than or equal to 10000"},
		{"garbage for a page's token", "ListShards", `{"NextToken":"AAAA"}`, nil, 0, argument, "NextToken is invalid."},
		{"a token and a name", "ListShards", stream(`"NextToken":"AAAA"`), nil, 0, argument, "cannot be provided together"},
		{"an unknown filter", "ListShards", stream(`"ShardFilter":{"Type":"ALL"}`), nil, 0, invalid, "enum value set"},
		{"a filter without its time", "ListShards", stream(`"ShardFilter":{"Type":"AT_TIMESTAMP"}`), nil, 0, argument, "Timestamp must be specified"},
		{"a filter at the end of time", "ListShards", stream(`"ShardFilter":{"Type":"AT_TIMESTAMP","Timestamp":1e300}`), nil, 0, argument, "cannot be in the future"},

		{"no shard", "GetShardIterator", stream(`"ShardIteratorType":"LATEST"`), nil, 0, invalid, "Value null at 'shardId'"},
		{"garbage for a shard", "GetShardIterator", stream(`"ShardId":"shard","ShardIteratorType":"LATEST"`), nil, 0, "ResourceNotFoundException", "Could not find shard shard"},
		{"a shard beyond all", "GetShardIterator", stream(`"ShardId":"shardId-999999999999","ShardIteratorType":"LATEST"`), nil, 0, "ResourceNotFoundException", ""},
		{"a shard number of 100 digits", "GetShardIterator", stream(`"ShardId":"shardId-` + strings.Repeat("9", 100) + `","ShardIteratorType":"LATEST"`), nil, 0, "ResourceNotFoundException", ""},
		{"an unknown kind of iterator", "GetShardIterator", iterator(`"ShardIteratorType":"NEWEST"`), nil, 0, invalid, "enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]"},
		{"letters for a sequence number", "GetShardIterator", iterator(`"ShardIteratorType":"AT_SEQUENCE_NUMBER","StartingSequenceNumber":"x"`), nil, 0, invalid, "regular expression pattern: 0|([1-9]\\d{0,128})"},
		{"a sequence number of one digit", "GetShardIterator", iterator(`"ShardIteratorType":"AT_SEQUENCE_NUMBER","StartingSequenceNumber":"5"`), nil, 0, argument, "is invalid"},
		{"a sequence number of 56 nines", "GetShardIterator", iterator(`"ShardIteratorType":"AT_SEQUENCE_NUMBER","StartingSequenceNumber":"` + strings.Repeat("9", 56) + `"`), nil, 0, argument, "is invalid"},
		{"a sequence number where none belongs", "GetShardIterator", iterator(`"ShardIteratorType":"LATEST","StartingSequenceNumber":"5"`), nil, 0, argument, "Request specified LATEST and also a StartingSequenceNumber"},
		{"no sequence number", "GetShardIterator", iterator(`"ShardIteratorType":"AFTER_SEQUENCE_NUMBER"`), nil, 0, argument, "and no StartingSequenceNumber"},
		{"no time", "GetShardIterator", iterator(`"ShardIteratorType":"AT_TIMESTAMP"`), nil, 0, argument, "Must specify timestampInMillis"},
		{"a time to come", "GetShardIterator", iterator(`"ShardIteratorType":"AT_TIMESTAMP","Timestamp":4e12`), nil, 0, argument, "cannot be greater than the currentTimestampInMillis"},
		{"the end of time", "GetShardIterator", iterator(`"ShardIteratorType":"AT_TIMESTAMP","Timestamp":1e300`), nil, 0, argument, "cannot be greater than the currentTimestampInMillis"},

		{"no iterator", "GetRecords", `{}`, nil, 0, invalid, "Value null at 'shardIterator'"},
		{"an empty iterator", "GetRecords", `{"ShardIterator":""}`, nil, 0, invalid, "length greater than or equal to 1"},
		{"garbage for an iterator", "GetRecords", `{"ShardIterator":"garbage"}`, nil, 0, argument, "Invalid ShardIterator."},
		{"base64 for an iterator", "GetRecords", `{"ShardIterator":"` + data(60) + `"}`, nil, 0, argument, "Invalid ShardIterator."},
		{"an overlong iterator", "GetRecords", `{"ShardIterator":"` + strings.Repeat("A", 513) + `"}`, nil, 0, invalid, "length less than or equal to 512"},
		{"a limit of none", "GetRecords", `{"ShardIterator":"x","Limit":0}`, nil, 0, invalid, "greater than or equal to 1"},
		{"a limit of too many", "GetRecords", `{"ShardIterator":"x","Limit":10001}`, nil, 0, invalid, "less than or equal to 10000"},

		{"no key", "PutRecord", stream(`"Data":""`), nil, 0, invalid, "Value null at 'partitionKey'"},
		{"an empty key", "PutRecord", stream(`"Data":"","PartitionKey":""`), nil, 0, invalid, "length greater than or equal to 1"},
		{"an overlong key", "PutRecord", stream(`"Data":"","PartitionKey":"` + strings.Repeat("k", 257) + `"`), nil, 0, invalid, "length less than or equal to 256"},
		{"no data", "PutRecord", stream(`"PartitionKey":"k"`), nil, 0, invalid, "Value null at 'data'"},
		{"data of more than a mebibyte", "PutRecord", stream(`"PartitionKey":"k","Data":"` + data(1<<20+1) + `"`), nil, 0, invalid, "at 'data' failed to satisfy constraint: Member must have length less than or equal to 1048576"},
		{"a hash key beyond 128 bits", "PutRecord", stream(`"PartitionKey":"k","Data":"","ExplicitHashKey":"340282366920938463463374607431768211456"`), nil, 0, argument, "Invalid ExplicitHashKey"},
		{"a hash key below 0", "PutRecord", stream(`"PartitionKey":"k","Data":"","ExplicitHashKey":"-1"`), nil, 0, invalid, "regular expression pattern"},
		{"a hash key with a leading 0", "PutRecord", stream(`"PartitionKey":"k","Data":"","ExplicitHashKey":"01"`), nil, 0, invalid, "regular expression pattern"},
		{"an order after the future", "PutRecord", stream(`"PartitionKey":"k","Data":"","SequenceNumberForOrdering":"` + strings.Repeat("9", 56) + `"`), nil, 0, argument, "is invalid"},
		{"no records", "PutRecords", puts(`[]`), nil, 0, invalid, "Member must have length greater than or equal to 1"},
		{"no list of records", "PutRecords", `{"StreamName":"quakes"}`, nil, 0, invalid, "Value null at 'records'"},
		{"501 records", "PutRecords", puts(`[` + strings.Repeat(`{"PartitionKey":"k","Data":""},`, 500) + `{"PartitionKey":"k","Data":""}]`), nil, 0, invalid, "less than or equal to 500"},
		{"one bad record of two", "PutRecords", puts(`[{"PartitionKey":"k","Data":""},{"PartitionKey":"","Data":""}]`), nil, 0, invalid, "at 'records.2.member.partitionKey'"},
		{"records of more than 10 MiB", "PutRecords", puts(`[` + strings.Repeat(`{"PartitionKey":"k","Data":"`+data(1<<20)+`"},`, 10) + `{"PartitionKey":"k","Data":"AAAA"}]`), nil, 0, argument, "Records size exceeds"},
		{"ten mistakes and more", "PutRecords", puts(`[` + strings.Repeat(`{"PartitionKey":"","Data":""},`, 20) + `{"PartitionKey":"k","Data":""}]`), nil, 0, invalid, "10 validation errors detected"},

		{"a split at no hash key", "SplitShard", stream(`"ShardToSplit":"shardId-000000000000","NewStartingHashKey":"x"`), nil, 0, invalid, "regular expression pattern"},
		{"a split at the edge", "SplitShard", stream(`"ShardToSplit":"shardId-000000000000","NewStartingHashKey":"0"`), nil, 0, argument, "is not both greater than one plus the shard's StartingHashKey"},
		{"a merge of a shard with itself", "MergeShards", stream(`"ShardToMerge":"shardId-000000000000","AdjacentShardToMerge":"shardId-000000000000"`), nil, 0, argument, ""},
		{"a consumer of no name", "RegisterStreamConsumer", `{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/quakes","ConsumerName":""}`, nil, 0, invalid, ""},
		{"a consumer with a slash", "RegisterStreamConsumer", `{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/quakes","ConsumerName":"a/b"}`, nil, 0, invalid, "regular expression pattern"},
		{"a subscription of nobody", "SubscribeToShard", `{"ConsumerARN":"arn","ShardId":"shardId-000000000000","StartingPosition":{"Type":"LATEST"}}`, nil, 0, invalid, "at 'consumerARN' failed"},
		{"a subscription from nowhere", "SubscribeToShard", `{"ConsumerARN":"` + arn + `","ShardId":"shardId-000000000000"}`, nil, 0, invalid, "Value null at 'startingPosition'"},
		{"a subscription to no shard", "SubscribeToShard", `{"ConsumerARN":"` + arn + `","ShardId":"shardId-000000000009","StartingPosition":{"Type":"LATEST"}}`, nil, 0, "ResourceNotFoundException", ""},
		{"a subscription from an unknown place", "SubscribeToShard", `{"ConsumerARN":"` + arn + `","ShardId":"shardId-000000000000","StartingPosition":{"Type":"HERE"}}`, nil, 0, invalid, "enum value set"},
	})
}

// fromCBOR shows the texts of a CBOR error, which is a map of two: enough to
// tell what it says.
func fromCBOR(t *testing.T, b []byte) string {
	t.Helper()
	texts := regexp.MustCompile(`__type.{1,3}?([A-Z]\w+Exception)`).FindSubmatch(b)
	if texts == nil {
		t.Fatalf("no error in CBOR %q", b)
	}
	return fmt.Sprintf(`{"__type":"%s","message":""}`, texts[1])
}
