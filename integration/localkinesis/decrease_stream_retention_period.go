package localkinesis

// DecreaseStreamRetentionPeriod: records are kept for a shorter time, down to
// 24 hours. Older ones are gone at once.

func (s *Server) decreaseStreamRetentionPeriod(in *input) call {
	return s.setRetention(in, func(st *stream, wanted int) *Error {
		if held := hours(st.retention); held < wanted {
			return invalidArgument("Requested retention period (%d hours) for stream %s can not be longer than existing retention period "+
				"(%d hours). Use IncreaseRetentionPeriod API.", wanted, st.name, held)
		}
		return nil
	})
}
