package sim

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/kinesnow/kinesnow/integration/localdynamo"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/sql"
)

// Names of the one stream, its lease table, and the one table.
const (
	streamName  = "orders"
	application = "sim"
	createTable = "CREATE OR REPLACE TABLE RAW.EVENTS.ORDERS (KINESISMETADATA OBJECT, N NUMBER, KEY TEXT) ENABLE_SCHEMA_EVOLUTION = TRUE ERROR_LOGGING = TRUE"
)

// Cloud is the three servers, each with a clock of its own.
type Cloud struct {
	Kinesis   *localkinesis.Server
	Dynamo    *localdynamo.Server
	Snowflake *localsnowflake.Server

	handlers map[string]http.Handler
	clocks   map[string]*clock
	signIn   *SignIn
}

// clock is the bubble's, and so much off.
type clock struct{ off atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.off.Load())) }

func (c *clock) jump(d time.Duration) { c.off.Add(int64(d)) }

// newCloud starts the servers, with rows in a store that watches.
func newCloud(p Plan, watch func(rowstore.Transaction)) (*Cloud, error) {
	c := &Cloud{clocks: map[string]*clock{"kinesis": {}, "dynamodb": {}, "snowflake": {}}}
	c.signIn = &SignIn{clock: c.clocks["snowflake"]}
	var err error
	if c.Kinesis, err = localkinesis.New(localkinesis.Options{Now: c.clocks["kinesis"].now, Limits: p.Limits}); err != nil {
		return nil, err
	}
	if c.Dynamo, err = localdynamo.New(localdynamo.Options{Now: c.clocks["dynamodb"].now}); err != nil {
		return nil, err
	}
	c.Snowflake, err = localsnowflake.New(localsnowflake.Options{
		Store: &watched{rowstore.NewMemory(), watch}, Now: c.clocks["snowflake"].now, CommitDelay: p.CommitDelay, TokenLife: p.TokenLife,
		MaxUncompressed: 16 << 20,
	})
	if err != nil {
		return nil, err
	}
	c.handlers = map[string]http.Handler{"kinesis": c.Kinesis.Handler(), "dynamodb": c.Dynamo.Handler(), "snowflake": c.Snowflake.Handler()}
	if err := c.Kinesis.CreateStream(streamName, p.Shards); err != nil {
		return nil, err
	}
	return c, c.makeAccount()
}

func (c *Cloud) handler(service string) http.Handler { return c.handlers[service] }

func (c *Cloud) makeAccount() error {
	k, err := key()
	if err != nil {
		return err
	}
	if err := c.Snowflake.RegisterUser("SIM", "SIM", &k.PublicKey); err != nil {
		return err
	}
	err = c.execute(catalog.AccountAdmin, "CREATE DATABASE RAW", "CREATE SCHEMA RAW.EVENTS", "GRANT USAGE ON DATABASE RAW TO ROLE SIM",
		"GRANT USAGE ON SCHEMA RAW.EVENTS TO ROLE SIM", "GRANT CREATE TABLE ON SCHEMA RAW.EVENTS TO ROLE SIM")
	if err != nil {
		return err
	}
	return c.execute("SIM", createTable)
}

func (c *Cloud) execute(role string, statements ...string) error {
	engine := &sql.Engine{Catalog: c.Snowflake.Catalog(), Rows: c.Snowflake.Store()}
	session := &sql.Session{ID: "sim", Account: "LOCAL", User: "SIM", Role: role, Database: "RAW", Schema: "EVENTS"}
	for _, text := range statements {
		if _, err := engine.Execute(context.Background(), session, text, sql.Bindings{}); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	return nil
}

func (c *Cloud) close() {
	_ = c.Snowflake.Close() // the store is ours, and memory does not fail
}

// watched is a row store that shows each commit.
type watched struct {
	rowstore.Store
	watch func(rowstore.Transaction)
}

// Commit implements rowstore.Store.
func (w *watched) Commit(t rowstore.Transaction) error {
	if err := w.Store.Commit(t); err != nil {
		return err
	}
	w.watch(t)
	return nil
}
