package journal

import (
	"context"
	"errors"
	"fmt"
	"maps"
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
	for _, s := range j.all() {
		wrote, err := s.write(j)
		switch {
		case err != nil:
			j.report(s.place(), err)
			errs = append(errs, fmt.Errorf("journal: %s: %w", s.place(), err))
		case wrote:
			j.wrote(s)
		}
	}
	return errors.Join(errs...)
}

// trouble is what does not work at a place, and when that was last tried.
type trouble struct {
	err error
	at  time.Time
}

// report keeps what goes wrong at a place. Only what begins is told: a disk
// that is full is full for every stream, and at every try.
func (j *Segments) report(place string, err error) {
	err = fmt.Errorf("journal: %s: %w", place, err)
	now := j.world.now()
	j.mu.Lock()
	begins := len(j.troubles) == 0
	j.troubles[place] = trouble{err, now}
	j.mu.Unlock()
	if begins {
		j.opts.Log(err)
	}
}

// wrote ends a stream's trouble, and what nobody came back to since: a stream
// that has nothing to write is in no trouble where another one can.
func (j *Segments) wrote(s *stream) {
	now := j.world.now()
	j.heal(func(place string, t trouble) bool { return place == s.place() || now.Sub(t.at) > idleClose })
}

// heal ends troubles, and tells when none is left.
func (j *Segments) heal(over func(place string, t trouble) bool) {
	j.mu.Lock()
	troubled := len(j.troubles) > 0
	maps.DeleteFunc(j.troubles, over)
	well := troubled && len(j.troubles) == 0
	j.mu.Unlock()
	if well {
		j.opts.Log(fmt.Errorf("journal: everything is written again; %d entries were dropped so far", j.dropped.Load()))
	}
}

// setAside takes a segment that cannot be used out of the way, unless a newer
// version can use it. One that stays in the way is counted and told once.
func (j *Segments) setAside(path string, cause error) {
	err := fmt.Errorf("journal: segment %s is set aside: %w", path, cause)
	if !errors.Is(cause, errNewer) {
		err = errors.Join(err, j.world.rename(path, path+asideSuffix))
	}
	j.mu.Lock()
	known := j.unfit[path]
	j.unfit[path] = true
	j.mu.Unlock()
	if !known {
		j.aside.Add(1)
		j.opts.Log(err)
	}
}

// signal leaves a mark that somebody is to look; one is enough.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
