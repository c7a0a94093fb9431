package dynamodb

import (
	"fmt"
	"slices"
	"strings"
)

func batches() []request {
	key := func(r string) string { return `{"h":{"S":"a"},"r":{"S":"` + r + `"}}` }
	put := func(r string) string { return `{"PutRequest":{"Item":` + key(r) + `}}` }
	many := func(n int, one func(string) string) string {
		var all []string
		for i := range n {
			all = append(all, one(fmt.Sprintf("b%03d", i)))
		}
		return strings.Join(all, ",")
	}
	return slices.Concat(
		each("BatchWriteItem", `{}`, `{"RequestItems":{}}`, `{"RequestItems":{"judged":[]}}`, `{"RequestItems":{"judged":[{}]}}`, `{"RequestItems":{"judged":[{"PutRequest":{"Item":`+key("x")+`},"DeleteRequest":{"Key":`+key("x")+`}}]}}`, `{"RequestItems":{"nowhere":[`+put("x")+`]}}`, `{"RequestItems":{"x":[`+put("x")+`]}}`,
			`{"RequestItems":{"judged":[{"PutRequest":{}}]}}`, `{"RequestItems":{"judged":[{"PutRequest":{"Item":{"h":{"S":"a"}}}}]}}`, `{"RequestItems":{"judged":[{"DeleteRequest":{"Key":{"h":{"S":"a"}}}}]}}`, `{"RequestItems":{"judged":[{"PutRequest":{"Item":{"h":{"S":"a"},"r":{"S":"1"},"x":{"N":"x"}}}}]}}`, `{"RequestItems":{"judged":[`+put("1")+`,`+put("1")+`]}}`,
			`{"RequestItems":{"judged":[`+put("1")+`,{"DeleteRequest":{"Key":`+key("1")+`}}]}}`, `{"RequestItems":{"judged":[`+many(26, put)+`]}}`, `{"RequestItems":{"judged":[`+many(25, put)+`]}}`, `{"RequestItems":{"judged":[{"DeleteRequest":{"Key":`+key("b001")+`}},{"DeleteRequest":{"Key":`+key("nothing")+`}}]},"ReturnConsumedCapacity":"TOTAL"}`, `{"RequestItems":{"judged":[`+put("b002")+`]},"ReturnConsumedCapacity":"INDEXES","ReturnItemCollectionMetrics":"SIZE"}`,
			`{"RequestItems":{"judged":[`+put("b002")+`]},"ReturnConsumedCapacity":"x"}`),
		each("Query", `{T,"KeyConditionExpression":"h = :h","ExpressionAttributeValues":{":h":{"S":"a"}},"Select":"COUNT"}`),
		each("BatchGetItem", `{}`, `{"RequestItems":{}}`, `{"RequestItems":{"judged":{}}}`, `{"RequestItems":{"judged":{"Keys":[]}}}`, `{"RequestItems":{"nowhere":{"Keys":[`+key("1")+`]}}}`, `{"RequestItems":{"x":{"Keys":[`+key("1")+`]}}}`, `{"RequestItems":{"judged":{"Keys":[{"h":{"S":"a"}}]}}}`, `{"RequestItems":{"judged":{"Keys":[`+key("1")+`,`+key("1")+`]}}}`,
			`{"RequestItems":{"judged":{"Keys":[`+many(101, key)+`]}}}`, `{"RequestItems":{"judged":{"Keys":[`+many(30, key)+`]}}}`, `{"RequestItems":{"judged":{"Keys":[`+key("nothing")+`]}}}`, `{"RequestItems":{"judged":{"Keys":[`+key("1")+`],"ProjectionExpression":"n, #s","ExpressionAttributeNames":{"#s":"s"}}}}`, `{"RequestItems":{"judged":{"Keys":[`+key("1")+`],"AttributesToGet":["n"]}}}`,
			`{"RequestItems":{"judged":{"Keys":[`+key("1")+`],"AttributesToGet":["n"],"ProjectionExpression":"n"}}}`, `{"RequestItems":{"judged":{"Keys":[`+key("1")+`,`+key("b003")+`],"ConsistentRead":true}},"ReturnConsumedCapacity":"TOTAL"}`, `{"RequestItems":{"judged":{"Keys":[`+key("1")+`]}},"ReturnConsumedCapacity":"x"}`, `{"RequestItems":{"judged":{"Keys":[{"h":{"S":"a"},"r":{"N":"x"}}]}}}`),
	)
}

