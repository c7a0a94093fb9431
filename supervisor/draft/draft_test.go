package draft_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/supervisor/config"
	"github.com/kinesnow/kinesnow/supervisor/draft"
	"github.com/kinesnow/kinesnow/supervisor/openflow"
)

// loaded writes a draft and reads it as run would, but for the key.
func loaded(t *testing.T, d *draft.Draft) config.Config {
	t.Helper()
	if err := d.Write(); err != nil {
		t.Fatal(err)
	}
	file, err := config.LoadKeyless(d.File, func(name string) (string, bool) { return "value-of-" + name, true })
	if err != nil {
		t.Fatalf("%v\n%s", err, d.YAML())
	}
	return file.Connectors[d.Connector]
}

func path(t *testing.T) string { return filepath.Join(t.TempDir(), "kinesnow.yaml") }

func TestADraftOfNothingIsValidAndSaysWhatToFillIn(t *testing.T) {
	d := draft.New(path(t), nil, nil, nil)
	loaded(t, d)
	want := []string{"kinesis.stream", "aws.region", "snowflake.account", "snowflake.database", "snowflake.schema", "snowflake.table"}
	if !slices.Equal(d.FillIn, want) {
		t.Errorf("to fill in: %v", d.FillIn)
	}
	if n := strings.Count(d.YAML(), "FILL IN"); n != len(want) {
		t.Errorf("%d lines are marked:\n%s", n, d.YAML())
	}
}

func TestADraftOfEverythingHasNothingToFillIn(t *testing.T) {
	table, err := draft.ParseTable(`raw."Events of ""2026""".orders`)
	if err != nil {
		t.Fatal(err)
	}
	table["snowflake.schema"] = strings.ReplaceAll(table["snowflake.schema"], `"`, "") // a configuration has no quotes in names
	said := map[string]string{
		"kinesis.stream": "arn:aws:kinesis:eu-west-1:123456789012:stream/web.orders", "snowflake.account": "MYORG-PROD",
		"snowflake.user": "loader", "snowflake.private_key_file": "/keys/it's.p8", "snowflake.warehouse": "yes",
	}
	for key, value := range table {
		said[key] = value
	}
	d := draft.New(path(t), said, nil, map[string]string{"snowflake.account": "OTHER", "aws.region": "us-west-2"})
	c := loaded(t, d)
	if len(d.FillIn) > 0 || d.Connector != "web.orders" || c.AWS.Region != "eu-west-1" || c.Application != "kinesnow-web.orders" || c.Snowflake.Account != "MYORG-PROD" ||
		c.Snowflake.Role != "LOADER" || c.Snowflake.PrivateKeyFile != "/keys/it's.p8" || c.Snowflake.Warehouse != "yes" ||
		c.Snowflake.Database != "RAW" || c.Snowflake.Schema != "Events of 2026" || c.Snowflake.Table != "ORDERS" {
		t.Errorf("fill in %v, connector %s: %+v", d.FillIn, d.Connector, c)
	}
	if d.Source != "eu-west-1/web.orders" {
		t.Errorf("source %s", d.Source)
	}
}

