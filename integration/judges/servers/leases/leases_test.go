package leases_test

import (
	"testing"

	"github.com/kinesnow/kinesnow/integration/judges/servers/between"
	"github.com/kinesnow/kinesnow/integration/judges/servers/leases"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

// TestTheLocalServerDoesWhatALeaseTableNeeds runs the cases that judges run
// against DynamoDB Local and dynalite.
func TestTheLocalServerDoesWhatALeaseTableNeeds(t *testing.T) {
	server, err := localdynamo.Start(localdynamo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	proxy, err := between.Start(t.Context(), server.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	for _, c := range leases.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			compared, err := c.Try(t.Context(), proxy)
			if err != nil {
				t.Fatal(err)
			}
			t.Log(compared)
		})
	}
}
