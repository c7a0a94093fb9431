package localdynamo

import "strings"

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
	"TransactionConflictException":    "TransactionConflict",
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

// transactionConflict is what a write to an item of a transaction under way gets.
func transactionConflict() error {
	return fail("TransactionConflictException", "Transaction is ongoing for the item")
}
