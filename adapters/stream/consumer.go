package stream

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/kinesnow/kinesnow/messages"
)

// consumer is this application's consumer for enhanced fan-out, registered when
// it is first needed, and again when somebody deregistered it:
//
//	            --found ACTIVE----------------------> known
//	ask --------+-found CREATING, DELETING----------> wait, ask
//	 ^           --not found--> register --accepted-> wait, ask
//	 |                             +------in use----> ask: another node was first, or it is being deleted
//	 +---- forgotten: a call says that it is not there, or not ACTIVE
//
// A consumer that was registered anew has another ARN (KP19). One caller finds
// out at a time, and the others take what it found.
type consumer struct {
	client *Client
	turn   chan struct{} // held by who finds out

	mu     sync.Mutex
	arn    string
	found  time.Time
	fault  *messages.Fault // why there is none, good until
	until  time.Time
	stream string // ARN
}

const (
	// keepRefusal and keepFailure are how long an answer without a consumer is
	// everybody's; one that took Config.Patience to find out is so for
	// FanOutPace.Again.
	keepRefusal = 5 * time.Second
	keepFailure = time.Second
)

func newConsumer(c *Client) *consumer {
	return &consumer{client: c, turn: make(chan struct{}, 1), stream: c.config.ARN}
}

// find returns the ARN of the consumer, which was ACTIVE when last looked at.
// Errors are the context's or *messages.Fault.
func (k *consumer) find(ctx context.Context) (string, error) {
	if arn, fault := k.known(); arn != "" || fault != nil {
		return arn, asError(fault)
	}
	select {
	case k.turn <- struct{}{}:
		defer func() { <-k.turn }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if arn, fault := k.known(); arn != "" || fault != nil {
		return arn, asError(fault)
	}
	arn, err := k.ask(ctx)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	return arn, k.note(arn, err)
}

// asError keeps a nil fault from becoming an error that is not nil.
func asError(f *messages.Fault) error {
	if f == nil {
		return nil
	}
	own := *f // others hold it too
	return &own
}

func (k *consumer) known() (string, *messages.Fault) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fault != nil && time.Now().Before(k.until) {
		return "", k.fault
	}
	return k.arn, nil
}

func (k *consumer) note(arn string, err error) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.arn, k.found, k.fault = arn, time.Now(), nil
	if err == nil {
		return nil
	}
	k.fault = messages.AsFault("kinesis.DescribeStreamConsumer", err)
	keep := keepFailure
	switch {
	case k.fault.Class != messages.Rejected:
	case k.fault.Reason == messages.ReasonThrottled:
		keep = k.client.config.FanOut.Again
	default:
		keep = keepRefusal
	}
	k.until = time.Now().Add(keep)
	return asError(k.fault)
}

// probe reports whether there is a consumer, without waiting: where that is not
// known, somebody finds out, and asking again soon is worth it.
func (k *consumer) probe() (there, soon bool) {
	arn, fault := k.known()
	if arn != "" || fault != nil {
		return fault == nil, false
	}
	select {
	case k.turn <- struct{}{}:
		<-k.turn
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), 2*k.client.config.Patience)
			defer cancel()
			_, _ = k.find(ctx) // it notes what it finds
		}()
	default: // somebody is at it
	}
	return false, true
}

// current is the ARN in use, "" while there is none.
func (k *consumer) current() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.arn
}

// forget doubts an ARN, unless it was looked at just now: what a thousand shards
// are refused at once makes one question.
func (k *consumer) forget(arn string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.arn == arn && time.Since(k.found) >= k.client.config.FanOut.Look {
		k.arn = ""
	}
}

// ask goes through the states until the consumer is ACTIVE. What does not pass
// within Config.Patience is an error.
func (k *consumer) ask(ctx context.Context) (string, error) {
	stream, err := k.streamARN(ctx)
	if err != nil {
		return "", err
	}
	patience, registered := patience{limit: k.client.config.Patience}, false
	for {
		status, arn, err := k.describe(ctx, stream)
		if err == nil && status == types.ConsumerStatusActive {
			return arn, nil
		}
		if err == nil {
			err = k.waits("is " + string(status))
		} else if hasCode(err, "ResourceNotFoundException") {
			if err = k.register(ctx, stream); err == nil {
				if !registered {
					registered = true
					continue
				}
				err = k.waits("was registered, and is not there")
			}
		} else {
			err = k.client.unavailable("DescribeStreamConsumer", "", err)
		}
		if err := k.bear(ctx, &patience, err); err != nil {
			return "", err
		}
	}
}

// waits is why the consumer is looked at again.
func (k *consumer) waits(why string) *messages.Fault {
	return &messages.Fault{
		Class: messages.Transient, Reason: messages.ReasonUnavailable, Op: "kinesis.DescribeStreamConsumer", Complete: true,
		Err: fmt.Errorf("consumer %s %s", k.client.config.Consumer, why),
	}
}

// bear waits before the next look, or returns the error that ends it.
func (k *consumer) bear(ctx context.Context, p *patience, err error) error {
	var fault *messages.Fault
	if ctx.Err() != nil || !errors.As(err, &fault) || fault.Class != messages.Transient {
		return err
	}
	if _, ok := p.lost(time.Now()); !ok {
		if fault.Op == "kinesis.RegisterStreamConsumer" && fault.Reason == messages.ReasonThrottled {
			return efoUnavailable(fault, k.client) // 20 consumers of a stream is a limit that does not pass
		}
		return fault
	}
	k.client.config.Retrying(fault)
	return sleep(ctx, k.client.config.FanOut.Look)
}

// streamARN is the stream's, which a consumer is registered with.
func (k *consumer) streamARN(ctx context.Context) (string, error) {
	k.mu.Lock()
	arn := k.stream
	k.mu.Unlock()
	if arn != "" {
		return arn, nil
	}
	described, err := k.client.Describe(ctx)
	if err != nil {
		return "", err
	}
	return described.ARN, nil
}

func (k *consumer) learn(streamARN string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.stream == "" {
		k.stream = streamARN
	}
}

func (k *consumer) describe(ctx context.Context, stream string) (types.ConsumerStatus, string, error) {
	out, err := k.client.control.DescribeStreamConsumer(ctx, &kinesis.DescribeStreamConsumerInput{
		StreamARN: aws.String(stream), ConsumerName: aws.String(k.client.config.Consumer),
	})
	if err != nil {
		return "", "", err
	}
	d := out.ConsumerDescription
	if d == nil || aws.ToString(d.ConsumerARN) == "" {
		return "", "", errors.New("answer without ConsumerDescription")
	}
	return d.ConsumerStatus, aws.ToString(d.ConsumerARN), nil
}

// register asks for a consumer. That another node was first is fine.
func (k *consumer) register(ctx context.Context, stream string) error {
	_, err := k.client.control.RegisterStreamConsumer(ctx, &kinesis.RegisterStreamConsumerInput{
		StreamARN: aws.String(stream), ConsumerName: aws.String(k.client.config.Consumer),
	})
	if err == nil || hasCode(err, "ResourceInUseException") {
		return nil
	}
	return k.client.unavailable("RegisterStreamConsumer", "", err)
}
