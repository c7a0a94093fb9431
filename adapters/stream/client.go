package stream

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/kinesnow/kinesnow/adapters/stream/kpl"
	"github.com/kinesnow/kinesnow/messages"
)

// Client reads one stream. It is safe for concurrent use and shared by the
// Sources of all shards.
type Client struct {
	config  Config
	learned learned
	body    chan []byte     // its own, beside bodies
	control *kinesis.Client // with the SDK's own three attempts
	data    *kinesis.Client // one attempt: the Source counts calls and waits
	push    *kinesis.Client // SubscribeToShard alone, on connections of its own
	short   *shortcut       // GetRecords, where data has shown how

	consumer *consumer
	turns    turns
	endings  endings
}

// New returns a client. It makes no call.
func New(config Config) *Client {
	config = config.complete()
	transport := newTransport(config.AWS.HTTPClient)
	short := newShortcut(config.AWS, transport)
	control := func(o *kinesis.Options) {
		o.HTTPClient = transport
		// One host by name, which `setup network` can tell, whoever's credentials.
		o.AccountIDEndpointMode = aws.AccountIDEndpointModeDisabled
		o.EndpointResolverV2 = &endpoints{EndpointResolverV2: o.EndpointResolverV2}
		if config.Endpoint != "" {
			o.BaseEndpoint = aws.String(config.Endpoint)
		}
	}
	data := func(o *kinesis.Options) {
		o.HTTPClient = short
		o.Retryer, o.RetryMaxAttempts = aws.NopRetryer{}, 1
		// Only here: what is set in the Options struct itself is overwritten.
		o.Protocol = protocol{o.Protocol}
	}
	push := func(o *kinesis.Options) {
		o.HTTPClient = newPushTransport(config.AWS.HTTPClient)
		o.Retryer, o.RetryMaxAttempts = aws.NopRetryer{}, 1
		o.Protocol = pushProtocol{o.Protocol}
	}
	c := &Client{
		config:  config,
		body:    newBodies(1),
		control: kinesis.NewFromConfig(config.AWS, control),
		data:    kinesis.NewFromConfig(config.AWS, control, data),
		push:    kinesis.NewFromConfig(config.AWS, control, push),
		endings: newEndings(),
		short:   short,
	}
	c.consumer = newConsumer(c)
	return c
}

// name and arn are how a call says which stream: by name wherever no ARN was
// configured, because an ARN moves the call to an account endpoint that a
// firewall may not know (specs/kinesis-consumption.md 3).
func (c *Client) name() *string {
	if c.config.ARN != "" {
		return nil
	}
	return aws.String(c.config.Stream)
}

func (c *Client) arn() *string {
	if c.config.ARN == "" {
		return nil
	}
	return aws.String(c.config.ARN)
}

// Open returns a source of a shard's records. It makes no call.
func (c *Client) Open(shard messages.Shard, from messages.ReadFrom) *Source {
	return &Source{
		client:   c,
		op:       "GetRecords",
		shard:    shard.ID,
		from:     from,
		created:  from.Created,
		rows:     c.config.Rows(shard.ID),
		position: from.After,
		anchored: !from.Anchored(),
		pacer:    pacer{pace: *c.config.Pace},
		patience: patience{limit: c.config.Patience},
		aim:      c.learned.aim(),
		hashes:   kpl.NewRange(shard.HashFrom, shard.HashTo),
	}
}

// Subscribe returns a source of a shard's records by enhanced fan-out, as
// Config.Consumer. It makes no call.
func (c *Client) Subscribe(shard messages.Shard, from messages.ReadFrom) *FanOut {
	s := c.Open(shard, from)
	s.op = "SubscribeToShard"
	return &FanOut{Source: s}
}

// SubscribeOrPoll returns a source that polls the shard while enhanced fan-out
// cannot be had. It makes no call.
func (c *Client) SubscribeOrPoll(shard messages.Shard, from messages.ReadFrom) *Fallback {
	return &Fallback{client: c, shard: shard, fan: c.Subscribe(shard, from)}
}
