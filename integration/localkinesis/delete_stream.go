package localkinesis

// DeleteStream: the stream is DELETING for Options.Delay, refuses puts, and is
// then gone with all its records. EnforceConsumerDeletion changes nothing while
// there are no consumers.

func (s *Server) deleteStream(in *input) call {
	name := s.streamName(in)
	in.truth("EnforceConsumerDeletion")
	return call{key: name, serve: func() (answer, error) { return done(s.delete(name)) }}
}

func (s *Server) delete(name string) error {
	st, err := s.stream(name)
	if err != nil {
		return err
	}
	if err := s.beginDeletion(st); err != nil {
		return err
	}
	if st.gone(s.now()) {
		return s.remove(st)
	}
	return nil
}

func (s *Server) beginDeletion(st *stream) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.busy == deleting {
		return nil
	}
	st.occupy(deleting, s.now(), s.options.Delay)
	if err := st.save(); err != nil {
		return err
	}
	return nil
}
