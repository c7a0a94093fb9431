package localkinesis

import (
	"regexp"
	"strings"
)

// consumerQuery says which consumer a request means: by ConsumerARN, by
// StreamARN and ConsumerName, or by all three where they agree.
type consumerQuery struct{ stream, name, arn string }

var (
	consumerARNPattern = regexp.MustCompile(`^(?:(arn):aws.*:kinesis:.*:\d{12}:.*stream\/[a-zA-Z0-9_.-]+\/consumer\/[a-zA-Z0-9_.-]+:[0-9]+)$`)
	consumerARNRule    = rule{min: 1, max: 2048, pattern: consumerARNPattern}
)

func (s *Server) consumerQuery(in *input) consumerQuery {
	q := consumerQuery{arn: in.text("ConsumerARN", consumerARNRule), name: in.text("ConsumerName", nameRule)}
	if in.has("StreamARN") {
		q.stream = s.streamName(in)
	}
	if !in.has("ConsumerARN") {
		if !in.has("StreamARN") || !in.has("ConsumerName") {
			in.refuse(invalidArgument("Either ConsumerARN, or both StreamARN and ConsumerName, must be provided."))
		}
		return q
	}
	stream, name, ok := s.splitConsumerARN(q.arn)
	switch {
	case q.arn == "" || in.err() != nil:
		return q
	case !ok:
		in.refuse(consumerNotFound(q.arn))
	case q.stream != "" && q.stream != stream || q.name != "" && q.name != name:
		in.refuse(invalidArgument("ConsumerARN %s does not match the StreamARN or the ConsumerName given with it.", q.arn))
	}
	q.stream, q.name = stream, name
	return q
}

// splitConsumerARN takes an ARN of this account and region apart.
func (s *Server) splitConsumerARN(arn string) (stream, name string, ok bool) {
	rest, ok := strings.CutPrefix(arn, s.arn(""))
	if !ok {
		return "", "", false
	}
	stream, rest, ok = strings.Cut(rest, "/consumer/")
	name, _, _ = strings.Cut(rest, ":")
	return stream, name, ok
}

// withConsumer finds a stream and its consumer. use runs with the stream's mutex
// held, for writing, so that it may change the consumer.
func (s *Server) withConsumer(q consumerQuery, use func(st *stream, c *consumer, now int64) error) error {
	st, err := s.stream(q.stream)
	if err != nil {
		return err
	}
	now := s.now()
	st.mu.Lock()
	defer st.mu.Unlock()
	c := st.consumer(q.name, now)
	switch {
	case c == nil && q.arn != "", c != nil && q.arn != "" && c.arn != q.arn:
		return consumerNotFound(q.arn)
	case c == nil:
		return refusal("ResourceNotFoundException", "Consumer %s of stream %s under account %s not found.", q.name, q.stream, s.options.AccountID)
	}
	return use(st, c, now)
}

func consumerNotFound(arn string) *Error {
	return refusal("ResourceNotFoundException", "Consumer %s not found.", arn)
}

func consumerNotActive(c *consumer, status string) *Error {
	return refusal("ResourceInUseException", "Consumer %s is not ACTIVE, instead in state %s", c.arn, status)
}

// streamByARN reads the StreamARN of an operation that takes nothing else.
func (s *Server) streamByARN(in *input) string {
	if !in.has("StreamARN") {
		in.checkPresence("StreamARN", rule{required: true})
		return ""
	}
	return s.streamName(in)
}
