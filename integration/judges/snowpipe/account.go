package snowpipe

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/snowflakedb/gosnowflake/v2"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

const (
	accountName = "judged"
	user        = "LOADER"
	role        = "LOADER_ROLE"
	database    = "DB"
	schema      = "S"
)

// userKey is the key pair of all accounts. Nothing outlives the process.
var userKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// account is a running server with a user and an empty schema that is theirs.
type account struct {
	*localsnowflake.Server
	seen      *exchanges
	db        *sql.DB // gosnowflake
	keyFile   string
	trustFile string
}

// quiet silences gosnowflake, which writes every error of a statement to
// standard error; here they are returned.
var quiet = sync.OnceFunc(func() { _ = gosnowflake.GetLogger().SetLogLevel("off") })

// newAccount starts a server, which runs until the account is ended. name
// tells its files from those of the others.
func newAccount(h *judge.Hearing, name string, options localsnowflake.Options) (*account, error) {
	quiet()
	a := &account{seen: &exchanges{}}
	options.Account, options.SecureListen, options.Observe = accountName, "127.0.0.1:0", a.seen.add
	key, err := userKey()
	if err != nil {
		return nil, err
	}
	if a.Server, err = localsnowflake.Start(options); err != nil {
		return nil, err
	}
	if err := a.prepare(h, name, key); err != nil {
		return nil, errors.Join(err, a.end(h, name))
	}
	return a, nil
}

// end logs what the server was asked and closes it. The error is also of what
// went wrong in the server before.
func (a *account) end(h *judge.Hearing, name string) error {
	h.Logf("== requests of %q\n%s", name, a.seen)
	if a.db != nil {
		_ = a.db.Close() // its session ends with the server
	}
	if err := errors.Join(a.Err(), a.Close()); err != nil {
		return fmt.Errorf("the server: %w", err)
	}
	return nil
}

func (a *account) prepare(h *judge.Hearing, name string, key *rsa.PrivateKey) (err error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if a.keyFile, err = h.File(name+"/key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))); err != nil {
		return err
	}
	if a.trustFile, err = h.File(name+"/authority.pem", string(a.Authority())); err != nil {
		return err
	}
	if err := a.RegisterUser(user, role, &key.PublicKey); err != nil {
		return err
	}
	if _, err := a.Catalog().CreateDatabase(database, role, catalog.Keep); err != nil {
		return err
	}
	if _, err := a.Catalog().CreateSchema(database, schema, role, catalog.Keep); err != nil {
		return err
	}
	host, port, err := hostPort(a.URL())
	if err != nil {
		return err
	}
	a.db = sql.OpenDB(gosnowflake.NewConnector(gosnowflake.SnowflakeDriver{}, gosnowflake.Config{
		Account: accountName, User: user, Role: role, Database: database, Schema: schema,
		Authenticator: gosnowflake.AuthTypeJwt, PrivateKey: key, Protocol: "http", Host: host, Port: port,
	}))
	return nil
}

func hostPort(base string) (host string, port int, err error) {
	u, err := url.Parse(base)
	if err != nil {
		return "", 0, err
	}
	name, number, err := net.SplitHostPort(u.Host)
	if err != nil {
		return "", 0, err
	}
	port, err = strconv.Atoi(number)
	return name, port, err
}

// properties are what an SDK is told of the account, and more.
func (a *account) properties(s sdk, more map[string]string) (map[string]string, error) {
	base := a.URL()
	if s.secure {
		base = a.SecureURL()
	}
	host, port, err := hostPort(base)
	if err != nil {
		return nil, err
	}
	properties := map[string]string{
		"account": accountName, "user": user, "role": role, "host": host, "port": strconv.Itoa(port),
		"scheme": strings.Split(base, ":")[0],
	}
	maps.Copy(properties, more)
	return properties, nil
}

// environment is what a driver's process needs to reach the account.
func (a *account) environment() []string {
	return judge.Environment(
		"KEY_FILE="+a.keyFile, "SSL_CERT_FILE="+a.trustFile, "SS_LOG_LEVEL=warn",
		// The Java SDK does not look at a stage's endpoint.
		"AWS_ENDPOINT_URL_S3="+a.URL(),
	)
}

// do runs a statement.
func (a *account) do(ctx context.Context, statement string) error {
	if _, err := a.db.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

// ask runs a query of one value.
func (a *account) ask(ctx context.Context, query string) (string, error) {
	var value sql.NullString
	if err := a.db.QueryRowContext(ctx, query).Scan(&value); err != nil {
		return "", fmt.Errorf("%s: %w", query, err)
	}
	if !value.Valid {
		return "NULL", nil
	}
	return value.String, nil
}

// only is the one channel that the account must have.
func (a *account) only() (localsnowflake.ChannelState, error) {
	list := a.Channels()
	if len(list) != 1 {
		return localsnowflake.ChannelState{}, fmt.Errorf("%d channels, not 1: %+v", len(list), list)
	}
	return list[0], nil
}

// numbers are the values N of a table's rows in the order of their commits,
// as the store has them.
func (a *account) numbers(table string) ([]int, error) {
	t, ok := a.Catalog().Table(database, schema, table)
	if !ok {
		return nil, fmt.Errorf("there is no table %s", table)
	}
	var list []int
	var broken error
	err := a.Store().Scan(t.ID, 0, func(row rowstore.Row) bool {
		var value struct{ N *int }
		if err := json.Unmarshal(row.JSON, &value); err != nil || value.N == nil {
			broken = fmt.Errorf("row %s has no number N", row.JSON)
			return false
		}
		list = append(list, *value.N)
		return true
	})
	return list, errors.Join(err, broken)
}
