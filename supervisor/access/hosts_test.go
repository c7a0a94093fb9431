package access

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// TestRowsSQLAndConfigurationAgreeOnHosts: what one of the three would send a
// credential to, all would, and what one refuses, all do.
func TestRowsSQLAndConfigurationAgreeOnHosts(t *testing.T) {
	for _, c := range []struct{ account, host, want string }{ // want "" = refused
		{"MYORG-PROD", "", "https://myorg-prod.snowflakecomputing.com"},
		{"MyOrg-My_Acct", "", "https://myorg-my-acct.snowflakecomputing.com"},
		{"xy12345", "", "https://xy12345.snowflakecomputing.com"},
		{"XY12345.eu-central-1", "", "https://xy12345.eu-central-1.snowflakecomputing.com"},
		{"xy12345.us-east-2.aws", "", "https://xy12345.us-east-2.aws.snowflakecomputing.com"},
		{"xy12345.cn-northwest-1.aws", "", "https://xy12345.cn-northwest-1.aws.snowflakecomputing.cn"},
		{"MYORG-PROD.privatelink", "", "https://myorg-prod.privatelink.snowflakecomputing.com"},
		{"xy12345.eu-central-1.privatelink", "", "https://xy12345.eu-central-1.privatelink.snowflakecomputing.com"},
		{"A", "a.privatelink.snowflakecomputing.com", "https://a.privatelink.snowflakecomputing.com"},
		{"A", "A.EU-CENTRAL-1.privatelink.SnowflakeComputing.com:443", "https://a.eu-central-1.privatelink.snowflakecomputing.com"},
		{"A", "https://a.snowflakecomputing.cn/", "https://a.snowflakecomputing.cn"},
		{"A", "http://127.0.0.1:4000", "http://127.0.0.1:4000"},
		{"A", "https://[::1]:4000", "https://[::1]:4000"},
		{"A", "http://localhost:4000/", "http://localhost:4000"},
		{"A", "http://a.snowflakecomputing.com", ""},
		{"A", "a.snowflakecomputing.com:8443", ""},
		{"A", "a.snowflakecomputing.com/path", ""},
		{"A", "https://a.snowflakecomputing.com?x=1", ""},
		{"A", "https://user:canary@a.snowflakecomputing.com", ""},
		{"A", "user:canary@127.0.0.1:4000", ""},
		{"A", "a.snowflakecomputing.com@evil.test", ""},
		{"A", "a.snowflakecomputing.com.evil.test", ""},
		{"A", "evilsnowflakecomputing.com", ""},
		{"A", "snowflakecomputing.com", ""},
		{"A", "evil.test", ""},
		{"A", "http://10.0.0.1:4000", ""},
		{"A", "http://169.254.169.254", ""},
		{"A", "ftp://127.0.0.1:4000", ""},
		{"A", "http://127.0.0.1:0", ""},
		{"A", "http://127.0.0.1:99999", ""},
		{"A", "http://127.0.0.1.evil.test:80", ""},
		{"a.snowflakecomputing.com", "", ""},
		{"evil.test/", "", ""},
		{"a@evil.test", "", ""},
		{"a:443", "", ""},
		{"-a", "", ""},
		{strings.Repeat("a", 64), "", ""}, // no DNS name has such a label
	} {
		cfg := config.Defaults()
		cfg.Application, cfg.AWS.Region, cfg.Kinesis.Stream = "app", "eu-west-1", "s"
		s := &cfg.Snowflake
		s.Account, s.Host, s.User, s.Database, s.Schema, s.Table = c.account, c.host, "U", "D", "S", "T"

		said := cfg.Validate("c")
		tokens, err := snowpipe.NewPAT("t")
		if err != nil {
			t.Fatal(err)
		}
		client, rows := snowpipe.New(snowpipe.Config{Account: c.account, Host: c.host, Database: "D", Schema: "S", Pipe: "P", Tokens: tokens})
		house, sql := warehouse.New(warehouse.Config{Account: c.account, Host: c.host, User: "U", Database: "D", Schema: "S", PAT: "t"})
		for who, got := range map[string]error{"configuration": said, "rows": rows, "SQL": sql} {
			if (got == nil) != (c.want != "") {
				t.Errorf("%s, %q: %s says %v", c.account, c.host, who, got)
			}
			if strings.Contains(fmt.Sprint(got), "canary") {
				t.Errorf("%s, %q: %s shows the password: %v", c.account, c.host, who, got)
			}
		}
		if got := s.BaseURL(); got != c.want {
			t.Errorf("%s, %q: the base URL is %q, want %q", c.account, c.host, got, c.want)
		}
		if client != nil {
			client.Close()
		}
		if house != nil {
			_ = house.Close()
		}
	}
}
