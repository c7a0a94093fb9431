package localdynamo

// SetPolicy changes what callers may do from now on, as an administrator does
// who grants or revokes a right while a program runs. nil allows everything.
//
// Errors name a pattern that could never be evaluated; the old policy stays.
func (s *Server) SetPolicy(p Policy) error {
	if err := p.checkPatterns(); err != nil {
		return err
	}
	s.policy.Store(&p)
	return nil
}

// currentPolicy is what was set last, or what the server was started with.
func (s *Server) currentPolicy() Policy {
	if p := s.policy.Load(); p != nil {
		return *p
	}
	return s.options.Policy
}
