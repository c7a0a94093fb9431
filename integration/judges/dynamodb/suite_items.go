package dynamodb

import (
	"fmt"
	"slices"
	"strings"
)

func items() []request {
	put := slices.Concat(
		each("PutItem",
			`{}`, `{T}`, `{T,"Item":{}}`, `{T,"Item":null}`, `{"TableName":"nowhere","Item":{"h":{"S":"a"}}}`, `{"TableName":"x","Item":{"h":{"S":"a"}}}`,
			`{T,"Item":{"h":{"S":"a"}}}`, `{T,"Item":{"r":{"S":"a"}}}`, `{T,"Item":{"h":{"N":"1"},"r":{"S":"1"}}}`, `{T,"Item":{"h":{"S":"a"},"r":{"B":"AA=="}}}`,
			`{T,"Item":{"h":{"S":""},"r":{"S":"1"}}}`, `{T,"Item":{"h":{"S":"a"},"r":{"S":""}}}`, `{T,"Item":{"h":{"S":"a"},"r":{"S":"1"},"":{"S":"x"}}}`,
			`{T,"Item":{"h":{"S":"a"},"r":{"S":"new"},"x":{"S":""},"y":{"B":""},"q":{"L":[]},"p":{"M":{}}}}`,
			`{T,"Item":{"h":{"S":"`+strings.Repeat("k", 2049)+`"},"r":{"S":"1"}}}`, `{T,"Item":{"h":{"S":"a"},"r":{"S":"`+strings.Repeat("k", 1025)+`"}}}`,
			`{T,"Item":{"h":{"S":"`+strings.Repeat("k", 2048)+`"},"r":{"S":"`+strings.Repeat("k", 1024)+`"}}}`,
			`{T,"Item":{"h":{"S":"a"},"r":{"S":"2"}},"ReturnValues":"ALL_NEW"}`, `{T,"Item":{"h":{"S":"a"},"r":{"S":"2"}},"ReturnValues":"SOME"}`,
			`{T,"Item":{"h":{"S":"a"},"r":{"S":"2"}},"ReturnConsumedCapacity":"TOTAL"}`, `{T,"Item":{"h":{"S":"a"},"r":{"S":"2"}},"ReturnConsumedCapacity":"INDEXES"}`,
			`{T,"Item":{"h":{"S":"a"},"r":{"S":"2"}},"ReturnConsumedCapacity":"ALL"}`, `{T,"Item":{"h":{"S":"a"},"r":{"S":"2"}},"ReturnItemCollectionMetrics":"SIZE"}`,
			`{T,"Item":{"h":{"S":"a"},"r":{"S":"2"}},"ReturnItemCollectionMetrics":"ALL"}`, `{T,"Item":{"h":{"S":"a"},"r":{"S":"2"}},"ReturnValues":"ALL_OLD"}`,
			`{T,"Item":{"h":{"S":"é😀"},"r":{"S":"\u0000 <>&"},"é😀":{"S":"é"}}}`),
		each("GetItem", `{T,"Key":{"h":{"S":"é😀"},"r":{"S":"\u0000 <>&"}}}`, `{T,"Key":{"h":{"S":"a"},"r":{"S":"new"}}}`),
	)
	badKeys := []string{
		`{T}`, `{T,"Key":{}}`, `{T,"Key":null}`, `{T,"Key":{"h":{"S":"a"}}}`, `{T,"Key":{"h":{"S":"a"},"r":{"N":"1"}}}`, `{T,"Key":{"h":{"S":"a"},"r":{"S":"1"},"n":{"N":"5"}}}`,
		`{T,"Key":{"h":{"S":"a"},"x":{"S":"1"}}}`, `{T,"Key":{"h":{"S":""},"r":{"S":"1"}}}`, `{T,"Key":{"h":{"S":"a"},"r":{"SS":["1"]}}}`, `{"TableName":"nowhere",K}`,
		`{T,"Key":{"h":{"S":"a"},"r":{"S":"nothing"}}}`,
	}
	var keyed []request
	for _, operation := range []string{"GetItem", "DeleteItem", "UpdateItem"} {
		keyed = append(keyed, each(operation, badKeys...)...)
	}
	return slices.Concat(put, keyed,
		each("GetItem", `{T,K}`, `{T,K,"ConsistentRead":true}`, `{T,K,"ReturnConsumedCapacity":"TOTAL"}`, `{T,K,"ConsistentRead":true,"ReturnConsumedCapacity":"INDEXES"}`,
			`{T,K,"ReturnConsumedCapacity":"x"}`, `{T,"Key":{"h":{"S":"a"},"r":{"S":"nothing"}},"ReturnConsumedCapacity":"TOTAL"}`, `{"TableName":"arn:aws:dynamodb:us-east-1:000000000000:table/nowhere",K}`),
		each("DeleteItem", `{T,K,"ReturnValues":"UPDATED_NEW"}`, `{T,K,"ReturnValues":"ALL_OLD","ReturnConsumedCapacity":"TOTAL"}`, `{T,K,"ReturnValues":"ALL_OLD"}`, `{T,K,"ReturnConsumedCapacity":"INDEXES"}`),
		each("GetItem", `{T,K}`),
	)
}

