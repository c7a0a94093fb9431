package quakes

import (
	"encoding/json"
	"fmt"
	"strings"
)

// leaseTable is the DynamoDB table of the connector that dev configures.
const leaseTable = "kinesnow-quakes"

// lease is a shard's row in the lease table, as text.
type lease struct {
	Owner, Epoch, Counter, Committed, Settled, WriteNo, State string
}

// state is the shard's state, or who owns it.
func (l lease) state() string {
	if l.State != "" {
		return l.State
	}
	if l.Owner == "" {
		return "free"
	}
	return "owned"
}

// leases reads all shards' rows, by shard.
func (a *aws) leases(table string) (map[string]lease, error) {
	var answer struct{ Items []map[string]map[string]any }
	if err := a.call("dynamodb", "scan", map[string]any{"TableName": table, "ConsistentRead": true}, &answer); err != nil {
		return nil, err
	}
	rows := map[string]lease{}
	for _, item := range answer.Items {
		id := attribute(item, "shardId")
		if !strings.HasPrefix(id, "shardId-") {
			continue
		}
		rows[id] = lease{
			Owner: attribute(item, "leaseOwner"), Epoch: attribute(item, "leaseEpoch"), Counter: attribute(item, "leaseCounter"),
			Committed: attribute(item, "committedToken"), Settled: attribute(item, "settled"),
			WriteNo: attribute(item, "writeNo"), State: attribute(item, "shardState"),
		}
	}
	return rows, nil
}

// attribute is a DynamoDB attribute's value as text, "" for none.
func attribute(item map[string]map[string]any, name string) string {
	for _, value := range item[name] {
		switch v := value.(type) {
		case string:
			return v
		case bool:
			return fmt.Sprint(v)
		}
		text, err := json.Marshal(value)
		if err != nil {
			return fmt.Sprint(value)
		}
		return string(text)
	}
	return ""
}
