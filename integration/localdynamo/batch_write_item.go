package localdynamo

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// maxBatchWrite is how many items a batch may write. AWS API reference, "BatchWriteItem".
const maxBatchWrite = 25

// batchWriteItem is BatchWriteItem: items put and deleted, each by itself and
// without a condition.
type batchWriteItem struct {
	meter
	collection
	RequestItems map[string][]batchWrite
}

// batchWrite has exactly one of its members.
type batchWrite struct {
	PutRequest    *struct{ Item item } `json:",omitempty"`
	DeleteRequest *struct{ Key item }  `json:",omitempty"`
}

// write is the write a request stands for.
func (b batchWrite) write(table string) transactWrite {
	here := guarded{tableRef: tableRef{&table}}
	if b.PutRequest != nil {
		return &batchPut{putWrite{guarded: here, Item: b.PutRequest.Item}}
	}
	return &deleteWrite{guarded: here, Key: b.DeleteRequest.Key}
}

// batchPut is a put that tells of wrong keys in the words of the batch.
type batchPut struct{ putWrite }

func (p *batchPut) write() write {
	w := p.putWrite.write()
	w.key = func(s schema) (item, error) { return s.keyOf(p.Item), s.checkKey(s.keyOf(p.Item)) }
	return w
}

// kind names the member, as errors do.
func (b batchWrite) kind() string {
	if b.PutRequest != nil {
		return "putRequest"
	}
	return "deleteRequest"
}

func (b *batchWriteItem) access() []access {
	var all []access
	for _, name := range slices.Sorted(maps.Keys(b.RequestItems)) {
		all = append(all, access{action: "BatchWriteItem", table: bareName(name)})
	}
	return all
}

func (b *batchWriteItem) key(s *store) string {
	var keys []string
	for _, name := range slices.Sorted(maps.Keys(b.RequestItems)) {
		for _, one := range b.RequestItems[name] {
			if one.PutRequest != nil || one.DeleteRequest != nil {
				keys = append(keys, one.write(name).key(s))
			}
		}
	}
	return strings.Join(keys, ",")
}

func (b *batchWriteItem) check() error {
	if len(b.RequestItems) == 0 {
		return emptyBatch(b.RequestItems == nil)
	}
	if err := b.checkMeter(); err != nil {
		return err
	}
	if err := b.checkCollection(); err != nil {
		return err
	}
	n := 0
	for _, name := range slices.Sorted(maps.Keys(b.RequestItems)) {
		list := b.RequestItems[name]
		if n += len(list); len(list) == 0 || len(list) > maxBatchWrite {
			return violated("Value at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to %d, Member must have length greater than or equal to 1]", maxBatchWrite)
		}
		for i, one := range list {
			if (one.PutRequest == nil) == (one.DeleteRequest == nil) {
				return invalid("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes")
			}
			place := fmt.Sprintf("requestItems.%s.member.%d.member.%s", name, i+1, one.kind())
			if err := within(place, one.write(name).check()); err != nil {
				return err
			}
		}
	}
	if n > maxBatchWrite {
		return invalid("Too many items requested for the BatchWriteItem call")
	}
	return nil
}

type batchWritten struct {
	UnprocessedItems      map[string][]batchWrite
	ConsumedCapacity      []*capacity                     `json:",omitempty"`
	ItemCollectionMetrics map[string][]*collectionMetrics `json:",omitempty"`
}

// serve checks all writes before it does the first: a batch with one that
// cannot be has no effect at all.
func (b *batchWriteItem) serve(s *Server) (any, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	seen := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(b.RequestItems)) {
		for _, one := range b.RequestItems[name] {
			o, err := s.store.try(one.write(name).write())
			if err != nil && asFailure(err).code != "TransactionConflictException" {
				return nil, err
			}
			id := s.store.keyTextLocked(bareName(name), o.key)
			if seen[id] {
				return nil, invalid("Provided list of item keys contains duplicates")
			}
			seen[id] = true
		}
	}
	answer, served := batchWritten{UnprocessedItems: map[string][]batchWrite{}}, 0
	for _, name := range slices.Sorted(maps.Keys(b.RequestItems)) {
		var outcomes []outcome
		for i, one := range b.RequestItems[name] {
			if s.options.BatchItems > 0 && served == s.options.BatchItems {
				answer.UnprocessedItems[name] = b.RequestItems[name][i:]
				break
			}
			served++
			o, err := s.store.try(one.write(name).write())
			if err != nil {
				answer.UnprocessedItems[name] = append(answer.UnprocessedItems[name], one)
				continue
			}
			if o.change != nil {
				if err := s.store.commit(change{Write: []writeChange{*o.change}}); err != nil {
					return nil, err
				}
			}
			outcomes = append(outcomes, o)
		}
		b.report(&answer, name, outcomes)
	}
	return answer, nil
}

// report adds what the writes of one table consumed.
func (b *batchWriteItem) report(answer *batchWritten, name string, outcomes []outcome) {
	if used := b.wrote(bareName(name), outcomes, 1); used != nil {
		answer.ConsumedCapacity = append(answer.ConsumedCapacity, used)
	}
	for _, o := range outcomes {
		if m := b.collected(o); m != nil {
			if answer.ItemCollectionMetrics == nil {
				answer.ItemCollectionMetrics = map[string][]*collectionMetrics{}
			}
			answer.ItemCollectionMetrics[name] = append(answer.ItemCollectionMetrics[name], m)
		}
	}
}
