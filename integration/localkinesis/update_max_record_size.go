package localkinesis

// UpdateMaxRecordSize: how much data a record may have, 1 to 10 MiB.

func (s *Server) updateMaxRecordSize(in *input) call {
	name := s.streamByARN(in)
	kib, _ := in.number("MaxRecordSizeInKiB", must(recordSizeRule))
	return call{key: name, serve: func() (answer, error) {
		return done(s.change(name, func(st *stream, _ int64) error {
			st.maxRecord = kib << 10
			return nil
		}))
	}}
}
