package dynamodb

import (
	"slices"
	"strings"
)

// table is a CreateTable body: key names, definitions "name:type" and more members.
func table(name string, keys, definitions string, more ...string) string {
	return `{"TableName":"` + name + `","KeySchema":` + keySchema(keys) + `,"AttributeDefinitions":` + attributes(definitions) +
		strings.Join(append([]string{""}, more...), ",") + `}`
}

func keySchema(keys string) string {
	var parts []string
	for i, key := range strings.Fields(keys) {
		kind := []string{"HASH", "RANGE", "RANGE"}[i]
		if name, other, ok := strings.Cut(key, ":"); ok {
			key, kind = name, other
		}
		parts = append(parts, `{"AttributeName":"`+key+`","KeyType":"`+kind+`"}`)
	}
	return "[" + strings.Join(parts, ",") + "]"
}

func attributes(definitions string) string {
	var parts []string
	for _, one := range strings.Fields(definitions) {
		name, kind, ok := strings.Cut(one, ":")
		if !ok {
			kind = "S"
		}
		parts = append(parts, `{"AttributeName":"`+name+`","AttributeType":"`+kind+`"}`)
	}
	return "[" + strings.Join(parts, ",") + "]"
}

// index is one member of a list of indexes.
func index(name, keys, projection string, more ...string) string {
	return `{"IndexName":"` + name + `","KeySchema":` + keySchema(keys) + `,"Projection":` + projection + strings.Join(append([]string{""}, more...), ",") + `}`
}

const (
	onDemand    = `"BillingMode":"PAY_PER_REQUEST"`
	provisioned = `"ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5}`
	whole       = `{"ProjectionType":"ALL"}`
	keysOnly    = `{"ProjectionType":"KEYS_ONLY"}`
)

func global(indexes ...string) string {
	return `"GlobalSecondaryIndexes":[` + strings.Join(indexes, ",") + `]`
}
func locally(indexes ...string) string {
	return `"LocalSecondaryIndexes":[` + strings.Join(indexes, ",") + `]`
}

func repeated(n int, one func(int) string) []string {
	var all []string
	for i := range n {
		all = append(all, one(i))
	}
	return all
}

