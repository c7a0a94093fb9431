package replay

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/kinesnow/kinesnow/adapters/deadletter"
	"github.com/kinesnow/kinesnow/adapters/leasefile"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
)

// LettersRequest asks for dead letters to be sent again.
type LettersRequest struct {
	Choice
	Table string // exact name, in the connector's database and schema; "" = the live table
}

// LettersPlan says what SendLetters would do, and writes nothing.
func LettersPlan(ctx context.Context, file supervisor.File, name string, r LettersRequest, o Options) (*LettersReport, error) {
	s, err := newSending(ctx, file, name, r, o.within(file))
	if err != nil {
		return nil, err
	}
	s.report.Plan = true
	if err := s.there(ctx); err != nil {
		return nil, err
	}
	shelf, err := openShelf(s.dir)
	if err != nil {
		return nil, err
	}
	if u := shelf.unfinished(); u != nil {
		s.report.Notes = append(s.report.Notes, fmt.Sprintf("replay %s of %s into %s is not over: it is gone on with first", u.ID, u.At.Format(time.RFC3339), u.Target()))
	}
	for next, more := 0, true; more; {
		found, err := shelf.each(s.sieve, r.Choice, s.target, next, func(*deadletter.Sent) error { return nil })
		if err != nil {
			return nil, err
		}
		next, more = found.next, found.more
		s.report.Letters, s.report.Rows, s.report.Filtered = s.report.Letters+found.letters, s.report.Rows+found.rows, s.report.Filtered+found.filtered
		s.report.left(found)
	}
	s.report.causes(shelf, r.Choice, s.target)
	s.report.Exact = true
	return s.report, nil
}

// SendLetters sends the letters that can become rows now, each once, and gives
// an account of it. What was begun before and is not over is gone on with first.
// Letters that make no row still stay, with their new cause.
//
// Errors: *RefusedError where the request cannot be meant, leasefile.ErrHeld where
// another process is at it, a *messages.Fault where the lease table or Kinesis
// cannot be asked or Table is not there, and whatever keeps the work from ending, beside the account so
// far.
func SendLetters(ctx context.Context, file supervisor.File, name string, r LettersRequest, o Options) (*LettersReport, error) {
	s, err := newSending(ctx, file, name, r, o.within(file))
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(deadletter.Replays(s.dir), 0o700); err != nil {
		return nil, err
	}
	lock, err := leasefile.Lock(filepath.Join(deadletter.Replays(s.dir), "lock"))
	if err != nil {
		return nil, fmt.Errorf("the letters of %s: %w", name, err)
	}
	defer lock.Close()
	shelf, err := openShelf(s.dir)
	if err != nil {
		return nil, err
	}
	for u := shelf.unfinished(); u != nil; u = shelf.unfinished() {
		s.report.Notes = append(s.report.Notes, fmt.Sprintf("replay %s of %s was not over, and was gone on with", u.ID, u.At.Format(time.RFC3339)))
		if err := s.carryOut(ctx, u); err != nil || u.Outcome == nil {
			return s.concluded(shelf), err
		}
		if shelf, err = openShelf(s.dir); err != nil {
			return nil, err
		}
	}
	if err := s.there(ctx); err != nil {
		return nil, err
	}
	for next, more := 0, true; more; {
		var p *deadletter.Plan
		var found sifted
		if p, found, err = s.plan(shelf, next); err != nil {
			return s.concluded(shelf), err
		}
		next, more = found.next, found.more
		s.report.left(found)
		if p == nil {
			continue
		}
		if err := s.carryOut(ctx, p); err != nil || p.Outcome == nil {
			return s.concluded(shelf), err
		}
	}
	if shelf, err = openShelf(s.dir); err != nil {
		return nil, err
	}
	return s.concluded(shelf), nil
}

// sending is the sending of letters under way.
type sending struct {
	name    string
	cfg     supervisor.Config
	request LettersRequest
	options Options
	dir     string
	target  string
	live    string // the connector's own table
	sieve   *sieve
	stream  *messages.Stream
	report  *LettersReport
}

