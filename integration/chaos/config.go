package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// auditConfig is the configuration of the verbs: they reach the services
// directly.
func (w *world) auditConfig() (string, error) {
	path := filepath.Join(w.plan.dir, "audit.yaml")
	return path, w.configure(path, w.data[0], []string{w.cloud.Kinesis.URL(), w.cloud.Dynamo.URL(), w.cloud.Snowflake.URL()})
}

// configure writes the cloud's own configuration with other addresses and
// another data_dir.
func (w *world) configure(path, data string, addresses []string) error {
	text, err := os.ReadFile(w.cloud.ConfigFile())
	if err != nil {
		return err
	}
	from := []string{w.cloud.Kinesis.URL(), w.cloud.Dynamo.URL(), w.cloud.Snowflake.URL()}
	pairs := []string{fmt.Sprintf("data_dir: %q", filepath.Join(w.cloud.Dir(), "data")), fmt.Sprintf("data_dir: %q", data)}
	for i := range from {
		pairs = append(pairs, from[i], addresses[i])
	}
	changed := strings.NewReplacer(pairs...).Replace(string(text))
	if !strings.Contains(changed, data) || !strings.Contains(changed, addresses[0]) {
		return fmt.Errorf("%s: the cloud's configuration is not as expected", path)
	}
	return os.WriteFile(path, []byte(changed), 0o600)
}
