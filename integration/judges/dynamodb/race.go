package dynamodb

import (
	"context"
	"fmt"
	"sync"
)

const (
	racers = 20 // conditional writes at once
	rounds = 10
)

// race lets racing writes meet on one item of a server, in rounds that each
// may have one winner: by an UpdateItem on a counter, by a PutItem that wants
// to be first, and by the Expected that KCL uses.
func race(ctx context.Context, url string) error {
	for _, r := range fresh(nil) {
		if _, err := settled(ctx, url, r); err != nil {
			return err
		}
	}
	for round := range rounds {
		for name, body := range map[string]string{
			"UpdateItem": fmt.Sprintf(`{T,K,"UpdateExpression":"SET race = :next","ConditionExpression":"attribute_not_exists(race) OR race = :seen","ExpressionAttributeValues":{":seen":{"N":"%d"},":next":{"N":"%d"}}}`, round, round+1),
			"PutItem":    fmt.Sprintf(`{T,"Item":{"h":{"S":"race"},"r":{"S":"%d"}},"ConditionExpression":"attribute_not_exists(h)"}`, round),
			"DeleteItem": fmt.Sprintf(`{T,"Key":{"h":{"S":"again"},"r":{"S":"%d"}},"Expected":{"h":{"Exists":true,"Value":{"S":"again"}}}}`, round),
		} {
			if name == "DeleteItem" {
				if _, err := ask(ctx, url, request{operation: "PutItem", body: fmt.Sprintf(`{T,"Item":{"h":{"S":"again"},"r":{"S":"%d"}}}`, round)}); err != nil {
					return err
				}
			}
			if err := meet(ctx, url, request{operation: name, body: body}); err != nil {
				return fmt.Errorf("round %d: %w", round, err)
			}
		}
	}
	return nil
}

// meet sends one request many times at once.
func meet(ctx context.Context, url string, r request) error {
	answers := make([]answer, racers)
	errs := make([]error, racers)
	var all sync.WaitGroup
	for i := range racers {
		all.Go(func() { answers[i], errs[i] = ask(ctx, url, r) })
	}
	all.Wait()
	won, lost := 0, 0
	for i, a := range answers {
		switch {
		case errs[i] != nil:
			return errs[i]
		case a.status == 200:
			won++
		case a.code == "ConditionalCheckFailedException":
			lost++
		default:
			return fmt.Errorf("%s: %s", r, a)
		}
	}
	if won != 1 || lost != racers-1 {
		return fmt.Errorf("%s: %d of %d won and %d lost", r.operation, won, racers, lost)
	}
	return nil
}
