package localkinesis

// UntagResource: RemoveTagsFromStream for streams and consumers, by ARN.

func (s *Server) untagResource(in *input) call {
	return s.removeTags(s.resource(in), in.texts("TagKeys", must(tagKeyRule), maxTags))
}
