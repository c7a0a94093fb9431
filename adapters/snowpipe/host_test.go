package snowpipe

import (
	"strings"
	"testing"
)

func TestAccountsBecomeHosts(t *testing.T) {
	for _, c := range []struct{ account, host, want string }{
		{"MYORG-PROD", "", "https://myorg-prod.snowflakecomputing.com"},
		{"MyOrg-My_Acct", "", "https://myorg-my-acct.snowflakecomputing.com"},
		{"xy12345.eu-west-1", "", "https://xy12345.eu-west-1.snowflakecomputing.com"},
		{"xy12345.cn-northwest-1.aws", "", "https://xy12345.cn-northwest-1.aws.snowflakecomputing.cn"},
		{"A", "a.privatelink.snowflakecomputing.com", "https://a.privatelink.snowflakecomputing.com"},
		{"A", "https://a.snowflakecomputing.com:443/", "https://a.snowflakecomputing.com"},
		{"A", "http://127.0.0.1:4000", "http://127.0.0.1:4000"},
		{"A", "127.0.0.1:4000", "https://127.0.0.1:4000"},
		{"A", "http://[::1]:4000", "http://[::1]:4000"},
	} {
		got, err := controlEndpoint(c.account, c.host)
		if err != nil || got.url() != c.want {
			t.Errorf("%s, %q: %s, %v; want %s", c.account, c.host, got.url(), err, c.want)
		}
	}
}

func TestHostsOutsideSnowflakeAreRefused(t *testing.T) {
	for _, host := range []string{
		"http://a.snowflakecomputing.com", "a.snowflakecomputing.com.evil.test", "evil.test", "http://10.0.0.1:80",
		"ftp://127.0.0.1", "https://user:pw@127.0.0.1:4", "http://0.0.0.0:4000", "http://127.0.0.1:0", "http://127.0.0.1:99999",
		"http://127.0.0.1:4000/path", "a.snowflakecomputing.com:8443", " ",
	} {
		if e, err := controlEndpoint("A", host); err == nil {
			t.Errorf("host %q was taken as %s", host, e.url())
		} else if !strings.HasPrefix(err.Error(), "host: ") {
			t.Errorf("host %q: the error does not name the field: %v", host, err)
		}
	}
}

func TestIngestHostsOfTheAccountsDomainAreTaken(t *testing.T) {
	cloud := endpoint{"https", "a.snowflakecomputing.com"}
	local := endpoint{"http", "127.0.0.1:4000"}
	for _, c := range []struct {
		control      endpoint
		answer, want string
	}{
		{cloud, "a.us-west-2.ingest.snowflakecomputing.com", "https://a.us-west-2.ingest.snowflakecomputing.com"},
		{cloud, "My_Acct.us-west-2.ingest.SnowflakeComputing.com", "https://my-acct.us-west-2.ingest.snowflakecomputing.com"},
		{cloud, "https://x.ingest.snowflakecomputing.com", "https://x.ingest.snowflakecomputing.com"},
		{cloud, "x.ingest.privatelink.snowflakecomputing.com:443", "https://x.ingest.privatelink.snowflakecomputing.com"},
		{endpoint{"https", "a.snowflakecomputing.cn"}, "x.ingest.snowflakecomputing.cn", "https://x.ingest.snowflakecomputing.cn"},
		{local, "127.0.0.1:4001", "http://127.0.0.1:4001"},
		{local, "http://127.0.0.1:4001", "http://127.0.0.1:4001"},
		{local, "localhost:4001", "http://localhost:4001"},
	} {
		got, err := ingestEndpoint(c.control, c.answer)
		if err != nil || got.url() != c.want {
			t.Errorf("%s answers %q: %s, %v; want %s", c.control.host, c.answer, got.url(), err, c.want)
		}
	}
}

