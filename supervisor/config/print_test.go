package config

import (
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"
)

var rewrite = flag.Bool("rewrite", false, "rewrite the golden files")

const printed = `data_dir: /var/lib/kinesnow
memory: 64MB
defaults:
  aws: {region: eu-west-1}
  kinesis: {initial_position: 2026-01-31T10:00:00+01:00}
  snowflake:
    account: MYORG-PROD
    user: ${SNOWFLAKE_USER:KN}
    private_key_passphrase: ${PASSPHRASE}
    proxy: http://me:secret@proxy.example:3128
    database: RAW
    schema: "true"
connectors:
  orders:
    application: ${file:/run/prefix}-orders
    kinesis: {stream: "${STREAM}"}
    snowflake: {table: "Übung ${STREAM}", role: "$${KN}", linger:}
  clicks:
    application: kinesnow-clicks
    kinesis: {stream: clicks, on_gap: Stop}
    aws: {region:}
    snowflake: {table: '<&> # no', private_key: "${KEY}", schema: EVENTS}
    deadletter: {to: file}
`

func printedWorld() world {
	w := newWorld()
	w.env["STREAM"], w.env["PASSPHRASE"], w.env["AWS_REGION"] = "orders-v2", canary, "us-east-1"
	w.env["KEY"] = pkcs8PEM()
	w.files["/run/prefix"] = "kn\n"
	w.files[DefaultPrivateKeyFile] = pkcs8PEM()
	return w
}

func TestPrintShowsTheMergedFileAndWhereEachValueCameFrom(t *testing.T) {
	f := printedWorld().mustLoad(t, printed)
	var asYAML, asJSON strings.Builder
	if err := f.Print(&asYAML); err != nil {
		t.Fatal(err)
	}
	if err := f.PrintJSON(&asJSON); err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{"print.yaml": asYAML.String(), "print.json": asJSON.String()} {
		if *rewrite {
			if err := os.WriteFile(golden(name), []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden(name))
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs; after a look at it, run with -rewrite. Got:\n%s", name, got)
		}
	}
}

// TestWhatPrintWritesLoadsToTheSameConnectors puts the secrets back and loads it again.
func TestWhatPrintWritesLoadsToTheSameConnectors(t *testing.T) {
	w := printedWorld()
	f := w.mustLoad(t, printed)
	var out strings.Builder
	if err := f.Print(&out); err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(out.String(), `private_key_passphrase: "[redacted]"`, `private_key_passphrase: ${PASSPHRASE}`)
	text = strings.ReplaceAll(text, `private_key: "[redacted]"`, `private_key: ${KEY}`)
	text = strings.ReplaceAll(text, "[redacted]@", "me:secret@")
	again := w.mustLoad(t, text)
	for _, name := range f.Names() {
		was, is := f.Connectors[name], again.Connectors[name]
		is.Transforms = was.Transforms // nil and empty are the same
		if !reflect.DeepEqual(was, is) {
			t.Errorf("%s = %#v\nwant %#v", name, is, was)
		}
	}
	if again.Memory != f.Memory || again.DataDir != f.DataDir || again.DrainTimeout != f.DrainTimeout {
		t.Errorf("file = %+v\nwant %+v", again, f)
	}
}

func TestAFileMadeByHandPrintsWithoutOrigins(t *testing.T) {
	f := DefaultFile()
	f.Connectors["orders"] = Defaults()
	var out strings.Builder
	if err := f.Print(&out); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "#") || !strings.Contains(out.String(), "\n    application: \"\"\n") {
		t.Errorf("print:\n%s", out.String())
	}
	var asJSON strings.Builder
	if err := f.PrintJSON(&asJSON); err != nil {
		t.Fatal(err)
	}
	var back struct{ Origins map[string]string }
	if err := json.Unmarshal([]byte(asJSON.String()), &back); err != nil || len(back.Origins) != 0 {
		t.Errorf("origins = %v, %v", back.Origins, err)
	}
}
