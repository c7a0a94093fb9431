package localkinesis

import (
	"fmt"
	"net"
	"regexp"
	"time"

	"github.com/kinesnow/kinesnow/integration/signer"
)

// Options configure a Server. The zero value is ready to use.
type Options struct {
	Listen    string // loopback address to listen on; default "127.0.0.1:0", a free port
	Dir       string // where streams and records outlive the process; "" keeps them in memory
	Region    string // default "us-east-1"
	AccountID string // 12 digits; default "000000000000"

	// Now is the server's clock. It stamps records, ages shard iterators and is
	// sent as the Date header. Default time.Now.
	Now func() time.Time

	IteratorLife time.Duration // age at which a shard iterator expires; default 300 s
	Retention    time.Duration // of new streams; default 24 h, the least that CreateStream gives
	Delay        time.Duration // how long a stream stays CREATING, UPDATING or DELETING; default 0

	SubscriptionLife time.Duration // after which a SubscribeToShard ends; default 300 s
	IdleEvents       time.Duration // between the events of an idle subscription; default 4 s, the service promises 5 s
	TakeOver         time.Duration // from which age on a subscription can be taken over; default 5 s

	// BodyTimeout is how long a request's body may take to arrive; what takes
	// longer is answered with 408. Default 60 s.
	BodyTimeout time.Duration

	// Policy limits what callers may do. nil allows everything.
	Policy Policy

	// Keys are who may call, signing for Region. nil lets anybody call.
	Keys *signer.Keys

	// EmptyReads is how many GetRecords answers of a shard are empty before one
	// may have records. The service gives such answers at will. Default 0.
	EmptyReads int

	// Limits enforces the rates of a provisioned shard: 1 MiB/s and 1,000
	// records/s written, 2 MiB/s and 5 calls/s read. Off by default.
	Limits bool
}

var accountPattern = regexp.MustCompile(`^\d{12}$`)

// complete fills in defaults and checks what was given.
func (o Options) complete() (Options, error) {
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
	if o.IteratorLife == 0 {
		o.IteratorLife = 300 * time.Second
	}
	if o.BodyTimeout == 0 {
		o.BodyTimeout = time.Minute
	}
	if o.Retention == 0 {
		o.Retention = 24 * time.Hour
	}
	if o.SubscriptionLife == 0 {
		o.SubscriptionLife = 300 * time.Second
	}
	if o.IdleEvents == 0 {
		o.IdleEvents = 4 * time.Second
	}
	if o.TakeOver == 0 {
		o.TakeOver = 5 * time.Second
	}
	switch {
	case !accountPattern.MatchString(o.AccountID):
		return o, fmt.Errorf("localkinesis: AccountID %q: give 12 digits", o.AccountID)
	case o.IteratorLife < 0:
		return o, fmt.Errorf("localkinesis: IteratorLife %v: give a positive duration", o.IteratorLife)
	case o.BodyTimeout < 0:
		return o, fmt.Errorf("localkinesis: BodyTimeout %v: give a positive duration", o.BodyTimeout)
	case o.Retention < 0:
		return o, fmt.Errorf("localkinesis: Retention %v: give a positive duration", o.Retention)
	case o.SubscriptionLife < 0 || o.IdleEvents < 0 || o.TakeOver < 0:
		return o, fmt.Errorf("localkinesis: SubscriptionLife %v, IdleEvents %v, TakeOver %v: give positive durations",
			o.SubscriptionLife, o.IdleEvents, o.TakeOver)
	case o.EmptyReads < 0:
		return o, fmt.Errorf("localkinesis: EmptyReads %d: give zero or a positive number", o.EmptyReads)
	case o.Delay < 0:
		return o, fmt.Errorf("localkinesis: Delay %v: give zero or a positive duration", o.Delay)
	}
	if err := o.Policy.Check(); err != nil {
		return o, fmt.Errorf("localkinesis: %w", err)
	}
	return o, checkLoopback(o.Listen)
}

// checkLoopback refuses addresses that others could reach, because signatures
// are not verified.
func checkLoopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("localkinesis: Listen %q: give host:port: %w", address, err)
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("localkinesis: Listen %q: only loopback is served, signatures are not verified; give 127.0.0.1:PORT", address)
}
