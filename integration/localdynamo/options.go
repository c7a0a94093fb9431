package localdynamo

import (
	"fmt"
	"net"
	"time"
)

// Options configure a server. The zero value is a server in memory on a free
// loopback port, with tables that are ACTIVE at once and no policy.
type Options struct {
	// Listen is the loopback address, "127.0.0.1:0" by default. Signatures are
	// not verified, so other interfaces are refused.
	Listen string
	// Dir keeps the tables over restarts of the process, kill -9 included. One
	// process at a time may use a directory. "" keeps them in memory.
	Dir string
	// Region and AccountID appear in ARNs: "us-east-1" and "000000000000" by default.
	Region    string
	AccountID string
	// Now is the clock of creation times, table states and the Date header;
	// time.Now by default.
	Now func() time.Time
	// CreateDelay and DeleteDelay are how long a table stays CREATING and
	// DELETING; 0 by default. A restart ends both.
	CreateDelay time.Duration
	DeleteDelay time.Duration
	// Policy limits what callers may do. nil allows everything.
	Policy Policy
}

// withDefaults fills what is unset and checks the rest.
func (o Options) withDefaults() (Options, error) {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if o.Region == "" {
		o.Region = "us-east-1"
	}
	if o.AccountID == "" {
		o.AccountID = "000000000000"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.CreateDelay < 0 || o.DeleteDelay < 0 {
		return o, fmt.Errorf("create delay %v, delete delay %v: neither may be negative", o.CreateDelay, o.DeleteDelay)
	}
	host, _, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return o, fmt.Errorf("listen: %w; use 127.0.0.1:PORT", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return o, fmt.Errorf("listen: %s is no loopback address; use 127.0.0.1:PORT", o.Listen)
	}
	return o, o.Policy.checkPatterns()
}
