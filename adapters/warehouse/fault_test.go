package warehouse

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	sf "github.com/snowflakedb/gosnowflake/v2"

	"github.com/kinesnow/kinesnow/messages"
)

func TestDriverErrorsHaveTheirMeaning(t *testing.T) {
	w := &Warehouse{cfg: Config{User: "LOADER", Role: "LOADER_ROLE", Database: "RAW", Schema: "EVENTS"}}
	snowflake := func(number int, state string) error {
		return &sf.SnowflakeError{Number: number, SQLState: state, Message: "m"}
	}
	for _, c := range []struct {
		err      error
		class    messages.Class
		reason   messages.Reason
		stop     messages.StopCode
		complete bool
	}{
		{snowflake(2003, "02000"), messages.Rejected, messages.ReasonMissing, messages.TargetMissing, true},
		{snowflake(2043, "02000"), messages.Rejected, messages.ReasonMissing, messages.TargetMissing, true},
		{snowflake(390201, "08004"), messages.Rejected, messages.ReasonMissing, messages.TargetMissing, true},
		{snowflake(606, "57P03"), messages.Rejected, messages.ReasonMissing, messages.TargetMissing, true},
		{snowflake(3001, "42501"), messages.Rejected, messages.ReasonDenied, messages.AccessDenied, true},
		{snowflake(390144, ""), messages.Rejected, messages.ReasonDenied, messages.AccessDenied, true},
		{snowflake(390189, ""), messages.Rejected, messages.ReasonDenied, messages.AccessDenied, true},
		{snowflake(394400, "08004"), messages.Rejected, messages.ReasonDenied, messages.AccessDenied, true},
		{snowflake(260008, ""), messages.Rejected, messages.ReasonDenied, messages.AccessDenied, true},
		{snowflake(390112, ""), messages.Transient, messages.ReasonUnavailable, "", true},
		{snowflake(390114, ""), messages.Transient, messages.ReasonUnavailable, "", true},
		{snowflake(261004, ""), messages.Transient, messages.ReasonUnavailable, "", false},
		{snowflake(261000, ""), messages.Transient, messages.ReasonUnavailable, "", false},
		{snowflake(1003, "42000"), messages.Transient, messages.ReasonRefused, "", true},
		{fmt.Errorf("wrapped: %w", snowflake(3001, "42501")), messages.Rejected, messages.ReasonDenied, messages.AccessDenied, true},
		{errors.New("connection reset"), messages.Transient, messages.ReasonUnavailable, "", false},
		{context.DeadlineExceeded, messages.Transient, messages.ReasonUnavailable, "", false},
	} {
		f := w.fault("describe", c.err)
		if f.Class != c.class || f.Reason != c.reason || f.Stop != c.stop || f.Complete != c.complete || f.Op != "warehouse.describe" {
			t.Errorf("%v: %+v", c.err, f)
		}
		if f.Class == messages.Rejected && !strings.Contains(f.Hint, "LOADER_ROLE") {
			t.Errorf("%v: the hint %q names nobody", c.err, f.Hint)
		}
		if !errors.Is(f, c.err) && !errors.As(f, new(*sf.SnowflakeError)) {
			t.Errorf("%v: the cause is lost", c.err)
		}
	}
}

// TestARequestWithoutAnAnswerNamesItsHost, and not the driver's whole URL.
func TestARequestWithoutAnAnswerNamesItsHost(t *testing.T) {
	w := &Warehouse{}
	sent := &url.Error{Op: "Post", URL: "https://a.snowflakecomputing.com:443/session/v1/login-request?requestId=1&roleName=R", Err: context.DeadlineExceeded}
	f := w.fault("query", fmt.Errorf("driver: %w", sent))
	if want := "warehouse.query: https://a.snowflakecomputing.com:443: context deadline exceeded"; f.Error() != want || !errors.Is(f, context.DeadlineExceeded) {
		t.Errorf("%v, want %s", f, want)
	}
}

