package setup

import (
	"cmp"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// TableKind is what table a script makes.
type TableKind string

// The kinds.
const (
	StandardTable    TableKind = "standard"
	IcebergTable     TableKind = "iceberg"
	InteractiveTable TableKind = "interactive"
)

// GrantOptions are what a configuration does not say. The zero value is a
// standard table that the connector owns, and no reader.
type GrantOptions struct {
	User, Role string // exact; "" = the configuration's, and for a role without one the user's name
	ReaderRole string // exact; "" = nobody reads
	AdminRole  string // exact; owns database, schema and view; "" = SYSADMIN
	Warehouse  string // exact; "" = the configuration's
	Pipe       string // exact; "" = the configuration's

	Kind           TableKind // "" = standard
	ExternalVolume string    // exact, of an Iceberg table; "" = Snowflake's own storage
	InsertOnly     bool      // the connector may insert, and does not own the table
}

// Script is what to run in Snowflake so that a connector can. Its JSON is
// stable.
type Script struct {
	Connector  string      `json:"connector"`
	User       string      `json:"user"`
	Role       string      `json:"role"`
	ReaderRole string      `json:"readerRole,omitempty"`
	Table      string      `json:"table"` // as SQL writes it
	View       string      `json:"view,omitempty"`
	Statements []SQL       `json:"statements"` // in this order
	Notes      []string    `json:"notes"`
	Unfilled   []string    `json:"unfilled"` // placeholders, such as <PUBLIC KEY>, that somebody has to fill in
	names      objectNames // quoted where needed
}

// SQL is one statement of a script.
type SQL struct {
	Role    string `json:"role"` // as SQL writes it: who runs it
	Purpose string `json:"purpose"`
	SQL     string `json:"sql"` // without a semicolon
}

// objectNames are the names as SQL writes them.
type objectNames struct {
	user, role, reader, admin, warehouse, database, schema, table, view, pipe, volume string
}

// The roles that an account has (docs.snowflake.com, access control overview).
const (
	accountAdmin  = "ACCOUNTADMIN"
	securityAdmin = "SECURITYADMIN" // makes users and roles, and may grant anything
	sysAdmin      = "SYSADMIN"      // makes databases
)

// missingKey stands for a public key that is not known.
const missingKey = "<PUBLIC KEY>"

// Grants completes the script of Openflow's set-up page, so that it runs from
// nothing to the end: user, role, database, schema, table, rights, readers. It
// reads the configured private key for its public half, and asks nobody.
//
// What the page leaves out or has in an order that fails: the admin's role
// makes the table and hands it over, for the connector's role has no right to
// create one; names are whole, for no database is in use; the role is granted to
// the user.
//
// Errors name what cannot be combined, or a name that is none.
func Grants(name string, cfg supervisor.Config, o GrantOptions) (*Script, error) {
	o = o.complete(cfg)
	if err := o.check(cfg); err != nil {
		return nil, err
	}
	names, err := o.names(cfg)
	if err != nil {
		return nil, err
	}
	s := &Script{
		Connector: name, User: o.User, Role: o.Role, ReaderRole: o.ReaderRole, Table: names.table,
		Statements: []SQL{}, Notes: []string{}, Unfilled: []string{}, names: names,
	}
	s.identity(cfg)
	s.place(o)
	s.table(cfg, o)
	s.rights(cfg, o)
	s.readers(cfg, o)
	return s, nil
}

func (o GrantOptions) complete(cfg supervisor.Config) GrantOptions {
	s := cfg.Snowflake
	o.User = cmp.Or(o.User, strings.ToUpper(s.User)) // the user of a key pair's token is folded
	o.Role = cmp.Or(o.Role, strings.ToUpper(s.Role), o.User)
	o.AdminRole = cmp.Or(o.AdminRole, sysAdmin)
	o.Warehouse = cmp.Or(o.Warehouse, strings.ToUpper(s.Warehouse))
	o.Pipe = cmp.Or(o.Pipe, s.Pipe)
	o.Kind = cmp.Or(o.Kind, StandardTable)
	if o.Pipe != "" {
		o.InsertOnly = true // a pipe of one's own takes no part in schema evolution
	}
	return o
}

func (o GrantOptions) check(cfg supervisor.Config) error {
	switch {
	case o.User == "":
		return errors.New("the user has no name: set snowflake.user, or --user")
	case o.Kind == InteractiveTable && o.Pipe != "":
		return errors.New("an interactive table has its transformation in its own definition; it takes no pipe")
	case o.ExternalVolume != "" && o.Kind != IcebergTable:
		return errors.New("only an Iceberg table has an external volume")
	case o.InsertOnly && o.Pipe == "" && cfg.Snowflake.SchemaEvolution == config.ClientEvolution:
		return errors.New("schema_evolution client alters the table, which takes its OWNERSHIP: no --insert-only")
	case o.ReaderRole == o.Role:
		return fmt.Errorf("the reader's role is the connector's own, %s: give readers another one", o.Role)
	}
	return nil
}

func (o GrantOptions) names(cfg supervisor.Config) (objectNames, error) {
	s := cfg.Snowflake
	var n objectNames
	for _, part := range []struct {
		into *string
		path []string
	}{
		{&n.user, []string{o.User}}, {&n.role, []string{o.Role}}, {&n.reader, []string{o.ReaderRole}}, {&n.admin, []string{o.AdminRole}},
		{&n.warehouse, []string{o.Warehouse}}, {&n.volume, []string{o.ExternalVolume}},
		{&n.database, []string{s.Database}}, {&n.schema, []string{s.Database, s.Schema}},
		{&n.table, []string{s.Database, s.Schema, s.Table}}, {&n.view, []string{s.Database, s.Schema, viewName(s.Table)}},
		{&n.pipe, []string{s.Database, s.Schema, o.Pipe}},
	} {
		if part.path[len(part.path)-1] == "" {
			continue
		}
		text, err := warehouse.Path(part.path...)
		if err != nil {
			return n, err
		}
		*part.into = text
	}
	return n, nil
}

func (s *Script) add(role, purpose, format string, args ...any) {
	s.Statements = append(s.Statements, SQL{Role: role, Purpose: purpose, SQL: fmt.Sprintf(format, args...)})
}

func (s *Script) note(format string, args ...any) {
	s.Notes = append(s.Notes, fmt.Sprintf(format, args...))
}

// identity makes the user and the role of the connector: one pair for each
// stream, as Snowflake recommends.
func (s *Script) identity(cfg supervisor.Config) {
	const purpose = "a user and a role for this stream alone"
	n, about := s.names, warehouse.Literal("kinesnow: stream "+cfg.Kinesis.StreamName()+" into "+s.names.table)
	s.add(securityAdmin, purpose, "CREATE ROLE IF NOT EXISTS %s COMMENT = %s", n.role, about)
	s.add(securityAdmin, purpose, "CREATE USER IF NOT EXISTS %s TYPE = SERVICE DEFAULT_ROLE = %s COMMENT = %s", n.user, n.role, about)
	s.add(securityAdmin, purpose, "GRANT ROLE %s TO USER %s", n.role, n.user)
	switch c := cfg.Snowflake; c.Authenticator {
	case config.KeyPair:
		s.publicKeys(c)
	case config.PAT:
		s.note("the token: ALTER USER %s ADD PROGRAMMATIC ACCESS TOKEN KINESNOW ROLE_RESTRICTION = %s; put the answer's token_secret into %s. "+
			"Snowflake wants a network policy for a service user with a token.", n.user, warehouse.Literal(s.Role), cmp.Or(c.TokenFile, "the profile of connections.toml"))
	default:
		s.note("the sign-in: an external OAuth security integration has to map the client's token to user %s (LOGIN_NAME).", n.user)
	}
}

// publicKeys sets the public halves of the configured keys.
func (s *Script) publicKeys(c config.Snowflake) {
	const purpose = "the public half of the configured private key"
	key, err := c.PrivateKey()
	public := missingKey
	if err == nil {
		public, err = publicHalf(key)
	}
	if err != nil {
		public = missingKey
		s.Unfilled = append(s.Unfilled, missingKey)
		file := cmp.Or(c.PrivateKeyFile, "snowflake.p8")
		s.note("there is no key pair yet (private key: %v). Make one; the second line prints what belongs in the place of %s below:\n"+
			"  openssl genrsa 2048 | openssl pkcs8 -topk8 -nocrypt -out %s && chmod 600 %s\n"+
			"  openssl rsa -in %s -pubout -outform DER | openssl base64 -A", err, missingKey, file, file, file)
	}
	s.add(securityAdmin, purpose, "ALTER USER %s SET RSA_PUBLIC_KEY = '%s'", s.names.user, public)
	if second, err := c.SecondPrivateKey(); second != nil && err == nil {
		if public, err = publicHalf(second); err == nil {
			s.add(securityAdmin, "the second key, while keys are rotated", "ALTER USER %s SET RSA_PUBLIC_KEY_2 = '%s'", s.names.user, public)
		}
	}
}

// publicHalf is a key as RSA_PUBLIC_KEY takes it: base64 of its DER.
func publicHalf(key *rsa.PrivateKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	return base64.StdEncoding.EncodeToString(der), err
}

// place makes what the table stands in.
func (s *Script) place(o GrantOptions) {
	const purpose = "where the table stands; skip what is there"
	s.add(s.names.admin, purpose, "CREATE DATABASE IF NOT EXISTS %s", s.names.database)
	s.add(s.names.admin, purpose, "CREATE SCHEMA IF NOT EXISTS %s", s.names.schema)
	if o.Warehouse == "" {
		s.note("no warehouse is configured. Rows need none; audit, status --latency and readers do: --warehouse W prints what that takes.")
		return
	}
	s.add(s.names.admin, "a warehouse for audit and readers; rows need none",
		"CREATE WAREHOUSE IF NOT EXISTS %s WAREHOUSE_SIZE = XSMALL AUTO_SUSPEND = 60 AUTO_RESUME = TRUE INITIALLY_SUSPENDED = TRUE", s.names.warehouse)
}

// DefaultReaderRole is the name of the role that reads, where nobody chose one.
func DefaultReaderRole(cfg supervisor.Config, o GrantOptions) string {
	return o.complete(cfg).Role + "_READER"
}
