package localdynamo

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
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

func (c *conditionCheck) access() []access {
	return []access{{action: "ConditionCheckItem", table: c.name()}}
}

func (c *conditionCheck) check() error {
	if c.ConditionExpression == nil {
		return required("conditionExpression")
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

// kind names the member, as errors do.
func (t transactItem) kind() string {
	switch {
	case t.ConditionCheck != nil:
		return "conditionCheck"
	case t.Put != nil:
		return "put"
	case t.Update != nil:
		return "update"
	}
	return "delete"
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
	if err := constraints(checkTransactionLength(len(t.TransactItems.list)), t.checkMeter(), t.checkCollection(), checkToken(t.ClientRequestToken)); err != nil {
		return err
	}
	for i, one := range t.TransactItems.list {
		switch members := one.members(); len(members) {
		case 0:
			return invalid("Invalid Request: TransactWriteRequest should contain Delete or Put or Update request")
		case 1:
			if err := within(fmt.Sprintf("transactItems.%d.member.%s", i+1, one.kind()), members[0].check()); err != nil {
				return err
			}
		default:
			return invalid("TransactItems can only contain one of Check, Put, Update or Delete")
		}
	}
	return nil
}

// checkToken bounds a client request token, "" when absent.
func checkToken(token string) error {
	if len(token) > 36 {
		return violated("Value '%s' at 'clientRequestToken' failed to satisfy constraint: Member must have length less than or equal to 36", token)
	}
	return nil
}

func checkTransactionLength(n int) error {
	switch {
	case n < 1:
		return violated("Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1")
	case n > maxTransaction:
		return violated("Value at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to %d", maxTransaction)
	}
	return nil
}

func (t *transactWriteItems) serve(s *Server) (any, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	now := s.options.Now()
	done, err := s.tokens.begin(t.ClientRequestToken, string(t.TransactItems.raw), now)
	if err != nil {
		return nil, err
	}
	if done != nil {
		return t.again(done), nil
	}
	outcomes, err := t.try(s.store)
	if err != nil {
		s.tokens.fail(t.ClientRequestToken)
		return nil, err
	}
	if err := s.hold(outcomes); err != nil {
		s.tokens.fail(t.ClientRequestToken)
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
			s.tokens.fail(t.ClientRequestToken)
			return nil, err
		}
	}
	s.tokens.finish(t.ClientRequestToken, outcomes, now)
	return t.answer(outcomes), nil
}

// hold keeps other writes off the items for Options.TransactionTime. It gives
// the lock up meanwhile, so that a table may be gone afterwards.
func (s *Server) hold(outcomes []outcome) error {
	if s.options.TransactionTime == 0 {
		return nil
	}
	for _, o := range outcomes {
		text, _ := o.table.schema.keyText(o.key)
		o.table.held[text] = true
	}
	s.store.mu.Unlock()
	time.Sleep(s.options.TransactionTime)
	s.store.mu.Lock()
	for _, o := range outcomes {
		text, _ := o.table.schema.keyText(o.key)
		delete(o.table.held, text)
	}
	for _, o := range outcomes {
		if s.store.tables[o.table.definition.TableName] != o.table {
			return noTable()
		}
	}
	return nil
}