// TestARefusedWarehouseIsNamed, and not the table, which has nothing to do with
// it.
func TestARefusedWarehouseIsNamed(t *testing.T) {
	w := &Warehouse{cfg: Config{User: "LOADER", Role: "LOADER_ROLE", Database: "RAW", Schema: "EVENTS", Warehouse: "audit"}}
	for _, number := range []int{606, 390201} {
		f := w.fault("query", &sf.SnowflakeError{Number: number, SQLState: "08004", Message: "m"})
		if !strings.Contains(f.Hint, `GRANT USAGE ON WAREHOUSE "AUDIT" TO ROLE "LOADER_ROLE"`) || strings.Contains(f.Hint, "RAW") {
			t.Errorf("%d: the hint is %q", number, f.Hint)
		}
		if refused(f.Err) {
			t.Errorf("%d is taken for a refused credential", number)
		}
	}
}

func TestALongErrorIsCut(t *testing.T) {
	w := &Warehouse{}
	f := w.fault("query", &sf.SnowflakeError{Number: 1003, SQLState: "42000", Message: strings.Repeat("x\n", 5000)})
	if text := f.Error(); len(text) > 600 || strings.Contains(text, "\n") {
		t.Errorf("%d bytes: %q", len(text), text)
	}
}

func TestNamesAreAlwaysQuoted(t *testing.T) {
	for name, want := range map[string]string{
		"ORDERS": `"ORDERS"`, `a"b`: `"a""b"`, `";DROP TABLE X;--`: `""";DROP TABLE X;--"`, "日本": `"日本"`, strings.Repeat("ü", 255): `"` + strings.Repeat("ü", 255) + `"`,
	} {
		if got, err := Quote(name); err != nil || got != want {
			t.Errorf("Quote(%s) = %s, %v", name, got, err)
		}
	}
	for _, name := range []string{"", "a\x00b", "a\nb", "\xff", strings.Repeat("a", 256)} {
		if got, err := Quote(name); err == nil {
			t.Errorf("%q became %s", name, got)
		}
	}
}

func TestAPatternHoldsNothingThatMeansSomething(t *testing.T) {
	if got, want := pattern(`a'b\c%_d日"`), `a_b_c__d__`; got != want {
		t.Errorf("pattern = %s, want %s", got, want)
	}
}

func TestHostsAreSnowflakesOrLoopback(t *testing.T) {
	type address struct {
		protocol, host string
		port           int
	}
	connect := func(account, host string) (address, error) {
		w, err := New(Config{Account: account, User: "U", Host: host, Database: "D", Schema: "S", PAT: "t"})
		if err != nil {
			return address{}, err
		}
		cfg := w.driverConfig(Credential{PAT: "t"})
		return address{cfg.Protocol, cfg.Host, cfg.Port}, w.Close()
	}
	for _, c := range []struct {
		account, host string
		want          address
	}{
		{"MYORG-My_Prod", "", address{"https", "myorg-my-prod.snowflakecomputing.com", 443}},
		{"x.cn-north-1", "", address{"https", "x.cn-north-1.snowflakecomputing.cn", 443}},
		{"A", "a.privatelink.snowflakecomputing.com", address{"https", "a.privatelink.snowflakecomputing.com", 443}},
		{"A", "http://127.0.0.1:4000", address{"http", "127.0.0.1", 4000}},
		{"A", "http://[::1]:4000", address{"http", "::1", 4000}},
	} {
		got, err := connect(c.account, c.host)
		if err != nil || got != c.want {
			t.Errorf("%s, %q: %v, %v; want %v", c.account, c.host, got, err, c.want)
		}
	}
	for _, host := range []string{
		"http://a.snowflakecomputing.com", "evil.test", "a.snowflakecomputing.com.evil.test", "snowflakecomputing.com", "http://10.0.0.1:1",
		"https://u:p@127.0.0.1:1", "ftp://127.0.0.1", "a.snowflakecomputing.com:8443", "http://127.0.0.1:x", "http://127.0.0.1:1/p", "127.0.0.1:0",
	} {
		if got, err := connect("A", host); err == nil {
			t.Errorf("%q was taken as %v", host, got)
		}
	}
}
