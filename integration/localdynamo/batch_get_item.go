package localdynamo

import (
	"maps"
	"slices"
	"strings"
)

// Limits of a batch: AWS API reference, "BatchGetItem".
const (
	maxBatchGet      = 100      // items asked for
	maxBatchGetBytes = 16 << 20 // of the items returned
)

// batchGetItem is BatchGetItem: items of one or more tables by key.
type batchGetItem struct {
	meter
	RequestItems map[string]*batchGet
}

// batchGet is what to get of one table.
type batchGet struct {
	getting
	Keys           []item
	ConsistentRead bool
}

// UnmarshalJSON notes the table's name, which is no member of it.
func (b *batchGetItem) UnmarshalJSON(raw []byte) error {
	type plain batchGetItem
	if err := decode(raw, (*plain)(b)); err != nil {
		return err
	}
	for name, one := range b.RequestItems {
		if one != nil {
			one.TableName = &name
		}
	}
	return nil
}

func (b *batchGetItem) access() []access {
	var all []access
	for _, name := range slices.Sorted(maps.Keys(b.RequestItems)) {
		all = append(all, access{action: "BatchGetItem", table: bareName(name)})
	}
	return all
}

func (b *batchGetItem) key(s *store) string {
	var keys []string
	for _, name := range slices.Sorted(maps.Keys(b.RequestItems)) {
		if b.RequestItems[name] == nil {
			continue
		}
		for _, key := range b.RequestItems[name].Keys {
			keys = append(keys, s.keyText(bareName(name), key))
		}
	}
	return strings.Join(keys, ",")
}

func (b *batchGetItem) check() error {
	if len(b.RequestItems) == 0 {
		return emptyBatch(b.RequestItems == nil)
	}
	if err := b.checkMeter(); err != nil {
		return err
	}
	n := 0
	for _, name := range slices.Sorted(maps.Keys(b.RequestItems)) {
		one := b.RequestItems[name]
		if one == nil || one.Keys == nil {
			return required("requestItems." + name + ".member.keys")
		}
		if len(one.Keys) == 0 {
			return violated("Value '[]' at 'requestItems.%s.member.keys' failed to satisfy constraint: Member must have length greater than or equal to 1", name)
		}
		if err := one.checkTable(); err != nil {
			return err
		}
		if err := one.prepare(); err != nil {
			return err
		}
		if n += len(one.Keys); n > maxBatchGet {
			return invalid("Too many items requested for the BatchGetItem call")
		}
		for i, key := range one.Keys {
			if slices.ContainsFunc(one.Keys[:i], func(other item) bool { return maps.EqualFunc(key, other, value.equal) }) {
				return invalid("Provided list of item keys contains duplicates")
			}
		}
	}
	return nil
}

func emptyBatch(absent bool) error {
	if absent {
		return required("requestItems")
	}
	return violated("Value '{}' at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1")
}

type batchGot struct {
	Responses        map[string][]item
	UnprocessedKeys  map[string]unprocessedKeys
	ConsumedCapacity []*capacity `json:",omitempty"`
}

// unprocessedKeys is a batchGet to be sent again.
type unprocessedKeys struct {
	Keys                     []item
	AttributesToGet          *[]string         `json:",omitempty"`
	ProjectionExpression     *string           `json:",omitempty"`
	ExpressionAttributeNames map[string]string `json:",omitempty"`
	ConsistentRead           bool              `json:",omitempty"`
}

func (b *batchGetItem) serve(s *Server) (any, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	answer := batchGot{Responses: map[string][]item{}, UnprocessedKeys: map[string]unprocessedKeys{}}
	served, bytes := 0, 0
	for _, name := range slices.Sorted(maps.Keys(b.RequestItems)) {
		one, units := b.RequestItems[name], 0.0
		answer.Responses[name] = []item{}
		for i, key := range one.Keys {
			found, err := s.store.get(one.name(), key, one.ConsistentRead)
			if err != nil {
				return nil, err
			}
			if s.options.BatchItems > 0 && served == s.options.BatchItems || bytes+found.bytes > maxBatchGetBytes {
				answer.UnprocessedKeys[name] = unprocessedKeys{one.Keys[i:], one.AttributesToGet, one.ProjectionExpression, one.ExpressionAttributeNames, one.ConsistentRead}
				break
			}
			served, bytes = served+1, bytes+found.bytes
			units += readUnits(found.bytes, one.ConsistentRead)
			if found.item != nil {
				answer.Responses[name] = append(answer.Responses[name], found.item.project(one.projection))
			}
		}
		if used := b.consumed(one.name(), units); used != nil {
			answer.ConsumedCapacity = append(answer.ConsumedCapacity, used)
		}
	}
	return answer, nil
}
