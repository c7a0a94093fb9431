package config

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
)

// profiled is a connector that leaves everything about Snowflake but the table
// to the profile prod.
const profiled = `connectors:
  orders:
    application: kinesnow-orders
    aws: {region: eu-west-1}
    kinesis: {stream: orders}
    snowflake:
      connection: prod
      table: ORDERS
`

const connectionsFile = "/home/me/.snowflake/connections.toml"

const prodProfile = `[dev]
account = "MYORG-DEV"

[prod]
account = "MYORG-PROD"
user = "KN_PROD"
role = "KN"
warehouse = "WH"
database = "RAW"
schema = "EVENTS"
authenticator = "SNOWFLAKE_JWT"
private_key_file = "~/keys/prod.p8"
private_key_file_pwd = "canary"
client_session_keep_alive = true
`

func profileWorld(text string) world {
	w := newWorld()
	w.files[connectionsFile] = text
	w.files["/home/me/keys/prod.p8"] = pkcs8PEM()
	return w
}

func TestAProfileFillsInWhatTheFileLeavesOut(t *testing.T) {
	f := profileWorld(prodProfile).mustLoad(t, profiled)
	s := f.Connectors["orders"].Snowflake
	if s.Account != "MYORG-PROD" || s.User != "KN_PROD" || s.Role != "KN" || s.Warehouse != "WH" || s.Database != "RAW" || s.Schema != "EVENTS" ||
		s.Authenticator != KeyPair || s.PrivateKeyFile != "/home/me/keys/prod.p8" || s.PrivateKeyPassphrase != "canary" {
		t.Errorf("%+v", s)
	}
	var out strings.Builder
	if err := f.Print(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"account: MYORG-PROD # connection prod of " + connectionsFile, `private_key_passphrase: "[redacted]" # connection prod of ` + connectionsFile,
		"authenticator: key_pair # connection prod of ",
	} {
		if !strings.Contains(strings.Join(strings.Fields(out.String()), " "), want) {
			t.Errorf("print lacks %q:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "canary") || len(f.Warnings()) != 0 {
		t.Errorf("print shows a secret, or there are warnings %q:\n%s", f.Warnings(), out.String())
	}
}

func TestTheFileWinsOverItsProfile(t *testing.T) {
	f := profileWorld(prodProfile).mustLoad(t, edit(profiled, "connection: prod", "connection: prod\n      user: ME\n      database: OTHER\n      private_key_file: /keys/sf.p8"))
	s := f.Connectors["orders"].Snowflake
	if s.User != "ME" || s.Database != "OTHER" || s.PrivateKeyFile != "/keys/sf.p8" || s.Account != "MYORG-PROD" {
		t.Errorf("%+v", s)
	}
}

func TestProfilesSignInInEveryWayThatNeedsNobody(t *testing.T) {
	const base = "[prod]\naccount='A'\nuser='U'\ndatabase='D'\nschema='S'\n"
	for name, c := range map[string]struct {
		profile string
		good    func(Snowflake) bool
	}{
		"a key that is not announced": {"private_key_path='keys/k.p8'", func(s Snowflake) bool {
			return s.Authenticator == KeyPair && s.PrivateKeyFile == "/home/me/.snowflake/keys/k.p8"
		}},
		"a key in the profile": {"authenticator='snowflake_jwt'\nprivate_key_raw=\"\"\"" + pkcs8PEM() + "\"\"\"", func(s Snowflake) bool {
			return s.PrivateKeyFile == "" && s.PrivateKeyInline != ""
		}},
		"a token file": {"authenticator='PROGRAMMATIC_ACCESS_TOKEN'\ntoken_file_path='/tok'", func(s Snowflake) bool {
			return s.Authenticator == PAT && s.TokenFile == "/tok" && s.PrivateKeyFile == ""
		}},
		"a token in the profile": {"authenticator='PROGRAMMATIC_ACCESS_TOKEN'\ntoken='t0'", func(s Snowflake) bool {
			token, err := s.Token()
			return err == nil && token == "t0" && s.TokenFile == ""
		}},
		"an OAuth client": {"authenticator='OAUTH_CLIENT_CREDENTIALS'\noauth_client_id='c'\noauth_client_secret='s'\noauth_token_request_url='https://login.example.com/t'\noauth_scope='x/.default'", func(s Snowflake) bool {
			return s.Authenticator == OAuthCredentials && s.OAuth == OAuth{"https://login.example.com/t", "c", "s", "x/.default"}
		}},
		"a host": {"token='t0'\nhost='a.privatelink.snowflakecomputing.com'\nport=443\nprotocol='https'", func(s Snowflake) bool {
			return s.Host == "a.privatelink.snowflakecomputing.com"
		}},
		"a host of its own port": {"token='t0'\nhost='127.0.0.1'\nport=4000\nprotocol='http'", func(s Snowflake) bool { return s.BaseURL() == "http://127.0.0.1:4000" }},
		"a region":               {"token='t0'\nregion='eu-central-1'", func(s Snowflake) bool { return s.Account == "A.eu-central-1" }},
		"a proxy": {"token='t0'\nproxy_host='proxy.example'\nproxy_port=3128\nproxy_user='me'\nproxy_password='p w'", func(s Snowflake) bool {
			return s.Proxy.Reveal() == "http://me:p%20w@proxy.example:3128"
		}},
	} {
		w := profileWorld(base + c.profile + "\n")
		w.files["/home/me/.snowflake/keys/k.p8"], w.files["/tok"] = pkcs8PEM(), "tok"
		f, err := w.load(profiled)
		if err != nil || !c.good(f.Connectors["orders"].Snowflake) {
			t.Errorf("%s: %v, %+v", name, err, f.Connectors["orders"].Snowflake)
		}
	}
}

func TestAProfileThatCannotServeSaysWhy(t *testing.T) {
	const at = "kinesnow.yaml:7:19: connectors.orders.snowflake.connection: "
	for name, c := range map[string]struct{ profile, want string }{
		"a missing one":   {"[dev]\na=1\n[stage]\na=1", `"prod" is not among the connections of /home/me/.snowflake/connections.toml: dev, stage`},
		"a browser":       {"[prod]\nauthenticator='externalbrowser'", `the profile prod of /home/me/.snowflake/connections.toml signs in with "externalbrowser", which a connector cannot; use SNOWFLAKE_JWT, PROGRAMMATIC_ACCESS_TOKEN or OAUTH_CLIENT_CREDENTIALS there, or set authenticator here`},
		"a ready token":   {"[prod]\nauthenticator='oauth'\ntoken='canary'", `the profile prod of /home/me/.snowflake/connections.toml signs in with "oauth", which a connector cannot; use SNOWFLAKE_JWT, PROGRAMMATIC_ACCESS_TOKEN or OAUTH_CLIENT_CREDENTIALS there, or set authenticator here`},
		"a password":      {"[prod]\nuser='u'\npassword='canary'", `the profile prod of /home/me/.snowflake/connections.toml names no authenticator: a password cannot be used; use SNOWFLAKE_JWT, PROGRAMMATIC_ACCESS_TOKEN or OAUTH_CLIENT_CREDENTIALS`},
		"no TOML":         {"[prod]\npassword = canary\n", `/home/me/.snowflake/connections.toml:2 is not TOML`},
		"nothing":         {"", `/home/me/.snowflake/connections.toml holds no connection`},
		"a scalar for it": {"prod='canary'\n[dev]\na=1", `"prod" is not among the connections of /home/me/.snowflake/connections.toml: dev`},
	} {
		_, err := profileWorld(c.profile).load(profiled)
		if got := lines(err); !slices.Equal(got, []string{at + c.want}) {
			t.Errorf("%s: %s", name, joined(got))
		}
	}
}

func TestProfilesAreLookedForAsSnowflakesToolsDo(t *testing.T) {
	named := func(account string) string {
		return "[connections.prod]\naccount='" + account + "'\nuser='U'\ntoken='t'\ndatabase='D'\nschema='S'\n"
	}
	for name, c := range map[string]struct {
		env   map[string]string
		files []string // each names itself in its profile; the first is to be taken
	}{
		"connections before config":       {nil, []string{"/home/me/.snowflake/connections.toml", "/home/me/.snowflake/config.toml"}},
		"config alone":                    {nil, []string{"/home/me/.snowflake/config.toml", "/home/me/.config/snowflake/connections.toml"}},
		"the system's place":              {nil, []string{"/home/me/.config/snowflake/config.toml"}},
		"the system's place moved by XDG": {map[string]string{"XDG_CONFIG_HOME": "/xdg"}, []string{"/xdg/snowflake/connections.toml", "/home/me/.config/snowflake/config.toml"}},
		"SNOWFLAKE_HOME":                  {map[string]string{"SNOWFLAKE_HOME": "/sf"}, []string{"/sf/connections.toml", "/home/me/.snowflake/connections.toml"}},
		"SNOWFLAKE_HOME below home":       {map[string]string{"SNOWFLAKE_HOME": "~/sf"}, []string{"/home/me/sf/config.toml", "/home/me/.snowflake/connections.toml"}},
	} {
		w := newWorld()
		for variable, value := range c.env {
			w.env[variable] = value
		}
		for i, path := range c.files {
			w.files[path] = named("A" + string(rune('0'+i)))
		}
		f, err := w.load(profiled)
		if err != nil || f.Connectors["orders"].Snowflake.Account != "A0" {
			t.Errorf("%s: %v, %q", name, err, f.Connectors["orders"].Snowflake.Account)
		}
	}
}

func TestVariablesGoBeforeAProfile(t *testing.T) {
	w := profileWorld(prodProfile)
	w.env["SNOWFLAKE_CONNECTIONS_PROD_USER"] = "FROM_ENV"
	f := w.mustLoad(t, profiled)
	if s := f.Connectors["orders"].Snowflake; s.User != "FROM_ENV" || f.origin("connectors.orders.snowflake.user") != "env SNOWFLAKE_CONNECTIONS_PROD_USER" {
		t.Errorf("user %s from %s", s.User, f.origin("connectors.orders.snowflake.user"))
	}
}

func TestAProfileOthersCanReachIsSaidOrRefused(t *testing.T) {
	for mode, want := range map[fs.FileMode]string{0o600: "", 0o400: "", 0o644: "can be read by others (mode 0644); chmod 0600", 0o660: "can be written by others (mode 0660)"} {
		w := profileWorld(prodProfile)
		w.modes[connectionsFile] = mode
		f, err := w.load(profiled)
		said := strings.Join(append(f.Warnings(), lines(err)...), "")
		if (want == "") != (said == "") || !strings.Contains(said, want) || (err != nil) != (mode&0o022 != 0) {
			t.Errorf("mode %04o: %q, %v", mode, said, err)
		}
	}
}

func TestASecretThatIsReferredToIsReadAgain(t *testing.T) {
	w := newWorld()
	w.files["/keys/pass"] = "old\n"
	f := w.mustLoad(t, edit(good, "private_key_file: /keys/sf.p8", "private_key: ${file:/keys/sf.p8}\n      private_key_passphrase: ${file:/keys/pass}"))
	s := f.Connectors["orders"].Snowflake
	if paths := s.SecretFiles(); !slices.Equal(paths, []string{"/keys/sf.p8", "/keys/pass"}) {
		t.Errorf("files %q", paths)
	}
	w.files["/keys/pass"] = "new\n"
	if got := s.live("private_key_passphrase", s.PrivateKeyPassphrase); got != "new" {
		t.Errorf("the passphrase is %q", got.Reveal())
	}
	delete(w.files, "/keys/pass")
	if got := s.live("private_key_passphrase", s.PrivateKeyPassphrase); got != "old" {
		t.Errorf("without its file the passphrase is %q", got.Reveal())
	}
	w.files["/keys/sf.p8"] = "half a key"
	if _, err := s.PrivateKey(); err == nil {
		t.Error("the key was not read again")
	}
}
