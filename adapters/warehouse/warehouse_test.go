package warehouse_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/rsakey"
	"github.com/kinesnow/kinesnow/messages"
)

var ctx = context.Background()

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// account is a local Snowflake with the schema RAW.EVENTS, owned by the role
// of LOADER, and a role STRANGER that OTHER has, who may see nothing.
func account(t *testing.T) *localsnowflake.Server {
	t.Helper()
	s, err := localsnowflake.Start(localsnowflake.Options{CommitDelay: -1})
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	must(t, s.RegisterUser("LOADER", catalog.AccountAdmin, &rsakey.Key(0).PublicKey))
	must(t, s.RegisterUser("OTHER", "STRANGER", &rsakey.Key(0).PublicKey))
	_, err = s.Catalog().CreateDatabase("RAW", catalog.AccountAdmin, catalog.Keep)
	must(t, err)
	_, err = s.Catalog().CreateSchema("RAW", "EVENTS", catalog.AccountAdmin, catalog.Keep)
	must(t, err)
	return s
}

func open(t *testing.T, host string, change func(*warehouse.Config)) *warehouse.Warehouse {
	t.Helper()
	cfg := warehouse.Config{Account: "LOCAL", User: "LOADER", Host: host, Database: "RAW", Schema: "EVENTS", PrivateKey: rsakey.Key(0)}
	if change != nil {
		change(&cfg)
	}
	w, err := warehouse.New(cfg)
	must(t, err)
	t.Cleanup(func() { _ = w.Close() })
	return w
}

func wantFault(t *testing.T, err error, class messages.Class, reason messages.Reason, stop messages.StopCode) {
	t.Helper()
	var f *messages.Fault
	if !errors.As(err, &f) || f.Class != class || f.Reason != reason || f.Stop != stop {
		t.Errorf("%v is %+v, want %s/%s/%s", err, f, class, reason, stop)
	}
}

func TestACreatedTableIsDescribed(t *testing.T) {
	s := account(t)
	w := open(t, s.URL(), nil)
	for _, name := range []string{"ORDERS", "my orders", `q"uote'd`} {
		_, err := w.Describe(ctx, name)
		wantFault(t, err, messages.Rejected, messages.ReasonMissing, messages.TargetMissing)
		for range 2 {
			must(t, w.Create(ctx, name))
		}
		table, err := w.Describe(ctx, name)
		must(t, err)
		if table.Name != name || table.Kind != warehouse.Standard || !table.SchemaEvolution || !table.ErrorLogging {
			t.Errorf("%+v", table)
		}
		if c := table.Column("KINESISMETADATA"); c == nil || c.Type != "OBJECT" || !c.Nullable || len(table.Columns) != 1 {
			t.Errorf("columns %+v", table.Columns)
		}
	}
}

func TestColumnsAreDescribedAsTheyAre(t *testing.T) {
	s := account(t)
	w := open(t, s.URL(), nil)
	_, _, err := w.Query(ctx, `CREATE TABLE RAW.EVENTS.T (ID NUMBER(10,2) NOT NULL, "name" VARCHAR, V VARIANT, AT TIMESTAMP_NTZ)`)
	must(t, err)
	table, err := w.Describe(ctx, "T")
	must(t, err)
	var got []string
	for _, c := range table.Columns {
		kind, _, _ := strings.Cut(c.Type, "(")
		got = append(got, fmt.Sprintf("%s %s %t", c.Name, kind, c.Nullable))
	}
	want := []string{"ID NUMBER false", "name VARCHAR true", "V VARIANT true", "AT TIMESTAMP_NTZ true"}
	if !slices.Equal(got, want) || table.SchemaEvolution || table.ErrorLogging {
		t.Errorf("%q, want %q; %+v", got, want, table)
	}
	if table.Column("id") != nil {
		t.Error("a column was found by another name")
	}
}

func TestQueriesReturnTextAndNull(t *testing.T) {
	s := account(t)
	w := open(t, s.URL(), nil)
	columns, rows, err := w.Query(ctx, "SELECT 1 AS ONE, 'two' AS TWO, NULL AS NOTHING")
	must(t, err)
	if !slices.Equal(columns, []string{"ONE", "TWO", "NOTHING"}) || len(rows) != 1 {
		t.Fatalf("%q %v", columns, rows)
	}
	if r := rows[0]; r[0].String != "1" || r[1].String != "two" || r[2].Valid {
		t.Errorf("%v", r)
	}
	_, _, err = w.Query(ctx, "SELEC 1")
	wantFault(t, err, messages.Transient, messages.ReasonRefused, "")
}

func TestWhatTheRoleMayNotIsDeniedOrMissing(t *testing.T) {
	s := account(t)
	must(t, open(t, s.URL(), nil).Create(ctx, "ORDERS"))
	other := open(t, s.URL(), func(c *warehouse.Config) { c.User = "OTHER" })
	_, err := other.Describe(ctx, "ORDERS")
	wantFault(t, err, messages.Rejected, messages.ReasonMissing, messages.TargetMissing)
	wantFault(t, other.Create(ctx, "MINE"), messages.Rejected, messages.ReasonMissing, messages.TargetMissing)
	elsewhere := open(t, s.URL(), func(c *warehouse.Config) { c.Schema = "NOWHERE" })
	wantFault(t, elsewhere.Create(ctx, "T"), messages.Rejected, messages.ReasonMissing, messages.TargetMissing)
	wantFault(t, elsewhere.Create(ctx, "a\x00b"), messages.Rejected, messages.ReasonMissing, messages.TargetMissing)
}

