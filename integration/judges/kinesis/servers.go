package kinesis

import (
	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

// serve starts servers that end with the hearing, and returns their addresses
// as environment variables.
func serve(h *judge.Hearing) (addresses []string, err error) {
	for variable, o := range map[string]localkinesis.Options{
		"KINESIS_URL":         {Delay: stateDelay, SubscriptionLife: subscriptionLife},
		"KINESIS_PROMPT_URL":  {},
		"KINESIS_LIMITED_URL": {Limits: true},
		"KINESIS_SHORT_URL":   {IteratorLife: shortIterator},
	} {
		server, err := localkinesis.Start(o)
		if err != nil {
			return nil, err
		}
		h.AtEnd(func() { _ = server.Close() }) // in memory: nothing to lose
		addresses = append(addresses, variable+"="+server.URL())
	}
	leases, err := localdynamo.Start(localdynamo.Options{})
	if err != nil {
		return nil, err
	}
	h.AtEnd(func() { _ = leases.Close() })
	return append(addresses, "DYNAMODB_URL="+leases.URL()), nil
}
