package localcloud

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/kinesnow/kinesnow/integration/localdynamo"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
)

// Names that every local cloud has. They say at a glance that nothing here is
// an account of anybody's.
const (
	Account  = "LOCAL"
	User     = "KINESNOW"
	Role     = "KINESNOW"
	Database = "RAW"
	Schema   = "EVENTS"
	Region   = "us-east-1"

	Administrator = "ADMIN" // a user with ACCOUNTADMIN, and the same key as User

	// The client of the local authorization server, for authenticator oauth.
	OAuthClientID     = "kinesnow"
	OAuthClientSecret = "local"

	AccessKeyID     = "test" // the servers want a signature, and look no closer unless Owner.Keys says so
	SecretAccessKey = "test"
)

// Cloud is the three servers. Use Start.
type Cloud struct {
	Kinesis   *localkinesis.Server
	Dynamo    *localdynamo.Server
	Snowflake *localsnowflake.Server

	options   Options
	dir       string // absolute
	temporary bool
	lock      *flock.Flock // nil for a temporary folder
	key       *rsa.PrivateKey
	pairs     []Pair
	closing   sync.Once
	closed    error
}

// Start serves a cloud until Close. Errors name the option, the address or
// the file that is in the way.
func Start(o Options) (*Cloud, error) {
	o, err := o.complete()
	if err != nil {
		return nil, fmt.Errorf("local cloud: %w", err)
	}
	c := &Cloud{options: o}
	if err := c.start(); err != nil {
		return nil, fmt.Errorf("local cloud: %w", errors.Join(err, c.Close()))
	}
	return c, nil
}

func (c *Cloud) start() error {
	steps := []func() error{c.makeDir, c.loadKey, c.serve, c.loadPairs, c.makeAccount, c.makePairs, c.savePairs, c.writeConfig, c.writeProfile}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// makeDir makes the folder, private to the user: it holds a key.
func (c *Cloud) makeDir() (err error) {
	if c.options.Dir == "" {
		c.temporary = true
		c.dir, err = os.MkdirTemp("", "kinesnow-dev-")
		return err
	}
	if c.dir, err = filepath.Abs(c.options.Dir); err != nil {
		return err
	}
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return err
	}
	c.lock = flock.New(lockFile(c.dir))
	if held, err := c.lock.TryLock(); err != nil || !held {
		c.lock = nil
		return errors.Join(fmt.Errorf("%s is in use by another local cloud", c.dir), err)
	}
	return nil
}

func lockFile(dir string) string { return filepath.Join(dir, "lock") }

// InUse reports whether a cloud of this or another process serves a folder.
func InUse(dir string) bool {
	if _, err := os.Stat(lockFile(dir)); err != nil {
		return false
	}
	lock := flock.New(lockFile(dir))
	held, err := lock.TryLock()
	if held {
		_ = lock.Unlock() // it was free a moment ago, too
	}
	return err != nil || !held
}

// serve starts the three servers on the folder, or in memory.
func (c *Cloud) serve() (err error) {
	listen, err := addresses(c.options.Listen)
	if err != nil {
		return err
	}
	at := func(name string) string {
		if c.temporary {
			return ""
		}
		return filepath.Join(c.dir, name)
	}
	push, owner := c.options.Subscriptions, c.options.Owner
	if c.Kinesis, err = localkinesis.Start(localkinesis.Options{
		Listen: listen[0], Dir: at("kinesis"), Region: owner.Region, AccountID: owner.AccountID, Keys: owner.Keys,
		Limits: c.options.Limits, Now: c.options.Clocks.Kinesis,
		SubscriptionLife: push.Life, IdleEvents: push.Idle, TakeOver: push.TakeOver,
	}); err != nil {
		return err
	}
	if c.Dynamo, err = localdynamo.Start(localdynamo.Options{
		Listen: listen[1], Dir: at("dynamodb"), Region: owner.Region, AccountID: owner.AccountID, Keys: owner.Keys, Now: c.options.Clocks.DynamoDB,
	}); err != nil {
		return err
	}
	service := localsnowflake.Options{
		Listen: listen[2], SecureListen: listen[3], Dir: at("snowflake"), Account: Account, CommitDelay: max(c.options.CommitDelay, -1), Now: c.options.Clocks.Snowflake, TokenLife: c.options.TokenLife,
	}
	if c.options.Snowflake != nil {
		c.options.Snowflake(&service)
	}
	c.Snowflake, err = localsnowflake.Start(service)
	return err
}

// Close stops the servers. What was committed stays in Options.Dir; without
// one, everything goes. Only the first call does anything.
func (c *Cloud) Close() error {
	c.closing.Do(func() {
		var errs []error
		if c.Snowflake != nil {
			errs = append(errs, c.Snowflake.Close())
		}
		if c.Dynamo != nil {
			errs = append(errs, c.Dynamo.Close())
		}
		if c.Kinesis != nil {
			errs = append(errs, c.Kinesis.Close())
		}
		if c.lock != nil {
			errs = append(errs, c.lock.Unlock())
		}
		if c.temporary && c.dir != "" {
			errs = append(errs, os.RemoveAll(c.dir))
		}
		c.closed = errors.Join(errs...)
	})
	return c.closed
}

// Dir is the folder of key and configuration, absolute.
func (c *Cloud) Dir() string { return c.dir }

// CommitDelay is what passes between acceptance and commit.
func (c *Cloud) CommitDelay() time.Duration { return max(c.options.CommitDelay, 0) }
