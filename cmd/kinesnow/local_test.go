package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/supervisor"
)

func TestDevTellsProgramsWhereEverythingIs(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	code := make(chan int, 1)
	dir := t.TempDir()
	go func() {
		code <- run(ctx, []string{"dev", "-o", "json", "--stream", "quakes:4", "--table", "QUAKES", "--commit-delay", "0", "--dir", dir}, writer, io.Discard)
		writer.Close()
	}()
	var line map[string]string
	if err := json.NewDecoder(reader).Decode(&line); err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, reader)
	for _, name := range []string{"kinesis", "dynamodb", "snowflake", "account", "user", "role", "database", "schema", "table", "stream", "region", "private_key_file", "config", "snowflake_tls", "snowflake_ca", "snowflake_sdk"} {
		if line[name] == "" {
			t.Errorf("%s is missing in %v", name, line)
		}
	}
	if line["stream"] != "quakes" || line["table"] != "QUAKES" || len(line) != 16 {
		t.Errorf("the line is %v", line)
	}
	if _, err := supervisor.Load(line["config"], nil); err != nil {
		t.Errorf("its configuration: %v", err)
	}
	var out bytes.Buffer
	if got := run(t.Context(), []string{"sql", "-c", line["config"], "-o", "json", "SELECT count(*) AS rows_ FROM QUAKES"}, &out, &out); got != 0 || out.String() != "{\"ROWS_\":0}\n" {
		t.Errorf("sql exits with %d and says %q", got, out.String())
	}
	cancel()
	if got := <-code; got != 0 {
		t.Errorf("dev exits with %d", got)
	}
}

func TestLocalVerbsRefuseWhatCannotBeMeant(t *testing.T) {
	dir := t.TempDir()
	cloud, err := localcloud.Start(localcloud.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer cloud.Close()
	text, err := os.ReadFile(cloud.ConfigFile())
	if err != nil {
		t.Fatal(err)
	}
	remote := filepath.Join(dir, "remote.yaml")
	elsewhere := strings.ReplaceAll(string(text), cloud.Snowflake.URL(), "acme.snowflakecomputing.com")
	if err := os.WriteFile(remote, []byte(elsewhere), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"sql", "-c", remote, "SELECT 1"}, exitUsage, "not on this machine"},
		{[]string{"sql", "-c", filepath.Join(dir, "absent.yaml"), "SELECT 1"}, exitConfig, "absent.yaml"},
		{[]string{"sql", "-c", cloud.ConfigFile(), " ; "}, exitUsage, "give a statement"},
		{[]string{"sql", "-c", cloud.ConfigFile(), "-o", "xml", "SELECT 1"}, exitUsage, "table, json and csv"},
		{[]string{"sql", "-c", cloud.ConfigFile(), "SELECT nope"}, exitFailure, "NOPE"},
		{[]string{"dev", "--stream", "a:0"}, exitUsage, "--stream"},
		{[]string{"dev", "--listen", "0.0.0.0:0"}, exitFailure, "loopback"},
		{[]string{"dev", "--dir", dir}, exitFailure, "in use"},
		{[]string{"demo", "--records", "0"}, exitUsage, "--records"},
		{[]string{"demo", "--kill-every", "1ms"}, exitUsage, "--kill-every"},
		{[]string{"demo", "--dir", t.TempDir() + "/../"}, exitUsage, "--dir"},
		{[]string{"demo-connector", "-c", filepath.Join(dir, "absent.yaml")}, exitConfig, ""},
	} {
		var stderr bytes.Buffer
		if code := run(t.Context(), c.args, io.Discard, &stderr); code != c.code || !strings.Contains(stderr.String(), c.says) {
			t.Errorf("%v exits with %d and says %q, want %d and %q", c.args, code, stderr.String(), c.code, c.says)
		}
	}
}

func TestSuggestionsCanBePasted(t *testing.T) {
	for text, want := range map[string]string{"/tmp/a_b-c.yaml": "/tmp/a_b-c.yaml", "/tmp/a b": "'/tmp/a b'", "it's": `'it'\''s'`} {
		if got := shell(text); got != want {
			t.Errorf("shell(%q) is %s, want %s", text, got, want)
		}
	}
	for name, want := range map[string]string{"QUAKES": "QUAKES", "Q1$": "Q1$", "quakes": `"quakes"`, "1Q": `"1Q"`, `A"B`: `"A""B"`} {
		if got := localcloud.Identifier(name); got != want {
			t.Errorf("identifier(%q) is %s, want %s", name, got, want)
		}
	}
}
