package localkinesis

// ListStreams: names and summaries in alphabetical order, 100 a page unless
// Limit says otherwise. A page goes on behind ExclusiveStartStreamName or a
// NextToken.

const listStreamsPage = 100

type streamList struct {
	HasMoreStreams  bool
	NextToken       string `json:",omitempty"`
	StreamNames     []string
	StreamSummaries []streamListItem
}

type streamListItem struct {
	StreamARN               string
	StreamCreationTimestamp seconds
	StreamModeDetails       modeDetails
	StreamName              string
	StreamStatus            string
}

func (s *Server) listStreams(in *input) call {
	limit, limited := in.number("Limit", pageRule)
	if !limited {
		limit = listStreamsPage
	}
	after := in.text("ExclusiveStartStreamName", nameRule)
	if token := in.text("NextToken", rule{min: 1, max: 1 << 20}); token != "" {
		name, ok := unseal(sealStreams, token)
		if !ok {
			in.refuse(invalidArgument("NextToken is invalid."))
		}
		after = string(name)
	}
	return call{serve: func() (answer, error) {
		list := streamList{StreamNames: []string{}, StreamSummaries: []streamListItem{}}
		for _, st := range s.list() {
			if st.name <= after {
				continue
			}
			if len(list.StreamNames) == limit {
				list.HasMoreStreams = true
				list.NextToken = seal(sealStreams, []byte(list.StreamNames[limit-1]))
				break
			}
			list.StreamNames = append(list.StreamNames, st.name)
			list.StreamSummaries = append(list.StreamSummaries, s.listItem(st))
		}
		return jsonAnswer(list)
	}}
}

func (s *Server) listItem(st *stream) streamListItem {
	st.mu.RLock()
	defer st.mu.RUnlock()
	return streamListItem{
		StreamARN: s.arn(st.name), StreamCreationTimestamp: seconds(st.created), StreamModeDetails: modeDetails{st.mode},
		StreamName: st.name, StreamStatus: st.status(s.now()),
	}
}
