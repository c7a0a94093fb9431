package localdynamo

// collection is the request member that asks about the item collection, the
// items of one hash key value, of a table with local indexes.
type collection struct{ ReturnItemCollectionMetrics string }

// collectionMetrics tells how large an item collection is, between two bounds
// in GB. It may grow to 10 GB: Amazon DynamoDB Developer Guide, "Quotas".
type collectionMetrics struct {
	ItemCollectionKey   item
	SizeEstimateRangeGB [2]float64
}

func (c collection) checkCollection() error {
	return oneOf("returnItemCollectionMetrics", c.ReturnItemCollectionMetrics, "SIZE", "NONE")
}

// collected is what the answer to a write reports, nil unless it was asked for
// and the table has local indexes.
func (c collection) collected(o outcome) *collectionMetrics {
	if c.ReturnItemCollectionMetrics != "SIZE" || len(o.table.definition.LocalIndexes) == 0 {
		return nil
	}
	hash := o.table.schema.hash().name
	return &collectionMetrics{ItemCollectionKey: item{hash: o.key[hash]}, SizeEstimateRangeGB: [2]float64{0, 1}}
}
