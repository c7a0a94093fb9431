package servers

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/kinesnow/kinesnow/integration/judges/emulators"
	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

// together is how many trials play at once: other people's servers are slow, and
// most of a trial is waiting.
const together = 3

// hearTrials plays the acceptance tests with nothing of ours below the connector
// but Snowflake.
func hearTrials(streams kinesisServer, tables emulators.Launch) func(context.Context, *judge.Hearing) error {
	return func(ctx context.Context, h *judge.Hearing) error {
		kinesis, err := serve(ctx, h, streams.start)
		if err != nil {
			return err
		}
		dynamo, err := serve(ctx, h, tables)
		if err != nil {
			return err
		}
		hall, err := newHall()
		if err != nil {
			return err
		}
		h.AtEnd(hall.close)
		p := place{hall: hall, kinesis: kinesis.Target(), dynamo: dynamo.Target(), server: streams, pace: quickly, lease: leaseDuration, renew: leaseRenewal}
		p.keep = func(trial, log string) {
			if _, err := h.File(trial[:len("A00")]+".log", log); err != nil {
				h.Logf("%s: its log is lost: %v", trial, err)
			}
		}
		var playing errgroup.Group
		playing.SetLimit(together)
		for _, t := range trials() {
			playing.Go(func() error {
				began := time.Now()
				compared, err := t.try(ctx, p)
				h.Check(t.operation(), err, "%s", compared)
				h.Logf("%s took %s", t.operation(), time.Since(began).Round(time.Second))
				return nil
			})
		}
		return playing.Wait()
	}
}

// operation is a trial's name with its number.
func (t trial) operation() string { return fmt.Sprintf("A%02d %s", t.number, t.name) }
