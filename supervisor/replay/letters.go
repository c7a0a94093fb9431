package replay

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/adapters/deadletter"
	"github.com/kinesnow/kinesnow/messages"
)

// Folder is where a connector keeps its dead letters under a data_dir. Every
// process that has this data_dir writes there, each into files of its own.
func Folder(dataDir, name string) string { return filepath.Join(dataDir, "deadletter", name) }

// Choice says which letters are meant.
type Choice struct {
	Shard messages.ShardID // "" = all
	Cause string           // part of it; "" = any
	Since time.Time        // that arrived then or later; zero = all
}

// ParseShard reads a shard's full id or its number.
func ParseShard(text string) (messages.ShardID, error) { return messages.ParseShard(text) }

// key is a letter's identity: where its record lies.
type key struct {
	shard messages.ShardID
	at    messages.Position
}

func (k key) compare(o key) int {
	return cmp.Or(strings.Compare(string(k.shard), string(o.shard)), k.at.Compare(o.at))
}

// entry is what is kept in memory of a letter.
type entry struct {
	key
	where   deadletter.Where // of the newest copy
	stream  string
	arrival time.Time
	cause   string
	refused string             // why it was refused when it was sent again; "" = it was not
	sent    []*deadletter.Plan // that have it, and did not refuse it; oldest first
	ready   bool               // it was looked at, and can be sent
}

// chosen reports whether a letter is meant.
func (e *entry) chosen(c Choice) bool {
	return (c.Shard == "" || c.Shard == e.shard) && strings.Contains(e.why(), c.Cause) && !e.arrival.Before(c.Since)
}

// why is the newest cause that is known.
func (e *entry) why() string { return cmp.Or(e.refused, e.cause) }

// into reports whether a letter was sent into a table, or is about to be.
func (e *entry) into(target string) bool {
	return slices.ContainsFunc(e.sent, func(p *deadletter.Plan) bool { return p.Target() == target })
}

// shelf is all letters of a connector, each once, by shard and position.
type shelf struct {
	dir     string
	entries []*entry
	plans   []*deadletter.Plan
	copies  int64 // of letters that were put again after a crash
	bad     int   // lines that are no letters
}

// openShelf reads a folder of letters, and what became of them. A folder that is
// not there holds none.
func openShelf(dir string) (*shelf, error) {
	s := &shelf{dir: dir}
	all, causes := map[key]*entry{}, map[string]string{}
	same := func(cause string) string { // there are few
		if _, known := causes[cause]; !known {
			causes[cause] = strings.Clone(cause)
		}
		return causes[cause]
	}
	placeless := 0
	bad, err := deadletter.Walk(dir, func(w deadletter.Where, l *messages.Letter) bool {
		at, err := l.Position()
		if err != nil {
			placeless++
			return true
		}
		k := key{l.Shard, at}
		e := all[k]
		if e == nil {
			e = &entry{key: k}
			all[k] = e
		} else {
			s.copies++
		}
		e.where, e.stream, e.arrival, e.cause = w, same(l.Stream), l.Arrival, same(l.Cause)
		return true
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	s.bad = bad + placeless
	if s.plans, err = deadletter.Plans(dir); err != nil {
		return nil, err
	}
	for _, p := range s.plans {
		if err := s.follow(p, all, same); err != nil {
			return nil, err
		}
	}
	s.entries = make([]*entry, 0, len(all))
	for _, e := range all {
		s.entries = append(s.entries, e)
	}
	slices.SortFunc(s.entries, func(a, b *entry) int { return a.compare(b.key) })
	return s, nil
}

// follow notes what one replay did, or is to do.
func (s *shelf) follow(p *deadletter.Plan, all map[key]*entry, same func(string) string) error {
	refused, err := refusals(p)
	if err != nil {
		return err
	}
	var wrong error
	err = p.Each(func(sent *deadletter.Sent) bool {
		at, err := sent.Position()
		if err != nil {
			wrong = fmt.Errorf("%s: %w", p.Folder, err)
			return false
		}
		k := key{sent.Shard, at}
		e := all[k]
		if e == nil {
			return true // its file was removed since
		}
		if _, no := refused[k]; no && p.Outcome != nil {
			return true
		}
		e.sent = append(e.sent, p)
		return true
	})
	for k, cause := range refused { // beside those of the plan, letters whose cause has changed
		if e := all[k]; e != nil && p.Outcome != nil {
			e.refused = same(cause)
		}
	}
	return errors.Join(err, wrong)
}

// refusals are the letters of a plan that could not be sent after all, and why.
func refusals(p *deadletter.Plan) (map[key]string, error) {
	refused := map[key]string{}
	_, err := deadletter.Read(p.Refused(), func(l messages.Letter) bool {
		if at, err := l.Position(); err == nil {
			refused[key{l.Shard, at}] = l.Cause
		}
		return true
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return refused, err
}

// unfinished is a replay that was begun and is not over; nil = there is none.
func (s *shelf) unfinished() *deadletter.Plan {
	for _, p := range s.plans {
		if p.Outcome == nil {
			return p
		}
	}
	return nil
}
