package main

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	sf "github.com/snowflakedb/gosnowflake/v2"
)

// asking is what the operations share.
type asking struct {
	ctx context.Context
	db  *sql.DB // one connection, so that USE and ALTER SESSION hold
}

func main() {
	if err := judge(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// judge hears every operation; what one finds is no error.
func judge() error {
	if err := sf.GetLogger().SetLogLevel("off"); err != nil { // it prints each refused statement
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	config, err := password()
	if err != nil {
		return err
	}
	db := open(config)
	defer db.Close()
	for _, o := range operations {
		detail, err := o.run(&asking{ctx: ctx, db: db})
		finding := map[string]any{"operation": o.name, "agrees": err == nil, "detail": detail}
		if err != nil {
			finding["detail"] = err.Error()
		}
		if err := json.NewEncoder(os.Stdout).Encode(finding); err != nil {
			return err
		}
	}
	return nil
}

// address is the account without a way to log in.
func address() (sf.Config, error) {
	port, err := strconv.Atoi(os.Getenv("PORT"))
	return sf.Config{Account: os.Getenv("ACCOUNT"), User: os.Getenv("JUDGE"), Protocol: "http", Host: os.Getenv("HOST"), Port: port,
		Database: "DB", Schema: "PUBLIC", Warehouse: "WH", Role: "ACCOUNTADMIN", LoginTimeout: 10 * time.Second}, err
}

func password() (sf.Config, error) {
	c, err := address()
	c.Authenticator, c.Password = sf.AuthTypeSnowflake, os.Getenv("PASSWORD")
	return c, err
}

// keyPair logs in with the key of KEY_FILE.
func keyPair() (sf.Config, error) {
	c, err := address()
	if err != nil {
		return c, err
	}
	text, err := os.ReadFile(os.Getenv("KEY_FILE"))
	if err != nil {
		return c, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return c, errors.New("KEY_FILE holds no PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return c, err
	}
	rsaKey, ok := key.(*rsa.PrivateKey)
	if !ok {
		return c, errors.New("KEY_FILE holds no RSA key")
	}
	c.Authenticator, c.PrivateKey = sf.AuthTypeJwt, rsaKey
	return c, nil
}

func open(c sf.Config) *sql.DB {
	db := sql.OpenDB(sf.NewConnector(sf.SnowflakeDriver{}, c))
	db.SetMaxOpenConns(1)
	return db
}

// lines reads a query as one line of text per row, NULL as "-".
func lines(rows *sql.Rows, err error) (string, error) {
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var out []string
	for {
		columns, err := rows.Columns()
		if err != nil {
			return "", err
		}
		for rows.Next() {
			values, places := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				places[i] = &values[i]
			}
			if err := rows.Scan(places...); err != nil {
				return "", err
			}
			cells := make([]string, len(values))
			for i, v := range values {
				cells[i] = text(v)
			}
			out = append(out, strings.Join(cells, "|"))
		}
		if !rows.NextResultSet() {
			return strings.Join(out, "\n"), rows.Err()
		}
		out = append(out, "--")
	}
}

func text(v any) string {
	switch v := v.(type) {
	case nil:
		return "-"
	case []byte:
		return fmt.Sprintf("%x", v)
	case time.Time:
		return v.Format(time.RFC3339Nano)
	}
	return fmt.Sprint(v)
}

// want compares a query's rows.
func (a *asking) want(want, query string, args ...any) error {
	got, err := lines(a.db.QueryContext(a.ctx, query, args...))
	if err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	return same(query, got, want)
}

func same[T comparable](what string, got, want T) error {
	if got != want {
		return fmt.Errorf("%s: got %v, want %v", what, got, want)
	}
	return nil
}

// do runs statements.
func (a *asking) do(statements ...string) error {
	for _, s := range statements {
		if _, err := a.db.ExecContext(a.ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// refused checks the number and the SQLSTATE of an error.
func refused(what string, err error, number int, state string) error {
	var e *sf.SnowflakeError
	if !errors.As(err, &e) {
		return errors.Join(fmt.Errorf("%s: not refused with %06d", what, number), err)
	}
	if e.Number != number || e.SQLState != state {
		return fmt.Errorf("%s: %06d (%s) %s, want %06d (%s)", what, e.Number, e.SQLState, e.Message, number, state)
	}
	return nil
}
