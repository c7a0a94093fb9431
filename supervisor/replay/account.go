package replay

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// account is what a replay has to know when it is gone on with, beside its lease
// table. It is a file of its folder, replaced as a whole.
type account struct {
	path string
	mu   sync.Mutex

	ID      string                                 `json:"id"`
	Stream  string                                 `json:"stream"`
	Table   string                                 `json:"table"`
	Range   Range                                  `json:"range"`
	Shards  []messages.ShardID                     `json:"shards"`
	Begun   time.Time                              `json:"begun"`
	Firsts  map[messages.ShardID]messages.Position `json:"firsts,omitempty"`
	Gaps    map[messages.ShardID][]string          `json:"gaps,omitempty"`
	Missing string                                 `json:"missing,omitempty"` // why the beginning of the range may be gone
	Done    time.Time                              `json:"done,omitzero"`
}

// openAccount reads the account of a folder; found says whether there is one.
func openAccount(dir string) (a *account, found bool, err error) {
	a = &account{path: filepath.Join(dir, "replay.json"), Firsts: map[messages.ShardID]messages.Position{}, Gaps: map[messages.ShardID][]string{}}
	text, err := os.ReadFile(a.path)
	if errors.Is(err, fs.ErrNotExist) {
		return a, false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, a)
	}
	if err != nil {
		return nil, false, fmt.Errorf("%s: %w", a.path, err)
	}
	return a, true, nil
}

// same reports what another replay under this id was of; nil = the same.
func (a *account) same(stream, table string, r Range) error {
	if a.Stream == stream && a.Table == table && a.Range == r {
		return nil
	}
	return fmt.Errorf("replay %s is of %s from %s to %s into %s: give another --id", a.ID, a.Stream, a.Range.From, a.Range.To, a.Table)
}

// keep writes the account.
func (a *account) keep() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.write()
}

func (a *account) write() error {
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if err := os.WriteFile(a.path+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(a.path+".new", a.path)
}

// began notes a shard's first user record.
func (a *account) began(shard messages.ShardID, at messages.Position) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, known := a.Firsts[shard]; known {
		return nil
	}
	a.Firsts[shard] = at
	return a.write()
}

// note keeps the gaps that a replay comes across. That it cannot is no reason to
// stop: the row's counters tell, too.
func (a *account) note(_ string, e messages.Event) {
	gap, ok := e.(*messages.GapDetected)
	if !ok {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.Gaps[gap.Shard] = append(a.Gaps[gap.Shard], "records expired before they were read: all after "+place(gap.From)+" and before "+place(gap.To))
	_ = a.write()
}

// place is a position for people.
func place(p messages.Position) string {
	switch {
	case p.IsZero():
		return "the next one there is"
	case p.Sub < 0:
		return "the one before " + string(p.Seq)
	}
	return p.String()
}
