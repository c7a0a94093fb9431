package kpl_test

import (
	"testing"

	"github.com/kinesnow/kinesnow/adapters/stream/kpl"
	"github.com/kinesnow/kinesnow/integration/producer"
)

const (
	middle = "170141183460469231731687303715884105728" // 2^127
	top    = "340282366920938463463374607431768211455" // 2^128-1
)

// MD5 of pk-a is 37734456349525827306212900493151175156, in the lower half;
// that of pk-b is 85407741071154541078745004925322871391, there, too.
func TestAUserRecordBelongsWhereItsHashKeyIs(t *testing.T) {
	for name, c := range map[string]struct {
		user     producer.User
		from, to string
		outside  bool
	}{
		"the key's own, inside":            {producer.User{Key: "pk-a"}, "0", "37734456349525827306212900493151175156", false},
		"the key's own, just below":        {producer.User{Key: "pk-a"}, "37734456349525827306212900493151175157", top, true},
		"the key's own, just above":        {producer.User{Key: "pk-b"}, "0", "85407741071154541078745004925322871390", true},
		"at the lower bound":               {producer.User{Key: "pk-b"}, "85407741071154541078745004925322871391", top, false},
		"an explicit one counts instead":   {producer.User{Key: "pk-a", Hash: top}, "0", middle, true},
		"and makes it belong":              {producer.User{Key: "pk-a", Hash: top}, middle, top, false},
		"the least one":                    {producer.User{Key: "pk-a", Hash: "0"}, "1", top, true},
		"one that is no number is no one":  {producer.User{Key: "pk-a", Hash: "12x"}, "0", middle, false},
		"nor is one that is too large":     {producer.User{Key: "pk-a", Hash: "340282366920938463463374607431768211456"}, "0", middle, false},
		"nor one of a thousand digits":     {producer.User{Key: "pk-a", Hash: top + top}, "0", middle, false},
		"nothing is outside of all":        {producer.User{Key: "pk-a", Hash: top}, "0", top, false},
		"nor of a range that is not known": {producer.User{Key: "pk-a", Hash: top}, "", "", false},
		"nor of one that cannot be read":   {producer.User{Key: "pk-a", Hash: top}, "0", "high", false},
		"the empty one is the key's own":   {producer.User{Key: "pk-a", Hash: ""}, "0", middle, false},
	} {
		var a kpl.Aggregate
		if err := a.Open(producer.Aggregate(c.user, c.user)); err != nil {
			t.Fatal(err)
		}
		for u := (kpl.User{}); a.Next(&u); { // the second answer is a remembered one
			if got := a.Outside(&u, kpl.NewRange(c.from, c.to)); got != c.outside {
				t.Errorf("%s: outside is %v", name, got)
			}
		}
	}
	if !kpl.NewRange("0", top).All() || kpl.NewRange("0", middle).All() || !kpl.NewRange("", "").All() {
		t.Error("All says something else")
	}
}

func TestAUserRecordOfUnknownKeyIsNeverOutside(t *testing.T) {
	var a kpl.Aggregate
	if err := a.Open(producer.Seal([]byte("\x1a\x06\x08\x05\x1a\x02{}"))); err != nil {
		t.Fatal(err)
	}
	u := kpl.User{}
	if !a.Next(&u) || a.Outside(&u, kpl.NewRange("5", "5")) {
		t.Error("it is")
	}
}
