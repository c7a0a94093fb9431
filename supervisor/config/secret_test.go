package config

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"go.yaml.in/yaml/v4"
)

const canary = "c4n4ry-s3cr3t"

// everySecret fills each secret of a connector, and the proxy's password.
func everySecret() Config {
	c := Defaults()
	c.AWS.Credentials.SecretAccessKey = canary
	c.AWS.Credentials.SessionToken = canary
	c.Snowflake.PrivateKeyInline = canary
	c.Snowflake.PrivateKeyPassphrase = canary
	c.Snowflake.OAuth.ClientSecret = canary
	c.Snowflake.Proxy = "http://user:" + canary + "@proxy.example:3128"
	return c
}

func TestNoWayOfPrintingShowsASecret(t *testing.T) {
	c := everySecret()
	s := c.Snowflake.PrivateKeyInline
	outputs := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10s", "%T %v", "%U", "%t"} {
		args := []any{s, c.Snowflake.Proxy, c, &c, []Secret{s}, map[string]Secret{"a": s}}
		for i, arg := range args {
			list := []any{arg}
			if strings.Count(verb, "%") == 2 {
				list = append(list, arg)
			}
			outputs[fmt.Sprintf("%s of %d", verb, i)] = fmt.Sprintf(verb, list...)
		}
	}
	for name, encode := range map[string]func(any) ([]byte, error){"JSON": json.Marshal, "YAML": yaml.Marshal} {
		text, err := encode(c)
		if err != nil {
			t.Fatal(err)
		}
		outputs[name] = string(text)
	}
	var log strings.Builder
	logger := zerolog.New(&log)
	logger.Info().Interface("config", c).Stringer("secret", s).Str("proxy", c.Snowflake.Proxy.String()).Msg("")
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "config", c, "secret", s)
	outputs["logs"] = log.String()
	hex := fmt.Sprintf("%x", canary)
	for name, text := range outputs {
		if strings.Contains(text, canary) || strings.Contains(strings.ToLower(text), hex) {
			t.Errorf("%s shows the secret: %s", name, text)
		}
	}
	if s.String() != "[redacted]" || fmt.Sprintf("%#v", s) != `"[redacted]"` || Secret("").String() != "" {
		t.Errorf("a secret prints as %s and %#v, an empty one as %s", s, s, Secret(""))
	}
	if s.Reveal() != canary || !strings.Contains(c.Snowflake.Proxy.Reveal(), canary) {
		t.Error("Reveal does not give the text")
	}
}

func TestAProxyShowsItsHostAlone(t *testing.T) {
	for in, want := range map[ProxyURL]string{
		"":                              "",
		"http://proxy.example:3128":     "http://proxy.example:3128",
		"http://u:p@proxy.example:3128": "http://[redacted]@proxy.example:3128",
		"u:p@proxy.example":             "[redacted]",
		"http://u:p%zz@proxy.example":   "[redacted]",
	} {
		if got := in.String(); got != want {
			t.Errorf("proxy shows %s, want %s", got, want)
		}
	}
}

// TestErrorsNeverHoldASecret puts the secret where people put it by mistake.
func TestErrorsNeverHoldASecret(t *testing.T) {
	pem := "|\n        -----BEGIN PRIVATE KEY-----\n        " + canary + "\n        -----END PRIVATE KEY-----"
	long := canary + strings.Repeat("A", 300)
	account := "account: MYORG-PROD"
	keyFile := "private_key_file: /keys/sf.p8"
	for name, change := range map[string][]string{
		"a key of a misspelt name":            {keyFile, "private_keyy: " + canary},
		"a key pasted for its file":           {keyFile, "private_key_file: " + pem},
		"a key in base64 pasted for its file": {keyFile, "private_key_file: " + long},
		"a broken key":                        {keyFile, "private_key: " + pem},
		"a passphrase for a key":              {keyFile, "private_key: " + canary},
		"a secret as a map":                   {keyFile, "private_key: {pem: " + canary + "}"},
		"a secret as a list":                  {keyFile, "private_key: [" + canary + "]"},
		"a token for its file":                {keyFile, "authenticator: pat\n      token_file: " + canary},
		"credentials as one value":            {"region: eu-west-1", "region: eu-west-1\n      credentials: " + canary},
		"a secret from a variable as a size":  {account, account + "\n      linger: ${CANARY}"},
		"a secret from a variable as a name":  {"region: eu-west-1", "region: ${CANARY}"},
		"a secret from a file as a choice":    {account, account + "\n      compression: ${file:/run/canary}"},
		"a secret in half of a value":         {"stream: orders", "stream: a b ${CANARY}"},
		"a password in an endpoint":           {"region: eu-west-1", "region: eu-west-1\n      endpoints: {kinesis: \"https://u:" + canary + "@h\"}"},
		"a password in a broken endpoint":     {"region: eu-west-1", "region: eu-west-1\n      endpoints: {kinesis: \"u:" + canary + "@h\"}"},
		"a password in a host":                {account, account + "\n      host: u:" + canary + "@h"},
		"a password in a broken proxy":        {account, account + "\n      proxy: \"http://u:" + canary + "%zz@h\""},
		"a password that is broken YAML":      {account, account + "\n      private_key_passphrase: \"" + canary},
		"a password like an alias":            {account, account + "\n      private_key_passphrase: *" + canary},
		"a password twice":                    {account, account + "\n      private_key_passphrase: " + canary + "\n      private_key_passphrase: " + canary},
		"a reference that is not closed":      {account, account + "\n      private_key_passphrase: a${" + canary},
	} {
		w := newWorld()
		w.env["CANARY"], w.files["/run/canary"] = canary, canary
		_, err := w.load(edit(good, change...))
		if err == nil {
			t.Errorf("%s: loaded", name)
			continue
		}
		if strings.Contains(err.Error(), canary) || strings.Contains(fmt.Sprintf("%#v", err), canary) {
			t.Errorf("%s: the error holds the secret: %v", name, err)
		}
	}
}

func TestPrintNeverShowsASecret(t *testing.T) {
	f := DefaultFile()
	f.Connectors["orders"] = everySecret()
	var yamlOut, jsonOut strings.Builder
	if err := f.Print(&yamlOut); err != nil {
		t.Fatal(err)
	}
	if err := f.PrintJSON(&jsonOut); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{yamlOut.String(), jsonOut.String()} {
		if strings.Contains(text, canary) {
			t.Errorf("the print shows the secret:\n%s", text)
		}
		if got := strings.Count(text, "[redacted]"); got != 6 {
			t.Errorf("%d values are redacted, want 6:\n%s", got, text)
		}
	}
}
