package localdynamo

import (
	"fmt"
	"strings"
)

// transactGetItems is TransactGetItems: up to 100 items as they are together.
type transactGetItems struct {
	meter
	TransactItems []transactGet
}

type transactGet struct {
	Get *struct {
		getting
		Key item
	}
}

func (t *transactGetItems) access() []access {
	var all []access
	for _, one := range t.TransactItems {
		if one.Get != nil {
			all = append(all, access{action: "GetItem", table: one.Get.name()})
		}
	}
	return all
}

func (t *transactGetItems) key(s *store) string {
	var keys []string
	for _, one := range t.TransactItems {
		if one.Get != nil {
			keys = append(keys, s.keyText(one.Get.name(), one.Get.Key))
		}
	}
	return strings.Join(keys, ",")
}

func (t *transactGetItems) check() error {
	if t.TransactItems == nil {
		return required("transactItems")
	}
	if err := t.checkMeter(); err != nil {
		return err
	}
	if err := checkTransactionLength(len(t.TransactItems)); err != nil {
		return err
	}
	for i, one := range t.TransactItems {
		place := fmt.Sprintf("transactItems.%d.member", i+1)
		if one.Get == nil {
			return required(place + ".get")
		}
		if err := within(place+".get", constraints(one.Get.checkTable(), present("key", one.Get.Key != nil))); err != nil {
			return err
		}
		one.Get.AttributesToGet = nil // a transaction knows expressions only
		if err := one.Get.prepare(); err != nil {
			return err
		}
	}
	return nil
}

type gotItems struct {
	Responses        []gotItem
	ConsumedCapacity []*capacity `json:",omitempty"`
}

func (t *transactGetItems) serve(s *Server) (any, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	answer := gotItems{Responses: make([]gotItem, len(t.TransactItems))}
	reasons := make([]reason, len(t.TransactItems))
	units := map[string]float64{}
	var order []string
	seen := map[string]bool{}
	failed := false
	for i, one := range t.TransactItems {
		reasons[i].Code = "None"
		name := one.Get.name()
		found, err := s.store.get(name, one.Get.Key, true)
		if err == nil && s.store.isHeld(name, one.Get.Key) {
			err = transactionConflict()
		}
		if err != nil {
			f := asFailure(err)
			code, ok := reasonCodes[f.code]
			if !ok {
				return nil, f
			}
			failed = true
			reasons[i] = reason{Code: code, Message: f.message}
			continue
		}
		id := s.store.keyTextLocked(name, one.Get.Key)
		if seen[id] {
			return nil, invalid("Transaction request cannot include multiple operations on one item")
		}
		seen[id] = true
		answer.Responses[i].Item = found.item.project(one.Get.projection)
		if units[name] == 0 {
			order = append(order, name)
		}
		units[name] += 2 * readUnits(found.bytes, true)
	}
	if failed {
		return nil, cancelled(reasons)
	}
	for _, name := range order {
		if used := t.consumed(name, units[name]); used != nil {
			answer.ConsumedCapacity = append(answer.ConsumedCapacity, used)
		}
	}
	return answer, nil
}
