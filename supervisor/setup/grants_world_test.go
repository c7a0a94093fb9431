package setup_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/access"
	"github.com/kinesnow/kinesnow/supervisor/setup"
)

// emptyAccount is a Snowflake account that has system roles, one administrator
// and nothing else, beside a stream with a record in it.
type emptyAccount struct {
	*account
	snowflake *localsnowflake.Server
	admin     *sql.Conn
	cfg       supervisor.Config
	name      string
	failed    []string // statements that were refused
}

func newEmptyAccount(t *testing.T, change func(*supervisor.Config)) *emptyAccount {
	t.Helper()
	a := newAccount(t, "SHARED_THROUGHPUT")
	server, err := localsnowflake.Start(localsnowflake.Options{CommitDelay: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	e := &emptyAccount{account: a, snowflake: server, name: a.file.Names()[0], cfg: a.cfg()}
	s := &e.cfg.Snowflake
	s.Host, s.User, s.Role, s.Database, s.Schema, s.Table, s.Warehouse = server.URL(), "KN_ORDERS", "KN_ORDERS", "RAW", "Events of 2026", "orders-1", "AUDIT_WH"
	if change != nil {
		change(&e.cfg)
	}
	a.file.Connectors[e.name] = e.cfg
	key, err := s.PrivateKey()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.RegisterUser("ADA", catalog.AccountAdmin, &key.PublicKey); err != nil {
		t.Fatal(err)
	}
	e.admin = e.as("ADA", catalog.AccountAdmin, "")
	return e
}

// as signs in with gosnowflake.
func (e *emptyAccount) as(user, role, warehouse string) *sql.Conn {
	e.Helper()
	key, err := e.cfg.Snowflake.PrivateKey()
	if err != nil {
		e.Fatal(err)
	}
	db, err := localcloud.Open(localcloud.Login{Host: e.snowflake.URL(), Account: "LOCAL", User: user, Role: role, Key: key})
	if err != nil {
		e.Fatal(err)
	}
	e.Cleanup(func() { db.Close() })
	conn, err := db.Conn(e.Context())
	if err != nil {
		e.Fatal(err)
	}
	if warehouse != "" {
		if _, err := conn.ExecContext(e.Context(), "USE WAREHOUSE "+warehouse); err != nil {
			e.Fatal(err)
		}
	}
	return conn
}

// run runs a script as somebody would who pastes it, and keeps going.
func (e *emptyAccount) run(text string) {
	e.Helper()
	e.failed = nil
	for _, statement := range localcloud.Statements(text) {
		if _, err := e.admin.ExecContext(e.Context(), statement); err != nil {
			e.failed = append(e.failed, fmt.Sprintf("%s: %v", statement, err))
		}
	}
}

func (e *emptyAccount) mustRun(statement string) {
	e.Helper()
	if _, err := e.admin.ExecContext(e.Context(), statement); err != nil {
		e.Fatalf("%s: %v", statement, err)
	}
}

// script is the text that a user sees.
func (e *emptyAccount) script(o setup.GrantOptions) (*setup.Script, string) {
	e.Helper()
	s, err := setup.Grants(e.name, e.cfg, o)
	if err != nil {
		e.Fatal(err)
	}
	var b strings.Builder
	if err := s.Text(&b); err != nil {
		e.Fatal(err)
	}
	return s, b.String()
}

// tried is what a connector, an audit and a reader do, by what could not be
// done.
func (e *emptyAccount) tried(s *setup.Script, reader *sql.Conn) (refused []string) {
	e.Helper()
	note := func(what string, err error) {
		if err != nil {
			refused = append(refused, what+": "+err.Error())
		}
	}
	note("rows", e.append())
	w, err := access.Warehouse(e.cfg.Snowflake)
	if err != nil {
		e.Fatal(err)
	}
	defer w.Close()
	if e.cfg.Snowflake.Warehouse != "" {
		_, _, err = w.Query(e.Context(), "SELECT COUNT(*) FROM "+s.Table)
		note("audit", err)
	}
	if e.cfg.Snowflake.OnMissingTable == "create" {
		note("create", w.Create(e.Context(), fmt.Sprintf("MADE_%d", time.Now().UnixNano())))
	}
	if reader == nil {
		return refused
	}
	ask := func(what, statement string) {
		_, err := reader.ExecContext(e.Context(), statement)
		note(what, err)
	}
	if e.cfg.Snowflake.Warehouse != "" {
		ask("a reader's warehouse", "USE WAREHOUSE "+e.cfg.Snowflake.Warehouse)
	}
	ask("a reader's table", "SELECT * FROM "+s.Table)
	if s.View != "" {
		ask("a reader's view", "SELECT * FROM "+s.View)
	}
	if e.cfg.Snowflake.OnMissingTable == "create" {
		for _, t := range e.snowflake.Catalog().Tables("RAW", e.cfg.Snowflake.Schema) {
			if strings.HasPrefix(t.Name, "MADE_") {
				ask("a reader's new table", "SELECT * FROM "+t.Path())
			}
		}
	}
	return refused
}

var appended atomic.Int64

// append opens a channel as the connector would and commits a row with a new
// column; the error says which column is missing where evolution does not work.
func (e *emptyAccount) append() error {
	s := e.cfg.Snowflake
	client, err := snowpipe.New(snowpipe.Config{
		Account: s.Account, User: s.User, Role: s.Role, Host: s.Host, Database: s.Database, Schema: s.Schema, Pipe: s.PipeName(),
		Compression: snowpipe.None, Tokens: access.Snowflake(s),
	})
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(e.Context(), 2*time.Minute)
	defer cancel()
	channel := e.Name()
	opening, err := client.Open(ctx, channel, false)
	if err != nil {
		return err
	}
	number := appended.Add(1)
	column := fmt.Sprintf("C%d", number)
	row := fmt.Appendf(nil, `{%q:1,"KINESISMETADATA":{"stream":"orders","shardId":"shardId-000000000000","sequenceNumber":"%d","subSequenceNumber":0}}`+"\n", column, number)
	body, length, encoding, err := client.Seal([][]byte{row})
	if err != nil {
		return err
	}
	if _, err := client.Append(ctx, channel, opening.Continuation, &messages.SealedBatch{Body: body, Length: length, Encoding: encoding, Raw: length, End: column}); err != nil {
		return err
	}
	for {
		statuses, err := client.Status(ctx, []string{channel})
		if err != nil {
			return err
		}
		if statuses[channel] != nil && statuses[channel].Token == column {
			break
		}
	}
	table, _ := e.snowflake.Catalog().Table(s.Database, s.Schema, s.Table)
	if _, ok := table.Column(column); !ok && table.Evolution {
		return fmt.Errorf("column %s was not added", column)
	}
	return nil
}
