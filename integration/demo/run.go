package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/integration/localcloud"
)

// run is one demo under way.
type run struct {
	o        Options
	in       *input
	cloud    *localcloud.Cloud
	log      *putLog
	life     *life
	killer   *killer
	faults   *faults
	reshaper *reshaper
	begun    time.Time     // of the puts
	ready    chan struct{} // closed when the connector works, or takes too long to
	passed   chan struct{} // closed when every milestone is
}

// readyWithin bounds the wait for the connector before the first record.
const readyWithin = 20 * time.Second

// drainWithin bounds the connector's orderly end; it has 25 s of its own.
const drainWithin = 40 * time.Second

// Run runs the demo. ok is false when the comparison found a difference or the
// connector was in trouble: what that was is in o.Out. An error means that the
// demo itself could not be run; a *UsageError, that an option or the input is
// wrong.
func Run(ctx context.Context, o Options) (ok bool, err error) {
	if o, err = o.complete(); err != nil {
		return false, err
	}
	in, err := readInput(o.Input)
	if err != nil {
		return false, err
	}
	if err := claimDir(o.Dir); err != nil {
		return false, err
	}
	r := &run{o: o, in: in, log: newPutLog(o.Records), begun: time.Now(), ready: make(chan struct{}), passed: make(chan struct{})}
	if err := r.open(); err != nil {
		return false, err
	}
	defer r.cloud.Close()
	logFile, err := os.Create(filepath.Join(r.cloud.Dir(), "connector.log"))
	if err != nil {
		return false, err
	}
	defer logFile.Close()
	return r.play(ctx, logFile)
}

// open starts the cloud.
func (r *run) open() (err error) {
	o := localcloud.Options{
		Dir: r.o.Dir, Streams: []localcloud.Stream{{Name: streamName, Shards: r.o.Shards}}, Tables: []string{table}, CommitDelay: commitDelay,
		Tuning: localcloud.Tuning{LeaseDuration: leaseDuration, LeaseRenew: leaseRenew, Linger: linger, HTTPListen: "127.0.0.1:0", FanOut: r.o.FanOut},
	}
	for _, c := range r.in.columns {
		o.Columns = append(o.Columns, c.ddl())
	}
	r.cloud, err = localcloud.Start(o)
	return err
}

// play runs everything from the first record to the last line.
func (r *run) play(ctx context.Context, logFile io.Writer) (bool, error) {
	r.reshaper = &reshaper{kinesis: r.cloud.Kinesis}
	r.faults = newFaults(r.cloud)
	r.killer = newKiller(r.cloud, r.o.KillEvery)
	r.life = newLife(func() *exec.Cmd { return r.o.Connector(r.cloud.ConfigFile()) }, logFile, r.killer.died)
	r.killer.life = r.life
	if err := r.life.start(); err != nil {
		return false, err
	}
	defer r.life.drain(drainWithin)

	view := newView(r.o)
	defer view.close()
	last, arrived, err := r.work(ctx, view)
	if err != nil {
		return false, err
	}
	view.close()
	r.life.drain(drainWithin)
	if err := last.tail.advance(); err != nil {
		return false, err
	}
	took := time.Since(r.begun)
	if !arrived {
		fmt.Fprintf(r.o.Out, "%s after the last record was put, not everything has arrived\n", r.o.Settle)
	}
	fmt.Fprintln(r.o.Out, "comparing what was put with what SELECT returns ...")
	found, err := compare(ctx, r.cloud, r.in, r.log)
	if err != nil {
		return false, err
	}
	return r.conclude(found, last, took), nil
}

// work puts the records and makes things go wrong, until everything has
// arrived; arrived is false when it did not in time.
func (r *run) work(ctx context.Context, view view) (s *sampler, arrived bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	putting, done := context.WithCancel(ctx)
	var all sync.WaitGroup
	whenReady := func(do func()) {
		all.Go(func() {
			select {
			case <-r.ready:
				do()
			case <-ctx.Done():
			}
		})
	}
	whenReady(func() { r.killer.run(putting) })
	whenReady(func() { r.faults.run(putting, r.o.Duration) })
	whenReady(func() {
		defer done()
		if err := newProducer(r.cloud, r.in, r.log, r.o).run(putting); err != nil && putting.Err() == nil {
			cancel(err)
		}
	})
	whenReady(func() {
		if err := r.pass(ctx); err != nil {
			cancel(err)
		}
	})
	s = newSampler(r)
	arrived, err = r.watch(ctx, s, putting.Done(), view)
	cancel(nil)
	all.Wait()
	return s, arrived, err
}

const lookEvery = 200 * time.Millisecond

// evidenceWithin is how long the lease rows may take to count what is in the
// table: they follow with the next renewal, or after a takeover's recount.
const evidenceWithin = 30 * time.Second

// watch looks at everything five times a second until all records are in the
// table and counted and all that was to happen has, or too late.
func (r *run) watch(ctx context.Context, s *sampler, put <-chan struct{}, view view) (arrived bool, err error) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	var deadline, evidence <-chan time.Time
	ready := false
	for {
		select {
		case <-ctx.Done():
			return false, interrupted(ctx)
		case <-put:
			put, deadline = nil, time.After(r.o.Settle)
		case <-deadline:
			return false, nil
		case <-evidence:
			return true, nil // what the lease rows count is told at the end
		case <-ticker.C:
		}
		snap, err := s.take(ctx)
		if err != nil {
			return false, err
		}
		r.killer.flows(snap.flows())
		if !ready && (snap.flows() || time.Since(r.begun) > readyWithin) {
			ready, r.begun = true, time.Now()
			close(r.ready)
		}
		view.show(snap)
		if put == nil && snap.table >= int64(r.o.Records) && r.over() {
			if evidence == nil {
				evidence = time.After(evidenceWithin)
			}
			if snap.ledger.Committed >= int64(r.o.Records) {
				return true, nil
			}
		}
		if snap.vital.over {
			return false, nil // what is wrong is told at the end
		}
	}
}

// over reports whether every milestone is passed.
func (r *run) over() bool {
	select {
	case <-r.passed:
		return true
	default:
		return false
	}
}

// interrupted is why a context ended.
func interrupted(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return errors.New("interrupted; nothing was compared")
}
