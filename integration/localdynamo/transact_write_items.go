package localdynamo

import (
	"encoding/json"
	"strings"
)

// Limits of a transaction: Amazon DynamoDB Developer Guide, "Quotas".
const (
	maxTransaction      = 100     // actions
	maxTransactionBytes = 4 << 20 // of the items written
)

// transactWriteItems is TransactWriteItems: up to 100 writes and checks on
// different items, all of them or none.
type transactWriteItems struct {
	meter
	collection
	TransactItems      *transactItems
	ClientRequestToken string
}

// transactItems are the actions, and their JSON for comparing a repeated token.
type transactItems struct {
	list []transactItem
	raw  json.RawMessage
}

// transactItem has exactly one of its members.
type transactItem struct {
	Put            *putWrite
	Update         *updateWrite
	Delete         *deleteWrite
	ConditionCheck *conditionCheck
}

// conditionCheck is a condition on an item that the transaction leaves alone.
type conditionCheck struct{ deleteWrite }

// transactWrite is what the four kinds of action have in common.
type transactWrite interface {
	access() []access
	key(s *store) string
	check() error
	write() write
}

func (c *conditionCheck) access() []access { return []access{{"ConditionCheckItem", c.name()}} }

func (c *conditionCheck) check() error {
	if c.ConditionExpression == nil {
		return required("transactItems.conditionCheck.conditionExpression")
	}
	return c.deleteWrite.check()
}

func (c *conditionCheck) write() write {
	w := c.deleteWrite.write()
	w.checks = true
	return w
}

// UnmarshalJSON reads the list and keeps it with its members in order.
func (t *transactItems) UnmarshalJSON(raw []byte) error {
	if err := decode(raw, &t.list); err != nil {
		return err
	}
	var plain any
	if err := decode(raw, &plain); err != nil {
		return err
	}
	ordered, err := json.Marshal(plain)
	t.raw = ordered
	return err
}

// members are the actions an item has; the wire allows exactly one.
func (t transactItem) members() []transactWrite {
	var all []transactWrite
	if t.ConditionCheck != nil {
		all = append(all, t.ConditionCheck)
	}
	if t.Put != nil {
		all = append(all, t.Put)
	}
	if t.Update != nil {
		all = append(all, t.Update)
	}
	if t.Delete != nil {
		all = append(all, t.Delete)
	}
	return all
}

func (t *transactWriteItems) writes() []transactWrite {
	if t.TransactItems == nil {
		return nil
	}
	var all []transactWrite
	for _, one := range t.TransactItems.list {
		all = append(all, one.members()...)
	}
	return all
}

func (t *transactWriteItems) access() []access {
	var all []access
	for _, w := range t.writes() {
		all = append(all, w.access()...)
	}
	return all
}

func (t *transactWriteItems) key(s *store) string {
	var keys []string
	for _, w := range t.writes() {
		keys = append(keys, w.key(s))
	}
	return strings.Join(keys, ",")
}

func (t *transactWriteItems) check() error {
	if t.TransactItems == nil {
		return required("transactItems")
	}
	if err := t.checkMeter(); err != nil {
		return err
	}
	if err := t.checkCollection(); err != nil {
		return err
	}
	if n := len(t.ClientRequestToken); n > 36 {
		return invalid("1 validation error detected: Value '%s' at 'clientRequestToken' failed to satisfy constraint: Member must have length less than or equal to 36", t.ClientRequestToken)
	}
	n := int64(len(t.TransactItems.list))
	if n < 1 {
		return invalid("1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1")
	}
	if n > maxTransaction {
		return invalid("1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to %d", maxTransaction)
	}
	for _, one := range t.TransactItems.list {
		switch members := one.members(); len(members) {
		case 0:
			return invalid("Invalid Request: TransactWriteRequest should contain Delete or Put or Update request")
		case 1:
			if err := members[0].check(); err != nil {
				return err
			}
		default:
			return invalid("TransactItems can only contain one of Check, Put, Update or Delete")
		}
	}
	return nil
}

type transacted struct {
	ConsumedCapacity []*capacity `json:",omitempty"`
}

func (t *transactWriteItems) serve(s *Server) (any, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	now := s.options.Now()
	done, err := s.tokens.repeated(t.ClientRequestToken, string(t.TransactItems.raw), now)
	if err != nil {
		return nil, err
	}
	if done {
		return transacted{}, nil
	}
	outcomes, err := t.try(s.store)
	if err != nil {
		return nil, err
	}
	c := change{}
	for _, o := range outcomes {
		if o.change != nil {
			c.Write = append(c.Write, *o.change)
		}
	}
	if len(c.Write) > 0 {
		if err := s.store.commit(c); err != nil {
			return nil, err
		}
	}
	s.tokens.remember(t.ClientRequestToken, string(t.TransactItems.raw), now)
	return t.answer(outcomes), nil
}

// answer reports twice the capacity of plain writes, table by table.
func (t *transactWriteItems) answer(outcomes []outcome) transacted {
	units := map[string]float64{}
	var order []string
	for _, o := range outcomes {
		name := o.table.definition.TableName
		if units[name] == 0 {
			order = append(order, name)
		}
		units[name] += 2 * writeUnits(o.old, o.next)
	}
	var answer transacted
	for _, name := range order {
		if used := t.consumed(name, units[name]); used != nil {
			answer.ConsumedCapacity = append(answer.ConsumedCapacity, used)
		}
	}
	return answer
}
