package access

import (
	"context"
	"net/http"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/kinesnow/kinesnow/supervisor/config"
)

// idlePerHost is how many connections to one AWS host stay open: one per
// shard that is read at a time; Go's default is 2.
const idlePerHost = 512

// AWS is region, credentials and transport of a configuration. The default
// chain is resolved at the first call, not here.
func AWS(cfg config.AWS) aws.Config {
	c := aws.Config{
		Region: cfg.Region,
		HTTPClient: awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConns, t.MaxIdleConnsPerHost = 0, idlePerHost
		}),
	}
	c.Credentials = aws.NewCredentialsCache(provider(c, cfg))
	return c
}

func provider(c aws.Config, cfg config.AWS) aws.CredentialsProvider {
	k := cfg.Credentials
	var base aws.CredentialsProvider
	if k.AccessKeyID != "" {
		base = credentials.NewStaticCredentialsProvider(k.AccessKeyID, k.SecretAccessKey.Reveal(), k.SessionToken.Reveal())
	} else {
		base = &defaultChain{region: cfg.Region, profile: k.Profile}
	}
	if k.RoleARN == "" {
		return base
	}
	c.Credentials = aws.NewCredentialsCache(base)
	client := sts.NewFromConfig(c, func(o *sts.Options) {
		if cfg.Endpoints.STS != "" {
			o.BaseEndpoint = aws.String(cfg.Endpoints.STS)
		}
	})
	return stscreds.NewAssumeRoleProvider(client, k.RoleARN, func(o *stscreds.AssumeRoleOptions) {
		if k.ExternalID != "" {
			o.ExternalID = aws.String(k.ExternalID)
		}
	})
}

// defaultChain is the SDK's default chain (environment, profile, IRSA, pod
// identity, instance, SSO), loaded when it is first needed.
type defaultChain struct {
	region, profile string
	mu              sync.Mutex
	chain           aws.CredentialsProvider
}

// Retrieve implements aws.CredentialsProvider.
func (d *defaultChain) Retrieve(ctx context.Context) (aws.Credentials, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.chain == nil {
		options := []func(*awsconfig.LoadOptions) error{awsconfig.WithRegion(d.region)}
		if d.profile != "" {
			options = append(options, awsconfig.WithSharedConfigProfile(d.profile))
		}
		c, err := awsconfig.LoadDefaultConfig(ctx, options...)
		if err != nil {
			return aws.Credentials{}, err
		}
		d.chain = c.Credentials
	}
	return d.chain.Retrieve(ctx)
}
