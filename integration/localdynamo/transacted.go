package localdynamo

import "slices"

// transacted is the answer to TransactWriteItems.
type transacted struct {
	ConsumedCapacity      []*capacity                     `json:",omitempty"`
	ItemCollectionMetrics map[string][]*collectionMetrics `json:",omitempty"`
}

// answer reports twice the capacity of plain writes, table by table.
func (t *transactWriteItems) answer(outcomes []outcome) transacted {
	var answer transacted
	for _, name := range tablesOf(outcomes) {
		var part []outcome
		for _, o := range outcomes {
			if o.table.definition.TableName != name {
				continue
			}
			part = append(part, o)
			if m := t.collected(o); m != nil {
				if answer.ItemCollectionMetrics == nil {
					answer.ItemCollectionMetrics = map[string][]*collectionMetrics{}
				}
				answer.ItemCollectionMetrics[name] = append(answer.ItemCollectionMetrics[name], m)
			}
		}
		if used := t.wrote(name, part, 2); used != nil {
			answer.ConsumedCapacity = append(answer.ConsumedCapacity, used)
		}
	}
	return answer
}

// again answers a repeated transaction: it reports what reading the items
// costs. AWS API reference, "TransactWriteItems".
func (t *transactWriteItems) again(outcomes []outcome) transacted {
	var answer transacted
	for _, name := range tablesOf(outcomes) {
		units := 0.0
		for _, o := range outcomes {
			if o.table.definition.TableName == name {
				units += 2 * readUnits(o.next.bytes(), true)
			}
		}
		if used := t.consumed(name, units); used != nil {
			answer.ConsumedCapacity = append(answer.ConsumedCapacity, used)
		}
	}
	return answer
}

// tablesOf are the tables that outcomes concern, in their order.
func tablesOf(outcomes []outcome) []string {
	var names []string
	for _, o := range outcomes {
		if name := o.table.definition.TableName; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
