package dynamodb

import "slices"

func queries() []request {
	const values = `"ExpressionAttributeValues":{":h":{"S":"q"}`
	q := func(condition, more string) string {
		vals := map[string]string{":h": `{"S":"q"}`, ":a": `{"S":"002"}`, ":b": `{"S":"005"}`, ":n": `{"N":"4"}`, ":e": `{"S":""}`, ":t": `{"BOOL":true}`}
		names := map[string]string{"#h": "h", "#r": "r"}
		return `{T,"KeyConditionExpression":` + quoted(condition) + used(condition+" "+more, names, vals) + more + `}`
	}
	keys := []string{
		"h = :h", ":h = h", "#h = :h", "(h = :h)", "h = :h AND r = :a", "r = :a AND h = :h", "h = :h AND r < :a", "h = :h AND r <= :a", "h = :h AND r > :b", "h = :h AND r >= :b", "h = :h AND :a < r", "h = :h AND r BETWEEN :a AND :b", "h = :h AND r BETWEEN :b AND :a", "h = :h AND begins_with(r, :a)", "h = :h AND (r = :a)",
		"h = :h and r = :a", "h = :h OR r = :a", "NOT h = :h", "h <> :h", "h < :h", "h = :h AND r <> :a", "h = :h AND r IN (:a)", "h = :h AND contains(r, :a)", "h = :h AND attribute_exists(r)", "h = :h AND size(r) = :n", "h = :h AND n = :n", "r = :a", "h = :h AND h = :h", "h = :h AND r > :a AND r < :b", "h = :n", "h = :h AND r = :n", "h = :e", "h = :h AND r = :e", "h = :h AND begins_with(r, :n)", "h = r", "h = h", "h.x = :h", "h[0] = :h",
		"begins_with(h, :h)", "h BETWEEN :a AND :b", ":h = :h", "h = :h AND :a BETWEEN r AND :b", "h = :h AND begins_with(:a, r)", "", "h", "h = ", "h = :undefined", "#undefined = :h", "h = :t", "h = :h AND r = :t", "h = :h AND r BETWEEN :a AND :n", "((h = :h))", "h = :h AND r BETWEEN :n AND :n",
	}
	var all []string
	for _, key := range keys {
		all = append(all, q(key, ""))
	}
	return slices.Concat(rows("q", 8),
		each("Query", all...),
		each("Query",
			`{}`, `{T}`, `{"TableName":"nowhere","KeyConditionExpression":"h = :h",`+values+`}}`, `{T,"KeyConditionExpression":"h = :h"}`, `{T,`+values+`}}`, `{T,"KeyConditionExpression":"h = :h",`+values+`},"ExpressionAttributeNames":{"#x":"y"}}`,
			q("h = :h", `,"ScanIndexForward":false`), q("h = :h", `,"Limit":3`), q("h = :h", `,"Limit":0`), q("h = :h", `,"Limit":-1`), q("h = :h", `,"Limit":3,"ScanIndexForward":false`), q("h = :h", `,"Select":"COUNT"`), q("h = :h", `,"Select":"COUNT","Limit":2`),
			q("h = :h", `,"Select":"ALL_ATTRIBUTES","Limit":1`), q("h = :h", `,"Select":"ALL_PROJECTED_ATTRIBUTES"`), q("h = :h", `,"Select":"SPECIFIC_ATTRIBUTES"`), q("h = :h", `,"Select":"SOME"`), q("h = :h", `,"Select":"COUNT","ProjectionExpression":"n"`), q("h = :h", `,"Select":"ALL_ATTRIBUTES","ProjectionExpression":"n"`),
			q("h = :h", `,"Select":"SPECIFIC_ATTRIBUTES","ProjectionExpression":"n, r","Limit":2`), q("h = :h", `,"ProjectionExpression":"n","Limit":2`), q("h = :h", `,"ConsistentRead":true,"ReturnConsumedCapacity":"TOTAL","Limit":1`), q("h = :h", `,"ReturnConsumedCapacity":"INDEXES","Limit":1`),
			q("h = :h", `,"FilterExpression":"n > :n"`), q("h = :h", `,"FilterExpression":"n > :n","Limit":3`), q("h = :h", `,"FilterExpression":"n > :n","Select":"COUNT"`), q("h = :h", `,"FilterExpression":"r = :a"`), q("h = :h", `,"FilterExpression":"h = :h"`), q("h = :h", `,"FilterExpression":""`), q("h = :h", `,"FilterExpression":"odd = :t AND attribute_exists(n)"`),
			q("h = :h", `,"IndexName":"nowhere"`), q("h = :h", `,"IndexName":"x"`), q("h = :h", `,"ExclusiveStartKey":{"h":{"S":"q"},"r":{"S":"003"}}`), q("h = :h", `,"ExclusiveStartKey":{"h":{"S":"q"},"r":{"S":"0025"}}`), q("h = :h", `,"ExclusiveStartKey":{"h":{"S":"q"},"r":{"S":"003"}},"ScanIndexForward":false`),
			q("h = :h", `,"ExclusiveStartKey":{"h":{"S":"q"}}`), q("h = :h", `,"ExclusiveStartKey":{"h":{"S":"other"},"r":{"S":"003"}}`), q("h = :h", `,"ExclusiveStartKey":{"h":{"S":"q"},"r":{"N":"3"}}`), q("h = :h", `,"ExclusiveStartKey":{"h":{"S":"q"},"r":{"S":"003"},"n":{"N":"1"}}`), q("h = :h", `,"ExclusiveStartKey":{}`), q("h = :h", `,"ExclusiveStartKey":{"h":{"S":"q"},"r":{"S":"999"}}`),
			q("h = :h AND r > :b", `,"ExclusiveStartKey":{"h":{"S":"q"},"r":{"S":"001"}}`), q("h = :h AND r > :b", `,"ExclusiveStartKey":{"h":{"S":"q"},"r":{"S":"006"}}`),
			`{T,"KeyConditionExpression":"h = :h","ExpressionAttributeValues":{":h":{"S":"nobody"}}}`, `{T,"FilterExpression":"n = :h","ExpressionAttributeValues":{":h":{"S":"nobody"}}}`),
	)
}

