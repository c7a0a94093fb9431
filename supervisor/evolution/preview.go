// Package evolution tells what client-side schema evolution would do, without
// doing it.
package evolution

import (
	"context"

	"github.com/kinesnow/kinesnow/adapters/rows"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/access"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// Preview is what the columns of a table and some payloads come to.
type Preview struct {
	Kind     string                `json:"kind"`     // TABLE or ICEBERG TABLE
	Evolves  bool                  `json:"evolves"`  // Snowflake adds columns to it by itself
	Columns  int                   `json:"columns"`  // that the table has
	Samples  int                   `json:"samples"`  // payloads that make rows
	Unusable []string              `json:"unusable"` // why the others make none
	Ignored  []string              `json:"ignored"`  // keys without a column
	Would    []messages.Alteration `json:"would"`    // statements that would run, in their order; nil = none
}

// Look describes the configured table and compares sample payloads with it: each
// is the payload of one user record, as the connector would render it. It
// changes nothing, and needs no warehouse.
//
// Would is what schema_evolution: client runs, at most
// snowflake.evolution_max_ddl_per_minute of them a minute. With another setting
// Ignored is what Snowflake drops, unless Evolves.
//
// Errors are *messages.Fault of the description (warehouse.Describe), or say
// that the credential cannot be read.
func Look(ctx context.Context, cfg config.Config, samples [][]byte) (*Preview, error) {
	w, err := access.Statements(cfg.Snowflake)
	if err != nil {
		return nil, err
	}
	defer w.Close()
	table, err := w.Altering(cfg.Snowflake.Table)
	if err != nil {
		return nil, err
	}
	target, err := table.Describe(ctx)
	if err != nil {
		return nil, err
	}
	p := &Preview{Kind: target.Kind, Evolves: target.Evolves, Columns: len(target.Columns.List())}
	seen := p.survey(target.Columns, samples)
	for i := range seen.Keys {
		if target.Columns.Find(seen.Keys[i].Name) < 0 {
			p.Ignored = append(p.Ignored, seen.Keys[i].Name)
		}
	}
	p.Would = table.Plan(target, seen)
	return p, nil
}

// survey renders the samples, and returns what they have beyond the columns.
func (p *Preview) survey(columns *messages.Columns, samples [][]byte) *messages.Unmatched {
	known := &messages.KnownColumns{}
	known.Store(columns)
	renderer := rows.NewRenderer("sample", "shardId-000000000000", 5).Evolving(known)
	seen := &messages.Unmatched{}
	for _, sample := range samples {
		if _, _, err := renderer.Append(nil, sample, &messages.Mark{Seq: "1", Last: true}, nil); err != nil {
			p.Unusable = append(p.Unusable, err.Error())
			continue
		}
		p.Samples++
		seen = seen.Merge(renderer.Unmatched())
	}
	return seen
}
