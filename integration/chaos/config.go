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
	return path, w.configure(path, configured{w.data[0], polling}, []string{w.cloud.Kinesis.URL(), w.cloud.Dynamo.URL(), w.cloud.Snowflake.URL()})
}

// configure writes the cloud's own configuration with other addresses, another
// data_dir and another way of reading.
func (w *world) configure(path string, as configured, addresses []string) error {
	text, err := os.ReadFile(w.cloud.ConfigFile())
	if err != nil {
		return err
	}
	stream := fmt.Sprintf("kinesis: {stream: %q", streamName)
	pairs := []string{
		fmt.Sprintf("data_dir: %q", filepath.Join(w.cloud.Dir(), "data")), fmt.Sprintf("data_dir: %q", as.dataDir),
		stream, fmt.Sprintf("%s, consumer_type: %s", stream, as.reads),
	}
	for i, from := range []string{w.cloud.Kinesis.URL(), w.cloud.Dynamo.URL(), w.cloud.Snowflake.URL()} {
		pairs = append(pairs, from, addresses[i])
	}
	changed := strings.NewReplacer(pairs...).Replace(string(text))
	for _, want := range append([]string{as.dataDir, string(as.reads)}, addresses...) {
		if !strings.Contains(changed, want) {
			return fmt.Errorf("%s: the cloud's configuration is not as expected: no %s", path, want)
		}
	}
	return os.WriteFile(path, []byte(changed), 0o600)
}
