package localkinesis

// AddTagsToStream: tags by name of the stream; what has the same key is replaced.

func (s *Server) addTagsToStream(in *input) call {
	return s.addTags(tagged{stream: s.streamName(in)}, in.mustTags("Tags"))
}

func (s *Server) addTags(t tagged, added map[string]string) call {
	return call{key: t.stream, serve: func() (answer, error) {
		return done(s.tags(t, func(old map[string]string) (map[string]string, error) { return withTags(old, added) }))
	}}
}
