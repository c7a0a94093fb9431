package access

import (
	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// Lent is what a host lends, in the configuration's region; where it lends
// nothing, AWS.
func Lent(lent *aws.Config, cfg config.AWS) aws.Config {
	if lent == nil {
		return AWS(cfg)
	}
	c := lent.Copy()
	c.Region = cfg.Region
	return c
}

// Stream is Kinesis as a verb asks it: no rows are made of records. c is of AWS
// or Lent.
func Stream(connector string, cfg config.Config, c aws.Config) *stream.Client {
	return stream.New(stream.Config{
		AWS: c, Endpoint: cfg.AWS.Endpoints.Kinesis, Stream: cfg.Kinesis.StreamName(), ARN: cfg.Kinesis.StreamARN(), Connector: connector, Consumer: cfg.Application,
	})
}

// Table is the connector's lease table. c is of AWS or Lent.
func Table(cfg config.Config, c aws.Config) *leasetable.Table {
	return leasetable.New(leasetable.Config{
		AWS: c, Endpoint: cfg.AWS.Endpoints.DynamoDB, Application: cfg.Application, Stream: cfg.Kinesis.StreamName(),
	})
}
