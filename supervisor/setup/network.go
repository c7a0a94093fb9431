package setup

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"
	"text/tabwriter"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// Destination is a host that has to be reached.
type Destination struct {
	Host string `json:"host"` // a * stands for what is not known before
	Port int    `json:"port"`
	For  string `json:"for"`
	When string `json:"when,omitempty"` // "" = always
}

// anyAccount stands for an account id in a host name, until it is made a *.
const anyAccount = "000000000000"

// Network returns where a connector connects to, TCP outwards alone. AWS's names
// are those that AWS's SDK works out; Snowflake tells the host for rows at the
// start, so its name is a pattern here.
func Network(ctx context.Context, cfg supervisor.Config) ([]Destination, error) {
	n := &network{cfg: cfg}
	if err := n.amazon(ctx); err != nil {
		return nil, err
	}
	return n.all, n.snowflake()
}

type network struct {
	cfg supervisor.Config
	all []Destination
}

// add notes a URL, or the one that is configured instead.
func (n *network) add(configured, address, what, when string) error {
	if configured != "" {
		address = configured
	}
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	port := 443
	if u.Scheme == "http" {
		port = 80
	}
	if u.Port() != "" {
		if _, err := fmt.Sscan(u.Port(), &port); err != nil {
			return err
		}
	}
	d := Destination{Host: strings.Replace(u.Hostname(), anyAccount, "*", 1), Port: port, For: what, When: when}
	for i := range n.all {
		if n.all[i].Host == d.Host && n.all[i].Port == d.Port {
			n.all[i].For += ", " + what
			return nil
		}
	}
	n.all = append(n.all, d)
	return nil
}

func (n *network) amazon(ctx context.Context) error {
	region, endpoints := &n.cfg.AWS.Region, n.cfg.AWS.Endpoints
	plain, err := kinesis.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, kinesis.EndpointParameters{Region: region})
	if err != nil {
		return err
	}
	if err := n.add(endpoints.Kinesis, plain.URI.String(), "the stream", ""); err != nil {
		return err
	}
	if n.cfg.Kinesis.ConsumerType == config.EnhancedFanOut || n.cfg.Kinesis.StreamARN() != "" {
		arn := StreamARN(n.cfg, anyAccount)
		for _, kind := range []string{"control", "data"} {
			e, err := kinesis.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, kinesis.EndpointParameters{Region: region, StreamARN: &arn, OperationType: aws.String(kind)})
			if err != nil {
				return err
			}
			if err := n.add(endpoints.Kinesis, e.URI.String(), "the stream by its ARN, "+kind, ""); err != nil {
				return err
			}
		}
	}
	table, err := dynamodb.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, dynamodb.EndpointParameters{Region: region})
	if err != nil {
		return err
	}
	if err := n.add(endpoints.DynamoDB, table.URI.String(), "the lease table", ""); err != nil {
		return err
	}
	account, err := dynamodb.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, dynamodb.EndpointParameters{
		Region: region, AccountId: aws.String(anyAccount), AccountIdEndpointMode: aws.String("preferred"),
	})
	if err != nil {
		return err
	}
	if endpoints.DynamoDB == "" {
		if err := n.add("", account.URI.String(), "the lease table", "the credentials carry an account id (STS, SSO, AWS_ACCOUNT_ID)"); err != nil {
			return err
		}
	}
	if k := n.cfg.AWS.Credentials; k.RoleARN == "" && k.AccessKeyID != "" {
		return nil
	}
	e, err := sts.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, sts.EndpointParameters{Region: region})
	if err != nil {
		return err
	}
	when := "a role is assumed: role_arn, IRSA, a profile"
	if n.cfg.AWS.Credentials.RoleARN != "" {
		when = ""
	}
	return n.add(endpoints.STS, e.URI.String(), "credentials", when)
}

func (n *network) snowflake() error {
	s := n.cfg.Snowflake
	account := s.BaseURL()
	if err := n.add("", account, "sign-in, SQL", ""); err != nil {
		return err
	}
	u, err := url.Parse(account)
	if err != nil {
		return err
	}
	for _, suffix := range []string{".privatelink.snowflakecomputing.com", ".snowflakecomputing.com", ".snowflakecomputing.cn"} {
		if strings.HasSuffix(u.Hostname(), suffix) {
			n.all = append(n.all, Destination{Host: "*.ingest" + suffix, Port: 443, For: "rows (Snowpipe Streaming)", When: ""})
			break
		}
	}
	if u.Scheme == "https" {
		n.all = append(n.all, Destination{Host: "ocsp.snowflakecomputing.com", Port: 80, For: "revoked certificates", When: "SQL is used: audit, on_missing_table, schema_evolution client; the driver goes on without"})
	}
	if s.OAuth.TokenURL != "" {
		return n.add("", s.OAuth.TokenURL, "sign-in", "")
	}
	return nil
}

// NetworkText writes the list for people.
func NetworkText(w io.Writer, all []Destination) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "HOST\tPORT\tFOR\tWHEN")
	for _, d := range all {
		when := d.When
		if when == "" {
			when = "always"
		}
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\n", d.Host, d.Port, d.For, when)
	}
	return t.Flush()
}
