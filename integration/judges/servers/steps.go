package servers

import (
	"context"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

// step is one operation of a judge, which builds on those before it. It
// returns what was compared, or what is wrong.
type step struct {
	operation string
	do        func(ctx context.Context) (compared string, err error)
}

// take takes the steps in order. What follows a failed one says nothing of the
// server any more and is left out; the judge has disagreed by then.
func take(ctx context.Context, h *judge.Hearing, steps []step) {
	for _, s := range steps {
		compared, err := s.do(ctx)
		h.Check(s.operation, err, "%s", compared)
		if err != nil {
			return
		}
	}
}
