package localcloud

import (
	"encoding/json"
	"os"
	"path/filepath"
)

func (c *Cloud) authorityFile() string { return filepath.Join(c.dir, "snowflake-ca.pem") }

func (c *Cloud) profileFile() string { return filepath.Join(c.dir, "snowpipe-streaming.json") }

// profile is what Snowflake's streaming SDKs are made with: their own names of
// properties, all of them texts.
type profile struct {
	Account    string `json:"account"`
	User       string `json:"user"`
	Role       string `json:"role"`
	URL        string `json:"url"`
	PrivateKey string `json:"private_key"` // PEM
}

// writeProfile writes what Snowflake's SDKs need. The authority lives as long
// as the cloud, so both files are new at every start.
func (c *Cloud) writeProfile() error {
	key, err := os.ReadFile(c.keyFile())
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(profile{Account, User, Role, c.Snowflake.SecureURL(), string(key)}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.authorityFile(), c.Snowflake.Authority(), 0o600); err != nil {
		return err
	}
	return os.WriteFile(c.profileFile(), append(text, '\n'), 0o600)
}
