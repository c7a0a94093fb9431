package iam_test

import (
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/iam"
)

func TestAPolicyAllowsWhatItListsAndNoMore(t *testing.T) {
	t.Parallel()
	p := iam.Policy{"stream/a*": {"GetRecords"}, "stream/*/consumer/*": {"SubscribeToShard"}, "*": {"ListStreams"}, "[": {"PutItem"}}
	for _, c := range []struct {
		action, resource string
		want             bool
	}{
		{"GetRecords", "stream/apples", true},
		{"GetRecords", "stream/pears", false},
		{"GetRecords", "", false},
		{"PutRecord", "stream/apples", false},
		{"SubscribeToShard", "stream/apples/consumer/me:1", true},
		{"SubscribeToShard", "stream/apples", false},
		{"ListStreams", "", true},
		{"ListStreams", "stream/a/consumer/b", true},
		{"PutItem", "[", false},
	} {
		if got := p.Allows(c.action, c.resource); got != c.want {
			t.Errorf("%s on %q: %t", c.action, c.resource, got)
		}
	}
	if !iam.Policy(nil).Allows("PutItem", "t") || (iam.Policy{}).Allows("PutItem", "t") {
		t.Error("no policy allows everything, an empty one nothing")
	}
}

func TestAPolicyThatCannotBeEvaluatedLeavesTheOldOne(t *testing.T) {
	t.Parallel()
	first := iam.Policy{"a": {"GetItem"}}
	var c iam.Changing
	if !c.Or(first).Allows("GetItem", "a") {
		t.Error("the first policy does not hold")
	}
	if err := c.Set(iam.Policy{"b": {"GetItem"}}); err != nil || c.Or(first).Allows("GetItem", "a") {
		t.Errorf("it was not replaced: %v", err)
	}
	if err := c.Set(iam.Policy{"[": nil}); err == nil || !strings.Contains(err.Error(), `"["`) || !c.Or(first).Allows("GetItem", "b") {
		t.Errorf("a broken one was taken: %v", err)
	}
	if err := c.Set(nil); err != nil || !c.Or(first).Allows("PutItem", "c") {
		t.Errorf("nil does not allow everything: %v", err)
	}
}
