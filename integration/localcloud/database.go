package localcloud

import (
	"crypto/rsa"
	"database/sql"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	sf "github.com/snowflakedb/gosnowflake/v2"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// Login says how to reach a local Snowflake with its own driver.
type Login struct {
	Host                                  string // http://127.0.0.1:PORT
	Account, User, Role, Database, Schema string
	Key                                   *rsa.PrivateKey // nil = Token
	Token                                 string          // a programmatic access token
	OAuth                                 bool            // Token is an access token of an authorization server
}

// RemoteError says that a Login's host is not on this machine.
type RemoteError struct{ Host string }

func (e *RemoteError) Error() string {
	host := e.Host
	if host == "" {
		host = "the account's own host"
	}
	return fmt.Sprintf("%s is not on this machine: sql talks to a local cloud alone (kinesnow dev)", host)
}

// Login is the one of the cloud's user.
func (c *Cloud) Login() Login {
	return Login{Host: c.Snowflake.URL(), Account: Account, User: User, Role: Role, Database: Database, Schema: Schema, Key: c.key}
}

// AsAdministrator is the login of the cloud's administrator, at the same place.
func (l Login) AsAdministrator() Login {
	l.User, l.Role, l.Database, l.Schema = Administrator, catalog.AccountAdmin, "", ""
	return l
}

// Identifier writes an exact name as SQL wants it: in quotes where Snowflake
// would change its case.
func Identifier(name string) string { return catalog.Quote(name) }

// Open prepares gosnowflake for a local Snowflake; it connects at the first
// query. The error is a *RemoteError for a host that is not loopback.
func Open(l Login) (*sql.DB, error) {
	host, port, err := loopback(l.Host)
	if err != nil {
		return nil, err
	}
	quiet()
	off := "false"
	cfg := sf.Config{
		Account: l.Account, User: l.User, Role: l.Role, Database: l.Database, Schema: l.Schema,
		Protocol: "http", Host: host, Port: port, Authenticator: sf.AuthTypeJwt, PrivateKey: l.Key,
		Application: "kinesnow", LoginTimeout: 10 * time.Second, MaxRetryCount: 2,
		Params: map[string]*string{"CLIENT_TELEMETRY_ENABLED": &off},
	}
	switch {
	case l.OAuth:
		cfg.Authenticator, cfg.Token = sf.AuthTypeOAuth, l.Token
	case l.Token != "":
		cfg.Authenticator, cfg.Token = sf.AuthTypePat, l.Token
	}
	return sql.OpenDB(sf.NewConnector(sf.SnowflakeDriver{}, cfg)), nil
}

// CheckLocal refuses a host that is not on this machine, with a *RemoteError.
func CheckLocal(host string) error {
	_, _, err := loopback(host)
	return err
}

// loopback takes an address apart and refuses any that others could serve.
func loopback(address string) (host string, port int, err error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" {
		return "", 0, &RemoteError{address}
	}
	host = u.Hostname()
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return "", 0, &RemoteError{address}
	}
	if port, err = strconv.Atoi(u.Port()); err != nil {
		return "", 0, fmt.Errorf("%s has no port", address)
	}
	return host, port, nil
}

// quiet silences the driver, which by default prints every SQL error that it
// also returns, and asks the metadata services of three clouds where it is.
var quiet = sync.OnceFunc(func() {
	if log := sf.GetLogger(); strings.EqualFold(log.GetLogLevel(), "error") {
		_ = log.SetLogLevel("off")
	}
	for _, name := range []string{"SNOWFLAKE_DISABLE_PLATFORM_DETECTION", "SF_DISABLE_MINICORE"} {
		if _, set := os.LookupEnv(name); !set {
			_ = os.Setenv(name, "true")
		}
	}
})
