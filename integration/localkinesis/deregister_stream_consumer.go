package localkinesis

// DeregisterStreamConsumer: the consumer is DELETING for Options.Delay and then
// gone. Its subscriptions end at once.

func (s *Server) deregisterStreamConsumer(in *input) call {
	q := s.consumerQuery(in)
	return call{key: q.stream, serve: func() (answer, error) {
		return done(s.withConsumer(q, func(st *stream, c *consumer, now int64) error {
			if status := c.status(now); status != active {
				return consumerNotActive(c, status)
			}
			c.busy, c.until = deleting, now+s.options.Delay.Milliseconds()
			c.end(consumerNotFound(c.arn))
			if err := st.save(); err != nil {
				return err
			}
			return nil
		}))
	}}
}
