package config

import (
	"time"

	"github.com/kinesnow/kinesnow/adapters/account"
)

// Snowflake is the table and how it is written to.
type Snowflake struct {
	// Account * identifier, such as MYORG-PROD. Connection names a profile of
	// connections.toml, from which Load takes what the file leaves out.
	Account    string `key:"account"`
	Connection string `key:"connection"`
	User       string `key:"user"` // *
	Role       string `key:"role"` // empty: the user's default role

	Authenticator Authenticator `key:"authenticator"`

	// PrivateKeyFile or PrivateKeyInline serves Authenticator KeyPair. Inline
	// wins. PrivateKeyFile2 is tried as well while keys are rotated.
	PrivateKeyFile       string `key:"private_key_file"`
	PrivateKeyFile2      string `key:"private_key_file_2"`
	PrivateKeyInline     Secret `key:"private_key"`
	PrivateKeyPassphrase Secret `key:"private_key_passphrase"` // of every encrypted key above

	TokenFile string `key:"token_file"` // a programmatic access token; serves Authenticator PAT
	OAuth     OAuth  `key:"oauth"`

	// TokenInline is the token of a connections.toml profile that holds it
	// itself. TokenFile wins.
	TokenInline Secret `key:"-"`

	// References are the secrets above that were written as ${file:PATH}, by
	// their keys below snowflake: so that a rotated file is seen. Load sets them.
	References map[string]*Reference `key:"-"`

	// Host replaces the public account host: NAME[:PORT], https://..., or
	// http://... on loopback only.
	Host string `key:"host"`

	// Proxy is an http or https URL. Empty leaves it to HTTPS_PROXY.
	Proxy ProxyURL `key:"proxy"`

	Warehouse string `key:"warehouse"` // for audit and doctor's row checks alone

	Database string `key:"database"` // * exact case. Openflow: "Snowflake Destination Database"
	Schema   string `key:"schema"`   // * exact case. Openflow: "Snowflake Destination Schema"
	Table    string `key:"table"`    // * exact case. Openflow: "Snowflake Destination Table"
	Pipe     string `key:"pipe"`     // exact case; empty: <Table>-STREAMING. Openflow: "Pipe"

	OnMissingTable  OnMissingTable  `key:"on_missing_table"`
	SchemaEvolution SchemaEvolution `key:"schema_evolution"`

	// EvolutionMaxDDLPerMinute bounds what client-side evolution may alter: 1 to
	// 60, default 6.
	EvolutionMaxDDLPerMinute int `key:"evolution_max_ddl_per_minute"`

	OnRejectedRows OnRejectedRows `key:"on_rejected_rows"`

	// Linger is how long a batch that is not full waits for more: 0 to 10 s,
	// default 500 ms.
	Linger time.Duration `key:"linger"`

	// AppendRetry is how long the same append is repeated while its outcome is
	// unknown: 1 s to 5 min, default 30 s.
	AppendRetry time.Duration `key:"append_retry"`

	Compression Compression `key:"compression"`
}

// OAuth is the client of an external OAuth server.
type OAuth struct {
	TokenURL     string `key:"token_url"`
	ClientID     string `key:"client_id"`
	ClientSecret Secret `key:"client_secret"`

	// Scope is asked for instead of session:role:<Role>. Microsoft Entra ID
	// grants nothing without one: api://.../.default.
	Scope string `key:"scope"`
}

// PipeName is the pipe that channels are opened on: Pipe, or the table's
// default pipe <Table>-STREAMING.
func (s Snowflake) PipeName() string {
	if s.Pipe != "" {
		return s.Pipe
	}
	return s.Table + "-STREAMING"
}

// CustomPipe reports whether rows go through a pipe of one's own, which does
// with their keys what its statement says.
func (s Snowflake) CustomPipe() bool { return s.PipeName() != s.Table+"-STREAMING" }

// BaseURL is the account's address without a trailing slash: Host, or what
// Account stands for (account.Control); "" where neither can be one.
func (s Snowflake) BaseURL() string {
	host, err := account.Control(s.Account, s.Host)
	if err != nil {
		return ""
	}
	return host.URL()
}
