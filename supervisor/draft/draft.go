package draft

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/kinesnow/kinesnow/supervisor/openflow"
)

// Draft is a configuration of one connector that somebody still has to look at.
// Its JSON is stable.
type Draft struct {
	File      string   `json:"file"`
	Connector string   `json:"connector"`
	Source    string   `json:"source"` // region/stream
	Target    string   `json:"target"` // DATABASE.SCHEMA.TABLE
	FillIn    []string `json:"fillIn"` // keys that hold a placeholder
	Notes     []string `json:"notes"`
	Unknown   []string `json:"unknown"` // Openflow's parameters that nothing here corresponds to
	Next      []string `json:"next"`

	values    map[string]string // by key within the connector
	variables map[string]string // of the environment, by key
	migrates  bool
}

// New makes a draft. Of two sources for one key the first counts: said, then
// Openflow's (nil = none), then found. What none of them has is derived from
// the stream's name, or becomes a placeholder.
func New(file string, said map[string]string, exported *openflow.Settings, found map[string]string) *Draft {
	d := &Draft{File: file, FillIn: []string{}, Notes: []string{}, Unknown: []string{}, values: map[string]string{}, variables: map[string]string{}}
	d.take(said)
	if exported != nil {
		d.take(exported.Values)
		for key, name := range exported.Variables {
			if d.values[key] == "" && !(key == "snowflake.private_key" && d.values["snowflake.private_key_file"] != "") {
				d.variables[key] = name
			}
		}
		d.Notes, d.Unknown, d.migrates = exported.Notes, exported.Unknown, true
	}
	d.take(found)
	d.complete()
	stream := d.values["kinesis.stream"]
	d.Source = d.values["aws.region"] + "/" + stream[strings.LastIndex(stream, "/")+1:] // an ARN ends in stream/NAME
	d.Target = d.values["snowflake.database"] + "." + d.values["snowflake.schema"] + "." + d.values["snowflake.table"]
	d.Next = []string{"kinesnow setup iam", "kinesnow setup grants", "kinesnow validate", "kinesnow doctor", "kinesnow plan", "kinesnow run"}
	if d.migrates { // user, role and table are there
		d.Next = []string{"kinesnow validate", "kinesnow doctor", "kinesnow migrate --plan", "kinesnow plan"}
	}
	return d
}

func (d *Draft) take(values map[string]string) {
	for key, value := range values {
		if d.values[key] == "" && value != "" {
			d.values[key] = value
		}
	}
}

// placeholder fills a key that is required, and says so.
func (d *Draft) placeholder(key, value string) {
	if d.values[key] == "" {
		d.values[key] = value
		d.FillIn = append(d.FillIn, key)
	}
}

// derived fills a key that follows from others.
func (d *Draft) derived(key, value string) {
	if d.values[key] == "" {
		d.values[key] = value
	}
}

var notInName = regexp.MustCompile(`[^a-zA-Z0-9_.-]+`)

func (d *Draft) complete() {
	d.placeholder("kinesis.stream", "my-stream")
	if arn := strings.Split(d.values["kinesis.stream"], ":"); len(arn) == 6 && arn[0] == "arn" {
		d.values["aws.region"] = arn[3]
	}
	d.placeholder("aws.region", "us-east-1")
	stream := d.values["kinesis.stream"]
	if at := strings.LastIndex(stream, "/"); strings.HasPrefix(stream, "arn:") && at > 0 {
		stream = stream[at+1:]
	}
	plain := strings.Trim(notInName.ReplaceAllString(stream, "-"), "_.-")
	plain = cmp.Or(plain[:min(len(plain), 50)], "orders")
	d.Connector = plain
	upper := strings.NewReplacer(".", "_", "-", "_").Replace(strings.ToUpper(plain))
	d.derived("application", "kinesnow-"+plain)
	if d.values["snowflake.connection"] == "" {
		d.placeholder("snowflake.account", "MYORG-ACCOUNT")
		d.derived("snowflake.user", "KN_"+upper)
		d.derived("snowflake.role", strings.ToUpper(d.values["snowflake.user"]))
		if d.variables["snowflake.private_key"] == "" {
			d.derived("snowflake.private_key_file", "snowflake.p8")
		}
	}
	d.placeholder("snowflake.database", "MY_DATABASE")
	d.placeholder("snowflake.schema", "MY_SCHEMA")
	d.placeholder("snowflake.table", upper)
}

// ParseTable reads DATABASE.SCHEMA.TABLE as SQL would: what is not quoted is in
// upper case.
func ParseTable(text string) (map[string]string, error) {
	parts, err := split(text)
	if err != nil || len(parts) != 3 {
		return nil, errors.Join(fmt.Errorf("%q: want DATABASE.SCHEMA.TABLE", text), err)
	}
	return map[string]string{"snowflake.database": parts[0], "snowflake.schema": parts[1], "snowflake.table": parts[2]}, nil
}

var namePart = regexp.MustCompile(`^(?:([A-Za-z_][A-Za-z0-9_$]*)|"((?:[^"]|"")+)")(\.|$)`)

func split(text string) (parts []string, err error) {
	for rest := text; ; {
		m := namePart.FindStringSubmatch(rest)
		if m == nil {
			return nil, errors.New(`a name is letters, digits, _ and $, or anything in "..."`)
		}
		parts = append(parts, cmp.Or(strings.ToUpper(m[1]), strings.ReplaceAll(m[2], `""`, `"`)))
		rest = rest[len(m[0]):]
		if m[3] == "" {
			return parts, nil
		}
		if rest == "" {
			return nil, errors.New("it ends with a dot")
		}
	}
}
