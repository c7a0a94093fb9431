package fleet

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// attemptWithin bounds one request to DynamoDB.
const attemptWithin = 5 * time.Second

// NewReader wires a reader to a connector's configuration. Nothing is sent yet
// but what the AWS default chain asks of its surroundings.
func NewReader(ctx context.Context, name string, cfg supervisor.Config) (*Reader, error) {
	c, err := awsConfig(ctx, cfg.AWS)
	if err != nil {
		return nil, fmt.Errorf("connector %s: AWS credentials: %w", name, err)
	}
	r := &Reader{name: name, cfg: cfg, leases: leasetable.New(leasetable.Config{
		AWS: c, Endpoint: cfg.AWS.Endpoints.DynamoDB, Application: cfg.Application, Stream: cfg.Kinesis.StreamName(),
	})}
	s := cfg.Snowflake
	tokens, err := credential(s)
	if err != nil {
		r.channels = unasked{err}
		return r, nil
	}
	r.channels, err = snowpipe.New(snowpipe.Config{
		Account: s.Account, User: s.User, Role: s.Role, Host: s.Host, Proxy: s.Proxy.Reveal(),
		Database: s.Database, Schema: s.Schema, Pipe: s.PipeName(), Tokens: tokens,
	})
	if err != nil {
		return nil, fmt.Errorf("connector %s: %w", name, err)
	}
	return r, nil
}

// awsConfig resolves the credentials that the configuration names.
func awsConfig(ctx context.Context, c config.AWS) (aws.Config, error) {
	options := []func(*awsconfig.LoadOptions) error{
		awsconfig.WithRegion(c.Region),
		awsconfig.WithHTTPClient(awshttp.NewBuildableClient().WithTimeout(attemptWithin)),
	}
	switch k := c.Credentials; {
	case k.AccessKeyID != "":
		static := credentials.NewStaticCredentialsProvider(k.AccessKeyID, k.SecretAccessKey.Reveal(), k.SessionToken.Reveal())
		options = append(options, awsconfig.WithCredentialsProvider(static))
	case k.Profile != "":
		options = append(options, awsconfig.WithSharedConfigProfile(k.Profile))
	}
	resolved, err := awsconfig.LoadDefaultConfig(ctx, options...)
	if err != nil || c.Credentials.RoleARN == "" {
		return resolved, err
	}
	client := sts.NewFromConfig(resolved, func(o *sts.Options) {
		if c.Endpoints.STS != "" {
			o.BaseEndpoint = aws.String(c.Endpoints.STS)
		}
	})
	resolved.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(client, c.Credentials.RoleARN, func(o *stscreds.AssumeRoleOptions) {
		if c.Credentials.ExternalID != "" {
			o.ExternalID = aws.String(c.Credentials.ExternalID)
		}
	}))
	return resolved, nil
}

// credential reads the Snowflake credential that the configuration names.
func credential(s config.Snowflake) (snowpipe.TokenSource, error) {
	if s.Authenticator == config.PAT {
		return snowpipe.NewPATFile(s.TokenFile)
	}
	key, err := s.PrivateKey()
	if err != nil {
		return nil, err
	}
	return snowpipe.NewKeyPair(s.Account, s.User, s.Role, key)
}

// unasked are channels that cannot be asked for want of a credential.
type unasked struct{ err error }

// Status implements Channels.
func (u unasked) Status(context.Context, []string) (map[string]*messages.ChannelStatus, error) {
	return nil, u.err
}

// ExitCode is what an error of Read means for a process: 77 where access was
// refused, else 69.
func ExitCode(err error) int {
	var f *messages.Fault
	if errors.As(err, &f) && f.Stop == messages.AccessDenied {
		return messages.AccessDenied.ExitCode()
	}
	return messages.TargetMissing.ExitCode()
}

// Read looks once at a connector through its lease rows and channels. The
// Connector is worth showing even beside an error.
func Read(ctx context.Context, name string, cfg supervisor.Config, now time.Time) (Connector, error) {
	r, err := NewReader(ctx, name, cfg)
	if err != nil {
		c := (&Reader{name: name, cfg: cfg}).blank()
		c.Error = err.Error()
		return c, err
	}
	return r.Read(ctx, now)
}
