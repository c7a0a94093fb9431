package warehouse

import (
	"database/sql"
	"fmt"
	"net/url"
	"time"

	"github.com/kinesnow/kinesnow/adapters/account"
)

// Bounds of the connection pool and of one statement of our own.
const (
	maxConnections = 2
	idleFor        = time.Minute
	statementLimit = time.Minute
)

// Warehouse speaks SQL in one database and schema. It connects at the first
// call. Safe for concurrent use.
type Warehouse struct {
	cfg   Config
	host  account.Endpoint
	proxy *url.URL
	scope string // "DATABASE"."SCHEMA"
	db    *sql.DB
}

// New checks cfg. It connects to nothing. Errors name the field.
func New(cfg Config) (*Warehouse, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	w := &Warehouse{cfg: cfg}
	var err error
	if w.host, err = account.Control(cfg.Account, cfg.Host); err != nil {
		return nil, fmt.Errorf("host: %w", err) // its text may hold a password
	}
	if w.proxy, err = account.Proxy(cfg.Proxy); err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
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