func transactions() []request {
	act := func(parts ...string) string { return `{"TransactItems":[` + strings.Join(parts, ",") + `]}` }
	put := func(r, more string) string {
		return `{"Put":{T,"Item":{"h":{"S":"t"},"r":{"S":"` + r + `"}}` + more + `}}`
	}
	key := func(r string) string { return `"Key":{"h":{"S":"t"},"r":{"S":"` + r + `"}}` }
	update := func(r, more string) string { return `{"Update":{T,` + key(r) + more + `}}` }
	remove := func(r, more string) string { return `{"Delete":{T,` + key(r) + more + `}}` }
	check := func(r, more string) string { return `{"ConditionCheck":{T,` + key(r) + more + `}}` }
	exists, absent := `,"ConditionExpression":"attribute_exists(h)"`, `,"ConditionExpression":"attribute_not_exists(h)"`
	set := `,"UpdateExpression":"SET n = :n","ExpressionAttributeValues":{":n":{"N":"1"}}`
	token := func(body, token string) string {
		return strings.TrimSuffix(body, "}") + `,"ClientRequestToken":"` + token + `"}`
	}
	get := func(r, more string) string { return `{"Get":{T,` + key(r) + more + `}}` }
	return slices.Concat(
		each("TransactWriteItems",
			`{}`, `{"TransactItems":[]}`, act(`{}`), act(`{"Put":{}}`), act(`{"Put":{T}}`), act(put("1", "")), act(put("1", absent), put("2", absent)), act(put("3", ""), put("4", exists)), act(put("3", ""), put("4", exists+`,"ReturnValuesOnConditionCheckFailure":"ALL_OLD"`), put("1", absent+`,"ReturnValuesOnConditionCheckFailure":"ALL_OLD"`)),
			act(put("5", ""), update("5", set)), act(put("5", ""), put("5", "")), act(update("1", set), remove("6", ""), check("7", absent)), act(check("7", "")), act(check("7", exists)), act(check("1", exists)), act(update("1", `,"UpdateExpression":"SET n = s + :n","ExpressionAttributeValues":{":n":{"N":"1"}}`)), act(update("1", `,"UpdateExpression":"SET n ="`)), act(update("1", "")), act(update("1", `,"UpdateExpression":"SET h = :h","ExpressionAttributeValues":{":h":{"S":"x"}}`)),
			act(`{"Put":{"TableName":"nowhere","Item":{"h":{"S":"t"}}}}`), act(`{"Put":{T,"Item":{"h":{"S":"t"}}}}`), act(`{"Put":{T,"Item":{"h":{"S":"t"},"r":{"N":"1"}}}}`), act(`{"Delete":{T,"Key":{"h":{"S":"t"}}}}`), act(`{"Put":{T,"Item":{"h":{"S":"t"},"r":{"S":"8"}}},"Delete":{T,`+key("9")+`}}`), act(repeated(101, func(i int) string { return put(fmt.Sprint("many", i), "") })...), act(repeated(100, func(i int) string { return put(fmt.Sprint("many", i), "") })...),
			token(act(put("once", absent)), "token-1"), token(act(put("once", absent)), "token-1"), token(act(put("other", absent)), "token-1"), token(act(put("failing", exists)), "token-2"), token(act(put("failing", exists)), "token-2"), token(act(put("x", "")), strings.Repeat("t", 37)), token(act(put("x", "")), ""),
			strings.TrimSuffix(act(put("cap", ""), update("cap2", set)), "}")+`,"ReturnConsumedCapacity":"TOTAL"}`),
		each("Query", `{T,"KeyConditionExpression":"h = :h","FilterExpression":"NOT contains(q, :h)","ProjectionExpression":"r","ExpressionAttributeValues":{":h":{"S":"t"}},"Select":"SPECIFIC_ATTRIBUTES","Limit":20}`),
		each("TransactGetItems",
			`{}`, `{"TransactItems":[]}`, act(`{}`), act(`{"Get":{}}`), act(get("1", "")), act(get("1", ""), get("nothing", "")), act(get("1", ""), get("1", "")), act(get("1", `,"ProjectionExpression":"n"`)), act(get("1", `,"ProjectionExpression":"n,"`)), act(`{"Get":{"TableName":"nowhere",`+key("1")+`}}`), act(`{"Get":{T,"Key":{"h":{"S":"t"}}}}`), act(get("1", ""), `{"Get":{T,"Key":{"h":{"S":"t"}}}}`), strings.TrimSuffix(act(get("1", "")), "}")+`,"ReturnConsumedCapacity":"TOTAL"}`,
			act(repeated(101, func(i int) string { return get(fmt.Sprint("many", i), "") })...)),
	)
}

