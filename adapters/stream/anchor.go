package stream

import (
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// checkAnchor holds the first record against the start position: it must be
// its own, else what lies between may be lost (P9). What comes before it is no
// news. An answer that is not behind and holds no record has none to find.
func (s *Source) checkAnchor(a *answer) error {
	if s.anchored {
		return nil
	}
	missing := &messages.AnchorMissingError{Want: s.from.After, Now: a.at}
	for i := range a.records {
		sequence := messages.SequenceNumber(a.records[i].sequence.in(a.body))
		switch c := sequence.Compare(s.from.After.Seq); {
		case c == 0:
			return nil
		case c > 0:
			missing.Found, missing.At = messages.Position{Seq: sequence}, arrivedAt(a.records[i].arrival)
			return missing
		}
	}
	if a.behind == 0 || a.iterator == "" {
		return missing
	}
	return nil
}

func arrivedAt(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
