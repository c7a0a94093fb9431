package localkinesis

// ListTagsForStream: tags by key, at most Limit of them behind
// ExclusiveStartTagKey.

var tagPageRule = rule{min: 1, max: maxTags}

type tagList struct {
	HasMoreTags bool
	Tags        []tag
}

func (s *Server) listTagsForStream(in *input) call {
	t := tagged{stream: s.streamName(in)}
	after := in.text("ExclusiveStartTagKey", tagKeyRule)
	limit, limited := in.number("Limit", tagPageRule)
	if !limited {
		limit = maxTags
	}
	return call{key: t.stream, serve: func() (answer, error) {
		list := tagList{Tags: []tag{}}
		err := s.tags(t, func(tags map[string]string) (map[string]string, error) {
			for _, entry := range sortedTags(tags) {
				switch {
				case entry.Key <= after:
				case len(list.Tags) == limit:
					list.HasMoreTags = true
				default:
					list.Tags = append(list.Tags, entry)
				}
			}
			return tags, nil
		})
		if err != nil {
			return answer{}, err
		}
		return jsonAnswer(list)
	}}
}
