package localkinesis

import "encoding/json"

// ListStreamConsumers: the consumers of a stream by name, at most 100 a page. A
// NextToken lives 300 s.

const listConsumersPage = 100

// consumerListing is where a listing goes on; a NextToken is one in sealed JSON.
type consumerListing struct {
	Stream   string
	ID       uint64 // of the stream; 0: any
	Created  int64  // StreamCreationTimestamp, ms; 0: any
	After    string // consumer name
	IssuedAt int64  // of a token, ms
}

type consumerList struct {
	Consumers []consumerItem
	NextToken string `json:",omitempty"`
}

func (s *Server) listStreamConsumers(in *input) call {
	limit, limited := in.number("MaxResults", pageRule)
	if !limited {
		limit = listConsumersPage
	}
	limit = min(limit, listConsumersPage)
	l := consumerListing{Stream: s.streamByARN(in)}
	l.Created, _ = in.millis("StreamCreationTimestamp")
	if token := in.text("NextToken", rule{min: 1, max: 1 << 20}); token != "" {
		if in.has("StreamCreationTimestamp") {
			in.refuse(invalidArgument("NextToken and StreamCreationTimestamp cannot be provided together."))
		}
		stream := l.Stream
		content, ok := unseal(sealConsumers, token)
		if !ok || json.Unmarshal(content, &l) != nil || l.Stream != stream {
			in.refuse(invalidArgument("NextToken is invalid."))
		}
	}
	return call{key: l.Stream, serve: func() (answer, error) { return s.answerConsumers(l, limit) }}
}

func (s *Server) answerConsumers(l consumerListing, limit int) (answer, error) {
	now := s.now()
	if l.IssuedAt != 0 && now-l.IssuedAt > nextTokenLife {
		return answer{}, expiredNextToken()
	}
	st, err := s.stream(l.Stream)
	if err != nil {
		return answer{}, err
	}
	if l.ID != 0 && st.id != l.ID || l.Created != 0 && st.created/1000 != l.Created/1000 {
		return answer{}, s.streamNotFound(l.Stream)
	}
	st.mu.RLock()
	defer st.mu.RUnlock()
	list := consumerList{Consumers: []consumerItem{}}
	for _, c := range st.registered(now) {
		if c.name <= l.After {
			continue
		}
		if len(list.Consumers) == limit {
			l.ID, l.IssuedAt, l.After = st.id, now, list.Consumers[limit-1].ConsumerName
			content, err := json.Marshal(l)
			if err != nil {
				return answer{}, failure(err)
			}
			list.NextToken = seal(sealConsumers, content)
			break
		}
		list.Consumers = append(list.Consumers, c.item(now))
	}
	return jsonAnswer(list)
}
