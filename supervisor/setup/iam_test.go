package setup_test

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/config"
	"github.com/kinesnow/kinesnow/supervisor/process"
	"github.com/kinesnow/kinesnow/supervisor/setup"
)

// account is a local cloud that allows what a policy document says, and a
// connector in it.
type account struct {
	*testing.T
	cloud *localcloud.Cloud
	file  supervisor.File
}

func newAccount(t *testing.T, consumerType config.ConsumerType) *account {
	t.Helper()
	cloud, err := localcloud.Start(localcloud.Options{
		Streams: []localcloud.Stream{{Name: "orders", Shards: 1}}, CommitDelay: -1, Dir: t.TempDir(),
		Tuning: localcloud.Tuning{HTTPListen: "127.0.0.1:0"}, // many run at once, beside those of other packages
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cloud.Close() })
	file, err := supervisor.Load(cloud.ConfigFile(), nil)
	if err != nil {
		t.Fatal(err)
	}
	name := file.Names()[0]
	cfg := file.Connectors[name]
	cfg.Kinesis.ConsumerType = consumerType
	file.Connectors[name] = cfg
	if _, err := cloud.Kinesis.PutRecords("orders", []localkinesis.Record{{PartitionKey: "a", Data: []byte(`{"n":1}`)}}); err != nil {
		t.Fatal(err)
	}
	return &account{t, cloud, file}
}

func (a *account) cfg() supervisor.Config { return a.file.Connectors[a.file.Names()[0]] }

// allow makes the servers enforce a policy, without one action.
func (a *account) allow(p setup.Policy, without string) {
	a.Helper()
	streams, tables := localkinesis.Policy{}, localdynamo.Policy{}
	for _, s := range p.Statement {
		for _, arn := range s.Resource {
			parts := strings.SplitN(arn, ":", 6)
			for _, action := range s.Action {
				service, name, _ := strings.Cut(action, ":")
				switch {
				case action == without:
				case service == "kinesis" && parts[2] == "kinesis":
					streams[parts[5]] = append(streams[parts[5]], name)
				case service == "dynamodb" && parts[2] == "dynamodb":
					table := strings.TrimPrefix(parts[5], "table/")
					tables[table] = append(tables[table], name)
				default:
					a.Fatalf("%s on %s makes no sense", action, arn)
				}
			}
		}
	}
	if err := a.cloud.Kinesis.SetPolicy(streams); err != nil {
		a.Fatal(err)
	}
	if err := a.cloud.Dynamo.SetPolicy(tables); err != nil {
		a.Fatal(err)
	}
}

// log is written and read at the same time.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// runs runs the connector until it has caught up, or has said a word.
func (a *account) runs(word string) (code int, said string) {
	a.Helper()
	ctx, cancel := context.WithTimeout(a.Context(), 2*time.Minute)
	defer cancel()
	told := &log{}
	p, err := process.New(a.file, process.Options{Stderr: told, UntilCaughtUp: true})
	if err != nil {
		a.Fatal(err)
	}
	ended := make(chan int, 1)
	go func() { ended <- p.Run(ctx) }()
	for {
		select {
		case code := <-ended:
			return code, told.String()
		case <-time.After(5 * time.Millisecond):
			if word != "" && strings.Contains(told.String(), word) {
				cancel()
				<-ended
				return -1, told.String()
			}
		}
	}
}

