package servers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/supervisor"
)

const (
	streamName = "orders"
	tableName  = "ORDERS"

	// A lease that is short enough to see a takeover within seconds.
	leaseDuration = 3 * time.Second
	leaseRenewal  = 500 * time.Millisecond
)

// world is a local cloud, of which a judge replaces a part, and the command.
type world struct {
	*localcloud.Cloud
	h      *judge.Hearing
	binary string
	key    string // file
	db     *sql.DB
}

// newWorld serves a cloud with the stream, which has so many shards, and the
// tables, the first of which is tableName.
func newWorld(ctx context.Context, h *judge.Hearing, shards int, tables ...string) (*world, error) {
	w := &world{h: h}
	var err error
	w.Cloud, err = localcloud.Start(localcloud.Options{
		Streams: []localcloud.Stream{{Name: streamName, Shards: shards}}, Tables: append([]string{tableName}, tables...),
		Columns: []string{"N NUMBER", "KEY TEXT", "NOTE TEXT"}, CommitDelay: 50 * time.Millisecond,
	})
	if err != nil {
		return nil, err
	}
	h.AtEnd(func() { _ = w.Close() }) // of memory and a temporary folder
	file, err := supervisor.Load(w.ConfigFile(), os.LookupEnv)
	if err != nil {
		return nil, err
	}
	w.key = file.Connectors[streamName].Snowflake.PrivateKeyFile
	if w.db, err = localcloud.Open(w.Login()); err != nil {
		return nil, err
	}
	h.AtEnd(func() { _ = w.db.Close() }) // its server goes too
	w.binary, err = h.Build(ctx, "./cmd/kinesnow")
	return w, err
}

// plan is one connector's configuration. What is "" is the world's own.
type plan struct {
	application, table, position string
	kinesis, dynamodb, snowflake string // URLs
}

// configure writes a configuration file.
func (w *world) configure(p plan) (string, error) {
	given := func(value *string, otherwise string) {
		if *value == "" {
			*value = otherwise
		}
	}
	given(&p.application, "orders-app")
	given(&p.table, tableName)
	given(&p.position, "TRIM_HORIZON")
	given(&p.kinesis, w.Kinesis.URL())
	given(&p.dynamodb, w.Dynamo.URL())
	given(&p.snowflake, w.Snowflake.URL())
	return w.h.File(p.application+".yaml", fmt.Sprintf(`data_dir: %q
http: {listen: "127.0.0.1:0"}
log: {level: debug}
connectors:
  orders:
    application: %q
    aws:
      region: %s
      credentials: {access_key_id: %s, secret_access_key: %s}
      endpoints: {kinesis: %q, dynamodb: %q}
    kinesis: {stream: %s, initial_position: %q}
    snowflake:
      account: %s
      user: %s
      role: %s
      private_key_file: %q
      host: %q
      database: %s
      schema: %s
      table: %s
      linger: 50ms
    lease: {duration: %s, renew: %s}
`, filepath.Join(w.h.Dir, "data-"+p.application), p.application, localcloud.Region, localcloud.AccessKeyID, localcloud.SecretAccessKey,
		p.kinesis, p.dynamodb, streamName, p.position, localcloud.Account, localcloud.User, localcloud.Role, w.key, p.snowflake,
		localcloud.Database, localcloud.Schema, p.table, leaseDuration, leaseRenewal))
}

// patience bounds whatever a judge waits for.
const patience = 3 * time.Minute

// eventually waits until something holds. Its last error, or what it says is
// missing, is the error when it never does.
func eventually(ctx context.Context, what string, holds func() (missing string, err error)) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var last error
	for {
		missing, err := holds()
		switch {
		case err != nil:
			last = err
		case missing == "":
			return nil
		default:
			last = errors.New(missing)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("never %s: %w", what, last)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// pause lets time pass; a judge uses it only where nothing may happen.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