// hostileHosts would carry a credential away from Snowflake.
var hostileHosts = []string{
	"", "evil.test", "x.snowflakecomputing.com.evil.test", "evilsnowflakecomputing.com", "snowflakecomputing.com",
	".snowflakecomputing.com", "x..snowflakecomputing.com", "-x.snowflakecomputing.com", "x.snowflakecomputing.com.",
	"x.snowflakecomputing.cn", "x.snowflakecomputing.co", "http://x.snowflakecomputing.com", "ftp://x.snowflakecomputing.com",
	"//x.snowflakecomputing.com", "https://x.snowflakecomputing.com@evil.test", "https://evil.test@x.snowflakecomputing.com",
	"evil.test/x.snowflakecomputing.com", "x.snowflakecomputing.com/path", "x.snowflakecomputing.com?q=1",
	"evil.test?x.snowflakecomputing.com", "evil.test#.snowflakecomputing.com", "x.snowflakecomputing.com#f",
	"x.snowflakecomputing.com:8080", "x.snowflakecomputing.com:443:443", "evil.test:443.snowflakecomputing.com",
	`evil.test\.snowflakecomputing.com`, "evil.test%2f.snowflakecomputing.com", "evil.test%00.snowflakecomputing.com",
	"evil.test\x00.snowflakecomputing.com", "x.snowflakecomputing.com\r\nHost: evil.test", "x y.snowflakecomputing.com",
	"x.snowflakecomputing.com evil.test", "х.snowflakecomputing.com", "x.snowflakecomputing。com",
	"127.0.0.1", "127.0.0.1:4000", "localhost", "[::1]:4000", "169.254.169.254", "10.0.0.1", "0x7f000001", "2130706433",
	"http://127.0.0.1:4000", "javascript:x.snowflakecomputing.com", "file:///etc/passwd",
	strings.Repeat("a.", 130) + "snowflakecomputing.com", strings.Repeat("a", 64) + ".snowflakecomputing.com",
}

func TestHostileIngestHostsAreRefused(t *testing.T) {
	for _, answer := range hostileHosts {
		if e, err := ingestEndpoint(endpoint{"https", "a.snowflakecomputing.com"}, answer); err == nil {
			t.Errorf("%q was taken as %s", answer, e.url())
		}
	}
	for _, answer := range []string{"x.snowflakecomputing.com", "evil.test", "http://10.0.0.1:80", "127.0.0.1@evil.test", "127.0.0.1:80@evil.test", "127.0.0.1.evil.test", "localhost.evil.test", "http://127.0.0.1:4000/x"} {
		if e, err := ingestEndpoint(endpoint{"http", "127.0.0.1:4000"}, answer); err == nil {
			t.Errorf("from loopback, %q was taken as %s", answer, e.url())
		}
	}
}

func TestNamesTravelQuotedWhereTheyMustBe(t *testing.T) {
	for exact, want := range map[string]string{
		"ORDERS": "ORDERS", "_A1$": "_A1$", "orders": `"orders"`, "1A": `"1A"`, `A"B`: `"A""B"`, "A B": `"A B"`, "Ö": `"Ö"`, "A-STREAMING": `"A-STREAMING"`,
	} {
		if got := PathName(exact); got != want {
			t.Errorf("PathName(%s) = %s, want %s", exact, got, want)
		}
	}
	for exact, want := range map[string]string{
		DefaultPipe("ORDERS"): "ORDERS-STREAMING", DefaultPipe("my_table"): `"my_table-STREAMING"`,
		"MYPIPE": "MYPIPE", "my-pipe": `"my-pipe"`, "-STREAMING": `"-STREAMING"`,
	} {
		if got := PipePathName(exact); got != want {
			t.Errorf("PipePathName(%s) = %s, want %s", exact, got, want)
		}
	}
	if got, want := pipePath("D/B", "s;s", DefaultPipe("t")), `databases/%22D%2FB%22/schemas/%22s%3Bs%22/pipes/%22t-STREAMING%22`; got != want {
		t.Errorf("pipePath = %s, want %s", got, want)
	}
}

func TestReservedChannelNamesAreRefused(t *testing.T) {
	for _, name := range []string{"", ".", "..", "ELASTIC", "elastic", "a\nb", "\xff", strings.Repeat("a", 256)} {
		if checkChannel(name) == nil {
			t.Errorf("channel %q was taken", name)
		}
	}
	for _, name := range []string{"A-0", "kinesnow-orders-0123456789-shardId-000000000003", "node@host:res:1", "a/b"} {
		if err := checkChannel(name); err != nil {
			t.Errorf("channel %q: %v", name, err)
		}
	}
}
