package localkinesis

// ListTagsForResource: all tags of a stream or consumer, by ARN.

func (s *Server) listTagsForResource(in *input) call {
	t := s.resource(in)
	return call{key: t.stream, serve: func() (answer, error) {
		var list []tag
		err := s.tags(t, func(tags map[string]string) (map[string]string, error) {
			list = sortedTags(tags)
			return tags, nil
		})
		if err != nil {
			return answer{}, err
		}
		return jsonAnswer(struct{ Tags []tag }{list})
	}}
}