func values() []request {
	return slices.Concat(
		onFirst("PutItem", filled(`{T,"Item":{"h":{"S":"a"},"r":{"S":"v"},"x":%}}`,
			`{"S":"x"}`, `{"N":"1"}`, `{"B":"AQ=="}`, `{"BOOL":false}`, `{"NULL":true}`, `{"NULL":false}`, `{"SS":["a"]}`, `{"SS":[]}`, `{"SS":["a","a"]}`, `{"SS":[""]}`,
			`{"NS":["1","2"]}`, `{"NS":[]}`, `{"NS":["1","1.0"]}`, `{"BS":["AQ=="]}`, `{"BS":[]}`, `{"BS":["AQ==","AQ=="]}`, `{"L":[]}`, `{"L":[{"S":"a"},{"N":"1"}]}`, `{"M":{}}`,
			`{"M":{"a":{"M":{"b":{"L":[{"NULL":true}]}}}}}`, `{}`, `{"S":"a","N":"1"}`, `{"X":"a"}`, `{"L":[{}]}`, `{"M":{"a":{}}}`, `{"L":[{"S":"a","N":"1"}]}`, `{"NS":["a"]}`, `{"N":""}`, `{"N":"abc"}`,
			nested(31), nested(32), nested(33))...),
		each("GetItem", `{T,"Key":{"h":{"S":"a"},"r":{"S":"v"}}}`),
	)
}

func nested(levels int) string {
	return strings.Repeat(`{"L":[`, levels) + `{"S":"x"}` + strings.Repeat(`]}`, levels)
}

func numbers() []request {
	return slices.Concat(
		onFirst("UpdateItem", filled(`{T,K,"UpdateExpression":"SET n = :v","ExpressionAttributeValues":{":v":{"N":"%"}},"ReturnValues":"UPDATED_NEW"}`,
			"0", "-0", "00", "1.0", "-1.50", "+3", "1e3", "1E+3", "1e-3", ".5", "5.", "1e125", "1e126", "9.9999999999999999999999999999999999999E125", "1e-130", "1e-131", "-1e125",
			"12345678901234567890123456789012345678", "123456789012345678901234567890123456789", "0.000000000000000000000000000000000000001", "100000000000000000000000000000000000000000", "", " ", "1 ", "0x1", "NaN", "Infinity", "1_0", "--1", "1e", "e1", "1.2.3")...),
		onFirst("UpdateItem", filled(`{T,K,"UpdateExpression":"SET n = n + :v","ExpressionAttributeValues":{":v":{"N":"%"}},"ReturnValues":"UPDATED_NEW"}`,
			"1", "-5", "0.1", "1e20", "-1e-20", "99999999999999999999999999999999999999")...),
		onFirst("UpdateItem", filled(`{T,K,"UpdateExpression":"ADD n :v","ExpressionAttributeValues":{":v":{"N":"%"}},"ReturnValues":"UPDATED_NEW"}`, "1", "-7.25", "1e30")...),
	)
}

