package localdynamo

// describeLimits is DescribeLimits: the capacity an account may provision.
// Amazon DynamoDB Developer Guide, "Quotas": 80,000 units an account and
// 40,000 a table.
type describeLimits struct{}

func (*describeLimits) access() []access  { return []access{{action: "DescribeLimits"}} }
func (*describeLimits) key(*store) string { return "" }
func (*describeLimits) check() error      { return nil }

func (*describeLimits) serve(*Server) (any, error) {
	return map[string]int{
		"AccountMaxReadCapacityUnits": 80000, "AccountMaxWriteCapacityUnits": 80000,
		"TableMaxReadCapacityUnits": 40000, "TableMaxWriteCapacityUnits": 40000,
	}, nil
}