// malformed are bodies of the wrong shape.
func malformed() []request {
	var all []request
	for _, operation := range []string{"CreateTable", "DescribeTable", "UpdateTable", "PutItem", "GetItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem", "BatchWriteItem", "TransactWriteItems", "ListTables"} {
		all = append(all, each(operation, `[]`, `"x"`, `7`, `{`, ``, `{"TableName":7}`, `{"TableName":["x"]}`, `{"TableName":{"a":"b"}}`, `{"TableName":true}`)...)
	}
	return slices.Concat(all,
		each("PutItem", filled(`{T,"Item":%}`, `[]`, `"x"`, `7`, `{"h":"a"}`, `{"h":["a"]}`, `{"h":{"S":1}}`, `{"h":{"S":["a"]}}`, `{"h":{"S":{"a":"b"}}}`, `{"h":{"N":1}}`, `{"h":{"BOOL":"x"}}`, `{"h":{"BOOL":1}}`, `{"h":{"NULL":"x"}}`, `{"h":{"L":{}}}`, `{"h":{"L":"x"}}`, `{"h":{"M":[]}}`, `{"h":{"SS":"x"}}`, `{"h":{"SS":[1]}}`, `{"h":{"SS":{"a":"b"}}}`, `{"h":{"B":"%%%"}}`, `{"h":{"B":1}}`, `{"h":null}`, `{"h":{"S":null}}`)...),
		each("Query", filled(`{T,"KeyConditionExpression":"h = :h","ExpressionAttributeValues":{":h":{"S":"a"}},%}`, `"Limit":"x"`, `"Limit":1.5`, `"Limit":[1]`, `"ConsistentRead":"x"`, `"ConsistentRead":1`, `"ScanIndexForward":"x"`, `"ExclusiveStartKey":[]`, `"ExpressionAttributeNames":{"#a":7}`, `"FilterExpression":7`, `"Select":7`)...),
		each("UpdateItem", `{T,K,"ExpressionAttributeValues":[]}`, `{T,K,"AttributeUpdates":[]}`, `{T,K,"Expected":"x"}`, `{T,K,"UpdateExpression":["x"]}`, `{T,K,"Expected":{"n":{"Exists":"x"}}}`),
	)
}

