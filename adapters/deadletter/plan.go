package deadletter

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Plan is what one replay of letters sends. It is on the disk before the first
// row is sent, with the rows as they are sent: a replay that was killed goes on
// with the same, whatever became of the configuration since.
//
//	<letters>/replays/<id>/plan.ndjson   the Plan, then one Sent a line, by shard and position
//	                       done.json     its Outcome, once it is over
//	                       refused/      letters that could not be sent after all
//	                       leases/       how far it is (adapters/leasefile)
type Plan struct {
	ID        string    `json:"id"`
	Connector string    `json:"connector"`
	Stream    string    `json:"stream"`
	Database  string    `json:"database"`
	Schema    string    `json:"schema"`
	Table     string    `json:"table"` // exact names
	Pipe      string    `json:"pipe,omitempty"`
	At        time.Time `json:"at"`

	Folder  string   `json:"-"`
	Outcome *Outcome `json:"-"` // nil = it is not over
}

// Sent is one letter of a plan, with the rows that it makes.
type Sent struct {
	Shard    messages.ShardID `json:"shard"`
	Seq      string           `json:"seq"`
	Sub      string           `json:"sub"`
	Arrival  int64            `json:"arrival"` // ms
	Rows     int              `json:"rows"`
	Filtered bool             `json:"filtered,omitempty"` // a transform asks for no row
	NDJSON   []byte           `json:"ndjson,omitempty"`
}

// Position is the letter's place.
func (s *Sent) Position() (messages.Position, error) {
	return messages.ParsePosition(s.Seq + "/" + s.Sub)
}

// Outcome is what became of a plan.
type Outcome struct {
	At       time.Time                  `json:"at"`
	Letters  int64                      `json:"letters"` // that were sent, or filtered
	Rows     int64                      `json:"rows"`    // that were committed, rejected ones included
	Rejected map[messages.ShardID]int64 `json:"rejected,omitempty"`
}

const (
	replaysFolder = "replays"
	planFile      = "plan.ndjson"
	doneFile      = "done.json"
)

// Replays is where a folder of letters keeps its replays.
func Replays(letters string) string { return filepath.Join(letters, replaysFolder) }

// Refused is where a plan keeps the letters that could not be sent.
func (p *Plan) Refused() string { return filepath.Join(p.Folder, "refused") }

// Leases is where a plan keeps how far it is.
func (p *Plan) Leases() string { return filepath.Join(p.Folder, "leases") }

// Target names the table.
func (p *Plan) Target() string { return p.Database + "." + p.Schema + "." + p.Table }

// Create writes a plan, all of it or none: each is called to yield what is sent,
// by shard and position. The folder has the name of the plan's ID.
func Create(letters string, p Plan, each func(yield func(*Sent) error) error) (*Plan, error) {
	p.Folder = filepath.Join(Replays(letters), p.ID)
	begun := filepath.Join(Replays(letters), ".new-"+p.ID)
	err := os.MkdirAll(begun, 0o700)
	if err == nil {
		err = writePlan(filepath.Join(begun, planFile), &p, each)
	}
	if err == nil {
		err = os.Rename(begun, p.Folder)
	}
	if err != nil {
		return nil, fmt.Errorf("deadletter: the plan cannot be kept: %w", errors.Join(err, os.RemoveAll(begun)))
	}
	syncFolder(Replays(letters))
	return &p, nil
}

func writePlan(path string, p *Plan, each func(yield func(*Sent) error) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(file, 256<<10)
	lines := json.NewEncoder(out)
	err = lines.Encode(p)
	if err == nil {
		err = each(func(s *Sent) error { return lines.Encode(s) })
	}
	if err == nil {
		err = out.Flush()
	}
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// Finish keeps a plan's outcome.
func (p *Plan) Finish(o Outcome) error {
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	path := filepath.Join(p.Folder, doneFile)
	file, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err == nil {
		_, err = file.Write(text)
		err = errors.Join(err, file.Sync(), file.Close())
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return fmt.Errorf("deadletter: %w", err)
	}
	syncFolder(p.Folder)
	p.Outcome = &o
	return nil
}

// Plans are the replays of a folder of letters, oldest first.
func Plans(letters string) ([]*Plan, error) {
	entries, err := os.ReadDir(Replays(letters))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("deadletter: %w", err)
	}
	var plans []*Plan
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		p := &Plan{Folder: filepath.Join(Replays(letters), e.Name())}
		if err := p.read(); err != nil {
			return nil, fmt.Errorf("deadletter: %s: %w", p.Folder, err)
		}
		plans = append(plans, p)
	}
	slices.SortFunc(plans, func(a, b *Plan) int { return a.At.Compare(b.At) })
	return plans, nil
}

func (p *Plan) read() error {
	file, err := os.Open(filepath.Join(p.Folder, planFile))
	if err != nil {
		return err
	}
	defer file.Close()
	line, err := (&lines{Reader: bufio.NewReader(file)}).next()
	if err == nil {
		err = json.Unmarshal(line, p)
	}
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(p.Folder, doneFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		p.Outcome = &Outcome{}
		err = json.Unmarshal(text, p.Outcome)
	}
	return err
}

// Each yields what a plan sends, without the rows, until yield answers false. The
// Sent is yield's.
func (p *Plan) Each(yield func(*Sent) bool) error {
	r, err := p.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	for {
		var head struct {
			Sent
			NDJSON passedOver `json:"ndjson"`
		}
		err := r.next(&head)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil || !yield(&head.Sent) {
			return err
		}
	}
}

// PlanReader reads what a plan sends.
type PlanReader struct {
	file *os.File
	in   *lines
}

// Open begins to read a plan.
func (p *Plan) Open() (*PlanReader, error) {
	file, err := os.Open(filepath.Join(p.Folder, planFile))
	if err != nil {
		return nil, fmt.Errorf("deadletter: %w", err)
	}
	r := &PlanReader{file, &lines{Reader: bufio.NewReaderSize(file, 64<<10)}}
	if _, err := r.in.next(); err != nil { // the Plan itself
		file.Close()
		return nil, fmt.Errorf("deadletter: %s: %w", file.Name(), err)
	}
	return r, nil
}

// Next returns the next one, with its rows; io.EOF behind the last.
func (r *PlanReader) Next() (*Sent, error) {
	s := &Sent{}
	return s, r.next(s)
}

func (r *PlanReader) next(into any) error {
	line, err := r.in.next()
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	if err == nil {
		err = json.Unmarshal(line, into)
	}
	if err != nil {
		return fmt.Errorf("deadletter: %s: %w", r.file.Name(), err)
	}
	return nil
}

// Close ends the reading.
func (r *PlanReader) Close() error { return r.file.Close() }

// syncFolder makes names of a folder safe, where the system can.
func syncFolder(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		d.Close()
	}
}
