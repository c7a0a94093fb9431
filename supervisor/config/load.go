package config

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

// Load reads a configuration file, resolves its references, merges defaults:
// into each connector and checks everything, the key and token files that it
// names included. env looks variables up, as os.LookupEnv does; nil knows none.
//
// Relative paths in the file are neighbours of the file. An empty aws.region
// becomes AWS_REGION. The error is an *Error with every problem at once.
func Load(path string, env func(string) (string, bool)) (File, error) {
	return load(path, env, readFile, os.Stat)
}

// LoadKeyless is Load for what is done before there is a key: the key and token
// files that the file names are not opened.
func LoadKeyless(path string, env func(string) (string, bool)) (File, error) {
	l := newLoader(path, env, readFile, os.Stat)
	l.try = func(Snowflake) {}
	return l.load()
}

func load(path string, env func(string) (string, bool), read readFunc, stat statFunc) (File, error) {
	return newLoader(path, env, read, stat).load()
}

func newLoader(path string, env func(string) (string, bool), read readFunc, stat statFunc) *loader {
	if env == nil {
		env = func(string) (string, bool) { return "", false }
	}
	l := &loader{
		file: DefaultFile(), path: path, env: env, read: read, stat: stat,
		places: map[string]place{}, told: map[told]bool{},
	}
	l.try = l.credentials
	return l
}

func (l *loader) load() (File, error) {
	path := l.path
	text, err := l.read(path)
	if err != nil {
		text := "cannot be read: " + reason(err)
		if errors.Is(err, fs.ErrNotExist) {
			text += "; -c names another file, kinesnow init writes a first one"
		}
		return File{}, newError(path, []Problem{{Text: text}})
	}
	doc := document{report: l.report}
	root := doc.parse(text)
	if root == nil {
		return File{}, newError(path, l.problems)
	}
	l.resolve(root)
	l.decode(root)
	l.settle()
	l.check()
	if err := newError(path, l.problems); err != nil {
		return File{}, err
	}
	l.file.path, l.file.origins, l.file.warnings = path, l.origins(), l.warnings
	return l.file, nil
}

// place is where a key's value stands in the file.
type place struct {
	at     mark
	node   *node
	origin string // instead of the node's, when the value did not come from it
}

// outside names the variable or file that the value came from, if one did.
func (p place) outside() string {
	if p.origin != "" || p.node == nil {
		return p.origin
	}
	return strings.Join(p.node.sources, ", ")
}

// told keeps one value under defaults: from being reported for each connector.
type told struct {
	at        mark
	key, text string
}

// loader turns one file into a File.
type loader struct {
	file     File
	path     string
	env      func(string) (string, bool)
	read     readFunc
	stat     statFunc
	scope    string           // defaults or connectors.<name> while it is worked on
	places   map[string]place // dotted key -> where it stands
	problems []Problem
	told     map[told]bool
	try      func(Snowflake) // reports credentials that cannot be read

	profiles *profiles // of connections.toml, once it was read
	warnings []string
}

func (l *loader) report(at mark, key, text string) {
	t := told{at, strings.TrimPrefix(key, l.scope+"."), text}
	if l.told[t] {
		return
	}
	l.told[t] = true
	l.problems = append(l.problems, Problem{Line: at.line, Column: at.column, Key: key, Text: text})
}

// neighbour makes a relative path absolute, as seen from the folder of the file.
func (l *loader) neighbour(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	path = filepath.Join(filepath.Dir(l.path), path)
	if absolute, err := filepath.Abs(path); err == nil {
		return absolute
	}
	return path
}

func (l *loader) resolve(root *node) {
	r := resolver{env: l.env, report: l.report, read: func(path string) ([]byte, error) {
		return l.read(l.neighbour(path))
	}}
	r.resolve(root, "")
}

// decode fills the file's own keys, then a scratch connector with the defaults
// so that they are judged once, then each connector.
func (l *loader) decode(root *node) {
	own := &node{kind: mapping, at: root.at}
	var defaults, connectors *node
	for _, e := range root.entries {
		switch e.key {
		case "defaults":
			defaults = e.value
		case "connectors":
			connectors = e.value
			l.found("connectors", e.at, e.value)
		default:
			own.entries = append(own.entries, e)
		}
	}
	// A key of a connector at the top is told where it belongs.
	hints := slices.Clone(filePaths)
	for _, path := range connectorPaths {
		hints = append(hints, "connectors.NAME."+path)
	}
	d := decoder{everywhere: hints, taken: []string{"defaults"}, report: l.report, found: l.found}
	d.group("", own, reflect.ValueOf(&l.file).Elem())
	if defaults != nil {
		markDefaults(defaults)
		scratch := Defaults()
		l.connector("defaults", defaults, &scratch)
	}
	l.connectors(connectors, defaults)
}

func (l *loader) connectors(connectors, defaults *node) {
	if connectors == nil || connectors.kind == null {
		return
	}
	if connectors.kind != mapping {
		connectors.broken = true
		l.report(connectors.at, "connectors", "must be a map of names, not "+string(connectors.kind))
		return
	}
	if defaults != nil && defaults.kind != mapping {
		defaults = nil
	}
	for _, e := range connectors.entries {
		key := "connectors." + e.key
		l.found(key, e.at, e.value)
		c := Defaults()
		l.connector(key, merge(defaults, e.value), &c)
		l.file.Connectors[e.key] = c
	}
}

func (l *loader) connector(key string, n *node, into *Config) {
	l.scope = key
	d := decoder{everywhere: connectorPaths, report: l.report, found: l.found}
	d.group(key, n, reflect.ValueOf(into).Elem())
	l.scope = ""
}

func (l *loader) found(key string, at mark, n *node) {
	l.places[key] = place{at: at, node: n}
}

// settle fills in what the file leaves to its surroundings.
func (l *loader) settle() {
	l.file.DataDir = l.neighbour(l.file.DataDir)
	listen := l.places["http.listen"].node
	l.file.HTTP.Explicit = listen != nil && listen.kind != null
	for name, c := range l.file.Connectors {
		key := "connectors." + name
		if c.AWS.Region == "" && !l.isBroken(key+".aws.region") {
			if region, set := l.env("AWS_REGION"); set && region != "" {
				c.AWS.Region = region
				p := l.places[key+".aws.region"]
				p.origin = "env AWS_REGION"
				l.places[key+".aws.region"] = p
			}
		}
		s := &c.Snowflake
		if s.Connection != "" && !l.isBroken(key+".snowflake.connection") {
			l.profile(key+".snowflake", s)
		}
		l.references(key+".snowflake", s)
		_, chosen := l.places[key+".snowflake.private_key_file"]
		if !chosen && (s.PrivateKeyInline != "" || s.Authenticator != KeyPair) {
			s.PrivateKeyFile = ""
		}
		s.PrivateKeyFile = l.neighbour(s.PrivateKeyFile)
		s.PrivateKeyFile2 = l.neighbour(s.PrivateKeyFile2)
		s.TokenFile = l.neighbour(s.TokenFile)
		l.file.Connectors[name] = c
	}
}

// origins lists where values came from. What it does not list is a default.
func (l *loader) origins() map[string]string {
	out := make(map[string]string, len(l.places))
	for key, p := range l.places {
		switch {
		case p.origin != "":
			out[key] = p.origin
		case p.node != nil:
			out[key] = p.node.origin(l.path)
		}
	}
	maps.DeleteFunc(out, func(_, origin string) bool { return origin == "default" })
	return out
}