func newSending(ctx context.Context, file supervisor.File, name string, r LettersRequest, o Options) (s *sending, err error) {
	cfg := file.Connectors[name]
	if o.Host.DataDir == "" {
		return nil, refuse("data_dir is not set: there are no dead letters")
	}
	s = &sending{name: name, cfg: cfg, request: r, options: o, dir: Folder(o.Host.DataDir, name), live: cfg.Snowflake.Table}
	live := r.Table == "" || r.Table == cfg.Snowflake.Table
	if !live {
		s.cfg.Snowflake.Table, s.cfg.Snowflake.Pipe = r.Table, ""
		if err := s.cfg.Validate(name); err != nil {
			return nil, badName(err)
		}
		for _, other := range file.Names() {
			if c := file.Connectors[other]; target(c, c.Snowflake.Table) == target(cfg, r.Table) {
				return nil, refuse("--table: %s is the table of connector %s", target(cfg, r.Table), other)
			}
		}
	}
	s.target = target(s.cfg, s.cfg.Snowflake.Table)
	s.report = &LettersReport{Connector: name, Stream: cfg.Kinesis.StreamName(), Table: s.target, Replays: []Resent{}, Causes: []CauseCount{}}
	s.sieve, err = newSieve(ctx, cfg, live, o)
	return s, err
}

// plan fixes what is sent next; nil = nothing is. Causes that changed are kept
// with it.
func (s *sending) plan(shelf *shelf, next int) (*deadletter.Plan, sifted, error) {
	c := s.cfg.Snowflake
	before := map[*entry]string{}
	for _, e := range shelf.entries[next:] {
		before[e] = e.why()
	}
	var found sifted
	p, err := deadletter.Create(s.dir, deadletter.Plan{
		ID: "dl" + token(), Connector: s.name, Stream: s.cfg.Kinesis.StreamName(), Database: c.Database, Schema: c.Schema, Table: c.Table, Pipe: c.Pipe, At: time.Now().UTC(),
	}, func(yield func(*deadletter.Sent) error) (err error) {
		found, err = shelf.each(s.sieve, s.request.Choice, s.target, next, yield)
		return err
	})
	if err != nil {
		return nil, found, err
	}
	var changed []messages.Letter
	for _, e := range shelf.entries[next:min(found.next, len(shelf.entries))] {
		if e.why() != before[e] {
			changed = append(changed, messages.Letter{Connector: s.name, Stream: e.stream, Shard: e.shard, Seq: string(e.at.Seq), Sub: subText(e.at), Arrival: e.arrival, Cause: e.why()})
		}
	}
	if found.letters == 0 && len(changed) == 0 {
		return nil, found, os.RemoveAll(p.Folder)
	}
	if err := keepRefused(p, changed); err != nil {
		return nil, found, err
	}
	if found.letters > 0 {
		return p, found, nil
	}
	return nil, found, p.Finish(deadletter.Outcome{At: time.Now().UTC()})
}

// keepRefused keeps why letters still make no row.
func keepRefused(p *deadletter.Plan, letters []messages.Letter) error {
	if len(letters) == 0 {
		return nil
	}
	q, err := refusedQueue(p)
	if err != nil {
		return err
	}
	return errors.Join(q.Put(context.Background(), letters), q.Close())
}

func refusedQueue(p *deadletter.Plan) (*deadletter.File, error) {
	return deadletter.OpenFile(p.Refused(), deadletter.Options{MaxPerMinute: 1 << 30})
}

// token makes an id that no other machine makes.
func token() string {
	var b [5]byte
	_, _ = rand.Read(b[:]) // it never fails
	return hex.EncodeToString(b[:])
}

func subText(p messages.Position) string {
	text := p.String()
	return text[len(p.Seq)+1:]
}

// concluded is the account once nothing more is done.
func (s *sending) concluded(shelf *shelf) *LettersReport {
	r := s.report
	for _, one := range r.Replays {
		r.Letters, r.Rows, r.Rejected = r.Letters+one.Letters, r.Rows+one.Rows, r.Rejected+one.Rejected
		switch {
		case !one.Done:
			r.Findings = append(r.Findings, fmt.Sprintf("replay %s is not over: the same command goes on with it", one.ID))
		case one.Committed != one.Rows:
			r.Findings = append(r.Findings, fmt.Sprintf("replay %s: %d rows were to be sent, %d are committed", one.ID, one.Rows, one.Committed))
		}
		r.Findings = append(r.Findings, one.findings...)
	}
	r.causes(shelf, s.request.Choice, s.target)
	r.Exact = len(r.Findings) == 0
	return r
}