func conditions() []request {
	holds := []string{
		"n = :five", "n <> :five", "n < :five", "n <= :five", "n > :five", "n >= :five", "n = :s", "n <> :s", "n < :s", "q = :five", "q <> :five", ":five = n", ":five = :five", ":five < :s",
		"n BETWEEN :one AND :five", "n BETWEEN :five AND :one", "n BETWEEN :one AND :s", "n IN (:one, :five)", "n IN (:one)", "n IN ()", "n IN (:one", "q IN (:one)",
		"attribute_exists(n)", "attribute_exists(q)", "attribute_not_exists(q)", "attribute_not_exists(n)", "attribute_exists(m.k)", "attribute_exists(l[0])", "attribute_exists(l[9])", "attribute_exists(:five)", "attribute_exists(n, s)", "attribute_exists()",
		"attribute_type(n, :N)", "attribute_type(s, :N)", "attribute_type(n, :s)", "attribute_type(n, :five)", "attribute_type(n, s)", "attribute_type(q, :N)",
		"begins_with(s, :he)", "begins_with(s, :s)", "begins_with(n, :he)", "begins_with(s, :five)", "begins_with(:s, :he)", "begins_with(q, :he)",
		"contains(s, :ell)", "contains(ss, :x)", "contains(l, :x)", "contains(ns, :one)", "contains(n, :one)", "contains(s, :five)", "contains(q, :x)", "contains(m, :x)",
		"size(s) = :five", "size(ss) = :two", "size(l) > :two", "size(m) = :two", "size(b) > :two", "size(n) = :one", "size(q) = :one", "size(s)", "size(:s) = :five", "size(size(s)) = :five",
		"NOT n = :five", "NOT (n = :five)", "n = :five AND q = :one", "n = :five OR q = :one", "n = :one OR s = :s AND q = :one", "(n = :one OR s = :s) AND t = :true", "NOT attribute_exists(q) AND NOT n = :one",
		"m.k = :one", "m.d.e = :f", "l[1] = :two", "l[2][0] = :three", "m = :m", "l = :l", "ss = :xy", "z = :null", "t = :true", "b = :b",
		"n = n", "m.k = m.k", "n = m.k", "((n = :five))", "(((n = :five)))", "(n) = :five", "n = (:five)", "", " ", "n", "n =", "= :five", "n == :five", "n = :five AND", "AND n = :five", "n = :five n = :five", "n ! :five",
		"n = :five)", "(n = :five", "n = :undefined", "#undefined = :five", "#n = :five", "size = :five", "n.= :five", "n[ = :five", "n[a] = :five", "n[-1] = :five", "n = 5", "n = 'x'", "n = :five;", "name = :five",
		"contains(s)", "contains(s, :x, :x)", "begins_with(s)", "nofunction(s)", "nofunction(s, :x)", "if_not_exists(n, :five) = :five", "list_append(l, l) = :l", "attribute_exists(n) = :true", "n = attribute_exists(n)", "Contains(s, :ell)", "n between :one and :five", "n in (:five)", "not n = :one", "n = :five or n = :one",
		"é = :five", "n = :é", "a.b.c.d = :five", "m.#k = :one", "#n.#k = :one", "b[0] = :five", "_a = :five", "1a = :five", "a-b = :five", "ss = :x", "ss IN (:xy)", "m IN (:m)", "t < :true", "t BETWEEN :true AND :true", "l < :l", "n = :n",
	}
	values := map[string]string{
		":five": `{"N":"5"}`, ":one": `{"N":"1"}`, ":two": `{"N":"2"}`, ":three": `{"N":"3"}`, ":s": `{"S":"hello"}`, ":he": `{"S":"he"}`, ":ell": `{"S":"ell"}`, ":x": `{"S":"x"}`, ":N": `{"S":"N"}`, ":f": `{"S":"f"}`,
		":true": `{"BOOL":true}`, ":null": `{"NULL":true}`, ":xy": `{"SS":["y","x"]}`, ":b": `{"B":"AAEC"}`, ":m": `{"M":{"k":{"N":"1.0"},"d":{"M":{"e":{"S":"f"}}}}}`,
		":l": `{"L":[{"S":"x"},{"N":"2"},{"L":[{"N":"3"}]}]}`,
	}
	names := map[string]string{"#n": "n", "#k": "k"}
	var all []request
	for _, text := range holds {
		all = append(all, request{operation: "UpdateItem", body: `{T,K,"ConditionExpression":` + quoted(text) + used(text, names, values) + `}`})
	}
	return slices.Concat(all,
		each("PutItem",
			`{T,"Item":{"h":{"S":"a"},"r":{"S":"1"}},"ConditionExpression":"attribute_not_exists(h)"}`,
			`{T,"Item":{"h":{"S":"a"},"r":{"S":"1"}},"ConditionExpression":"attribute_not_exists(h)","ReturnValuesOnConditionCheckFailure":"ALL_OLD"}`,
			`{T,"Item":{"h":{"S":"a"},"r":{"S":"1"}},"ConditionExpression":"attribute_not_exists(h)","ReturnValuesOnConditionCheckFailure":"ALL_NEW"}`,
			`{T,"Item":{"h":{"S":"b"},"r":{"S":"1"}},"ConditionExpression":"attribute_exists(h)","ReturnValuesOnConditionCheckFailure":"ALL_OLD"}`,
			`{T,"Item":{"h":{"S":"b"},"r":{"S":"1"}},"ExpressionAttributeValues":{":v":{"N":"1"}}}`, `{T,"Item":{"h":{"S":"b"},"r":{"S":"1"}},"ExpressionAttributeNames":{"#a":"b"}}`,
			`{T,"Item":{"h":{"S":"b"},"r":{"S":"1"}},"ConditionExpression":"n = :v","ExpressionAttributeValues":{}}`,
			`{T,"Item":{"h":{"S":"b"},"r":{"S":"1"}},"ConditionExpression":"attribute_exists(h)","ExpressionAttributeNames":{}}`,
			`{T,"Item":{"h":{"S":"b"},"r":{"S":"1"}},"ConditionExpression":"n = :v","ExpressionAttributeValues":{"v":{"N":"1"}}}`,
			`{T,"Item":{"h":{"S":"b"},"r":{"S":"1"}},"ConditionExpression":"n = :v","ExpressionAttributeValues":{":v":{"N":"x"}}}`,
			`{T,"Item":{"h":{"S":"b"},"r":{"S":"1"}},"ConditionExpression":"n = :v","ExpressionAttributeValues":{":v":{}}}`,
			`{T,"Item":{"h":{"S":"b"},"r":{"S":"1"}},"ConditionExpression":"attribute_exists(#a)","ExpressionAttributeNames":{"a":"b"}}`,
			`{T,"Item":{"h":{"S":"b"},"r":{"S":"1"}},"ConditionExpression":"attribute_exists(#a)","ExpressionAttributeNames":{"#a":""}}`,
			`{T,"Item":{"h":{"S":"b"},"r":{"S":"1"}},"ConditionExpression":"attribute_exists(#a)","ExpressionAttributeNames":{"#a":"h","#b":"r"}}`,
			`{T,"Item":{"h":{"S":"b"},"r":{"S":"1"}},"ConditionExpression":"n = :v","ExpressionAttributeValues":{":v":{"N":"1"},":w":{"N":"1"}}}`),
		each("DeleteItem", `{T,K,"ConditionExpression":"n = :v","ExpressionAttributeValues":{":v":{"N":"6"}}}`, `{T,K,"ConditionExpression":"n = :v","ExpressionAttributeValues":{":v":{"N":"5"}},"ReturnValues":"ALL_OLD"}`,
			`{T,K,"ConditionExpression":"attribute_exists(h)"}`),
	)
}

