package dynamodb

import (
	"fmt"
	"slices"
	"strings"
)

// chapter is the part of the suite that becomes one line of the table. Its
// requests build on one another, in their order; every chapter starts with
// tables of its own.
type chapter struct {
	name     string
	requests []request
	deadly   bool // dynalite's process ends with one of them
}

// suite is all of it.
func suite() []chapter {
	return []chapter{
		{name: "CreateTable", requests: creating()},
		{name: "DescribeTable, ListTables, DeleteTable", requests: describing()},
		{name: "UpdateTable", requests: updatingTables()},
		{name: "PutItem, GetItem, DeleteItem", requests: fresh(items())},
		{name: "attribute values", requests: fresh(values())},
		{name: "numbers", requests: fresh(numbers())},
		{name: "ConditionExpression", requests: fresh(conditions())},
		{name: "UpdateExpression", requests: fresh(updates())},
		{name: "ProjectionExpression", requests: fresh(projections())},
		{name: "ReturnValues", requests: fresh(returning())},
		{name: "Query", requests: fresh(queries())},
		{name: "Scan", requests: unordered(fresh(scans()))},
		{name: "paging", requests: fresh(paging())},
		{name: "secondary indexes", requests: indexed()},
		{name: "Expected, AttributeUpdates", requests: fresh(legacyWrites())},
		{name: "KeyConditions, QueryFilter, ScanFilter", requests: unordered(fresh(legacyReads()))},
		{name: "BatchGetItem, BatchWriteItem", requests: unordered(fresh(batches()))},
		{name: "TransactWriteItems, TransactGetItems", requests: fresh(transactions())},
		{name: "time to live", requests: fresh(timesToLive())},
		{name: "malformed bodies", requests: fresh(malformed()), deadly: true},
		{name: "sizes", requests: fresh(sizes())},
	}
}

// the row every chapter on items starts with.
const firstItem = `{"h":{"S":"a"},"r":{"S":"1"},"n":{"N":"5"},"s":{"S":"hello"},"b":{"B":"AAEC"},"t":{"BOOL":true},"z":{"NULL":true},` +
	`"ss":{"SS":["x","y"]},"ns":{"NS":["1","2"]},"bs":{"BS":["AQ==","Ag=="]},"l":{"L":[{"S":"x"},{"N":"2"},{"L":[{"N":"3"}]}]},"m":{"M":{"k":{"N":"1"},"d":{"M":{"e":{"S":"f"}}}}}}`

const createJudged = `{T,"BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"h","KeyType":"HASH"},{"AttributeName":"r","KeyType":"RANGE"}],` +
	`"AttributeDefinitions":[{"AttributeName":"h","AttributeType":"S"},{"AttributeName":"r","AttributeType":"S"}]}`

// again puts the first item back.
var again = request{operation: "PutItem", body: `{T,"Item":` + firstItem + `}`}

// fresh lets requests begin with an empty table that holds the first item.
func fresh(requests []request) []request {
	return slices.Concat([]request{{operation: "DeleteTable", body: `{T}`}, {operation: "CreateTable", body: createJudged}, again}, requests)
}

// unordered are requests whose answers list items in any order.
func unordered(requests []request) []request {
	all := slices.Clone(requests)
	for i := range all {
		all[i].anyOrder = true
	}
	return all
}

// each sends one operation with many bodies.
func each(operation string, bodies ...string) []request {
	all := make([]request, len(bodies))
	for i, body := range bodies {
		all[i] = request{operation: operation, body: body}
	}
	return all
}

// onFirst sends one operation with many bodies, each on the first item as it was.
func onFirst(operation string, bodies ...string) []request {
	var all []request
	for _, body := range bodies {
		all = append(all, again, request{operation: operation, body: body})
	}
	return all
}

// filled is a body format with many fillings.
func filled(format string, fillings ...string) []string {
	all := make([]string, len(fillings))
	for i, filling := range fillings {
		all[i] = strings.ReplaceAll(format, "%", filling)
	}
	return all
}

// rows are n items of one hash key value, with increasing range key and number.
func rows(hash string, n int) []request {
	var all []request
	for i := range n {
		all = append(all, request{operation: "PutItem", body: fmt.Sprintf(`{T,"Item":{"h":{"S":%q},"r":{"S":"%03d"},"n":{"N":"%d"},"odd":{"BOOL":%v}}}`, hash, i, i*i, i%2 == 1)})
	}
	return all
}
