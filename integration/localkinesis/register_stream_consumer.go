package localkinesis

import (
	"maps"
	"strconv"
)

// RegisterStreamConsumer: a consumer for enhanced fan-out, CREATING for
// Options.Delay. A name that was registered before gets a new ARN.

func (s *Server) registerStreamConsumer(in *input) call {
	stream := s.streamByARN(in)
	name := in.text("ConsumerName", must(nameRule))
	tags := in.tags("Tags")
	return call{key: stream, serve: func() (answer, error) {
		item, err := s.register(stream, name, tags)
		if err != nil {
			return answer{}, err
		}
		return jsonAnswer(struct{ Consumer consumerItem }{item})
	}}
}

// RegisterConsumer registers a consumer for enhanced fan-out and returns its
// ARN. The error code is ResourceInUseException when there is one of that name.
func (s *Server) RegisterConsumer(streamName, name string) (arn string, err error) {
	if !namePattern.MatchString(name) || len(name) > nameRule.max {
		return "", refusal("ValidationException", "consumer %q: give 1 to 128 of a-z A-Z 0-9 _ . -", name)
	}
	item, err := s.register(streamName, name, nil)
	return item.ConsumerARN, err
}

func (s *Server) register(stream, name string, tags map[string]string) (item consumerItem, err error) {
	st, err := s.stream(stream)
	if err != nil {
		return item, err
	}
	now := s.now()
	st.mu.Lock()
	defer st.mu.Unlock()
	if status := st.status(now); status == creating || status == deleting {
		return item, s.notActive(st, status)
	}
	maps.DeleteFunc(st.consumers, func(_ string, c *consumer) bool { return c.gone(now) })
	if err := s.admitConsumer(st, name, now); err != nil {
		return item, err
	}
	second := now / 1000
	if old := st.consumerSeconds[name]; second <= old {
		second = old + 1
	}
	c := newConsumer(name, s.arn(stream)+"/consumer/"+name+":"+strconv.FormatInt(second, 10), now)
	c.tags = tags
	c.busy, c.until = creating, now+s.options.Delay.Milliseconds()
	st.consumers[name], st.consumerSeconds[name] = c, second
	if err := st.save(); err != nil {
		return item, err
	}
	return c.item(now), nil
}

// admitConsumer checks the quotas. The stream's mutex is held.
func (s *Server) admitConsumer(st *stream, name string, now int64) error {
	if c := st.consumer(name, now); c != nil {
		return refusal("ResourceInUseException", "Consumer %s of stream %s under account %s already exists.", name, st.name, s.options.AccountID)
	}
	registered := st.registered(now)
	inCreation := 0
	for _, c := range registered {
		if c.status(now) == creating {
			inCreation++
		}
	}
	switch {
	case len(registered) >= maxConsumers:
		return refusal("LimitExceededException", "Stream %s under account %s has %d consumers, which is the limit.",
			st.name, s.options.AccountID, maxConsumers)
	case inCreation >= maxCreatingConsumers:
		return refusal("LimitExceededException", "Stream %s under account %s has %d consumers in CREATING status, which is the limit.",
			st.name, s.options.AccountID, maxCreatingConsumers)
	}
	return nil
}