func scans() []request {
	return slices.Concat(rows("q", 6), rows("p", 3),
		each("Scan", `{}`, `{T}`, `{"TableName":"nowhere"}`, `{T,"Select":"COUNT"}`, `{T,"Select":"COUNT","ReturnConsumedCapacity":"TOTAL","ConsistentRead":true}`, `{T,"Limit":0}`,
			`{T,"FilterExpression":"n > :n","ExpressionAttributeValues":{":n":{"N":"3"}}}`, `{T,"FilterExpression":"h = :n","ExpressionAttributeValues":{":n":{"S":"p"}}}`, `{T,"FilterExpression":"r = :n AND odd = :t","ExpressionAttributeValues":{":n":{"S":"001"},":t":{"BOOL":true}},"Select":"COUNT"}`,
			`{T,"FilterExpression":""}`, `{T,"FilterExpression":"n >"}`, `{T,"ExpressionAttributeValues":{":n":{"N":"3"}}}`, `{T,"FilterExpression":"attribute_exists(n)","ExpressionAttributeValues":{":n":{"N":"3"}}}`, `{T,"ProjectionExpression":"n, h"}`, `{T,"ProjectionExpression":"n","ExpressionAttributeValues":{":n":{"N":"3"}}}`,
			`{T,"Segment":0}`, `{T,"TotalSegments":2}`, `{T,"Segment":2,"TotalSegments":2}`, `{T,"Segment":-1,"TotalSegments":2}`, `{T,"Segment":0,"TotalSegments":0}`, `{T,"Segment":0,"TotalSegments":1000001}`, `{T,"Segment":0,"TotalSegments":1}`,
			`{T,"Select":"ALL_PROJECTED_ATTRIBUTES"}`, `{T,"Select":"SPECIFIC_ATTRIBUTES"}`, `{T,"Select":"COUNT","ProjectionExpression":"n"}`, `{T,"Select":"x"}`, `{T,"IndexName":"nowhere"}`,
			`{T,"ExclusiveStartKey":{"h":{"S":"q"}}}`, `{T,"ExclusiveStartKey":{}}`, `{T,"ExclusiveStartKey":{"h":{"N":"1"},"r":{"S":"1"}}}`, `{T,"KeyConditionExpression":"h = :h"}`, `{T,"ScanIndexForward":false}`),
	)
}

