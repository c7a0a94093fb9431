package localkinesis

// UpdateStreamMode: between PROVISIONED and ON_DEMAND, twice a day with
// Options.Limits. The shards stay as they are; an on-demand stream does not
// grow by itself here.

const modesPerDay = 2

func (s *Server) updateStreamMode(in *input) call {
	name := s.streamByARN(in)
	mode := ""
	if details := in.nested("StreamModeDetails"); details != nil {
		mode = details.text("StreamMode", must(modeRule))
	} else {
		in.checkPresence("StreamModeDetails", rule{required: true})
	}
	return call{key: name, serve: func() (answer, error) {
		return done(s.change(name, func(st *stream, now int64) error {
			if err := s.checkDay(st, "UpdateStreamMode", modesPerDay, now); err != nil {
				return err
			}
			st.mode = mode
			return nil
		}))
	}}
}

// checkProvisioned refuses what the service leaves to itself in on-demand mode.
// The stream's mutex is held.
func checkProvisioned(st *stream, operation string) error {
	if st.mode == onDemand {
		return refusal("ValidationException", "%s is only supported for streams in PROVISIONED mode, stream %s is ON_DEMAND.", operation, st.name)
	}
	return nil
}
