package localcloud

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/signer"
)

// Options say what the cloud holds. The zero value is a cloud in memory with
// stream "orders" of 2 shards and table ORDERS.
type Options struct {
	// Dir keeps everything; it is made if missing. "" keeps nothing: rows and
	// records stay in memory, key and configuration lie in a temporary folder
	// until Close.
	Dir string
	// Listen is a loopback HOST:PORT, default "127.0.0.1:0": four free ports.
	// Any other port is Kinesis', the three after it are DynamoDB's, Snowflake's
	// and Snowflake's over TLS.
	Listen string
	// Streams are created unless they exist. The first stream goes into the
	// first table, and so on.
	Streams []Stream
	// Tables, exact names, are created unless they exist. A stream without one
	// goes into its own name in upper case.
	Tables []string
	// Columns are declared in new tables beside KINESISMETADATA, as SQL:
	// `"MAG" VARIANT`. What a row has beyond them is left to schema evolution.
	Columns []string
	// CommitDelay passes between an append's acceptance and its commit;
	// default 1 s. Negative: none. The real service takes 5-9 s.
	CommitDelay time.Duration
	// Limits enforces Kinesis' quotas: the rates of a shard (1 MiB/s and 1,000
	// records/s written, 2 MiB/s and 5 calls/s read) and the calls per second of
	// each operation. Off by default.
	Limits bool
	// Owner is whose streams and tables these are in AWS.
	Owner Owner
	// Clocks are what time it is in each service; nil is this machine's clock.
	Clocks Clocks
	// Snowflake changes what localsnowflake is started with: limits to enforce,
	// spellings. Nil leaves it as it is.
	Snowflake func(*localsnowflake.Options)
	// Subscriptions are Kinesis' times of enhanced fan-out; zero values leave the
	// service's.
	Subscriptions Subscriptions
	// TokenLife is how long Snowflake's scoped tokens last; 0 = 10 minutes.
	TokenLife time.Duration
	// Tuning changes what the configuration file says.
	Tuning Tuning
}

// Owner is an AWS account in a region, and who may call there. What is empty is
// Region, 000000000000, AccessKeyID and SecretAccessKey; Keys are who may call,
// nil for anybody.
type Owner struct {
	Region, AccountID            string
	AccessKeyID, SecretAccessKey string // what the configuration file says
	Keys                         *signer.Keys
}

// Clocks let services disagree about the time, with each other and with their
// clients. Delays are not measured by them.
type Clocks struct {
	Kinesis, DynamoDB, Snowflake func() time.Time
}

// Tuning is what a demo or a test wants otherwise than a user would have it.
// Zero values leave the product's defaults.
type Tuning struct {
	LeaseDuration, LeaseRenew time.Duration
	Linger                    time.Duration
	Memory                    string // such as "64MiB"
	HTTPListen                string // of the read-only port
	FanOut                    bool   // consumer_type: ENHANCED_FAN_OUT
}

// Subscriptions says how long one of SubscribeToShard lasts, how often an idle
// one has an event, and from which age on another one takes it over: 5 min, 4 s
// and 5 s.
type Subscriptions struct{ Life, Idle, TakeOver time.Duration }

// Stream is a Kinesis stream to have.
type Stream struct {
	Name   string `json:"name"`
	Shards int    `json:"shards"` // when it is created
}

// ParseStream reads NAME:SHARDS, or NAME for one shard.
func ParseStream(text string) (Stream, error) {
	name, count, counted := strings.Cut(text, ":")
	shards := 1
	if counted {
		n, err := strconv.Atoi(count)
		if err != nil || n < 1 || n > maxShards {
			return Stream{}, fmt.Errorf("stream %q: SHARDS in NAME:SHARDS is a number from 1 to %d", text, maxShards)
		}
		shards = n
	}
	s := Stream{Name: name, Shards: shards}
	return s, s.check()
}

// maxShards keeps a slip of the finger from creating a stream that nobody can
// read on one machine.
const maxShards = 1000

var streamName = regexp.MustCompile(`^[a-zA-Z0-9_.-]{1,128}$`)

func (s Stream) check() error {
	if !streamName.MatchString(s.Name) {
		return fmt.Errorf("stream %q: a name is 1 to 128 of a-z A-Z 0-9 _ . -", s.Name)
	}
	if s.Shards < 1 || s.Shards > maxShards {
		return fmt.Errorf("stream %s: %d shards; give 1 to %d", s.Name, s.Shards, maxShards)
	}
	return nil
}

// complete fills in defaults and checks the rest.
func (o Options) complete() (Options, error) {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if o.CommitDelay == 0 {
		o.CommitDelay = time.Second
	}
	o.Owner.Region = cmp.Or(o.Owner.Region, Region)
	o.Owner.AccessKeyID = cmp.Or(o.Owner.AccessKeyID, AccessKeyID)
	o.Owner.SecretAccessKey = cmp.Or(o.Owner.SecretAccessKey, SecretAccessKey)
	for _, s := range o.Streams {
		if err := s.check(); err != nil {
			return o, err
		}
	}
	for _, t := range o.Tables {
		if t == "" || len([]rune(t)) > 255 || strings.ContainsAny(t, "\"\n\r\t") || strings.TrimSpace(t) != t {
			return o, fmt.Errorf("table %q: a name is 1 to 255 characters, as it is, without quotes", t)
		}
	}
	_, err := addresses(o.Listen)
	return o, err
}

// addresses gives each server its own, and Snowflake two.
func addresses(listen string) (out [4]string, err error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return out, fmt.Errorf("listen address %q: give 127.0.0.1:PORT", listen)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return out, fmt.Errorf("listen address %q: only loopback is served; give 127.0.0.1:PORT", listen)
	}
	first, err := strconv.ParseUint(port, 10, 16)
	if err != nil || first > 65532 {
		return out, errors.New("listen address: PORT is 0 for free ports, or 1 to 65532 and followed by three free ones")
	}
	for i := range out {
		p := first
		if p > 0 {
			p += uint64(i)
		}
		out[i] = net.JoinHostPort(host, strconv.FormatUint(p, 10))
	}
	return out, nil
}
