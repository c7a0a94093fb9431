package config

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
)

var (
	connectorName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,63}$`)
	nodeName      = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}$`)
)

const connectorNameRule = "is not a connector name; use up to 64 of a-z A-Z 0-9 _ . - and begin with a letter or digit"

// Validate checks ranges, required keys and combinations, without I/O: key and
// token files are not opened. The error is an *Error whose keys begin with
// connectors.<name>; it holds every problem.
func (c Config) Validate(name string) error {
	var problems []Problem
	root := "connectors." + name
	if !connectorName.MatchString(name) {
		problems = append(problems, Problem{Key: root, Text: quote(name) + " " + connectorNameRule})
	}
	for _, f := range c.findings() {
		problems = append(problems, f.problem(root))
	}
	return newError("", problems)
}

// Validate checks the file's own keys, every connector, and what connectors
// must not share. The error is an *Error.
func (f File) Validate() error {
	var problems []Problem
	for _, found := range f.findings() {
		problems = append(problems, found.problem(""))
	}
	for _, name := range f.Names() {
		for _, found := range f.Connectors[name].findings() {
			problems = append(problems, found.problem("connectors."+name))
		}
	}
	return newError("", problems)
}

// findings checks one connector.
func (c Config) findings() findings {
	var fs findings
	fs.choices(reflect.ValueOf(c), "")
	c.checkSource(&fs)
	c.Snowflake.check(&fs)
	durations(&fs, "lease.duration", c.Lease.Duration, time.Second, 10*time.Minute)
	durations(&fs, "lease.renew", c.Lease.Renew, 100*time.Millisecond, 10*time.Minute)
	if c.Lease.Duration < 3*c.Lease.Renew {
		found := fs.says("lease.duration", "%s is too short: a lease outlives three renewals, so at least 3 x lease.renew (%s) = %s",
			formatDuration(c.Lease.Duration), formatDuration(c.Lease.Renew), formatDuration(3*c.Lease.Renew))
		found.with = []string{"lease.renew"}
	}
	integers(&fs, "deadletter.max_per_minute", c.DeadLetter.MaxPerMinute, 1, 1_000_000)
	durations(&fs, "journal.retention", c.Journal.Retention, time.Hour, 87_600*time.Hour)
	sizes(&fs, "journal.max_bytes", c.Journal.MaxBytes, MiB)
	return fs
}

// findings checks the file's own keys and what its connectors must not share.
// Keys are those of the file.
func (f File) findings() findings {
	var fs findings
	fs.choices(reflect.ValueOf(f), "")
	sizes(&fs, "memory", f.Memory, 8*MiB)
	durations(&fs, "drain_timeout", f.DrainTimeout, time.Second, 10*time.Minute)
	if f.Node != "" && !nodeName.MatchString(f.Node) {
		fs.rejects("node", f.Node, "is not a node name; use up to 64 of a-z A-Z 0-9 _ - and begin with a letter or digit")
	}
	if !isListenAddress(f.HTTP.Listen) {
		fs.rejects("http.listen", f.HTTP.Listen, "is not HOST:PORT; write for example %s, or :4195 for every address", DefaultListen)
	}
	if len(f.Connectors) == 0 {
		fs.says("connectors", "is required: at least one connector, a name with its keys below it")
	}
	readers := map[string]string{}
	for _, name := range f.Names() {
		f.checkConnector(&fs, name, readers)
	}
	return fs
}

// checkConnector checks what one connector's own keys cannot show. readers
// holds who reads which stream under which application.
func (f File) checkConnector(fs *findings, name string, readers map[string]string) {
	c, key := f.Connectors[name], "connectors."+name
	if !connectorName.MatchString(name) {
		fs.rejects(key, name, connectorNameRule)
	}
	if c.DeadLetter.To == DeadLetterFile && f.DataDir == "" {
		fs.says(key+".deadletter.to", "file needs a folder to write to; set data_dir").with = []string{"data_dir"}
	}
	stream := c.Kinesis.StreamName()
	if c.Application == "" || stream == "" {
		return
	}
	reader := strings.Join([]string{c.Application, c.AWS.Region, c.AWS.Endpoints.DynamoDB, stream}, "\n")
	if other, taken := readers[reader]; taken {
		fs.says(key+".application", "connector %s reads the same stream under the same application, so the two would share their leases; give one of them another application", other).
			with = []string{key + ".kinesis.stream", "connectors." + other + ".application", "connectors." + other + ".kinesis.stream"}
		return
	}
	readers[reader] = name
}

func durations(fs *findings, key string, v, least, most time.Duration) {
	if v < least || v > most {
		fs.says(key, "%s is out of range; use %s to %s", formatDuration(v), formatDuration(least), formatDuration(most))
	}
}

func integers(fs *findings, key string, v, least, most int) {
	if v < least || v > most {
		fs.says(key, "%d is out of range; use %d to %d", v, least, most)
	}
}

func sizes(fs *findings, key string, v, least Bytes) {
	if v < least {
		fs.says(key, "%s is too small; use at least %s", v, least)
	}
}

// firstSet returns the key of the first pair whose value is not empty.
func firstSet(pairs ...[2]string) (key string) {
	i := slices.IndexFunc(pairs, func(p [2]string) bool { return p[1] != "" })
	if i < 0 {
		return ""
	}
	return pairs[i][0]
}
