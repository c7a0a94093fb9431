package localdynamo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

// shards are the range keys of items, in their order.
func shards(items []attrs) []string {
	var ids []string
	for _, it := range items {
		ids = append(ids, it["shardId"].(*types.AttributeValueMemberS).Value)
	}
	return ids
}

// withShards puts the rows 00 .. n-1 and two heartbeats.
func (w *world) withShards(n int) *world {
	w.Helper()
	for i := range n {
		w.put(fmt.Sprintf("%02d", i), attrs{"i": N(fmt.Sprint(i))})
	}
	w.put("__node__#node-0", attrs{"nodeHeartbeat": N("1")})
	w.put("__node__#node-1", attrs{"nodeHeartbeat": N("2")})
	return w
}

func TestQueryReadsTheStretchItsKeyConditionNames(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases().withShards(10)
	for _, c := range []struct {
		condition string
		a, b      string
		want      string
	}{
		{"shardId = :a", "03", "", "03"},
		{"shardId < :a", "02", "", "00 01"},
		{"shardId <= :a", "02", "", "00 01 02"},
		{"shardId > :a AND streamName = :s", "07", "", "08 09 __node__#node-0 __node__#node-1"},
		{":a <= shardId", "08", "", "08 09 __node__#node-0 __node__#node-1"},
		{"shardId BETWEEN :a AND :b", "03", "05", "03 04 05"},
		{"begins_with(shardId, :a)", "__node__#", "", "__node__#node-0 __node__#node-1"},
		{"(begins_with(shardId, :a))", "zz", "", ""},
	} {
		t.Run(c.condition, func(t *testing.T) {
			condition := c.condition
			if !strings.Contains(condition, "streamName") {
				condition = "streamName = :s AND " + condition
			}
			values := attrs{":s": S("quakes"), ":a": S(c.a)}
			if c.b != "" {
				values[":b"] = S(c.b)
			}
			for _, forward := range []bool{true, false} {
				out, err := w.db.Query(t.Context(), &dynamodb.QueryInput{
					TableName: aws.String(leases), KeyConditionExpression: &condition, ExpressionAttributeValues: values,
					ConsistentRead: aws.Bool(true), ScanIndexForward: &forward,
				})
				if err != nil {
					t.Fatal(err)
				}
				want := strings.Fields(c.want)
				if !forward {
					slices.Reverse(want)
				}
				if got := shards(out.Items); !slices.Equal(got, want) || int(out.Count) != len(want) {
					t.Errorf("forward %v: got %v, count %d, want %v", forward, got, out.Count, want)
				}
			}
		})
	}
}

func TestQueryPagesByLimitInBothDirections(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases().withShards(10)
	for _, forward := range []bool{true, false} {
		pages := dynamodb.NewQueryPaginator(w.db, &dynamodb.QueryInput{
			TableName: aws.String(leases), KeyConditionExpression: aws.String("streamName = :s"), FilterExpression: aws.String("i >= :three"),
			ExpressionAttributeValues: attrs{":s": S("quakes"), ":three": N("3")}, Limit: aws.Int32(5), ScanIndexForward: &forward,
		})
		var got []string
		scanned, count := 0, 0
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, shards(page.Items)...)
			scanned += int(page.ScannedCount)
			count++
		}
		want := []string{"03", "04", "05", "06", "07", "08", "09"}
		if !forward {
			slices.Reverse(want)
		}
		if !slices.Equal(got, want) || scanned != 12 || count != 3 {
			t.Errorf("forward %v: got %v in %d pages, %d scanned; want %v in 3 pages, 12 scanned", forward, got, count, scanned, want)
		}
	}
}

