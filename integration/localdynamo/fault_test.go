package localdynamo_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

func TestFaultsHaveTheOutcomeTheyName(t *testing.T) {
	for _, c := range []struct {
		name   string
		effect fault.Effect
		code   string // "" for success, "broken" for a connection that broke
		count  string // the row's counter afterwards
	}{
		{"none", fault.Effect{}, "", "1"},
		{"refused", fault.Effect{Refuse: &fault.Refusal{Status: 400, Code: "ProvisionedThroughputExceededException", Message: "slow down"}}, "ProvisionedThroughputExceededException", "0"},
		{"failed", fault.Effect{Refuse: &fault.Refusal{Status: 500, Code: "InternalServerError"}}, "InternalServerError", "0"},
		{"lost before", fault.Effect{LoseBefore: true}, "broken", "0"},
		{"lost after", fault.Effect{LoseAfter: true}, "broken", "1"},
		{"cut off", fault.Effect{CutAfter: 5}, "broken", "1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, localdynamo.Options{}).withLeases()
			w.put("shard-0", attrs{"n": N("0")})
			w.server.Faults().Set("UpdateItem", fault.Times(1, fault.Always(c.effect)))
			_, err := w.update("shard-0", "SET n = n + :one", "n = :zero", attrs{":one": N("1"), ":zero": N("0")})
			switch got := code(err); {
			case c.code == "broken" && err == nil, c.code != "broken" && got != c.code:
				t.Errorf("error %v, want %q", err, c.code)
			}
			if n := w.server.Item(leases, "quakes", "shard-0")["n"]; n != num(c.count) {
				t.Errorf("n = %v, want %s", n, c.count)
			}
		})
	}
}

func TestHooksSeeTheTableAndTheItemsKey(t *testing.T) {
	w := newWorld(t, localdynamo.Options{})
	var mu sync.Mutex
	var seen []string
	w.server.Faults().Set("", func(c fault.Call) fault.Effect {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, c.Action+" "+c.Key)
		return fault.Effect{}
	})
	w.withLeases()
	w.put("shard-0", attrs{"n": N("1")})
	if _, err := w.update("shard-0", "SET n = :n", "", attrs{":n": N("2")}); err != nil {
		t.Fatal(err)
	}
	if err := w.transact("n > :one", nil); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	want := []string{
		"CreateTable quakes-app",
		"PutItem quakes-app/quakes/shard-0",
		"UpdateItem quakes-app/quakes/shard-0",
		"TransactWriteItems quakes-app/quakes/shard-0,quakes-app/quakes/shard-1",
	}
	if !slices.Equal(seen, want) {
		t.Errorf("hooks saw %q, want %q", seen, want)
	}
}

func TestRefusalsHaveTheServicesWords(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	for want, refusal := range map[string]*fault.Refusal{
		"ProvisionedThroughputExceededException": localdynamo.ThroughputExceeded(), "ThrottlingException": localdynamo.Throttled(),
		"RequestLimitExceeded": localdynamo.RequestLimitExceeded(), "InternalServerError": localdynamo.InternalServerError(),
	} {
		w.server.Faults().Set("GetItem", fault.Times(1, fault.Always(fault.Effect{Refuse: refusal})))
		_, err := w.db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String(leases), Key: key("shard-0")})
		if code(err) != want || message(err) != refusal.Message {
			t.Errorf("%v, want %s", err, want)
		}
		if _, err := w.db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String(leases), Key: key("shard-0")}); err != nil {
			t.Errorf("after it: %v", err)
		}
	}
}
