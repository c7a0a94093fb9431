package actors

import (
	"strconv"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// failed bears what passes with time; what does not is told to everybody who
// asks, and tried again when somebody asks again.
func (s *Schema) failed(c actor.Context, what string, err error) {
	f := *messages.AsFault("schema", err)
	if f.Class == messages.Rejected {
		f.Err = errText(what + ": " + f.Err.Error())
		s.refuse(c, &f)
		return
	}
	pause := max(s.backoff.Next(), f.After)
	s.tell(c, what+": "+f.Error(), f.Hint)
	s.later(c, pause, what+" failed: "+f.Error())
}

// refuse answers everybody who had asked by the time of the call with a fault.
// For who came later it is done again: the table may have been made meanwhile.
// While nobody asks it is no trouble: that of a connector which has yet to make
// its table.
func (s *Schema) refuse(c actor.Context, f *messages.Fault) {
	s.current, s.why = false, ""
	told := false
	for id, a := range s.asked {
		if a.no <= s.covered {
			c.Send(a.pid, &messages.ColumnsRefused{Fault: f})
			delete(s.asked, id)
			told = true
		}
	}
	if told {
		s.tell(c, f.Error(), f.Hint)
	}
	if len(s.asked) > 0 {
		s.step(c)
	}
}

// tell says what the trouble is, once, or that it is over.
func (s *Schema) tell(c actor.Context, why, hint string) {
	if why == s.trouble {
		return
	}
	s.trouble = why
	if why != "" {
		s.Log.Warn().Str("err", why).Msg("columns cannot be added")
	}
	c.Send(s.Connector, &messages.SchemaTrouble{Why: why, Hint: hint})
}

// later goes on after d, and says what for until then.
func (s *Schema) later(c actor.Context, d time.Duration, why string) {
	s.announce(c, why)
	s.stopTimer()
	s.timer = After(c, d, &stepNow{})
}

// announce tells everybody what they wait for.
func (s *Schema) announce(c actor.Context, why string) {
	s.why = why
	for _, a := range s.asked {
		c.Send(a.pid, &messages.ColumnsAwaited{Why: why})
	}
}

func (s *Schema) stopTimer() {
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
}

// awaited counts what a plan is for.
func awaited(plan []messages.Alteration) string {
	n := 0
	for _, a := range plan {
		n += len(a.Columns)
	}
	if n == 1 {
		return "1 column"
	}
	return strconv.Itoa(n) + " columns"
}

// roundUp is d in whole seconds, at least one.
func roundUp(d time.Duration) time.Duration {
	return max(time.Second, (d + time.Second - 1).Truncate(time.Second))
}
