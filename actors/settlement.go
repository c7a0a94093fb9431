package actors

// settlement keeps the rule that the row must say settled = false, answered,
// before an append, and again after settled = true was sent (P7). The zero
// value is settled.
type settlement struct {
	asked bool
	open  bool // settled = false was answered, and no true was sent since
}

// mayAppend reports whether the row is known to say settled = false.
func (s *settlement) mayAppend() bool { return s.open }

// ask reports whether settled = false must be asked for now.
func (s *settlement) ask() bool {
	first := !s.asked
	s.asked = true
	return first
}

// asking reports whether settled = false was asked for and not answered yet.
func (s *settlement) asking() bool { return s.asked && !s.open }

// confirmed: settled = false was answered.
func (s *settlement) confirmed() { s.open = s.asked }

// sentTrue: settled = true was sent, answered or not.
func (s *settlement) sentTrue() { s.asked, s.open = false, false }
