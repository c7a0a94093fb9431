package replay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/adapters/leasefile"
	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/access"
	"github.com/kinesnow/kinesnow/supervisor/config"
	"github.com/kinesnow/kinesnow/supervisor/fleet"
)

// Request asks for a stretch of a stream to be read again, into another table.
type Request struct {
	Range Range
	Table string // exact name, in the connector's database and schema
	ID    string // "" = made of the rest: the same request is the same replay
}

// Options are how a replay is run.
type Options struct {
	// Host lends what it lends to a connector. Of it count AWS, Snowflake, HTTP,
	// Budget, Transform, Middleware, Pace, Log, and DataDir, which is required:
	// what a replay has done is kept there.
	Host     supervisor.Host
	Progress func(*messages.State) // told of each look at the work; may be nil
}

// within gives them the memory that the file allows, where the host says nothing.
func (o Options) within(file supervisor.File) Options {
	if o.Host.Budget == nil {
		o.Host.Budget = messages.NewBudget(int64(file.Memory))
	}
	return o
}

// ExitCode is how a verb ends that a replay's error ends.
func ExitCode(err error) int {
	if fault := (*messages.Fault)(nil); errors.As(err, &fault) {
		return fleet.ExitCode(err)
	}
	return 1
}

// RefusedError says that a replay was asked for that cannot be.
type RefusedError struct{ Err error }

func (e *RefusedError) Error() string { return e.Err.Error() }
func (e *RefusedError) Unwrap() error { return e.Err }

// badName names the flag of a table that can be none, where the configuration's
// check names the key.
func badName(err error) error {
	if bad := new(config.Error); errors.As(err, &bad) {
		for i := range bad.Problems {
			if p := &bad.Problems[i]; strings.HasSuffix(p.Key, ".snowflake.table") {
				p.Key = "--table"
			}
		}
	}
	return &RefusedError{err}
}

func refuse(format string, args ...any) error { return &RefusedError{fmt.Errorf(format, args...)} }

