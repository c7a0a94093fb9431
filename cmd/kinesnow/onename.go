package main

import (
	"os"
	"strings"

	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// loadOne reads the configuration and finds the connector that a command line
// means. Its errors carry their exit code.
func loadOne(path string, args []string) (string, supervisor.File, error) {
	file, err := load(path)
	if err != nil {
		return "", file, exit(exitConfig, err)
	}
	name, err := oneConnector(file, path, args)
	return name, file, err
}

// loadKeyless is loadOne for what needs no key, and is printed before there is one.
func loadKeyless(path string, args []string) (string, supervisor.File, error) {
	file, err := config.LoadKeyless(path, os.LookupEnv)
	if err != nil {
		return "", file, exit(exitConfig, err)
	}
	name, err := oneConnector(file, path, args)
	return name, file, err
}

// loadSome reads the configuration and finds the connectors that a command line
// names, or all. Its errors carry their exit code.
func loadSome(path string, args []string) ([]string, supervisor.File, error) {
	file, err := load(path)
	if err != nil {
		return nil, file, exit(exitConfig, err)
	}
	if len(args) == 0 {
		return file.Names(), file, nil
	}
	for _, name := range args {
		if _, err := oneConnector(file, path, []string{name}); err != nil {
			return nil, file, err
		}
	}
	return args, file, nil
}

// oneConnector is the connector that a command line means: the one it names, or
// the file's only one.
func oneConnector(file supervisor.File, path string, args []string) (string, error) {
	switch names := file.Names(); {
	case len(args) == 1:
		if _, ok := file.Connectors[args[0]]; !ok {
			return "", usage("no connector %q in %s; it has %s", args[0], path, strings.Join(names, ", "))
		}
		return args[0], nil
	case len(names) == 1:
		return names[0], nil
	default:
		return "", usage("which connector? %s has %s", path, strings.Join(names, ", "))
	}
}