// used writes the members for the placeholders that an expression has.
func used(text string, names, values map[string]string) string {
	out := ""
	for member, known := range map[string]map[string]string{"ExpressionAttributeNames": names, "ExpressionAttributeValues": values} {
		var parts []string
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,()=<>+-.[];", r) }) {
			if meaning, ok := known[word]; ok {
				if word[0] == '#' {
					meaning = quoted(meaning)
				}
				if part := quoted(word) + ":" + meaning; !slices.Contains(parts, part) {
					parts = append(parts, part)
				}
			}
		}
		if len(parts) > 0 {
			out += fmt.Sprintf(`,%q:{%s}`, member, strings.Join(parts, ","))
		}
	}
	return out
}

func quoted(text string) string { return written(text) }

func updates() []request {
	texts := []string{
		"SET n = :five", "SET n = n + :one", "SET n = n - :one", "SET n = :one - n", "SET n = s + :one", "SET n = q + :one", "SET q = :five", "SET q = n", "SET q = s, n = :one", "SET n = :one, n = :five", "SET q = p",
		"SET q = if_not_exists(n, :one)", "SET q = if_not_exists(q, :one)", "SET n = if_not_exists(q, :one) + :one", "SET n = if_not_exists(:one, :one)", "SET q = if_not_exists(q, if_not_exists(n, :one))", "SET q = if_not_exists(n)",
		"SET l = list_append(l, :l)", "SET l = list_append(:l, l)", "SET l = list_append(q, :l)", "SET q = list_append(if_not_exists(q, :l), :l)", "SET l = list_append(n, :l)", "SET l = list_append(l, :one)", "SET q = list_append(l, l) + :one",
		"SET l[0] = :one", "SET l[9] = :one", "SET l[9] = :one, l[8] = :five", "SET l[0].a = :one", "SET l[2][0] = :one", "SET m.k = :five", "SET m.x = :five", "SET m.d.e = :five", "SET m.x.y = :five", "SET q.x = :five", "SET n.x = :five", "SET m[0] = :one", "SET m.k = m.k + :one",
		"SET m.k = :one, m.d.e = :five", "SET m = :m, m.k = :one", "SET m.k = :one, m.k.x = :five", "SET l[0] = :one, l[1] = :five", "SET l[0] = l[1], l[1] = l[0]", "SET m.k = :one, m[0] = :one",
		"REMOVE n", "REMOVE q", "REMOVE n, s", "REMOVE m.k", "REMOVE m.x", "REMOVE q.x", "REMOVE l[0]", "REMOVE l[9]", "REMOVE l[0], l[1]", "REMOVE l[1], l[0]", "REMOVE l[2][0]", "REMOVE m.d.e", "REMOVE n, n", "REMOVE h", "REMOVE r", "REMOVE m.d, m.d.e",
		"ADD n :one", "ADD q :one", "ADD ss :z", "ADD ss :xy", "ADD q :xy", "ADD s :one", "ADD n :xy", "ADD ns :ns", "ADD bs :bs", "ADD n :s", "ADD l :l", "ADD m.k :one", "ADD m.x :one", "ADD q.x :one", "ADD l[1] :one", "ADD n one", "ADD n :one :one", "ADD n = :one",
		"DELETE ss :xy", "DELETE ss :z", "DELETE q :xy", "DELETE n :xy", "DELETE ss :s", "DELETE ss :one", "DELETE ns :ns", "DELETE q.x :xy", "DELETE ss :x1",
		"SET n = :one REMOVE s ADD q :five DELETE ss :x1", "SET n = :one SET s = :s", "REMOVE n REMOVE s", "SET n = :one REMOVE n", "ADD n :one SET n = :five", "set n = :one remove s",
		"SET h = :s", "SET r = :s", "SET h.x = :s", "ADD h :one", "", " ", "SET", "SET n", "SET n =", "SET n = :one,", "SET n = :one + ", "SET n = :one + :one + :one", "SET n = (:one)", "SET n = (n + :one)", "SET n = ((n + :one))", "SET n = :undefined", "SET #undefined = :one", "SET #n = :one", "n = :one", "SET n == :one", "SET n := :one",
		"SET size = :one", "SET name = :one", "SET n = size(s)", "SET n = attribute_exists(s)", "SET n = nofunction(s)", "SET n = contains(s, :s)", "SET n = n * :one", "SET n = 5", "SET n = 's'", "SET n.. = :one", "SET n[ = :one", "SET l[a] = :one", "SET l[-1] = :one", "SET l[99999999999] = :one", "UPDATE n = :one", "SET n = :one; ", "SET n = -:one", "SET n = +:one",
		"SET n = :one, s = :s, q = :xy, p = :l, o = :m", "REMOVE", "ADD", "DELETE", "ADD n", "DELETE ss", "SET n = :s + :one", "SET n = :one + :s", "SET n = :xy", "SET t = :one", "SET z = :one", "SET a.b = :one", "SET #n.#k = :one", "SET m.#k = :five",
	}
	values := map[string]string{
		":five": `{"N":"5"}`, ":one": `{"N":"1"}`, ":s": `{"S":"text"}`, ":xy": `{"SS":["x","y"]}`, ":x1": `{"SS":["x"]}`, ":z": `{"SS":["z","x"]}`, ":ns": `{"NS":["2.0","3"]}`, ":bs": `{"BS":["Aw=="]}`, ":l": `{"L":[{"N":"9"}]}`, ":m": `{"M":{"a":{"N":"1"}}}`,
	}
	names := map[string]string{"#n": "n", "#k": "k"}
	var bodies []string
	for _, text := range texts {
		bodies = append(bodies, `{T,K,"ReturnValues":"ALL_NEW","UpdateExpression":`+quoted(text)+used(text, names, values)+`}`)
	}
	return slices.Concat(onFirst("UpdateItem", bodies...),
		each("UpdateItem",
			`{T,"Key":{"h":{"S":"new"},"r":{"S":"1"}},"ReturnValues":"ALL_NEW"}`,
			`{T,"Key":{"h":{"S":"new"},"r":{"S":"2"}},"UpdateExpression":"REMOVE x","ReturnValues":"ALL_NEW"}`,
			`{T,"Key":{"h":{"S":"new"},"r":{"S":"3"}},"UpdateExpression":"SET n = n + :one","ExpressionAttributeValues":{":one":{"N":"1"}},"ReturnValues":"ALL_NEW"}`,
			`{T,"Key":{"h":{"S":"new"},"r":{"S":"4"}},"UpdateExpression":"ADD n :one","ExpressionAttributeValues":{":one":{"N":"1"}},"ReturnValues":"ALL_OLD"}`,
			`{T,K,"UpdateExpression":"SET n = :one","ExpressionAttributeValues":{":one":{"N":"1"},":two":{"N":"1"}}}`,
			`{T,K,"ExpressionAttributeValues":{":one":{"N":"1"}}}`, `{T,K,"ExpressionAttributeNames":{"#one":"x"}}`,
			`{T,K,"UpdateExpression":"SET n = :one","ConditionExpression":"n = :one AND #n = :two","ExpressionAttributeNames":{"#n":"n"},"ExpressionAttributeValues":{":one":{"N":"1"},":two":{"N":"1"}}}`),
		each("Query", `{T,"KeyConditionExpression":"h = :h","ExpressionAttributeValues":{":h":{"S":"new"}}}`),
	)
}

