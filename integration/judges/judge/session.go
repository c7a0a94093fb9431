package judge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Session hears judges.
type Session struct {
	Cache   string    // folder for tools; "" is one below the user's cache folder
	Logs    string    // folder for a log of each hearing; "" keeps only those of judges that disagree, in a temporary one
	Say     io.Writer // told what begins and ends
	AtATime int       // judges heard at once; most of them wait most of the time

	forget bool // logs of judges that agree
	builds *builds
	saying sync.Mutex
}

// Hear hears judges and returns their verdicts in the same order. The tools of
// all of them are installed before the first is heard, one after the other: no
// hearing's time is spent beside a package client, and package clients lock
// their own caches badly.
func (s *Session) Hear(ctx context.Context, judges []Judge) ([]Verdict, error) {
	if s.Cache == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("name a cache folder: %w", err)
		}
		s.Cache = filepath.Join(dir, "kinesnow", "judges")
	}
	if s.Logs == "" {
		dir, err := os.MkdirTemp("", "judges-")
		if err != nil {
			return nil, err
		}
		s.Logs, s.forget = dir, true
		defer func() { _ = os.Remove(dir) }() // only if nothing stayed in it
	}
	binaries, err := os.MkdirTemp("", "judges-bin-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(binaries)
	s.builds = &builds{dir: binaries, done: map[string]bool{}}
	verdicts := make([]Verdict, len(judges))
	homes, tools := make([]map[string]string, len(judges)), newToolbox(s.Cache)
	for i, j := range judges {
		verdicts[i].Judge = j
		if homes[i], err = s.install(ctx, j, tools); ctx.Err() != nil {
			return verdicts, ctx.Err()
		}
		if err != nil {
			verdicts[i].NotJudged = err.Error()
		}
	}
	hearings, ctx := errgroup.WithContext(ctx)
	hearings.SetLimit(max(1, s.AtATime))
	for i, j := range judges {
		if verdicts[i].NotJudged != "" {
			continue
		}
		hearings.Go(func() (err error) {
			verdicts[i], err = s.hear(ctx, j, homes[i])
			return err
		})
	}
	return verdicts, hearings.Wait()
}

// install installs what one judge needs. An error is why it is not judged.
func (s *Session) install(ctx context.Context, j Judge, tools *toolbox) (map[string]string, error) {
	began := time.Now()
	homes, err := tools.open(ctx, j.Tools)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		s.say("not judged   %s %s: %v", j.Name, j.Version, err)
		return nil, err
	}
	if took := time.Since(began); took > time.Second {
		s.say("installed    %s %s in %.0f s", j.Name, j.Version, took.Seconds())
	}
	return homes, nil
}

// hear hears one judge. An error is the session's own trouble, or its end.
func (s *Session) hear(ctx context.Context, j Judge, homes map[string]string) (Verdict, error) {
	v := Verdict{Judge: j}
	dir := filepath.Join(s.Logs, nameOf(j.Name+j.Of)+"-"+plain(j.Name))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return v, err
	}
	log, err := os.Create(filepath.Join(dir, "hearing.log"))
	if err != nil {
		return v, err
	}
	h := &Hearing{Dir: dir, homes: homes, builds: s.builds, logs: log}
	began := time.Now()
	v.BrokeOff = listen(ctx, j, h)
	v.Took, v.Findings = time.Since(began), h.findings()
	if ctx.Err() != nil {
		return v, errors.Join(ctx.Err(), log.Close())
	}
	if v.BrokeOff == nil && len(v.Findings) < j.AtLeast {
		v.BrokeOff = fmt.Errorf("%d findings, it makes at least %d when it is heard to the end", len(v.Findings), j.AtLeast)
	}
	if against := v.Disagreements(); len(against) > 0 {
		s.say("DISAGREES    %s %s on %s, %.0f s; its log is %s", j.Name, j.Version, j.Of, v.Took.Seconds(), log.Name())
		for _, f := range against {
			s.say("             %s: %s", f.Operation, f.Detail)
		}
		return v, log.Close()
	}
	s.say("agrees       %s %s on %s: %d operations, %d of them differ as known, %.0f s", j.Name, j.Version, j.Of, len(v.Findings), len(v.Known()), v.Took.Seconds())
	if err := log.Close(); err != nil || !s.forget {
		return v, err
	}
	return v, os.RemoveAll(dir)
}

// listen runs Hear within its time and ends what it left. A panic in it is the
// judge's own end, not the session's.
func listen(ctx context.Context, j Judge, h *Hearing) (err error) {
	if err := h.compile(ctx, j.Tools); err != nil {
		return err
	}
	within := j.Within
	if within == 0 {
		within = DefaultTime
	}
	ctx, cancel := context.WithTimeoutCause(ctx, within, fmt.Errorf("not done after %v", within))
	defer cancel()
	defer h.end()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	err = j.Hear(ctx, h)
	if err != nil && ctx.Err() != nil {
		return errors.Join(context.Cause(ctx), err)
	}
	return err
}

func (s *Session) say(format string, args ...any) {
	s.saying.Lock()
	defer s.saying.Unlock()
	fmt.Fprintf(s.Say, format+"\n", args...)
}

// plain is a name as part of a path.
func plain(name string) string {
	out := []byte(name)
	for i, c := range out {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			out[i] = '-'
		}
	}
	return string(out)
}
