package localkinesis

// DeleteStream: the stream is DELETING for Options.Delay, refuses puts, and is
// then gone with all its records. A stream that has consumers is refused unless
// EnforceConsumerDeletion says that they may go with it.

func (s *Server) deleteStream(in *input) call {
	name := s.streamName(in)
	enforced := in.truth("EnforceConsumerDeletion")
	return call{key: name, serve: func() (answer, error) {
		if !enforced {
			if err := s.checkNoConsumers(name); err != nil {
				return answer{}, err
			}
		}
		return done(s.delete(name))
	}}
}

func (s *Server) checkNoConsumers(name string) error {
	st, err := s.stream(name)
	if err != nil {
		return err
	}
	st.mu.RLock()
	defer st.mu.RUnlock()
	if n := len(st.registered(s.now())); n > 0 {
		return refusal("ResourceInUseException", "Stream %s under account %s has %d registered consumers. "+
			"Deregister them, or set EnforceConsumerDeletion.", name, s.options.AccountID, n)
	}
	return nil
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