func TestRefusedCredentialsAreDenied(t *testing.T) {
	s := account(t)
	stranger := rsakey.Key(1)
	for name, change := range map[string]func(*warehouse.Config){
		"another key":  func(c *warehouse.Config) { c.PrivateKey = stranger },
		"unknown user": func(c *warehouse.Config) { c.User = "NOBODY" },
		"a token":      func(c *warehouse.Config) { c.PrivateKey, c.PAT = nil, "canary" },
	} {
		_, err := open(t, s.URL(), change).Describe(ctx, "T")
		wantFault(t, err, messages.Rejected, messages.ReasonDenied, messages.AccessDenied)
		if err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestATokenFileIsReadAtEverySignIn(t *testing.T) {
	s := account(t)
	must(t, s.RegisterToken(localsnowflake.ProgrammaticAccessToken, "second", "LOADER", catalog.AccountAdmin, time.Now().Add(time.Hour)))
	source := &scripted{credentials: []warehouse.Credential{{PAT: "first"}}}
	w := open(t, s.URL(), func(c *warehouse.Config) { c.PrivateKey, c.Credentials = nil, source })
	wantFault(t, w.Create(ctx, "T"), messages.Rejected, messages.ReasonDenied, messages.AccessDenied)
	source.credentials = []warehouse.Credential{{PAT: "second"}}
	must(t, w.Create(ctx, "T"))
}

// scripted yields its credentials in turn: the next one once one was refused.
type scripted struct {
	credentials []warehouse.Credential
	refused     int
	accepted    int
	err         error
}

func (s *scripted) Credential(context.Context) (warehouse.Credential, error) {
	return s.credentials[s.refused%len(s.credentials)], s.err
}
func (s *scripted) Refused(warehouse.Credential)  { s.refused++ }
func (s *scripted) Accepted(warehouse.Credential) { s.accepted++ }

func TestASecondCredentialIsTriedAtOnceAndTheGoodOneIsKept(t *testing.T) {
	s := account(t)
	stranger := rsakey.Key(1)
	old, now := warehouse.Credential{PrivateKey: stranger, Key: "SHA256:old"}, warehouse.Credential{PrivateKey: rsakey.Key(0), Key: "SHA256:new"}
	source := &scripted{credentials: []warehouse.Credential{old, now}}
	w := open(t, s.URL(), func(c *warehouse.Config) { c.PrivateKey, c.Credentials = nil, source })
	must(t, w.Create(ctx, "T"))
	if source.refused != 1 || source.accepted != 1 {
		t.Errorf("%d credentials were refused and %d accepted, want 1 and 1", source.refused, source.accepted)
	}
	now.PrivateKey = stranger
	source = &scripted{credentials: []warehouse.Credential{old, now}}
	_, err := open(t, s.URL(), func(c *warehouse.Config) { c.PrivateKey, c.Credentials = nil, source }).Describe(ctx, "T")
	wantFault(t, err, messages.Rejected, messages.ReasonDenied, messages.AccessDenied)
	if source.refused != 2 || source.accepted != 0 || !strings.Contains(err.Error(), "SHA256:new and SHA256:old") {
		t.Errorf("%d refused: %v", source.refused, err)
	}
}

func TestAnAccessTokenOfAnAuthorizationServerSignsIn(t *testing.T) {
	s := account(t)
	must(t, s.RegisterToken(localsnowflake.OAuth, "access", "LOADER", catalog.AccountAdmin, time.Now().Add(time.Hour)))
	source := &scripted{credentials: []warehouse.Credential{{OAuth: "access"}}}
	must(t, open(t, s.URL(), func(c *warehouse.Config) { c.PrivateKey, c.Credentials = nil, source }).Create(ctx, "T"))
	source = &scripted{credentials: []warehouse.Credential{{OAuth: "canary"}}, err: errors.New("vault is sealed")}
	err := open(t, s.URL(), func(c *warehouse.Config) { c.PrivateKey, c.Credentials = nil, source }).Create(ctx, "U")
	wantFault(t, err, messages.Transient, messages.ReasonUnavailable, "")
}

func TestNothingIsSentBeforeTheFirstCall(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") }))
	t.Cleanup(server.Close)
	must(t, open(t, server.URL, nil).Close())
}

func TestACallEndsWithItsContext(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(func() { close(release); server.Close() })
	short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	_, err := open(t, server.URL, nil).Describe(short, "T")
	wantFault(t, err, messages.Transient, messages.ReasonUnavailable, "")
}

func TestABadConfigurationNamesItsField(t *testing.T) {
	good := warehouse.Config{Account: "A", User: "U", Database: "D", Schema: "S", PAT: "canary"}
	for field, change := range map[string]func(*warehouse.Config){
		"account":      func(c *warehouse.Config) { c.Account = "evil.test/" },
		"user":         func(c *warehouse.Config) { c.User = "" },
		"host":         func(c *warehouse.Config) { c.Host = "http://evil.test" },
		"host: ":       func(c *warehouse.Config) { c.Host = "https://u:canary@a.snowflakecomputing.com" },
		"proxy":        func(c *warehouse.Config) { c.Proxy = "canary" },
		"database":     func(c *warehouse.Config) { c.Database = "" },
		"schema":       func(c *warehouse.Config) { c.Schema = "a\nb" },
		"application":  func(c *warehouse.Config) { c.Application = "a b" },
		"credential":   func(c *warehouse.Config) { c.PAT = "" },
		"credential: ": func(c *warehouse.Config) { c.Credentials = &scripted{} },
	} {
		cfg := good
		change(&cfg)
		_, err := warehouse.New(cfg)
		if err == nil || !strings.HasPrefix(err.Error(), field) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", field, err)
		}
	}
	w, err := warehouse.New(good)
	must(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(verb, w) + fmt.Sprintf(verb, good); strings.Contains(text, "canary") {
			t.Errorf("%s shows the secret: %s", verb, text)
		}
	}
}
