package config

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// complete is the shortest Config that a host writes.
func complete() Config {
	c := Defaults()
	c.Application = "kinesnow-orders"
	c.AWS.Region = "eu-west-1"
	c.Kinesis.Stream = "orders"
	s := &c.Snowflake
	s.Account, s.User = "MYORG-PROD", "KN_ORDERS"
	s.Database, s.Schema, s.Table = "RAW", "EVENTS", "ORDERS"
	return c
}

func TestAHostsConfigIsValidFromDefaults(t *testing.T) {
	if err := complete().Validate("orders"); err != nil {
		t.Error(err)
	}
}

func TestEveryBoundIsInclusive(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"narrow":  func(c *Config) { c.Payload.ShardedSequenceWidth = 1 },
		"wide":    func(c *Config) { c.Payload.ShardedSequenceWidth = 20 },
		"no wait": func(c *Config) { c.Snowflake.Linger = 0 },
		"long":    func(c *Config) { c.Snowflake.Linger = 10 * time.Second },
		"retry":   func(c *Config) { c.Snowflake.AppendRetry = time.Second },
		"retries": func(c *Config) { c.Snowflake.AppendRetry = 5 * time.Minute },
		"lease":   func(c *Config) { c.Lease = Lease{Duration: time.Second, Renew: time.Second / 3} },
		"leases":  func(c *Config) { c.Lease = Lease{Duration: 10 * time.Minute, Renew: 200 * time.Second} },
		"names":   func(c *Config) { c.Application = "abc"; c.Kinesis.Stream = "a" },
		"names 2": func(c *Config) { c.Application = strings.Repeat("a", 128); c.Kinesis.Stream = strings.Repeat("b", 128) },
		"loopback": func(c *Config) {
			c.AWS.Endpoints.Kinesis = "http://[::1]:4566"
			c.Snowflake.Host = "http://localhost:1"
		},
		"a time":                   func(c *Config) { c.Kinesis.InitialPosition = InitialPosition{AtTimestamp, time.Now()} },
		"a token":                  func(c *Config) { c.Snowflake.Authenticator = PAT; c.Snowflake.TokenFile = "/t" },
		"dead letters of the host": func(c *Config) { c.DeadLetter.To = DeadLetterFile },
	} {
		c := complete()
		change(&c)
		if err := c.Validate("orders"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAHostsMistakesAreNamedByTheirKeys(t *testing.T) {
	c := complete()
	c.Kinesis.ConsumerType = "shared_throughput" // code spells choices exactly
	c.Kinesis.Stream = ""
	c.Snowflake.PrivateKeyFile = ""
	c.Snowflake.Compression = ""
	c.Kinesis.InitialPosition = InitialPosition{Kind: AtTimestamp}
	c.Payload.ShardedSequenceWidth = 0
	err := c.Validate("my orders")
	want := `connectors.my orders: "my orders" is not a connector name; use up to 64 of a-z A-Z 0-9 _ . - and begin with a letter or digit
connectors.my orders.kinesis.consumer_type: "shared_throughput" is not allowed; use SHARED_THROUGHPUT or ENHANCED_FAN_OUT
connectors.my orders.kinesis.initial_position: "0001-01-01T00:00:00Z" is not allowed; use TRIM_HORIZON, LATEST or a time
connectors.my orders.kinesis.stream: is required: the name or the ARN of the Kinesis stream
connectors.my orders.payload.sharded_sequence_width: 0 is out of range; use 1 to 20
connectors.my orders.snowflake.compression: "" is not allowed; use zstd, gzip or none
connectors.my orders.snowflake.private_key_file: is required with authenticator key_pair, or private_key`
	var typed *Error
	if !errors.As(err, &typed) || typed.File != "" || len(typed.Problems) != 7 {
		t.Fatalf("error = %#v", err)
	}
	if err.Error() != want {
		t.Errorf("problems:\n%v\nwant:\n%s", err, want)
	}
}

func TestTheZeroConfigIsRefusedAndNotPanicking(t *testing.T) {
	if err := (Config{}).Validate(""); err == nil {
		t.Error("the zero Config is valid")
	}
	if err := (File{}).Validate(); err == nil {
		t.Error("the zero File is valid")
	}
	f := DefaultFile()
	f.Connectors["orders"] = complete()
	if err := f.Validate(); err != nil {
		t.Error(err)
	}
}

// TestEveryLaterValueIsAChoice keeps the list in later.go honest.
func TestEveryLaterValueIsAChoice(t *testing.T) {
	for v := range later {
		c, ok := v.(choice)
		if !ok {
			t.Errorf("%v is no choice", v)
			continue
		}
		text := texts(c.choices()...)
		if now := len(text); now < 2 {
			t.Errorf("%v is the only one of %v", v, text)
		}
	}
	for key := range laterKeys {
		if !strings.Contains(" "+strings.Join(connectorPaths, " ")+" ", " "+key+" ") {
			t.Errorf("%s is no key", key)
		}
	}
}
