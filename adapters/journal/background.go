package journal

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// tendEvery is how often the background looks for what to close and what to
// delete.
const tendEvery = time.Minute

// run writes what waits and tends the folder until ctx ends.
func (j *Segments) run(ctx context.Context) {
	defer close(j.done)
	tend := time.NewTicker(tendEvery)
	defer tend.Stop()
	j.tend()
	var due <-chan time.Time
	for {
		select {
		case <-j.wake:
			if due == nil {
				due = time.After(j.opts.FlushEvery)
			}
			continue
		case <-due:
		case <-j.full:
		case <-tend.C:
			j.tend()
			continue
		case <-ctx.Done():
			return
		}
		due = nil
		j.flush() // told through Log and State
	}
}

// flush writes what waits.
func (j *Segments) flush() error {
	j.files.Lock()
	defer j.files.Unlock()
	var errs []error
	stopped := false
	for _, s := range j.all() {
		err := s.write(j)
		errs = append(errs, err)
		stopped = stopped || s.stopped()
		if err != nil {
			j.report(fmt.Errorf("journal: stream %s: %w", s.name, err))
		}
	}
	if !stopped {
		j.mu.Lock()
		j.trouble = nil
		j.mu.Unlock()
	}
	return errors.Join(errs...)
}

// report keeps and tells what went wrong.
func (j *Segments) report(err error) {
	j.mu.Lock()
	j.trouble = err
	j.mu.Unlock()
	j.opts.Log(err)
}

// setAside takes a segment that cannot be used out of the way, unless a newer
// version can use it.
func (j *Segments) setAside(path string, cause error) {
	j.aside.Add(1)
	err := fmt.Errorf("journal: segment %s is set aside: %w", path, cause)
	if !errors.Is(cause, errNewer) {
		err = errors.Join(err, setAside(path))
	}
	j.opts.Log(err)
}

// signal leaves a mark that somebody is to look; one is enough.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