func creating() []request {
	refused := each("CreateTable",
		`{}`, `{"TableName":"ab"}`, `{"TableName":"a b c"}`, `{"TableName":""}`, `{"TableName":"judged"}`,
		`{T,"KeySchema":[],"AttributeDefinitions":[],"BillingMode":"PAY_PER_REQUEST"}`,
		table("judged", "h", "", onDemand),
		table("judged", "", "h", onDemand),
		table("judged", "h", "h:X", onDemand),
		table("judged", "h", "h", `"BillingMode":"FREE"`),
		table("judged", "h", "h"),
		table("judged", "h", "h", onDemand, provisioned),
		table("judged", "h", "h", `"ProvisionedThroughput":{"ReadCapacityUnits":0,"WriteCapacityUnits":5}`),
		table("judged", "h", "h", `"ProvisionedThroughput":{"ReadCapacityUnits":5}`),
		table("judged", "h", "h x", onDemand),
		table("judged", "h", "x", onDemand),
		table("judged", "h r", "h", onDemand),
		table("judged", "h h", "h", onDemand),
		table("judged", "h h", "h x", onDemand),
		table("judged", "h:RANGE", "h", onDemand),
		table("judged", "h:HASH r:HASH", "h r", onDemand),
		table("judged", "h:KEY", "h", onDemand),
		table("judged", "h r x", "h r x", onDemand),
		table("judged", "h", "h h", onDemand),
	)
	bad := each("CreateTable",
		table("judged", "h r", "h r", onDemand, global()),
		table("judged", "h r", "h r", onDemand, global(index("byx", "x", whole))),
		table("judged", "h r", "h r x", onDemand, global(index("b", "x", whole))),
		table("judged", "h r", "h r x", onDemand, global(index("b y x", "x", whole))),
		table("judged", "h r", "h r x", onDemand, global(`{"IndexName":"byx","KeySchema":`+keySchema("x")+`}`)),
		table("judged", "h r", "h r x", onDemand, global(index("byx", "x", `{}`))),
		table("judged", "h r", "h r x", onDemand, global(index("byx", "x", `{"ProjectionType":"SOME"}`))),
		table("judged", "h r", "h r x", onDemand, global(index("byx", "x", `{"ProjectionType":"INCLUDE"}`))),
		table("judged", "h r", "h r x", onDemand, global(index("byx", "x", `{"ProjectionType":"INCLUDE","NonKeyAttributes":[]}`))),
		table("judged", "h r", "h r x", onDemand, global(index("byx", "x", `{"ProjectionType":"ALL","NonKeyAttributes":["q"]}`))),
		table("judged", "h r", "h r x", onDemand, global(index("byx", "x", `{"ProjectionType":"KEYS_ONLY","NonKeyAttributes":["q"]}`))),
		table("judged", "h r", "h r x", onDemand, global(index("byx", "x", whole), index("byx", "x", whole))),
		table("judged", "h r", "h r x", onDemand, global(index("byx", "x:RANGE", whole))),
		table("judged", "h r", "h r x", onDemand, global(index("byx", "x x", whole))),
		table("judged", "h r", "h r x", onDemand, global(index("byx", "", whole))),
		table("judged", "h r", "h r x", provisioned, global(index("byx", "x", whole))),
		table("judged", "h r", "h r x", provisioned, global(index("byx", "x", whole, `"ProvisionedThroughput":{"ReadCapacityUnits":0,"WriteCapacityUnits":1}`))),
		table("judged", "h r", "h r x y", onDemand, global(index("byx", "x", whole))),
		table("judged", "h", "h x", onDemand, locally(index("loc", "h x", whole))),
		table("judged", "h r", "h r", onDemand, locally(index("loc", "h", whole))),
		table("judged", "h r", "h r x", onDemand, locally(index("loc", "x r", whole))),
		table("judged", "h r", "h r x", onDemand, locally(index("all", "h x", whole)), global(index("all", "x", whole))),
		table("judged", "h r", "h r x", onDemand, locally(repeated(6, func(i int) string { return index("loc"+string(rune('0'+i)), "h x", whole) })...)),
		table("judged", "h r", "h r x", onDemand, global(repeated(21, func(i int) string { return index("byx"+string(rune('a'+i)), "x", whole) })...)),
	)
	good := slices.Concat(
		each("CreateTable", table("judged", "h", "h", onDemand), table("judged", "h", "h", onDemand), table("judged-2", "h r", "h:N r:B", provisioned)),
		each("DeleteTable", `{T}`, `{"TableName":"judged-2"}`),
		each("CreateTable", table("judged", "h r", "h r x:N y:B", onDemand,
			global(index("byx", "x", keysOnly), index("byxy", "x y", `{"ProjectionType":"INCLUDE","NonKeyAttributes":["q","p"]}`)), locally(index("loc", "h x", whole)))),
		each("DeleteTable", `{T}`),
		each("CreateTable", table("judged", "h", "h x", provisioned, global(index("byx", "x", whole, provisioned)))),
	)
	return slices.Concat(each("DeleteTable", `{T}`, `{"TableName":"judged-2"}`), swept(refused), swept(bad), good)
}

// swept are requests that should make no table, each followed by the deletion
// of the one that a lenient server makes.
func swept(requests []request) []request {
	var all []request
	for _, r := range requests {
		all = append(all, r, request{operation: "DeleteTable", body: `{T}`})
	}
	return all
}

