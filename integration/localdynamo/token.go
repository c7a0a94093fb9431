package localdynamo

import "time"

// tokenLife is how long a client request token is remembered. AWS API
// reference, "TransactWriteItems".
const tokenLife = 10 * time.Minute

// tokens remember transactions, so that a repeated one has no second effect.
// The store's lock guards them. They do not outlive the process.
type tokens struct{ used map[string]tokenUse }

type tokenUse struct {
	items    string
	finished time.Time // zero while the transaction is under way
	outcomes []outcome
}

// begin remembers a transaction as under way. It returns the outcomes of a
// finished one with the same token; the token with other items, or while its
// transaction is under way, is an error.
func (t *tokens) begin(token, items string, now time.Time) ([]outcome, error) {
	for key, use := range t.used {
		if !use.finished.IsZero() && now.Sub(use.finished) > tokenLife {
			delete(t.used, key)
		}
	}
	if token == "" {
		return nil, nil
	}
	use, ok := t.used[token]
	switch {
	case !ok:
		if t.used == nil {
			t.used = map[string]tokenUse{}
		}
		t.used[token] = tokenUse{items: items}
		return nil, nil
	case use.items != items:
		return nil, fail("IdempotentParameterMismatchException", "The request uses the same client token as a previous, but non-identical request. Do not reuse a client token with different requests, unless the requests are identical")
	case use.finished.IsZero():
		return nil, fail("TransactionInProgressException", "The transaction with the given request token is already in progress.")
	}
	return use.outcomes, nil
}

// fail forgets a transaction that had no effect.
func (t *tokens) fail(token string) { delete(t.used, token) }

// finish remembers what a transaction did.
func (t *tokens) finish(token string, outcomes []outcome, now time.Time) {
	if token == "" {
		return
	}
	t.used[token] = tokenUse{items: t.used[token].items, finished: now, outcomes: outcomes}
}
