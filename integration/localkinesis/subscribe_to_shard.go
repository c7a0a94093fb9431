package localkinesis

import "net/http"

// SubscribeToShard: a stream of events for one registered consumer and shard.
// Within Options.TakeOver of a successful call another one is refused; after
// that it takes over, and the older subscription ends with a
// ResourceInUseException.

var startingTypeRule = rule{among: []string{atSequenceNumber, afterSequenceNumber, atTimestamp, latest, trimHorizon}}

const callsEvery = 1000 // ms between two calls for one consumer and shard, with Options.Limits

func (s *Server) subscribeToShard(in *input) call {
	q := consumerQuery{arn: in.text("ConsumerARN", must(consumerARNRule))}
	place := iteratorRequest{operation: "SubscribeToShard", shard: in.text("ShardId", must(nameRule)), dry: in.truth("DryRun")}
	if position := in.nested("StartingPosition"); position != nil {
		place.kind = position.text("Type", must(startingTypeRule))
		place.number = position.text("SequenceNumber", sequenceRule)
		place.time, place.timed = position.millis("Timestamp")
	} else {
		in.checkPresence("StartingPosition", rule{required: true})
	}
	if in.err() == nil {
		var ok bool
		if q.stream, q.name, ok = s.splitConsumerARN(q.arn); !ok {
			in.refuse(consumerNotFound(q.arn))
		}
	}
	place.stream = q.stream
	key := place.shard
	if number, ok := parseShardID(place.shard); ok {
		key = shardID(number)
	}
	return call{key: key, push: func() (*subscription, error) { return s.subscribe(q, place) }}
}

// subscribe opens a subscription and ends the one that it takes over.
func (s *Server) subscribe(q consumerQuery, place iteratorRequest) (sub *subscription, err error) {
	number, ok := parseShardID(place.shard)
	if !ok {
		return nil, s.shardNotFound(place.shard, place.stream)
	}
	err = s.withConsumer(q, func(st *stream, c *consumer, now int64) error {
		if status := c.status(now); status != active {
			return consumerNotActive(c, status)
		}
		sh := st.shard(number, now)
		if sh == nil {
			return s.noSuchShard(shardID(number), st.name)
		}
		if err := sh.trim(st.horizon(now)); err != nil {
			return failure(err)
		}
		next, err := s.place(place, st, sh, now)
		switch {
		case err != nil:
			return err
		case place.dry:
			return dryRun()
		}
		sub = newSubscription(s, st, sh, c, next, now)
		return c.admit(sub)
	})
	return sub, err
}

// admit makes a subscription the consumer's only one of its shard.
func (c *consumer) admit(sub *subscription) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	number, now := sub.shard.number, sub.opened
	lastCall, called := c.calls[number]
	c.calls[number] = now
	old := c.subscriptions[number]
	inUse := refusal("ResourceInUseException", "Another active subscription exists for this consumer: %s:%s:%s:%s",
		sub.server.options.AccountID, sub.stream.name, sub.shard.id, c.name)
	switch {
	case old != nil && now-old.opened < sub.server.options.TakeOver.Milliseconds():
		return inUse
	case sub.stream.limits && called && now-lastCall < callsEvery:
		return refusal("LimitExceededException", "Rate exceeded for consumer %s and shard %s.", c.arn, sub.shard.id)
	case old != nil:
		old.end(inUse)
	}
	c.subscriptions[number] = sub
	if sub.rate = c.pushedBytes[number]; sub.rate == nil {
		sub.rate = &bucket{}
		c.pushedBytes[number] = sub.rate
	}
	return nil
}

// push answers a SubscribeToShard until its subscription is over. A clean end
// of the answer is the subscription's end; what else ends it is an exception
// in the stream, or a broken connection.
func (s *Server) push(w http.ResponseWriter, r *http.Request, open func() (*subscription, error)) {
	sub, err := open()
	if err != nil {
		refuse(w, asError(err))
		return
	}
	out, err := newEventStream(w)
	sub.begin(out)
	defer sub.finish()
	if err == nil {
		err = sub.run(r.Context(), out)
	}
	if err != nil {
		panic(http.ErrAbortHandler) // the client has left or does not read
	}
}
