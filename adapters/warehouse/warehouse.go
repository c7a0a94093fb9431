package warehouse

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	sf "github.com/snowflakedb/gosnowflake/v2"
)

// Bounds of the connection pool and of one statement of our own.
const (
	maxConnections = 2
	idleFor        = time.Minute
	statementLimit = time.Minute
	maxTokenFile   = 64 << 10
)

// Warehouse speaks SQL in one database and schema. It connects at the first
// call. Safe for concurrent use.
type Warehouse struct {
	cfg     Config
	address address
	proxy   *url.URL
	scope   string // "DATABASE"."SCHEMA"
	db      *sql.DB
}

// New checks cfg. It connects to nothing. Errors name the field.
func New(cfg Config) (*Warehouse, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	w := &Warehouse{cfg: cfg}
	var err error
	if w.address, err = cfg.address(); err != nil {
		return nil, err
	}
	if w.proxy, err = cfg.proxy(); err != nil {
		return nil, err
	}
	database, _ := Quote(cfg.Database) // both were checked above
	schema, _ := Quote(cfg.Schema)
	w.scope = database + "." + schema
	w.db = sql.OpenDB(connector{w})
	w.db.SetMaxOpenConns(maxConnections)
	w.db.SetMaxIdleConns(1)
	w.db.SetConnMaxIdleTime(idleFor)
	return w, nil
}

// Close signs out.
func (w *Warehouse) Close() error { return w.db.Close() }

// Format keeps the credential out of every formatted text.
func (w *Warehouse) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(w.cfg.String())) }

// connector signs in with the credential as it is at that moment.
type connector struct{ w *Warehouse }

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	quiet()
	cfg, err := c.w.driverConfig()
	if err != nil {
		return nil, err
	}
	return sf.NewConnector(sf.SnowflakeDriver{}, cfg).Connect(ctx)
}

// Driver implements driver.Connector.
func (connector) Driver() driver.Driver { return sf.SnowflakeDriver{} }

// driverConfig is what the driver signs in with. Database and schema are not
// part of it: a session can be had without them, so that a missing one is
// named by the statement that needs it.
func (w *Warehouse) driverConfig() (sf.Config, error) {
	off := "false"
	cfg := sf.Config{
		Account: w.cfg.Account, User: w.cfg.User, Role: w.cfg.Role, Warehouse: w.cfg.Warehouse,
		Protocol: w.address.protocol, Host: w.address.host, Port: w.address.port,
		Application:   w.cfg.Application,
		MaxRetryCount: 3,
		Params:        map[string]*string{"CLIENT_TELEMETRY_ENABLED": &off},
	}
	if p := w.proxy; p != nil {
		cfg.ProxyProtocol, cfg.ProxyHost, cfg.ProxyPort = p.Scheme, p.Hostname(), proxyPort(p)
		cfg.ProxyUser = p.User.Username()
		cfg.ProxyPassword, _ = p.User.Password()
	}
	switch {
	case w.cfg.PrivateKey != nil:
		cfg.Authenticator, cfg.PrivateKey = sf.AuthTypeJwt, w.cfg.PrivateKey
	case w.cfg.OAuth != nil:
		cfg.Authenticator = sf.AuthTypeOAuthClientCredentials
		cfg.OauthTokenRequestURL = w.cfg.OAuth.TokenURL
		cfg.OauthClientID, cfg.OauthClientSecret = w.cfg.OAuth.ClientID, w.cfg.OAuth.ClientSecret
	default:
		token, err := w.cfg.token()
		if err != nil {
			return sf.Config{}, err
		}
		cfg.Authenticator, cfg.Token = sf.AuthTypePat, token
	}
	return cfg, nil
}

// proxyPort is the port of a proxy's URL, or its scheme's.
func proxyPort(u *url.URL) int {
	if port, err := strconv.Atoi(u.Port()); err == nil {
		return port
	}
	if u.Scheme == "https" {
		return 443
	}
	return 80
}

// token is the programmatic access token.
func (c *Config) token() (string, error) {
	if c.PATFile == "" {
		return strings.TrimSpace(c.PAT), nil
	}
	info, err := os.Stat(c.PATFile)
	if err != nil {
		return "", fmt.Errorf("token file: %w", err)
	}
	if info.IsDir() || info.Size() > maxTokenFile {
		return "", fmt.Errorf("token file: %s holds no token", c.PATFile)
	}
	text, err := os.ReadFile(c.PATFile)
	if err != nil {
		return "", fmt.Errorf("token file: %w", err)
	}
	if token := strings.TrimSpace(string(text)); token != "" {
		return token, nil
	}
	return "", errors.New("token file: " + c.PATFile + " is empty")
}