func describing() []request {
	return slices.Concat(
		each("DeleteTable", `{T}`, `{"TableName":"judged-b"}`, `{"TableName":"judged-c"}`),
		each("DescribeTable", `{}`, `{T}`, `{"TableName":"x"}`, `{"TableName":null}`, `{"TableName":"a b"}`),
		each("DeleteTable", `{}`, `{T}`, `{"TableName":"x"}`),
		each("CreateTable", createJudged, createJudged, table("judged-b", "h", "h:N", provisioned), table("judged-c", "h", "h:B", onDemand)),
		each("DescribeTable", `{T}`, `{"TableName":"judged-b"}`),
		each("ListTables", `{"ExclusiveStartTableName":"judged","Limit":1}`, `{"ExclusiveStartTableName":"judged-b","Limit":1}`, `{"ExclusiveStartTableName":"judged-c"}`,
			`{"Limit":0}`, `{"Limit":101}`, `{"Limit":-1}`),
		each("DeleteTable", `{"TableName":"judged-b"}`, `{"TableName":"judged-c"}`, `{T}`),
		each("GetItem", `{T,K}`), each("PutItem", `{T,"Item":`+firstItem+`}`), each("Scan", `{T}`),
	)
}

func updatingTables() []request {
	create := func(name, keys, more string) string {
		return `{T,` + more + `"GlobalSecondaryIndexUpdates":[{"Create":` + index(name, keys, keysOnly) + `}]}`
	}
	defined := func(definitions string) string { return `"AttributeDefinitions":` + attributes(definitions) + `,` }
	return slices.Concat(
		each("DeleteTable", `{T}`),
		each("UpdateTable", `{}`, `{T}`, `{T,"BillingMode":"PAY_PER_REQUEST"}`),
		each("CreateTable", table("judged", "h", "h", provisioned)),
		each("UpdateTable",
			`{T}`, `{T,"BillingMode":"FREE"}`, `{T,"BillingMode":"PROVISIONED"}`, `{T,`+provisioned+`}`,
			`{T,"ProvisionedThroughput":{"ReadCapacityUnits":0,"WriteCapacityUnits":1}}`,
			`{T,"ProvisionedThroughput":{"ReadCapacityUnits":7,"WriteCapacityUnits":5}}`,
			`{T,"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}}`,
			`{T,"GlobalSecondaryIndexUpdates":[]}`, `{T,"GlobalSecondaryIndexUpdates":[{}]}`,
			`{T,"GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"byx"}}]}`,
			`{T,"GlobalSecondaryIndexUpdates":[{"Update":{"IndexName":"byx",`+provisioned+`}}]}`,
			`{T,"BillingMode":"PAY_PER_REQUEST"}`, `{T,`+provisioned+`}`,
			create("byx", "x", ""), create("byx", "x", defined("y")), create("b", "x", defined("x")),
			create("byx", "x", defined("x:N"))),
		each("DescribeTable", `{T}`),
		each("DeleteTable", `{T}`),
		each("CreateTable", createJudged),
		each("UpdateTable", create("byh", "h", defined("h:N")), create("byx", "x", defined("x y"))),
	)
}

func timesToLive() []request {
	set := func(enabled, name string) string {
		return `{T,"TimeToLiveSpecification":{"AttributeName":"` + name + `","Enabled":` + enabled + `}}`
	}
	return slices.Concat(
		each("DescribeTimeToLive", `{}`, `{T}`, `{"TableName":"nowhere"}`),
		each("UpdateTimeToLive", `{}`, `{T}`, `{T,"TimeToLiveSpecification":{"AttributeName":"x"}}`, `{T,"TimeToLiveSpecification":{"Enabled":true}}`,
			set("false", "x"), set("true", "x"), set("true", "x"), set("true", "y"), set("false", "y")),
		each("DescribeTimeToLive", `{T}`),
		each("UpdateTimeToLive", set("false", "x"), set("true", "")),
		each("DescribeTimeToLive", `{T}`),
		each("DescribeLimits", `{}`),
	)
}
