package draft

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// line is one key of the file, in its order.
type line struct {
	key     string
	comment string
	usual   string // shown as a comment where the key has no value; "" = left out
}

// layout is the connector's part of the file: what is required, and the few
// keys that people change.
var layout = []line{
	{"application", "lease table in DynamoDB, and consumer of enhanced fan-out", ""},
	{"aws.region", "", ""},
	{"aws.credentials.access_key_id", "without credentials: AWS's default chain", ""},
	{"aws.credentials.secret_access_key", "", ""},
	{"kinesis.stream", "a name or an ARN", ""},
	{"kinesis.consumer_type", "", "ENHANCED_FAN_OUT"},
	{"kinesis.initial_position", "the very first start alone: TRIM_HORIZON, LATEST or a time", "TRIM_HORIZON"},
	{"snowflake.connection", "a profile of connections.toml: account, user, sign-in", ""},
	{"snowflake.account", "", ""},
	{"snowflake.user", "", ""},
	{"snowflake.role", "", ""},
	{"snowflake.private_key", "", ""},
	{"snowflake.private_key_file", "relative to this file; setup grants says how to make one", ""},
	{"snowflake.private_key_passphrase", "", ""},
	{"snowflake.warehouse", "for audit and status --latency; rows need none", "AUDIT_WH"},
	{"snowflake.database", "this and the names below: exact case", ""},
	{"snowflake.schema", "", ""},
	{"snowflake.table", "", ""},
	{"snowflake.pipe", "a pipe of your own; else Snowflake's default one", ""},
	{"snowflake.on_missing_table", "", "create"},
	{"snowflake.schema_evolution", "server, client (Iceberg too) or off", "server"},
}

// YAML is the file.
func (d *Draft) YAML() string {
	var b strings.Builder
	b.WriteString("# One stream into one table. kinesnow validate --print shows every key with its value.\n" +
		"data_dir: kinesnow-data              # journal, dead letters and control socket; relative to this file\n" +
		"connectors:\n")
	fmt.Fprintf(&b, "  %s:\n", quote(d.Connector))
	var open []string
	for _, l := range layout {
		value, set := d.written(l.key)
		if !set && l.usual == "" {
			continue
		}
		path := strings.Split(l.key, ".")
		groups := path[:len(path)-1]
		for i, group := range groups {
			if i >= len(open) || open[i] != group {
				fmt.Fprintf(&b, "%s%s:\n", strings.Repeat("  ", i+2), group)
				open = open[:i:i]
			}
			if i >= len(open) {
				open = append(open, group)
			}
		}
		open = open[:len(groups):len(groups)]
		text := strings.Repeat("  ", len(path)+1)
		if set {
			text += path[len(path)-1] + ": " + value
		} else {
			text += "# " + path[len(path)-1] + ": " + l.usual
		}
		comment := l.comment
		for _, key := range d.FillIn {
			if key == l.key {
				comment = "FILL IN" + strings.TrimSuffix("; "+comment, "; ")
			}
		}
		if comment != "" {
			text = fmt.Sprintf("%-36s # %s", text, comment)
		}
		b.WriteString(text + "\n")
	}
	return b.String()
}

// written is a value as YAML has it. Only what this package makes of a secret is
// a reference: "${" in what somebody else wrote is text.
func (d *Draft) written(key string) (text string, set bool) {
	if name := d.variables[key]; name != "" {
		return `"${` + name + `}"`, true
	}
	value, set := d.values[key]
	return quote(value), set
}

var (
	plainText = regexp.MustCompile(`^[A-Za-z_/][A-Za-z0-9_./-]*$`)
	notText   = map[string]bool{"true": true, "false": true, "yes": true, "no": true, "on": true, "off": true, "null": true, "y": true, "n": true}
)

func quote(text string) string {
	if plainText.MatchString(text) && !notText[strings.ToLower(text)] {
		return text
	}
	return strconv.Quote(strings.ReplaceAll(text, "${", "$${"))
}
