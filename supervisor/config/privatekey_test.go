package config

import (
	"testing"

	"github.com/kinesnow/kinesnow/integration/rsakey"
)

func TestTheSecondKeyIsOptional(t *testing.T) {
	w := newWorld()
	s := Snowflake{PrivateKeyFile: "/keys/sf.p8"}
	if key, err := s.secondPrivateKey(w.read); key != nil || err != nil {
		t.Errorf("without a file: %v, %v", key, err)
	}
	s.PrivateKeyFile2 = "/keys/sf.p8"
	if key, err := s.secondPrivateKey(w.read); err != nil || !key.Equal(rsakey.Key(0)) {
		t.Errorf("with a file: %v", err)
	}
}

func TestAccountAndHostGiveTheBaseURL(t *testing.T) {
	for _, c := range []struct {
		in   Snowflake
		want string
	}{
		{Snowflake{Account: "MYORG-PROD_EU"}, "https://myorg-prod-eu.snowflakecomputing.com"},
		{Snowflake{Account: "xy12345.eu-west-1"}, "https://xy12345.eu-west-1.snowflakecomputing.com"},
		{Snowflake{Account: "A", Host: "a.privatelink.snowflakecomputing.com"}, "https://a.privatelink.snowflakecomputing.com"},
		{Snowflake{Account: "xy12345.cn-north-1", Host: ""}, "https://xy12345.cn-north-1.snowflakecomputing.cn"},
		{Snowflake{Account: "A", Host: "https://a.example:8443/"}, ""}, // no credential goes there
		{Snowflake{Account: "A", Host: "http://127.0.0.1:4000"}, "http://127.0.0.1:4000"},
	} {
		if got := c.in.BaseURL(); got != c.want {
			t.Errorf("base URL = %s, want %s", got, c.want)
		}
	}
	if got := (Snowflake{Table: "ORDERS"}).PipeName(); got != "ORDERS-STREAMING" {
		t.Errorf("pipe = %s", got)
	}
	if got := (Snowflake{Table: "ORDERS", Pipe: "P"}).PipeName(); got != "P" {
		t.Errorf("pipe = %s", got)
	}
}