func paging() []request {
	all := rows("page", 25)
	for _, more := range []string{``, `,"ScanIndexForward":false`, `,"FilterExpression":"odd = :odd"`} {
		vals := `{":h":{"S":"page"}}`
		if more != "" && more[2] == 'F' {
			vals = `{":h":{"S":"page"},":odd":{"BOOL":true}}`
		}
		for _, start := range []string{"", "004", "009", "014", "019", "024"} {
			from := ""
			if start != "" {
				from = `,"ExclusiveStartKey":{"h":{"S":"page"},"r":{"S":"` + start + `"}}`
			}
			all = append(all, request{operation: "Query", body: `{T,"KeyConditionExpression":"h = :h","Limit":5,"ExpressionAttributeValues":` + vals + more + from + `}`})
		}
	}
	return all
}

// indexed are requests on a table with local and global indexes.
func indexed() []request {
	create := table("indexed", "h r", "h r x n:N", onDemand,
		global(index("byx", "x", whole), index("byxn", "x n", keysOnly), index("some", "x r", `{"ProjectionType":"INCLUDE","NonKeyAttributes":["p"]}`)),
		locally(index("loc", "h n", keysOnly), index("locp", "h x", `{"ProjectionType":"INCLUDE","NonKeyAttributes":["p"]}`)))
	put := func(body string) request { return request{operation: "PutItem", body: `{X,"Item":` + body + `}`} }
	q := func(index, condition, more string) request {
		vals := map[string]string{":x": `{"S":"x"}`, ":h": `{"S":"a"}`, ":n": `{"N":"3"}`, ":r": `{"S":"2"}`, ":p": `{"S":"p"}`}
		return request{operation: "Query", body: `{X,"IndexName":"` + index + `","KeyConditionExpression":` + quoted(condition) + used(condition+" "+more, nil, vals) + more + `}`}
	}
	return unordered(slices.Concat(
		each("DeleteTable", `{X}`), each("CreateTable", create), each("DescribeTable", `{X}`),
		[]request{
			put(`{"h":{"S":"a"},"r":{"S":"1"},"x":{"S":"x"},"n":{"N":"5"},"p":{"S":"p"},"q":{"S":"q"}}`), put(`{"h":{"S":"a"},"r":{"S":"2"},"x":{"S":"x"},"n":{"N":"3"},"p":{"S":"p2"},"q":{"S":"q"}}`),
			put(`{"h":{"S":"a"},"r":{"S":"3"},"x":{"S":"x"},"q":{"S":"q"}}`), put(`{"h":{"S":"a"},"r":{"S":"4"},"n":{"N":"1"}}`), put(`{"h":{"S":"b"},"r":{"S":"1"},"x":{"S":"y"},"n":{"N":"9"}}`), put(`{"h":{"S":"b"},"r":{"S":"2"}}`),
			put(`{"h":{"S":"b"},"r":{"S":"3"},"x":{"N":"1"}}`), put(`{"h":{"S":"b"},"r":{"S":"3"},"n":{"S":"1"}}`), put(`{"h":{"S":"b"},"r":{"S":"3"},"x":{"S":""}}`), put(`{"h":{"S":"b"},"r":{"S":"3"},"x":{"NULL":true}}`),
		},
		[]request{
			q("byx", "x = :x", ""), q("byx", "x = :x", `,"Select":"COUNT"`), q("byx", "x = :x", `,"ConsistentRead":true`), q("byx", "x = :x AND n = :n", ""), q("byx", "h = :h", ""), q("byx", "x = :x", `,"FilterExpression":"n = :n"`), q("byx", "x = :x", `,"FilterExpression":"h = :h"`), q("byx", "x = :x", `,"FilterExpression":"x = :x"`),
			q("byxn", "x = :x", ""), q("byxn", "x = :x AND n > :n", ""), q("byxn", "x = :x", `,"ScanIndexForward":false`), q("byxn", "x = :x", `,"Select":"ALL_ATTRIBUTES"`), q("byxn", "x = :x", `,"Select":"ALL_PROJECTED_ATTRIBUTES"`), q("byxn", "x = :x", `,"ProjectionExpression":"h, n"`), q("byxn", "x = :x", `,"ProjectionExpression":"q"`), q("byxn", "x = :x", `,"ProjectionExpression":"q, p, h"`),
			q("byxn", "x = :x", `,"FilterExpression":"p = :p"`), q("byxn", "x = :x", `,"Limit":1`), q("byxn", "x = :x", `,"Limit":1,"ExclusiveStartKey":{"h":{"S":"a"},"r":{"S":"2"},"x":{"S":"x"},"n":{"N":"3"}}`), q("byxn", "x = :x", `,"ExclusiveStartKey":{"h":{"S":"a"},"r":{"S":"2"}}`), q("byxn", "x = :x", `,"ExclusiveStartKey":{"x":{"S":"x"},"n":{"N":"3"}}`), q("byxn", "x = :x", `,"ExclusiveStartKey":{"h":{"S":"a"},"r":{"S":"2"},"x":{"S":"y"},"n":{"N":"3"}}`),
			q("some", "x = :x", ""), q("some", "x = :x AND r = :r", ""), q("some", "x = :x", `,"ProjectionExpression":"p"`), q("some", "x = :x", `,"FilterExpression":"p = :p"`), q("some", "x = :x", `,"FilterExpression":"attribute_exists(q)"`),
			q("loc", "h = :h", ""), q("loc", "h = :h", `,"ConsistentRead":true`), q("loc", "h = :h AND n >= :n", ""), q("loc", "h = :h", `,"Select":"ALL_ATTRIBUTES"`), q("loc", "h = :h", `,"ProjectionExpression":"q, r"`), q("loc", "h = :h", `,"Limit":2`), q("loc", "h = :h", `,"ExclusiveStartKey":{"h":{"S":"a"},"r":{"S":"2"},"n":{"N":"3"}}`), q("loc", "h = :h", `,"FilterExpression":"p = :p"`), q("loc", "h = :h", `,"FilterExpression":"n = :n"`),
			q("locp", "h = :h", ""), q("locp", "h = :h AND x = :x", `,"Select":"COUNT"`), q("nowhere", "h = :h", ""),
			q("byx", "x = :x", `,"ReturnConsumedCapacity":"INDEXES"`), q("byx", "x = :x", `,"ReturnConsumedCapacity":"TOTAL"`), q("loc", "h = :h", `,"ReturnConsumedCapacity":"INDEXES"`),
		},
		each("Scan", `{X,"IndexName":"byx","Select":"COUNT"}`, `{X,"IndexName":"byxn","Select":"COUNT"}`, `{X,"IndexName":"loc","Select":"COUNT"}`, `{X,"IndexName":"byx","ConsistentRead":true}`, `{X,"IndexName":"byxn","Select":"ALL_ATTRIBUTES"}`, `{X,"IndexName":"nowhere"}`, `{X,"IndexName":"byxn","ProjectionExpression":"q"}`,
			`{X,"IndexName":"byx","FilterExpression":"x = :x","ExpressionAttributeValues":{":x":{"S":"y"}}}`),
		each("UpdateItem",
			`{X,K,"UpdateExpression":"SET x = :v","ExpressionAttributeValues":{":v":{"S":"y"}},"ReturnConsumedCapacity":"INDEXES","ReturnItemCollectionMetrics":"SIZE"}`,
			`{X,K,"UpdateExpression":"SET x = :v","ExpressionAttributeValues":{":v":{"N":"1"}}}`, `{X,K,"UpdateExpression":"SET x = :v","ExpressionAttributeValues":{":v":{"S":""}}}`, `{X,K,"UpdateExpression":"REMOVE x"}`, `{X,K,"UpdateExpression":"ADD n :v","ExpressionAttributeValues":{":v":{"N":"1"}}}`,
			`{X,K,"UpdateExpression":"SET n = s","ExpressionAttributeValues":{":v":{"N":"1"}}}`, `{X,K,"UpdateExpression":"SET n = q"}`, `{X,K,"AttributeUpdates":{"x":{"Action":"PUT","Value":{"N":"1"}}}}`),
		[]request{q("byx", "x = :x", ""), q("byxn", "x = :x", "")},
		each("DeleteItem", `{X,"Key":{"h":{"S":"a"},"r":{"S":"2"}},"ReturnItemCollectionMetrics":"SIZE"}`),
		[]request{q("byx", "x = :x", ""), q("loc", "h = :h", "")},
		each("DeleteTable", `{X}`),
	))
}
