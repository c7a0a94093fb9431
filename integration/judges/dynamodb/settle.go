package dynamodb

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// settleTime is how long a table may be on its way from one state to the next.
const settleTime = time.Minute

// settled sends a request and, where it changes a table, waits until the table
// has arrived: every server takes a time of its own.
func settled(ctx context.Context, url string, r request) (answer, error) {
	a, err := ask(ctx, url, r)
	if err != nil || a.status != 200 || !strings.HasSuffix(r.operation, "Table") || r.operation == "DescribeTable" {
		return a, err
	}
	var named struct{ TableName string }
	if err := json.Unmarshal([]byte(expand.Replace(r.body)), &named); err != nil {
		return a, err
	}
	until := time.Now().Add(settleTime)
	for {
		resting, err := isResting(ctx, url, named.TableName)
		if err != nil || resting {
			return a, err
		}
		if time.Now().After(until) {
			return a, fmt.Errorf("table %s is still on its way after %v", named.TableName, settleTime)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// isResting tells whether a table is gone, or ACTIVE with all its indexes.
func isResting(ctx context.Context, url, table string) (bool, error) {
	raw, err := post(ctx, url, request{operation: "DescribeTable", body: fmt.Sprintf(`{"TableName":%q}`, table)})
	if err != nil {
		return false, err
	}
	text := string(raw.body)
	for _, state := range []string{"CREATING", "UPDATING", "DELETING"} {
		if strings.Contains(text, `Status":"`+state+`"`) {
			return false, nil
		}
	}
	return true, nil
}
