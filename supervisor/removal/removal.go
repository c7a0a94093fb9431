package removal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"

	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/access"
)

// Report is what was removed and what is left. Its JSON is stable.
type Report struct {
	Connector    string   `json:"connector"`
	Running      []string `json:"running"`                // nodes that hold a live lease, by this machine's clock
	Deregistered string   `json:"deregistered,omitempty"` // ARN of the consumer
	Left         []Left   `json:"left"`
	Refused      bool     `json:"refused"` // nothing was done: it runs
}

// Left is one thing that is there still.
type Left struct {
	What    string `json:"what"`
	Command string `json:"command,omitempty"` // that deletes it
	Why     string `json:"why,omitempty"`     // it was to be deleted, and could not be
}

// Remover takes one connector back.
type Remover struct {
	name    string
	cfg     supervisor.Config
	dataDir string
	stream  *stream.Client
	table   *leasetable.Table
}

// New wires a remover to a connector's configuration. Nothing is sent yet. Of
// the host AWS and DataDir count.
func New(name string, cfg supervisor.Config, host supervisor.Host) *Remover {
	c := access.Lent(host.AWS, cfg.AWS)
	return &Remover{name: name, cfg: cfg, dataDir: host.DataDir, stream: access.Stream(name, cfg, c), table: access.Table(cfg, c)}
}

// Run deregisters the consumer, unless somebody works on the stream, and says
// what else is left. It is not run by a shutdown: a consumer that is registered
// anew has another ARN, and costs its first minute.
//
// Errors are *messages.Fault: the stream or the table could not be asked at all.
func (r *Remover) Run(ctx context.Context, now time.Time) (*Report, error) {
	report := &Report{Connector: r.name, Running: []string{}, Left: []Left{}}
	rows, left, err := r.leases(ctx)
	if err != nil {
		return report, err
	}
	for i := range rows {
		node, _, _ := strings.Cut(string(rows[i].Owner), "/")
		if rows[i].Owner != "" && rows[i].Expiry > now.UnixMilli() && !slices.Contains(report.Running, node) {
			report.Running = append(report.Running, node)
		}
	}
	slices.Sort(report.Running)
	if len(report.Running) > 0 {
		report.Refused = true
		return report, nil
	}
	consumer, err := r.deregister(ctx, report)
	if err != nil {
		return report, err
	}
	report.Left = append(report.Left, consumer...)
	report.Left = append(report.Left, left...)
	report.Left = append(report.Left, r.snowflake(rows)...)
	report.Left = append(report.Left, r.files()...)
	return report, nil
}

// deregister takes the consumer of enhanced fan-out back, also where the
// configuration polls now: it may have been registered before.
func (r *Remover) deregister(ctx context.Context, report *Report) ([]Left, error) {
	arn, err := r.stream.Deregister(ctx)
	var f *messages.Fault
	switch {
	case err == nil:
		report.Deregistered = arn
		return nil, nil
	case !errors.As(err, &f) || f.Reason != messages.ReasonDenied:
		return nil, err
	}
	command := "aws kinesis deregister-stream-consumer --region " + r.cfg.AWS.Region
	if arn != "" {
		command += " --consumer-arn " + arn
	} else {
		command += " --stream-arn " + r.streamARN(ctx) + " --consumer-name " + r.cfg.Application
	}
	return []Left{{What: "consumer " + r.cfg.Application + " of stream " + r.cfg.Kinesis.StreamName(), Command: command, Why: firstLine(err)}}, nil
}

// streamARN is the configured one, or what the stream says of itself, or a
// pattern to fill in.
func (r *Remover) streamARN(ctx context.Context) string {
	if arn := r.cfg.Kinesis.StreamARN(); arn != "" {
		return arn
	}
	if s, err := r.stream.Describe(ctx); err == nil {
		return s.ARN
	}
	return "arn:aws:kinesis:" + r.cfg.AWS.Region + ":ACCOUNT:stream/" + r.cfg.Kinesis.StreamName()
}

