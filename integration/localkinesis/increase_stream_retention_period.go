package localkinesis

import "time"

// IncreaseStreamRetentionPeriod: records are kept longer, up to 8,760 hours.
// What was trimmed does not come back.

var retentionRule = rule{min: 1, max: 8760} // hours

const minRetention = 24 // hours

func (s *Server) increaseStreamRetentionPeriod(in *input) call {
	return s.setRetention(in, func(st *stream, wanted int) *Error {
		if held := hours(st.retention); held > wanted {
			return invalidArgument("Requested retention period (%d hours) for stream %s can not be shorter than existing retention period "+
				"(%d hours). Use DecreaseRetentionPeriod API.", wanted, st.name, held)
		}
		return nil
	})
}

// setRetention changes how long a stream keeps records, unless check objects.
func (s *Server) setRetention(in *input, check func(st *stream, wanted int) *Error) call {
	name := s.streamName(in)
	wanted, _ := in.number("RetentionPeriodHours", must(retentionRule))
	return call{key: name, serve: func() (answer, error) {
		return done(s.change(name, func(st *stream, _ int64) error {
			if wanted < minRetention {
				return invalidArgument("Minimum allowed retention period is %d hours. Requested retention period (%d hours) is too short.",
					minRetention, wanted)
			}
			if err := check(st, wanted); err != nil {
				return err
			}
			st.retention = time.Duration(wanted) * time.Hour
			return nil
		}))
	}}
}
