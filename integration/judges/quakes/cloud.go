package quakes

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

// cloud is a `kinesnow dev` process.
type cloud struct {
	Kinesis        string `json:"kinesis"`
	DynamoDB       string `json:"dynamodb"`
	Snowflake      string `json:"snowflake"`
	Account        string `json:"account"`
	User           string `json:"user"`
	Role           string `json:"role"`
	Database       string `json:"database"`
	Schema         string `json:"schema"`
	Region         string `json:"region"`
	PrivateKeyFile string `json:"private_key_file"`
	Config         string `json:"config"`

	command *exec.Cmd
}

// startCloud starts `kinesnow dev -o json` and reads its ready line.
func startCloud(ctx context.Context, f *flow, args ...string) (*cloud, error) {
	args = append([]string{"dev", "-o", "json"}, args...)
	c := &cloud{command: exec.CommandContext(context.WithoutCancel(ctx), f.box.binary, args...)}
	out, err := c.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(f.box.h.Dir, "dev.log"))
	if err != nil {
		return nil, err
	}
	defer log.Close() // the process has its own
	c.command.Stderr = log
	if err := c.command.Start(); err != nil {
		return nil, err
	}
	ready, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(ready, c)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("kinesnow dev: %w", err), c.close())
	}
	f.t.say("$ kinesnow %s", strings.Join(args, " "))
	f.t.say("%s", strings.TrimSpace(string(ready)))
	return c, nil
}

// close ends the process as Ctrl-C would.
func (c *cloud) close() error {
	if err := c.command.Process.Signal(syscall.SIGINT); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- c.command.Wait() }()
	select {
	case err := <-done:
		return err
	case <-time.After(10 * time.Second):
		return errors.Join(errors.New("kinesnow dev did not end within 10 s of SIGINT"), c.command.Process.Kill())
	}
}

// awsEnvironment points AWS clients at the cloud.
func (c *cloud) awsEnvironment() []string {
	return judge.Environment("AWS_ENDPOINT_URL_KINESIS="+c.Kinesis, "AWS_ENDPOINT_URL_DYNAMODB="+c.DynamoDB, "AWS_REGION="+c.Region, "AWS_DEFAULT_REGION="+c.Region)
}

// connectArguments are those of snowflake.connector.connect().
func (c *cloud) connectArguments() (string, error) {
	u, err := url.Parse(c.Snowflake)
	if err != nil {
		return "", err
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		return "", fmt.Errorf("%s: %w", c.Snowflake, err)
	}
	text, err := json.Marshal(map[string]any{
		"account": c.Account, "user": c.User, "role": c.Role, "database": c.Database, "schema": c.Schema,
		"protocol": u.Scheme, "host": u.Hostname(), "port": port,
		"authenticator": "SNOWFLAKE_JWT", "private_key_file": c.PrivateKeyFile, "login_timeout": 10, "network_timeout": 20,
	})
	return string(text), err
}

// withShortLeases writes the cloud's configuration again with one line more,
// so that a successor takes over after seconds.
func (c *cloud) withShortLeases(path string) error {
	text, err := os.ReadFile(c.Config)
	if err != nil {
		return err
	}
	const after, added = "defaults:\n", "  lease: {duration: 3s, renew: 1s}\n"
	if strings.Count(string(text), after) != 1 {
		return fmt.Errorf("%s has no line %q to write the leases after", c.Config, strings.TrimSpace(after))
	}
	return os.WriteFile(path, []byte(strings.Replace(string(text), after, after+added, 1)), 0o600)
}

// pause waits, or less when ctx ends; false then.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
