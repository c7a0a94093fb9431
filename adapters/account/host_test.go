package account

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// accountHosts are configured accounts and hosts, and where they lead.
var accountHosts = []struct{ identifier, host, want string }{
	{"MYORG-PROD", "", "https://myorg-prod.snowflakecomputing.com"},
	{"MyOrg-My_Acct", "", "https://myorg-my-acct.snowflakecomputing.com"},
	{"xy12345", "", "https://xy12345.snowflakecomputing.com"},
	{"xy12345.eu-west-1", "", "https://xy12345.eu-west-1.snowflakecomputing.com"},
	{"XY12345.us-east-2.aws", "", "https://xy12345.us-east-2.aws.snowflakecomputing.com"},
	{"xy12345.cn-northwest-1.aws", "", "https://xy12345.cn-northwest-1.aws.snowflakecomputing.cn"},
	{"MYORG-PROD.privatelink", "", "https://myorg-prod.privatelink.snowflakecomputing.com"},
	{"xy12345.eu-central-1.privatelink", "", "https://xy12345.eu-central-1.privatelink.snowflakecomputing.com"},
	{"A", "a.privatelink.snowflakecomputing.com", "https://a.privatelink.snowflakecomputing.com"},
	{"A", "a.eu-central-1.privatelink.snowflakecomputing.com", "https://a.eu-central-1.privatelink.snowflakecomputing.com"},
	{"A", "A.PrivateLink.SnowflakeComputing.com", "https://a.privatelink.snowflakecomputing.com"},
	{"A", "a.cn-north-1.privatelink.snowflakecomputing.cn", "https://a.cn-north-1.privatelink.snowflakecomputing.cn"},
	{"A", "https://a.snowflakecomputing.com:443/", "https://a.snowflakecomputing.com"},
	{"A", "http://127.0.0.1:4000", "http://127.0.0.1:4000"},
	{"A", "https://localhost:4000", "https://localhost:4000"},
	{"A", "127.0.0.1:4000", "https://127.0.0.1:4000"},
	{"A", "http://[::1]:4000", "http://[::1]:4000"},
}

func TestAccountsBecomeHosts(t *testing.T) {
	for _, c := range accountHosts {
		if err := Check(c.identifier); err != nil {
			t.Errorf("%s: %v", c.identifier, err)
		}
		got, err := Control(c.identifier, c.host)
		if err != nil || got.URL() != c.want {
			t.Errorf("%s, %q: %s, %v; want %s", c.identifier, c.host, got.URL(), err, c.want)
		}
	}
}

func TestAHostIsSplitForWhoDialsIt(t *testing.T) {
	for _, c := range []struct {
		in   Endpoint
		name string
		port int
	}{
		{Endpoint{"https", "a.snowflakecomputing.com"}, "a.snowflakecomputing.com", 443},
		{Endpoint{"http", "127.0.0.1:4000"}, "127.0.0.1", 4000},
		{Endpoint{"http", "127.0.0.1"}, "127.0.0.1", 80},
		{Endpoint{"https", "[::1]:4000"}, "::1", 4000},
		{Endpoint{"https", "[::1]"}, "::1", 443},
	} {
		if name, port := c.in.Split(); name != c.name || port != c.port {
			t.Errorf("%s: %s and %d", c.in.URL(), name, port)
		}
	}
}

func TestHostsOutsideSnowflakeAreRefused(t *testing.T) {
	for _, host := range []string{
		"http://a.snowflakecomputing.com", "a.snowflakecomputing.com.evil.test", "evil.test", "http://10.0.0.1:80",
		"ftp://127.0.0.1", "https://user:canary@127.0.0.1:4", "user:canary@a.snowflakecomputing.com", "http://0.0.0.0:4000", "http://127.0.0.1:0", "http://127.0.0.1:99999",
		"http://127.0.0.1:4000/path", "a.snowflakecomputing.com:8443", " ", "a.snowflakecomputing.com/x", "https://a.snowflakecomputing.com?q", "a.snowflakecomputing.com\n",
		"https://a.snowflakecomputing.com@evil.test", "https://evil.test@a.snowflakecomputing.com", "http://localhost.evil.test:80", "http://127.0.0.1.evil.test", "snowflakecomputing.com",
	} {
		if e, err := Control("A", host); err == nil {
			t.Errorf("host %q was taken as %s", host, e.URL())
		} else if strings.Contains(err.Error(), "canary") {
			t.Errorf("host %q: the error shows the password: %v", host, err)
		}
	}
}

