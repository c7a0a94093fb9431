package localcloud

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ConfigFile is where the configuration for run is.
func (c *Cloud) ConfigFile() string { return filepath.Join(c.dir, "kinesnow.yaml") }

// writeConfig writes the configuration. It is replaced in one step: a run that
// starts meanwhile sees the old one or the new one.
func (c *Cloud) writeConfig() error {
	next := c.ConfigFile() + ".new"
	if err := os.WriteFile(next, []byte(c.configText()), 0o600); err != nil {
		return err
	}
	return os.Rename(next, c.ConfigFile())
}

// configText is a configuration such as a user would write: only what differs
// from the defaults.
func (c *Cloud) configText() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	t := c.options.Tuning
	line("# Written by the local cloud at every start. Nothing in here is an account of anybody's.")
	line("data_dir: %s", quote(filepath.Join(c.dir, "data")))
	if t.Memory != "" {
		line("memory: %s", t.Memory)
	}
	if t.HTTPListen != "" {
		line("http: {listen: %s}", quote(t.HTTPListen))
	}
	line("defaults:")
	line("  aws:")
	line("    region: %s", c.options.Owner.Region)
	line("    credentials: {access_key_id: %s, secret_access_key: %s}", c.options.Owner.AccessKeyID, c.options.Owner.SecretAccessKey)
	line("    endpoints: {kinesis: %s, dynamodb: %s}", quote(c.Kinesis.URL()), quote(c.Dynamo.URL()))
	line("  snowflake:")
	line("    account: %s", Account)
	line("    user: %s", User)
	line("    role: %s", Role)
	line("    private_key_file: %s", quote(c.keyFile()))
	line("    host: %s", quote(c.Snowflake.URL()))
	line("    database: %s", Database)
	line("    schema: %s", Schema)
	if t.Linger > 0 {
		line("    linger: %s", duration(t.Linger))
	}
	if t.LeaseDuration > 0 {
		line("  lease: {duration: %s, renew: %s}", duration(t.LeaseDuration), duration(t.LeaseRenew))
	}
	consumer := ""
	if t.FanOut {
		consumer = ", consumer_type: ENHANCED_FAN_OUT"
	}
	line("connectors:")
	taken := map[string]bool{}
	for _, p := range c.pairs {
		name := connectorName(p.Stream.Name, taken)
		line("  %s:", quote(name))
		line("    application: %s", quote(application(p.Stream.Name)))
		line("    kinesis: {stream: %s%s}", quote(p.Stream.Name), consumer)
		line("    snowflake: {table: %s}", quote(p.Table))
	}
	return b.String()
}

// quote writes a text as a YAML string; "${" would be read as a reference.
func quote(text string) string {
	return strconv.Quote(strings.ReplaceAll(text, "${", "$${"))
}

func duration(d time.Duration) string { return d.String() }

// connectorName makes a connector's name of a stream's: at most 64 characters,
// begun by a letter or digit, and none twice.
func connectorName(stream string, taken map[string]bool) string {
	name := strings.TrimLeft(stream, "_.-")
	if name == "" {
		name = "stream"
	}
	name = name[:min(len(name), 56)]
	for base, n := name, 2; taken[name]; n++ {
		name = base + "-" + strconv.Itoa(n)
	}
	taken[name] = true
	return name
}

// application names the lease table: at most 128 characters.
func application(stream string) string {
	name := "kinesnow-" + stream
	return name[:min(len(name), 128)]
}

// LeaseTable is the DynamoDB table of the leases of a stream's connector.
func LeaseTable(stream string) string { return application(stream) }
