package localkinesis

// DescribeStreamConsumer: one consumer and its state.

type consumerDescription struct {
	consumerItem
	StreamARN string
}

func (s *Server) describeStreamConsumer(in *input) call {
	q := s.consumerQuery(in)
	return call{key: q.stream, serve: func() (answer, error) {
		var d consumerDescription
		err := s.withConsumer(q, func(st *stream, c *consumer, now int64) error {
			d = consumerDescription{c.item(now), s.arn(st.name)}
			return nil
		})
		if err != nil {
			return answer{}, err
		}
		return jsonAnswer(struct{ ConsumerDescription consumerDescription }{d})
	}}
}
