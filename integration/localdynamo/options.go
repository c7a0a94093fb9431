package localdynamo

import (
	"fmt"
	"net"
	"time"

	"github.com/kinesnow/kinesnow/integration/signer"
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
	// Policy limits what callers may do. nil allows everything.
	Policy Policy
	// Keys are who may call, signing for Region. nil lets anybody call.
	Keys *signer.Keys

	// BodyTimeout is how long a request's body may take to arrive; what takes
	// longer is answered with 408. 60 s by default.
	BodyTimeout time.Duration
	// CreateDelay and DeleteDelay are how long a table stays CREATING and
	// DELETING, UpdateDelay how long UPDATING, IndexDelay how long a global
	// index of an existing table is CREATING and backfilling, or DELETING, with
	// the table UPDATING; all 0 by default. A restart ends them.
	CreateDelay time.Duration
	DeleteDelay time.Duration
	UpdateDelay time.Duration
	IndexDelay  time.Duration
	// RenameDelay is how long requests for a name that was deleted and created
	// again are still led to the deleted table: ValidationException where its
	// key schema was another one, else ResourceNotFoundException. 0 by default;
	// with the service up to two minutes were seen.
	RenameDelay time.Duration
	// ReadLag is how far reads that are not consistent trail the writes; those
	// of a global index always do. 0 by default: such reads see everything.
	ReadLag time.Duration
	// TransactionTime is how long TransactWriteItems holds its items, real time.
	// What else writes to them meanwhile is refused as a conflict. 0 by
	// default: transactions never meet.
	TransactionTime time.Duration
	// BatchItems is how many items of one BatchGetItem or BatchWriteItem are
	// served; the others come back as unprocessed. 0, the default, serves all.
	BatchItems int
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
	if o.BodyTimeout == 0 {
		o.BodyTimeout = time.Minute
	}
	for name, d := range map[string]time.Duration{
		"body timeout": o.BodyTimeout, "create delay": o.CreateDelay, "delete delay": o.DeleteDelay, "update delay": o.UpdateDelay, "index delay": o.IndexDelay,
		"rename delay": o.RenameDelay, "read lag": o.ReadLag, "transaction time": o.TransactionTime,
	} {
		if d < 0 {
			return o, fmt.Errorf("%s %v: must not be negative", name, d)
		}
	}
	if o.BatchItems < 0 {
		return o, fmt.Errorf("batch items %d: must not be negative", o.BatchItems)
	}
	host, _, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return o, fmt.Errorf("listen: %w; use 127.0.0.1:PORT", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return o, fmt.Errorf("listen: %s is no loopback address; use 127.0.0.1:PORT", o.Listen)
	}
	return o, o.Policy.Check()
}
