package access

import (
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/rsakey"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// TestTheConfiguredScopeIsAskedFor signs in at a server that grants as Microsoft
// Entra ID does: its own scope, or nothing. What it answers tells which scope
// arrived: its own, none (invalid_request), or another (invalid_scope).
func TestTheConfiguredScopeIsAskedFor(t *testing.T) {
	t.Parallel()
	server, err := localsnowflake.Start(localsnowflake.Options{Account: "A"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	if err := server.RegisterUser("U", catalog.AccountAdmin, &rsakey.Key(0).PublicKey); err != nil {
		t.Fatal(err)
	}
	const scope = "api://snowflake/.default"
	server.RegisterClient("entra", "canary", "U", time.Hour)
	server.RequireScope("entra", scope)
	server.RegisterClient("okta", "canary", "U", time.Hour)
	for name, c := range map[string]struct{ client, role, scope, says string }{
		"the scope":                      {"entra", "", scope, ""},
		"the scope, whatever the role":   {"entra", catalog.AccountAdmin, scope, ""},
		"none":                           {"entra", "", "", "400 invalid_request"},
		"the role's, for want of one":    {"entra", catalog.AccountAdmin, "", "400 invalid_scope"},
		"another":                        {"entra", "", "api://another/.default", "400 invalid_scope"},
		"none where none is wanted":      {"okta", "", "", ""},
		"the role's where it is wanted":  {"okta", catalog.AccountAdmin, "", ""},
		"one where a role's is expected": {"okta", catalog.AccountAdmin, scope, "400 invalid_scope"},
	} {
		cfg := config.Defaults().Snowflake
		cfg.Account, cfg.User, cfg.Role, cfg.Host = "A", "U", c.role, server.URL()
		cfg.Authenticator, cfg.PrivateKeyFile = config.OAuthCredentials, ""
		cfg.OAuth = config.OAuth{TokenURL: server.OAuthTokenURL(), ClientID: c.client, ClientSecret: "canary", Scope: c.scope}
		switch token, err := Snowflake(cfg).Token(t.Context()); {
		case c.says == "" && (err != nil || token.Text == ""):
			t.Errorf("%s: %v", name, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s: %v, want %s", name, err, c.says)
		}
	}
}
