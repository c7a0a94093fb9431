package stream

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"

	"github.com/kinesnow/kinesnow/messages"
)

// subscribe opens a subscription, at the shard's turn.
func (f *FanOut) subscribe(ctx context.Context) error {
	arn, err := f.client.consumer.find(ctx)
	if err != nil {
		return err
	}
	if err := sleep(ctx, time.Until(f.client.turns.due(f.shard))); err != nil {
		return err
	}
	if err := f.look(ctx); err != nil {
		return err
	}
	s, err := f.call(ctx, arn)
	pace := f.client.config.FanOut
	if err != nil {
		f.client.turns.wait(f.shard, time.Now().Add(pace.Refused))
		return f.refused(ctx, arn, err)
	}
	f.client.turns.wait(f.shard, time.Now().Add(pace.Between))
	f.sub = s
	s.begin()
	return nil
}

// look asks the list about a shard that had nothing to say for a whole
// subscription. Behind the last record of a closed one a service may have no more
// than progress, whose end is never the shard's: it is read at that record
// again, and the closing event comes behind it (P23).
func (f *FanOut) look(ctx context.Context) error {
	if !f.quiet {
		return nil
	}
	closed, err := f.client.isClosed(ctx, f.shard)
	if err != nil {
		return err
	}
	f.quiet, f.doubt = false, f.doubt || closed
	return nil
}

var errNoAnswer = errors.New("no answer within 30 s")

// call makes one SubscribeToShard. What it opens outlives ctx.
func (f *FanOut) call(ctx context.Context, arn string) (*subscription, error) {
	s := &subscription{pace: f.client.config.FanOut}
	s.over, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, s.cancel)
	limit := time.AfterFunc(callTimeout, s.cancel)
	_, err := f.client.push.SubscribeToShard(withSubscription(s.over, s), &kinesis.SubscribeToShardInput{
		ConsumerARN: aws.String(arn), ShardId: aws.String(string(f.shard)), StartingPosition: f.start(),
	})
	late := !limit.Stop()
	if !stop() && err == nil {
		err = ctx.Err()
	}
	switch {
	case err == nil && !late && s.body != nil:
		return s, nil
	case ctx.Err() != nil:
		err = ctx.Err()
	case late:
		err = errNoAnswer
	case err == nil:
		err = errors.New("answer without a body")
	}
	s.cancel()
	if s.body != nil {
		_ = s.body.Close() // it was not opened to be read
	}
	return nil, err
}

// start is where the next subscription starts: behind the last event of this
// generation (P8); before there is one, at the original start. It is never
// LATEST, which would skip what was written since (KP3, KP4). Where the service
// does not like that place, such as the one behind the last record of a closed
// shard (KP16), it is at the last record, which was read before.
func (f *FanOut) start() *types.StartingPosition {
	p := &types.StartingPosition{Type: types.ShardIteratorTypeTrimHorizon}
	number := func(kind types.ShardIteratorType, seq string) {
		p.Type, p.SequenceNumber = kind, aws.String(seq)
	}
	switch {
	case f.read != "" && f.doubt:
		number(types.ShardIteratorTypeAtSequenceNumber, string(f.read))
	case f.iterator != "" && f.anchored && !f.doubt:
		number(types.ShardIteratorTypeAfterSequenceNumber, f.iterator)
	case f.read != "" && f.anchored:
		number(types.ShardIteratorTypeAfterSequenceNumber, string(f.read))
	case f.from.Anchored():
		number(types.ShardIteratorTypeAtSequenceNumber, string(f.from.After.Seq))
	case !f.from.Oldest():
		p.Type, p.Timestamp = types.ShardIteratorTypeAtTimestamp, aws.Time(f.from.Time)
	}
	return p
}

// refused gives a refusal of the call, or an exception in the stream, its
// meaning (reaction table, specs/kinesis-consumption.md 3).
func (f *FanOut) refused(ctx context.Context, arn string, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case hasCode(err, "InvalidArgumentException") && !f.anchored:
		return &messages.AnchorMissingError{Want: f.from.After, Now: f.client.errorDate(err)}
	case hasCode(err, "InvalidArgumentException"), hasCode(err, "ValidationException"):
		f.doubt = true
		f.client.consumer.forget(arn)
	case hasCode(err, "ResourceInUseException"): // an older subscription, or the consumer is not ACTIVE
		f.client.consumer.forget(arn)
	case hasCode(err, "ResourceNotFoundException"): // the consumer, the shard, or the stream
		f.client.consumer.forget(arn)
		return f.gone(ctx, err)
	}
	return f.client.unavailable(f.op, f.shard, err)
}

// exception gives an exception in the stream its meaning. The subscription is
// over.
func (f *FanOut) exception(ctx context.Context, a *answer) error {
	frame := &f.sub.frame
	code := string(frame.exception)
	err := error(&smithy.GenericAPIError{Code: code, Message: exceptionMessage(frame, a.body)})
	f.drop()
	if code == "ResourceInUseException" { // another subscription has the shard, and 5 s from now on
		f.taken++
		f.client.turns.wait(f.shard, time.Now().Add(f.client.config.FanOut.Between))
		fault := f.fault(f.op, err)
		fault.Hint = "another reader subscribed as consumer " + f.client.config.Consumer + ": does a second application use its name?"
		return fault
	}
	return f.refused(ctx, f.client.consumer.current(), err)
}

// exceptionMessage is what an exception says.
func exceptionMessage(f *frame, payload []byte) string {
	if len(f.text) > 0 {
		return string(f.text)
	}
	var said struct{ Message string }
	if json.Unmarshal(payload, &said) != nil { // member names are compared in any case
		return ""
	}
	return strings.TrimSpace(said.Message)
}

// inUse reports whether a fault is a shard that another subscription has.
func inUse(f *messages.Fault) bool {
	return f.Err != nil && strings.HasPrefix(f.Err.Error(), "ResourceInUseException")
}