var idRule = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,23}$`)

// HalfPace leaves the live flow half of what Kinesis lets all readers of a shard
// have together (GetRecords API reference: 5 calls and 2 MiB a second).
func HalfPace() *stream.Pace {
	return &stream.Pace{MinInterval: 400 * time.Millisecond, IdleInterval: time.Second, BytesPerSecond: 1 << 20}
}

// Stream reads a range of a connector's stream again into another table, through
// channels of its own, and gives an account of it. The live flow is not touched.
// A replay that was interrupted goes on where it was when the same is asked for
// again; one that is over only gives its account.
//
// Errors: *RefusedError where the request cannot be meant, a *messages.Fault
// where Kinesis cannot be asked, and whatever keeps the work from ending, beside
// the account so far.
func Stream(ctx context.Context, file supervisor.File, name string, r Request, o Options) (*Report, error) {
	cfg, o := file.Connectors[name], o.within(file)
	table := target(cfg, r.Table)
	switch {
	case o.Host.DataDir == "":
		return nil, refuse("data_dir is not set: a replay keeps there what it has done, so that it can be gone on with")
	case r.Table == "":
		return nil, refuse("--table: is required: the table that the records are read into")
	case r.ID != "" && !idRule.MatchString(r.ID):
		return nil, refuse("--id: %q is not an id; use up to 24 of a-z 0-9 _ -, and begin with a letter or digit", r.ID)
	}
	for _, other := range file.Names() {
		if s := file.Connectors[other].Snowflake; target(file.Connectors[other], s.Table) == table {
			return nil, refuse("--table: %s is the table of connector %s: a replay would put its rows there twice; give it a table of its own", table, other)
		}
	}
	if r.ID == "" {
		r.ID = r.id(name, cfg)
	}
	again := bounded(cfg, r.ID)
	again.Snowflake.Table, again.Snowflake.Pipe = r.Table, ""
	if err := again.Validate(name); err != nil {
		return nil, badName(err)
	}
	dir := filepath.Join(o.Host.DataDir, "replays", name, r.ID)
	work, err := begin(ctx, dir, name, cfg, r, table, o)
	if err != nil {
		return nil, err
	}
	work.live = cfg.Snowflake.Table
	defer work.leases.Close()
	host := o.Host
	host.DataDir, host.Journal, host.DeadLetter, host.Metrics, host.OnEvent = "", nil, nil, nil, work.account.note
	if host.Pace == nil {
		host.Pace = HalfPace()
	}
	j := &job{name: name, cfg: again, host: host, table: work.leases, progress: o.Progress, stream: func(live supervisor.ShardStream, _ renderers) supervisor.ShardStream {
		return &section{ShardStream: live, span: r.Range, shards: work.account.Shards, began: work.account.began}
	}}
	state, runErr := j.run(ctx)
	if state == nil {
		return nil, runErr
	}
	return work.conclude(ctx, again, state, runErr)
}

// id is the same for the same request.
func (r Request) id(name string, cfg supervisor.Config) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%s\n%s\n%s\n%s\n%s", name, cfg.AWS.Region, cfg.Kinesis.Stream, target(cfg, r.Table), r.Range.From, r.Range.To, r.Range.Shard))
	return hex.EncodeToString(sum[:4])
}

// target names a table of the connector's schema.
func target(cfg supervisor.Config, table string) string {
	return cfg.Snowflake.Database + "." + cfg.Snowflake.Schema + "." + table
}

// bounded is a connector's configuration for a replay of it: an application, and
// with it channels, of its own; polling; nothing stops that can be told of.
func bounded(cfg supervisor.Config, id string) supervisor.Config {
	cfg.Application += "-replay-" + id
	cfg.Kinesis.ConsumerType = config.SharedThroughput
	cfg.Kinesis.InitialPosition = config.InitialPosition{Kind: config.TrimHorizon}
	cfg.Kinesis.OnGap, cfg.Kinesis.OnStreamRecreated = config.ContinueOnGap, config.StopOnStreamRecreated
	cfg.Snowflake.OnRejectedRows = config.ReportRejectedRows
	cfg.DeadLetter.To = config.Discard // the letters were put the first time
	return cfg
}

// work is a replay's folder, open.
type work struct {
	name    string
	live    string // the table that the connector writes into
	leases  *leasefile.Table
	account *account
	stream  *messages.Stream
}

// begin opens a replay's folder, and fixes what it is of where it is new.
func begin(ctx context.Context, dir, name string, cfg supervisor.Config, r Request, table string, o Options) (w *work, err error) {
	client := access.Stream(name, cfg, access.Lent(o.Host.AWS, cfg.AWS))
	w = &work{name: name}
	if w.stream, err = client.Describe(ctx); err != nil {
		return nil, err
	}
	if err := r.Range.check(w.stream.Now); err != nil {
		return nil, &RefusedError{err}
	}
	listed, err := client.List(ctx, stream.TrimToTip)
	if err != nil {
		return nil, err
	}
	if r.Range.Shard != "" && !slices.ContainsFunc(listed, func(s messages.Shard) bool { return s.ID == r.Range.Shard }) {
		return nil, refuse("--shard: stream %s has no shard %s", cfg.Kinesis.StreamName(), r.Range.Shard)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if w.leases, err = leasefile.Open(filepath.Join(dir, "leases")); err != nil {
		return nil, fmt.Errorf("replay %s: %w", r.ID, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.leases.Close())
		}
	}()
	a, found, err := openAccount(dir)
	if err != nil {
		return nil, err
	}
	w.account = a
	if found {
		if err := a.same(cfg.Kinesis.StreamName(), table, r.Range); err != nil {
			return nil, &RefusedError{err}
		}
		return w, nil
	}
	a.ID, a.Stream, a.Table, a.Range, a.Begun = r.ID, cfg.Kinesis.StreamName(), table, r.Range, time.Now().UTC()
	a.Missing = r.Range.tooOld(w.stream)
	for _, s := range listed {
		if r.Range.Shard == "" || s.ID == r.Range.Shard {
			a.Shards = append(a.Shards, s.ID)
		}
	}
	return w, a.keep()
}
