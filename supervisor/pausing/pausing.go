package pausing

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/access"
)

const (
	lookEvery  = 500 * time.Millisecond // how often Wait looks at the lease rows
	lookAtMost = 5 * time.Second        // between two looks of a process (actors/numbers.go)
)

// Pauser pauses and resumes one connector.
type Pauser struct {
	name   string
	stream *stream.Client
	table  *leasetable.Table
}

// New wires a pauser to a connector's configuration. Nothing is sent yet. Of the
// host AWS counts.
func New(name string, cfg supervisor.Config, host supervisor.Host) *Pauser {
	c := access.Lent(host.AWS, cfg.AWS)
	return &Pauser{name: name, stream: access.Stream(name, cfg, c), table: access.Table(cfg, c)}
}

// Report is what is paused after a change. Its JSON is stable.
type Report struct {
	Connector string `json:"connector"`
	messages.Pauses
	// LossFrom is when the first record expires that nobody read, if it stays so;
	// absent where the stream could not be asked, or nothing is paused.
	LossFrom time.Time `json:"lossFrom,omitzero"`
	// Waiting are shards that are not at rest yet: set by Wait alone.
	Waiting []messages.ShardID `json:"waiting,omitempty"`
}

// Pause pauses shards by their full ids, none named meaning all. Errors are
// *messages.Fault.
func (p *Pauser) Pause(ctx context.Context, shards []string, who string) (*Report, error) {
	pauses, err := p.table.Pause(ctx, ids(shards), who)
	if err != nil {
		return nil, err
	}
	r := &Report{Connector: p.name, Pauses: pauses}
	if s, err := p.stream.Describe(ctx); err == nil { // else it is paused all the same
		r.LossFrom = pauses.Since.Add(s.Retention)
	}
	return r, nil
}

// Resume takes a pause back. Errors are *messages.Fault.
func (p *Pauser) Resume(ctx context.Context, shards []string, who string) (*Report, error) {
	pauses, err := p.table.Resume(ctx, ids(shards), who)
	return &Report{Connector: p.name, Pauses: pauses}, err
}

func ids(texts []string) []messages.ShardID {
	shards := make([]messages.ShardID, len(texts))
	for i, text := range texts {
		shards[i] = messages.ShardID(text)
	}
	return shards
}

// Wait waits until nothing of what is paused is in flight any more: each shard's
// row says that it is settled, or nobody owns it. An owner sees the pause with
// his next look at the table, so what a row says counts from two of them on. It
// returns early with the shards that are left when ctx ends.
func (p *Pauser) Wait(ctx context.Context, r *Report) error {
	seen := time.Now().Add(2 * lookAtMost)
	for {
		rows, err := p.table.Rows(ctx)
		if err != nil && ctx.Err() == nil {
			return err
		}
		if err == nil {
			r.Waiting = nil
			for i := range rows.Shards {
				if row := &rows.Shards[i]; r.Has(row.Shard) && row.Owner != "" && !row.Ended && (!row.Settled || time.Now().Before(seen)) {
					r.Waiting = append(r.Waiting, row.Shard)
				}
			}
		}
		if err == nil && len(r.Waiting) == 0 {
			return nil
		}
		select {
		case <-time.After(lookEvery):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Text writes the report for people.
func (r *Report) Text(w io.Writer) error {
	what := "all shards"
	if !r.All {
		what = fmt.Sprintf("%d shards %v", len(r.Shards), r.Shards)
	}
	text := r.Connector + "  nothing is paused; its processes go on within 5 s\n"
	if !r.None() {
		text = fmt.Sprintf("%s  %s paused since %s; its processes stop reading within 5 s\n", r.Connector, what, r.Since.Format(time.RFC3339))
	}
	if !r.LossFrom.IsZero() && !r.None() {
		text += fmt.Sprintf("        records are lost from %s on at the latest, unless it is resumed before\n", r.LossFrom.Format(time.RFC3339))
	}
	for _, id := range r.Waiting {
		text += fmt.Sprintf("        %s is not at rest yet\n", id)
	}
	_, err := io.WriteString(w, text)
	return err
}