func projections() []request {
	return slices.Concat(
		each("GetItem", filled(`{T,K,"ProjectionExpression":"%"}`,
			"n", "n, s", "q", "n,q", "m.k", "m.d", "m.d.e", "m.x", "l[0]", "l[2]", "l[2][0]", "l[9]", "l[0], l[2]", "l[2], l[0]", "m.k, m.d", "n, n", "m, m.k", "m.k, m", "l, l[0]", "m.k, m[0]", "", " ", ",", "n,", ",n", "n s", "n.", "n[", "n[a]", "n[0", "size", "name", "n = s", "h", "r, h", "é", "1", "n-s", ":n", "n()", "m.d.e, m.d.f, m.k")...),
		each("GetItem", `{T,K,"ProjectionExpression":"#a, #b.#c","ExpressionAttributeNames":{"#a":"n","#b":"m","#c":"k"}}`, `{T,K,"ProjectionExpression":"#a","ExpressionAttributeNames":{"#a":"m.k"}}`,
			`{T,K,"ProjectionExpression":"#a"}`, `{T,K,"ExpressionAttributeNames":{"#a":"n"}}`, `{T,K,"ProjectionExpression":"n","ExpressionAttributeNames":{"#a":"n"}}`, `{T,K,"ProjectionExpression":"n","ExpressionAttributeNames":{}}`,
			`{T,K,"ProjectionExpression":"#a, n","ExpressionAttributeNames":{"#a":"n"}}`, `{T,"Key":{"h":{"S":"a"},"r":{"S":"nothing"}},"ProjectionExpression":"n"}`),
	)
}

