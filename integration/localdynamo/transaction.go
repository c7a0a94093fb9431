package localdynamo

import (
	"strings"
	"time"
)

// try evaluates all actions against one state. If any fails, the error
// carries a reason for each.
func (t *transactWriteItems) try(s *store) ([]outcome, error) {
	writes := t.writes()
	outcomes := make([]outcome, len(writes))
	reasons := make([]reason, len(writes))
	seen := map[string]bool{}
	failed, bytes := false, 0
	for i, w := range writes {
		o, err := s.try(w.write())
		reasons[i].Code = "None"
		if err != nil {
			f := asFailure(err)
			code, ok := reasonCodes[f.code]
			if !ok {
				return nil, f
			}
			failed = true
			reasons[i] = reason{Item: f.item, Code: code, Message: f.message}
		}
		if o.key != nil {
			text, _ := o.table.schema.keyText(o.key)
			id := o.table.definition.TableName + "/" + text
			if seen[id] {
				return nil, invalid("Transaction request cannot include multiple operations on one item")
			}
			seen[id] = true
		}
		outcomes[i] = o
		bytes += o.next.bytes()
	}
	if failed {
		return nil, cancelled(reasons)
	}
	if bytes > maxTransactionBytes {
		return nil, invalid("The items of the transaction are larger than 4 MB together")
	}
	return outcomes, nil
}

// reasonCodes are the failures of one action that cancel the transaction.
// Others are failures of the whole request.
var reasonCodes = map[string]string{
	"ConditionalCheckFailedException": "ConditionalCheckFailed",
	"ValidationException":             "ValidationError",
}

func cancelled(reasons []reason) error {
	codes := make([]string, len(reasons))
	for i, r := range reasons {
		codes[i] = r.Code
	}
	f := fail("TransactionCanceledException", "Transaction cancelled, please refer cancellation reasons for specific reasons [%s]", strings.Join(codes, ", "))
	f.reasons = reasons
	return f
}

// tokenLife is how long a client request token is remembered.
const tokenLife = 10 * time.Minute

// tokens remember finished transactions, so that a repeated one has no second
// effect. The store's lock guards them. They do not outlive the process.
type tokens struct{ used map[string]tokenUse }

type tokenUse struct {
	items string
	at    time.Time
}

// repeated tells whether the token's transaction is done already. The same
// token with other items is an error.
func (t *tokens) repeated(token, items string, now time.Time) (bool, error) {
	for key, use := range t.used {
		if now.Sub(use.at) > tokenLife {
			delete(t.used, key)
		}
	}
	use, ok := t.used[token]
	switch {
	case token == "" || !ok:
		return false, nil
	case use.items != items:
		return false, fail("IdempotentParameterMismatchException", "The request uses the same client token as a previous, but non-identical request. Do not reuse a client token with different requests, unless the requests are identical")
	}
	return true, nil
}

func (t *tokens) remember(token, items string, now time.Time) {
	if token == "" {
		return
	}
	if t.used == nil {
		t.used = map[string]tokenUse{}
	}
	t.used[token] = tokenUse{items: items, at: now}
}
