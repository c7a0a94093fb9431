package localkinesis

// RemoveTagsFromStream: keys that are not there do not matter.

func (s *Server) removeTagsFromStream(in *input) call {
	return s.removeTags(tagged{stream: s.streamName(in)}, in.texts("TagKeys", must(tagKeyRule), maxTags))
}

func (s *Server) removeTags(t tagged, keys []string) call {
	return call{key: t.stream, serve: func() (answer, error) {
		return done(s.tags(t, func(old map[string]string) (map[string]string, error) { return withoutTags(old, keys), nil }))
	}}
}