func returning() []request {
	var bodies []string
	for _, ask := range []string{"NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW", "SOME"} {
		bodies = append(bodies,
			`{T,K,"ReturnValues":"`+ask+`","UpdateExpression":"SET n = :v, q = :v REMOVE s","ExpressionAttributeValues":{":v":{"N":"7"}}}`,
			`{T,K,"ReturnValues":"`+ask+`","UpdateExpression":"SET m.k = :v, l[0] = :v","ExpressionAttributeValues":{":v":{"N":"7"}}}`,
			`{T,K,"ReturnValues":"`+ask+`","UpdateExpression":"REMOVE q, m.d.e, l[1]"}`,
			`{T,K,"ReturnValues":"`+ask+`","UpdateExpression":"SET l[9] = :v, m.x = :v","ExpressionAttributeValues":{":v":{"N":"7"}}}`,
			`{T,K,"ReturnValues":"`+ask+`","UpdateExpression":"ADD n :v, q :v","ExpressionAttributeValues":{":v":{"N":"7"}}}`,
			`{T,K,"ReturnValues":"`+ask+`"}`)
	}
	return slices.Concat(onFirst("UpdateItem", bodies...),
		onFirst("UpdateItem", `{T,K,"UpdateExpression":"SET n = :v","ConditionExpression":"n = :w","ExpressionAttributeValues":{":v":{"N":"7"},":w":{"N":"8"}},"ReturnValuesOnConditionCheckFailure":"ALL_OLD","ReturnValues":"ALL_NEW"}`,
			`{T,"Key":{"h":{"S":"x"},"r":{"S":"x"}},"ConditionExpression":"attribute_exists(h)","ReturnValuesOnConditionCheckFailure":"ALL_OLD"}`),
	)
}
