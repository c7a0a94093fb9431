package kcl

import (
	"context"
	"os/exec"
	"path/filepath"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

// thrifty are options of a virtual machine that is to start fast and leave
// room for others.
func thrifty(more ...string) []string {
	return append([]string{"-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8"}, more...)
}

// program is a compiled Java program.
type program struct {
	h     *judge.Hearing
	class string
	path  string // of classes
}

// compile compiles a source once, for a program that is started often.
func compile(ctx context.Context, h *judge.Hearing, tool judge.Maven, class, source string) (program, error) {
	file, err := h.File(class+".java", source)
	if err != nil {
		return program{}, err
	}
	jars, classes := filepath.Join(h.Home(tool), "jars", "*"), filepath.Join(h.Dir, "classes")
	if _, err := h.Output(h.Command(ctx, "javac", "-encoding", "UTF-8", "-proc:none", "-cp", jars, "-d", classes, file)); err != nil {
		return program{}, err
	}
	return program{h, class, classes + string(filepath.ListSeparator) + jars}, nil
}

// command is the program as a process to be. Its log goes to a file of that
// name in the hearing's folder.
func (p program) command(ctx context.Context, log string, env ...string) *exec.Cmd {
	options := thrifty("-Dorg.slf4j.simpleLogger.logFile="+filepath.Join(p.h.Dir, log),
		"-Dorg.slf4j.simpleLogger.showDateTime=true", "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS")
	c := p.h.Command(ctx, "java", append(options, "-cp", p.path, p.class)...)
	c.Env = append(c.Env, env...)
	return c
}