func TestWhatIsNoAccountIsRefused(t *testing.T) {
	for _, identifier := range []string{
		"", "evil.test/", "a.snowflakecomputing.com", "https://a", "a b", "a@b", "-a", "_a", "a..b", "a:443", "a\n", "a#", "a?b", "a%2fb", "ä",
		strings.Repeat("a", 254),
	} {
		if Check(identifier) == nil {
			t.Errorf("account %q was taken", identifier)
		}
	}
	for _, identifier := range []string{"a-", "a_.b", strings.Repeat("a", 64)} { // no host can be called so
		if e, err := Control(identifier, ""); err == nil {
			t.Errorf("account %q was taken as %s", identifier, e.URL())
		}
	}
}

func TestAnAuthorizationServerIsHTTPSOrOnLoopback(t *testing.T) {
	for _, good := range []string{"https://login.example.com/oauth2/token", "https://login.example.com:8443/t?x=1", "http://127.0.0.1:4000/token", "http://localhost:1/t", "http://[::1]:1/t"} {
		if err := TokenURL(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "login.example.com", "http://login.example.com/token", "https://user:canary@login.example.com/token", "ftp://127.0.0.1/t", "https:///token", "https:token",
		"https://login.example.com/#f", "http://127.0.0.1.evil.test/t", "http://127.0.0.1:0/t", "javascript:alert(1)", "https://\x00/"} {
		if err := TokenURL(bad); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestOnlyHTTPSGoesThroughAProxy(t *testing.T) {
	for _, bad := range []string{"canary", "ftp://canary", "socks5://canary:1", "http://", "http://u:canary@", ":canary"} {
		if _, err := Proxy(bad); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if u, err := Proxy(""); u != nil || err != nil {
		t.Errorf("none: %v, %v", u, err)
	}
	proxy, err := Proxy("http://user:pw@proxy.example:3128")
	if err != nil {
		t.Fatal(err)
	}
	choose := Through(proxy)
	for address, want := range map[string]*url.URL{
		"https://a.snowflakecomputing.com/x": proxy, "https://127.0.0.1:4000/x": proxy, "http://127.0.0.1:4000/x": nil,
	} {
		if got, err := choose(httptest.NewRequest("GET", address, nil)); err != nil || got != want {
			t.Errorf("%s goes through %v, %v; want %v", address, got, err, want)
		}
	}
}

func TestIngestHostsOfTheAccountsDomainAreTaken(t *testing.T) {
	cloud := Endpoint{"https", "a.snowflakecomputing.com"}
	local := Endpoint{"http", "127.0.0.1:4000"}
	for _, c := range []struct {
		control      Endpoint
		answer, want string
	}{
		{cloud, "a.us-west-2.ingest.snowflakecomputing.com", "https://a.us-west-2.ingest.snowflakecomputing.com"},
		{cloud, "My_Acct.us-west-2.ingest.SnowflakeComputing.com", "https://my-acct.us-west-2.ingest.snowflakecomputing.com"},
		{cloud, "https://x.ingest.snowflakecomputing.com", "https://x.ingest.snowflakecomputing.com"},
		{cloud, "x.ingest.privatelink.snowflakecomputing.com:443", "https://x.ingest.privatelink.snowflakecomputing.com"},
		{Endpoint{"https", "a.snowflakecomputing.cn"}, "x.ingest.snowflakecomputing.cn", "https://x.ingest.snowflakecomputing.cn"},
		{local, "127.0.0.1:4001", "http://127.0.0.1:4001"},
		{local, "http://127.0.0.1:4001", "http://127.0.0.1:4001"},
		{local, "localhost:4001", "http://localhost:4001"},
	} {
		got, err := Ingest(c.control, c.answer)
		if err != nil || got.URL() != c.want {
			t.Errorf("%s answers %q: %s, %v; want %s", c.control.Host, c.answer, got.URL(), err, c.want)
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
		if e, err := Ingest(Endpoint{"https", "a.snowflakecomputing.com"}, answer); err == nil {
			t.Errorf("%q was taken as %s", answer, e.URL())
		}
	}
	for _, answer := range []string{"x.snowflakecomputing.com", "evil.test", "http://10.0.0.1:80", "127.0.0.1@evil.test", "127.0.0.1:80@evil.test", "127.0.0.1.evil.test", "localhost.evil.test", "http://127.0.0.1:4000/x"} {
		if e, err := Ingest(Endpoint{"http", "127.0.0.1:4000"}, answer); err == nil {
			t.Errorf("from loopback, %q was taken as %s", answer, e.URL())
		}
	}
}
