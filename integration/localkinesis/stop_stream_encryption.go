package localkinesis

// StopStreamEncryption: the stream is UPDATING for Options.Delay; from then on
// nothing says KMS any more. Records put before still do.

func (s *Server) stopStreamEncryption(in *input) call {
	name, _ := s.encryptionRequest(in)
	return s.encrypt(name, "")
}