// leases counts what the table holds. No table is nothing left.
func (r *Remover) leases(ctx context.Context) ([]messages.ShardRow, []Left, error) {
	rows, err := r.table.Rows(ctx)
	var f *messages.Fault
	switch {
	case errors.As(err, &f) && f.Stop == messages.TargetMissing:
		return nil, nil, nil
	case err != nil:
		return nil, nil, err
	}
	return rows.Shards, []Left{{
		What:    fmt.Sprintf("lease table %s: the positions of %s, %s; without it the application starts anew, and doubles what is in the table", r.cfg.Application, english.Plural(len(rows.Shards), "shard", ""), english.Plural(len(rows.Nodes), "node", "")),
		Command: "aws dynamodb delete-table --region " + r.cfg.AWS.Region + " --table-name " + r.cfg.Application,
	}}, nil
}

// snowflake says what is there: the channels, the pipe where it is one of ours
// to name, the table.
func (r *Remover) snowflake(rows []messages.ShardRow) []Left {
	open := 0
	for i := range rows {
		if rows[i].HasChannel() {
			open++
		}
	}
	s := r.cfg.Snowflake
	var left []Left
	if open > 0 {
		left = append(left, Left{What: fmt.Sprintf("up to %d channels of pipe %s; they expire by themselves 30 days after their last row", open, name(s.Database, s.Schema, s.PipeName()))})
	}
	if s.Pipe != "" {
		left = append(left, Left{What: "pipe " + name(s.Database, s.Schema, s.Pipe), Command: "DROP PIPE " + name(s.Database, s.Schema, s.Pipe) + ";"})
	}
	return append(left, Left{What: "table " + name(s.Database, s.Schema, s.Table) + " with its rows", Command: "DROP TABLE " + name(s.Database, s.Schema, s.Table) + ";"})
}

// name is an exact, quoted name.
func name(parts ...string) string {
	quoted := make([]string, len(parts))
	for i, p := range parts {
		quoted[i] = `"` + strings.ReplaceAll(p, `"`, `""`) + `"`
	}
	return strings.Join(quoted, ".")
}

// files finds what is under data_dir.
func (r *Remover) files() []Left {
	if r.dataDir == "" {
		return nil
	}
	folders := []string{filepath.Join(r.dataDir, "deadletter", r.name), filepath.Join(r.dataDir, "replays", r.name)}
	if journals, err := journal.Folders(r.dataDir, r.name); err == nil { // else data_dir cannot be read: nothing to tell of it
		folders = append(folders, slices.Sorted(maps.Values(journals))...)
	}
	var left []Left
	for _, folder := range folders {
		if info, err := os.Stat(folder); err == nil && info.IsDir() {
			left = append(left, Left{What: "files in " + folder, Command: "rm -r " + folder})
		}
	}
	return left
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// ExitCode is 2 where somebody has to do something before it is removed.
func (r *Report) ExitCode() int {
	if r.Refused || slices.ContainsFunc(r.Left, func(l Left) bool { return l.Why != "" }) {
		return 2
	}
	return 0
}

// Text writes the report for people.
func (r *Report) Text(w io.Writer) error {
	var b strings.Builder
	switch {
	case r.Refused:
		fmt.Fprintf(&b, "%s  still runs on %s: stop it there, then repeat this. Nothing was done.\n", r.Connector, strings.Join(r.Running, ", "))
	case r.Deregistered != "":
		fmt.Fprintf(&b, "%s  consumer deregistered: %s\n", r.Connector, r.Deregistered)
	default:
		fmt.Fprintf(&b, "%s\n", r.Connector)
	}
	for _, l := range r.Left {
		fmt.Fprintf(&b, "left  %s\n", l.What)
		if l.Why != "" {
			fmt.Fprintf(&b, "      could not be removed: %s\n", l.Why)
		}
		if l.Command != "" {
			fmt.Fprintf(&b, "      %s\n", l.Command)
		}
	}
	if !r.Refused {
		fmt.Fprintf(&b, "Take %s out of the configuration last.\n", r.Connector)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
