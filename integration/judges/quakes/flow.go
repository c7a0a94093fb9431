package quakes

import (
	"context"
	"errors"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

// flow is one run of one scenario.
type flow struct {
	t   *transcript
	box *toolbox
	in  *input

	cloud     *cloud
	aws       *aws
	warehouse *warehouse
	running   *connector
	closers   []func() error
}

// open starts the cloud and one client of each kind.
func (f *flow) open(ctx context.Context, dev ...string) (err error) {
	if f.cloud, err = startCloud(ctx, f, dev...); err != nil {
		return err
	}
	f.closers = append(f.closers, f.cloud.close)
	if f.aws, err = f.newAWS(ctx); err != nil {
		return err
	}
	f.warehouse, err = f.newWarehouse(ctx)
	if err == nil {
		f.t.say("clients: %s; %s; %s", f.aws.boto.banner, f.aws.version, f.warehouse.client.banner)
	}
	return err
}

// newAWS starts a boto3 of its own, for one goroutine.
func (f *flow) newAWS(ctx context.Context) (*aws, error) {
	boto, err := startClient(context.WithoutCancel(ctx), f.box, f.cloud.awsEnvironment(), "boto3_calls.py")
	if err != nil {
		return nil, err
	}
	f.closers = append(f.closers, boto.close)
	a := &aws{boto: boto, box: f.box, env: f.cloud.awsEnvironment()}
	return a, a.readVersion(ctx)
}

// newWarehouse starts a connection of its own, for one goroutine.
func (f *flow) newWarehouse(ctx context.Context) (*warehouse, error) {
	arguments, err := f.cloud.connectArguments()
	if err != nil {
		return nil, err
	}
	c, err := startClient(context.WithoutCancel(ctx), f.box, judge.Environment(), "snowflake_queries.py", arguments)
	if err != nil {
		return nil, err
	}
	f.closers = append(f.closers, c.close)
	return &warehouse{client: c}, nil
}

// close ends everything, the newest first.
func (f *flow) close() error {
	if f.running != nil {
		f.running.close()
	}
	var errs []error
	for i := len(f.closers) - 1; i >= 0; i-- {
		errs = append(errs, f.closers[i]())
	}
	f.closers = nil
	return errors.Join(errs...)
}