// sizes are requests at the limits.
func sizes() []request {
	item := func(bytes int) string { // of an item with h, r and s
		return `{"h":{"S":"a"},"r":{"S":"big"},"s":{"S":"` + strings.Repeat("x", bytes-len("hars")-len("big")) + `"}}`
	}
	guarded := func(condition, values string) string {
		return `{T,"Item":{"h":{"S":"a"},"r":{"S":"1"}},"ConditionExpression":"` + condition + `",` + values + `}`
	}
	one := `"ExpressionAttributeValues":{":v":{"N":"1"}}`
	long := "n = :v" + strings.Repeat(" OR n = :v", 500)
	return slices.Concat(
		each("PutItem", `{T,"Item":`+item(400<<10)+`}`, `{T,"Item":`+item(400<<10+1)+`}`),
		each("UpdateItem", `{T,"Key":{"h":{"S":"a"},"r":{"S":"big"}},"UpdateExpression":"SET q = :q","ExpressionAttributeValues":{":q":{"S":"xxxxxxxxxxxx"}}}`),
		each("Query", `{T,"KeyConditionExpression":"h = :h","ExpressionAttributeValues":{":h":{"S":"a"}},"Select":"COUNT","ReturnConsumedCapacity":"TOTAL"}`),
		each("PutItem", `{T,"Item":{"h":{"S":"a"},"r":{"S":"1"}},"ConditionExpression":"`+long+`","ExpressionAttributeValues":{":v":{"N":"1"}}}`,
			`{T,"Item":{"h":{"S":"a"},"r":{"S":"1"}},"ConditionExpression":"n IN (`+strings.TrimSuffix(strings.Repeat(":v,", 101), ",")+`)","ExpressionAttributeValues":{":v":{"N":"1"}}}`,
			`{T,"Item":{"h":{"S":"a"},"r":{"S":"1"}},"ConditionExpression":"attribute_exists(h`+strings.Repeat(".h", 33)+`)"}`,
			`{T,"Item":{"h":{"S":"a"},"r":{"S":"1"}},"ConditionExpression":"attribute_exists(h`+strings.Repeat(".h", 31)+`)"}`,
			`{T,"Item":{"h":{"S":"a"},"r":{"S":"1"}},"ConditionExpression":"attribute_exists(`+strings.Repeat("h", 256)+`)"}`,
			`{T,"Item":{"h":{"S":"a"},"r":{"S":"1"},"`+strings.Repeat("n", 65536)+`":{"S":"x"}}}`),
		each("PutItem",
			guarded("n=:v"+strings.Repeat(" OR n=:v", 149), one), guarded("n=:v"+strings.Repeat(" OR n=:v", 150), one), guarded(strings.Repeat("NOT ", 299)+"n=:v", one), guarded(strings.Repeat("NOT ", 300)+"n=:v", one),
			guarded("attribute_exists(#"+strings.Repeat("n", 254)+")", `"ExpressionAttributeNames":{"#`+strings.Repeat("n", 254)+`":"h"}`), guarded("attribute_exists(#"+strings.Repeat("n", 255)+")", `"ExpressionAttributeNames":{"#`+strings.Repeat("n", 255)+`":"h"}`),
			guarded("n=:"+strings.Repeat("v", 255), `"ExpressionAttributeValues":{":`+strings.Repeat("v", 255)+`":{"N":"1"}}`)),
		each("UpdateItem", `{T,K,"UpdateExpression":"SET `+strings.Join(repeated(301, func(i int) string { return fmt.Sprintf("a%d=n+:v", i) }), ",")+`",`+one+`}`),
		repeatedPuts(4), each("Query", `{T,"KeyConditionExpression":"h = :h","ExpressionAttributeValues":{":h":{"S":"page"}},"Select":"COUNT","ReturnConsumedCapacity":"TOTAL"}`),
	)
}

// repeatedPuts fill more than one page of a Query.
func repeatedPuts(n int) []request {
	var all []request
	for i := range n {
		all = append(all, request{operation: "PutItem", body: fmt.Sprintf(`{T,"Item":{"h":{"S":"page"},"r":{"S":"%d"},"s":{"S":"%s"}}}`, i, strings.Repeat("x", 390<<10))})
	}
	return all
}