// actions are those that a run without a crash needs.
func actions(p setup.Policy) []string {
	var all []string
	for _, s := range p.Statement {
		if s.Sid == "CountAgainAfterACrash" {
			continue
		}
		all = append(all, s.Action...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// TestAConnectorRunsUnderItsPolicyAndNoLess runs connectors with exactly the
// policy that is printed for them, then with each action taken away.
func TestAConnectorRunsUnderItsPolicyAndNoLess(t *testing.T) {
	t.Parallel()
	var tried []string
	for _, consumerType := range []config.ConsumerType{config.SharedThroughput, config.EnhancedFanOut} {
		missing := slices.DeleteFunc(actions(setup.IAM(newAccount(t, consumerType).cfg(), "")), func(action string) bool { return slices.Contains(tried, action) })
		tried = append(tried, missing...)
		t.Run(string(consumerType), func(t *testing.T) {
			t.Parallel()
			a := newAccount(t, consumerType)
			policy := setup.IAM(a.cfg(), "")
			a.allow(policy, "")
			if code, said := a.runs(""); code != 0 {
				t.Fatalf("under its own policy it ends with %d:\n%s", code, said)
			}
			for _, action := range missing {
				t.Run(action, func(t *testing.T) {
					t.Parallel()
					a := newAccount(t, consumerType)
					a.allow(policy, action)
					if code, said := a.runs(action); !strings.Contains(said, action) {
						t.Errorf("without it the connector ends with %d and does not name it:\n%s", code, said)
					}
				})
			}
		})
	}
}

func TestATableThatIsThereNeedsNoCreateTable(t *testing.T) {
	t.Parallel()
	a := newAccount(t, config.SharedThroughput)
	if code, said := a.runs(""); code != 0 {
		t.Fatalf("it ends with %d:\n%s", code, said)
	}
	policy := setup.IAM(a.cfg(), "", setup.ExistingTable)
	if slices.Contains(actions(policy), "dynamodb:CreateTable") {
		t.Errorf("policy %+v", policy)
	}
	a.allow(policy, "")
	if code, said := a.runs(""); code != 0 {
		t.Errorf("it ends with %d:\n%s", code, said)
	}
}

func TestAPolicyNamesWhatTheConfigurationSays(t *testing.T) {
	a := newAccount(t, config.EnhancedFanOut)
	cfg := a.cfg()
	table := cfg.Application
	for _, c := range []struct {
		change    func(*supervisor.Config)
		account   string
		occasions []setup.Occasion
		want      []string
	}{
		{want: []string{"arn:aws:kinesis:us-east-1:*:stream/orders", "arn:aws:kinesis:us-east-1:*:stream/orders/consumer/" + table + ":*", "arn:aws:dynamodb:us-east-1:*:table/" + table}},
		{account: "123456789012", occasions: []setup.Occasion{setup.Migration}, want: []string{"arn:aws:dynamodb:us-east-1:123456789012:table/" + table + "_migration", "dynamodb:DeleteTable", "dynamodb:Scan"}},
		{occasions: []setup.Occasion{setup.Removal}, want: []string{"kinesis:DeregisterStreamConsumer"}},
		{change: func(c *supervisor.Config) { c.AWS.Region = "cn-north-1" }, want: []string{"arn:aws-cn:kinesis:cn-north-1:*:stream/orders"}},
		{change: func(c *supervisor.Config) { c.Kinesis.Stream = "arn:aws:kinesis:us-east-1:111122223333:stream/orders" }, want: []string{"arn:aws:kinesis:us-east-1:111122223333:stream/orders", "arn:aws:dynamodb:us-east-1:*:table/" + table}}, // the stream may be another account's
	} {
		changed := cfg
		if c.change != nil {
			c.change(&changed)
		}
		text, err := json.Marshal(setup.IAM(changed, c.account, c.occasions...))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(string(text), `"`+want+`"`) {
				t.Errorf("the policy lacks %s:\n%s", want, text)
			}
		}
	}
}

func TestTheNetworkIsWhatTheSDKsConnectTo(t *testing.T) {
	cfg := newAccount(t, config.EnhancedFanOut).cfg()
	cfg.AWS.Region, cfg.AWS.Credentials.AccessKeyID = "eu-west-1", ""
	cfg.AWS.Endpoints.Kinesis, cfg.AWS.Endpoints.DynamoDB = "", ""
	cfg.Snowflake.Account, cfg.Snowflake.Host = "MYORG-PROD_1", ""
	all, err := setup.Network(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range all {
		got = append(got, d.Host)
		if d.Port != 443 && !strings.HasPrefix(d.Host, "ocsp.") {
			t.Errorf("%+v: a port other than 443", d)
		}
	}
	want := []string{
		"kinesis.eu-west-1.amazonaws.com", "*.control-kinesis.eu-west-1.amazonaws.com", "*.data-kinesis.eu-west-1.amazonaws.com",
		"dynamodb.eu-west-1.amazonaws.com", "*.ddb.eu-west-1.amazonaws.com", "sts.eu-west-1.amazonaws.com",
		"myorg-prod-1.snowflakecomputing.com", "*.ingest.snowflakecomputing.com", "ocsp.snowflakecomputing.com",
	}
	if !slices.Equal(got, want) {
		t.Errorf("hosts %v, want %v", got, want)
	}
	cfg.AWS.Endpoints.Kinesis, cfg.Snowflake.Host = "https://vpce-1.kinesis.eu-west-1.vpce.amazonaws.com:8443", "acme.eu.privatelink.snowflakecomputing.com"
	if all, err = setup.Network(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	if all[0].Host != "vpce-1.kinesis.eu-west-1.vpce.amazonaws.com" || all[0].Port != 8443 {
		t.Errorf("the configured endpoint is not told: %+v", all)
	}
	if !slices.ContainsFunc(all, func(d setup.Destination) bool { return d.Host == "*.ingest.privatelink.snowflakecomputing.com" }) {
		t.Errorf("the private host for rows is not told: %+v", all)
	}
}