func TestAFileThatIsThereIsLeftAlone(t *testing.T) {
	d := draft.New(path(t), nil, nil, nil)
	if err := os.WriteFile(d.File, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := d.Write(); !errors.Is(err, fs.ErrExist) {
		t.Errorf("written over: %v", err)
	}
	if text, _ := os.ReadFile(d.File); string(text) != "mine" {
		t.Errorf("the file is now %s", text)
	}
	if err := d.Replace(); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(d.File); string(text) != d.YAML() {
		t.Errorf("the file is now %s", text)
	}
}

// TestWhatIsWrittenIsWhatWasRead sends texts that mean something in YAML, or as
// references, through the file.
func TestWhatIsWrittenIsWhatWasRead(t *testing.T) {
	for _, name := range []string{"a: b", "# no", "${HOME}", "$${HOME}", "${file:/etc/passwd}", "x\\y", "'", "*a", "&a", "!t", "%", "{a: 1}", "[1]", "yes", "NULL", "1e5", "0x10", "~", "- a", "ü 2026", "a\u2028b", "💥", "<<"} {
		d := draft.New(path(t), map[string]string{"snowflake.table": name}, nil, nil)
		if c := loaded(t, d); c.Snowflake.Table != name {
			t.Errorf("%q came back as %q:\n%s", name, c.Snowflake.Table, d.YAML())
		}
	}
}

func TestOpenflowsParametersBecomeAConfiguration(t *testing.T) {
	settings := openflow.Translate([]openflow.Parameter{
		{Name: "AWS Kinesis Region", Value: "ap-southeast-1"}, {Name: "AWS Kinesis Stream Name", Value: "orders"},
		{Name: "AWS Kinesis Application Name", Value: "openflow-orders"}, {Name: "AWS Kinesis Consumer Type", Value: "ENHANCED_FAN_OUT"},
		{Name: "AWS Kinesis Initial Stream Position", Value: "LATEST"},
		{Name: "AWS Access Key ID", Sensitive: true}, {Name: "AWS Secret Access Key", Sensitive: true},
		{Name: "Snowflake Destination Database", Value: "Raw"}, {Name: "Snowflake Destination Schema", Value: "EVENTS"}, {Name: "Snowflake Destination Table", Value: "${HOME}"},
		{Name: "Snowflake Account Identifier", Value: "MYORG-PROD"}, {Name: "Snowflake Username", Value: "OPENFLOW"}, {Name: "Snowflake Role", Value: "OPENFLOW_ROLE"},
		{Name: "Snowflake Private Key", Sensitive: true}, {Name: "Snowflake Private Key Password", Sensitive: true},
	})
	d := draft.New(path(t), nil, &settings, nil)
	c := loaded(t, d)
	if len(d.FillIn) > 0 || c.AWS.Region != "ap-southeast-1" || c.Application != "openflow-orders" || c.Kinesis.ConsumerType != config.EnhancedFanOut ||
		c.Kinesis.InitialPosition.Kind != config.Latest || c.AWS.Credentials.AccessKeyID != "value-of-AWS_ACCESS_KEY_ID" ||
		c.AWS.Credentials.SecretAccessKey.Reveal() != "value-of-AWS_SECRET_ACCESS_KEY" || c.Snowflake.PrivateKeyInline.Reveal() != "value-of-SNOWFLAKE_PRIVATE_KEY" ||
		c.Snowflake.PrivateKeyPassphrase.Reveal() != "value-of-SNOWFLAKE_PRIVATE_KEY_PASSWORD" || c.Snowflake.Database != "Raw" || c.Snowflake.Table != "${HOME}" || c.Snowflake.Role != "OPENFLOW_ROLE" {
		t.Errorf("fill in %v: %+v\n%s", d.FillIn, c, d.YAML())
	}
	if !slices.Contains(d.Next, "kinesnow migrate --plan") {
		t.Errorf("next: %v", d.Next)
	}
}

func TestATableIsReadAsSQLWould(t *testing.T) {
	for text, want := range map[string]string{"raw.Events.t_1$": "RAW EVENTS T_1$", `"raw"."a.b"."c""d"`: `raw a.b c"d`} {
		m, err := draft.ParseTable(text)
		if got := m["snowflake.database"] + " " + m["snowflake.schema"] + " " + m["snowflake.table"]; err != nil || got != want {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "t", "a.b", "a.b.c.d", "a..c", "a.b.", `a.b."c`, "a.b.c d", "1.2.3", "a.b.c;"} {
		if m, err := draft.ParseTable(text); err == nil {
			t.Errorf("%q is taken for %v", text, m)
		}
	}
}

// TestTheMachineTellsRegionAndAccount reads what AWS's and Snowflake's own tools
// read.
func TestTheMachineTellsRegionAndAccount(t *testing.T) {
	folder := t.TempDir()
	env := map[string]string{"AWS_REGION": "eu-central-1", "SNOWFLAKE_HOME": folder}
	lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(folder, "connections.toml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for text, want := range map[string]string{
		"[default]\naccount='A-B'\n[x]\naccount='C-D'": "A-B", "[only]\naccount='E-F'\npassword='canary'": "E-F",
		"[one]\naccount='A'\n[two]\naccount='B'": "", "no toml": "", "": "",
	} {
		write(text)
		if found := draft.Surroundings(t.Context(), lookup); found["aws.region"] != "eu-central-1" || found["snowflake.account"] != want {
			t.Errorf("%q: %v", text, found)
		}
	}
}
