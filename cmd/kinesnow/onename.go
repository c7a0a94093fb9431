package main

import "github.com/kinesnow/kinesnow/supervisor"

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

// oneConnector is the connector that a command line means: the one it names, or
// the file's only one.
func oneConnector(file supervisor.File, path string, args []string) (string, error) {
	switch names := file.Names(); {
	case len(args) == 1:
		if _, ok := file.Connectors[args[0]]; !ok {
			return "", usage("no connector %q in %s; there are %v", args[0], path, names)
		}
		return args[0], nil
	case len(names) == 1:
		return names[0], nil
	default:
		return "", usage("which connector? %s has %v", path, names)
	}
}
