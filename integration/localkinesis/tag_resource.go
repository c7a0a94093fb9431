package localkinesis

// TagResource: AddTagsToStream for streams and consumers, by ARN.

func (s *Server) tagResource(in *input) call { return s.addTags(s.resource(in), in.mustTags("Tags")) }