func TestPagesEndAtOneMebibyte(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	const rows, size = 25, 100_000
	for i := range rows {
		w.put(fmt.Sprintf("%02d", i), attrs{"d": S(strings.Repeat("x", size))})
	}
	first, err := w.db.Query(t.Context(), &dynamodb.QueryInput{
		TableName: aws.String(leases), KeyConditionExpression: aws.String("streamName = :s"), ExpressionAttributeValues: attrs{":s": S("quakes")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if first.Count != 11 || first.LastEvaluatedKey["shardId"].(*types.AttributeValueMemberS).Value != "10" {
		t.Errorf("the first page has %d rows up to %v, want 11 up to 10", first.Count, first.LastEvaluatedKey)
	}
	total := 0
	pages := dynamodb.NewScanPaginator(w.db, &dynamodb.ScanInput{TableName: aws.String(leases), Select: types.SelectCount})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if page.Items != nil {
			t.Error("a COUNT answer carries items")
		}
		total += int(page.Count)
	}
	if total != rows {
		t.Errorf("scan counted %d rows, want %d", total, rows)
	}
}

func TestScanMeetsEveryRowOnceWhateverTheLimitAndSegments(t *testing.T) {
	w := newWorld(t, localdynamo.Options{})
	w.create("kcl-app", "leaseKey")
	for i := range 32 {
		_, err := w.db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("kcl-app"), Item: attrs{"leaseKey": S(fmt.Sprintf("shardId-%012d", i)), "i": N(fmt.Sprint(i))}})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, segments := range []int32{0, 3} {
		seen := map[string]int{}
		for segment := range max(segments, 1) {
			in := &dynamodb.ScanInput{
				TableName: aws.String("kcl-app"), Limit: aws.Int32(7), ConsistentRead: aws.Bool(true),
				FilterExpression: aws.String("i < :n"), ExpressionAttributeValues: attrs{":n": N("30")}, ProjectionExpression: aws.String("leaseKey"),
			}
			if segments > 0 {
				in.Segment, in.TotalSegments = &segment, &segments
			}
			for pages := dynamodb.NewScanPaginator(w.db, in); pages.HasMorePages(); {
				page, err := pages.NextPage(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				for _, it := range page.Items {
					seen[it["leaseKey"].(*types.AttributeValueMemberS).Value] += len(it)
				}
			}
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("%d segments: %s met %d times or with more than its key", segments, id, n)
			}
		}
		if len(seen) != 30 {
			t.Errorf("%d segments: %d rows, want 30", segments, len(seen))
		}
	}
}

func TestImpossibleQueriesAreRefused(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases().withShards(1)
	for _, c := range []struct{ condition, want string }{
		{"streamName = :s OR shardId = :s", "Invalid operator used in KeyConditionExpression: OR"},
		{"streamName < :s", "Query key condition not supported"},
		{"shardId = :s", "Query condition missed key schema element: streamName"},
		{"streamName = :s AND i = :s", "Query condition missed key schema element: shardId"},
		{"streamName = :s AND streamName = :s", "KeyConditionExpressions must only contain one condition per key"},
		{"streamName = :s AND shardId <> :s", "Invalid operator used in KeyConditionExpression: <>"},
		{"streamName.x = :s", "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: streamName"},
		{"streamName = shardId AND streamName = :s", "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition"},
		{":s = :s", "Invalid condition in KeyConditionExpression: No key attribute specified"},
	} {
		_, err := w.db.Query(t.Context(), &dynamodb.QueryInput{TableName: aws.String(leases), KeyConditionExpression: &c.condition, ExpressionAttributeValues: attrs{":s": S("quakes")}})
		if code(err) != "ValidationException" || message(err) != c.want {
			t.Errorf("%s: got %v, want %s", c.condition, err, c.want)
		}
	}
	_, err := w.db.Query(t.Context(), &dynamodb.QueryInput{
		TableName: aws.String(leases), KeyConditionExpression: aws.String("streamName = :s"), FilterExpression: aws.String("shardId = :s"), ExpressionAttributeValues: attrs{":s": S("quakes")},
	})
	if want := "Filter Expression can only contain non-primary key attributes: Primary key attribute: shardId"; message(err) != want {
		t.Errorf("filter on the key: got %v, want %s", err, want)
	}
	_, err = w.db.Query(t.Context(), &dynamodb.QueryInput{
		TableName: aws.String(leases), IndexName: aws.String("byOwner"), KeyConditionExpression: aws.String("streamName = :s"), ExpressionAttributeValues: attrs{":s": S("quakes")},
	})
	if want := "The table does not have the specified index: byOwner"; message(err) != want {
		t.Errorf("index: got %v, want %s", err, want)
	}
}
