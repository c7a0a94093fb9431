package main

import (
	"context"
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/kinesnow/kinesnow/integration/module"
)

const (
	tag      = "mutants"
	simulate = "./integration/sim"
)

// switchFile gives a mutated package its switch.
const switchFile = `package %s

import "` + module.Path + `/integration/mutants/mutant"

// mutated reports whether this process is one of some mutants.
var mutated = mutant.On
`

// Overlay writes mutated copies of the product's files into a folder, and the
// file for go build -overlay that puts them in the originals' places. It
// returns the path of that file.
func Overlay(root, dir string, mutants []Mutant) (string, error) {
	texts, err := Apply(root, mutants)
	if err != nil {
		return "", err
	}
	switches := map[string]string{}
	for name, text := range texts {
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
		if err != nil {
			return "", fmt.Errorf("as the mutants leave it: %w", err)
		}
		switches[path.Join(path.Dir(name), "mutated_switch.go")] = fmt.Sprintf(switchFile, file.Name.Name)
	}
	maps.Copy(texts, switches)
	replace := map[string]string{}
	for name, text := range texts {
		at := filepath.Join(dir, strings.ReplaceAll(name, "/", "_"))
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			return "", err
		}
		replace[filepath.Join(root, filepath.FromSlash(name))] = at
	}
	content, err := json.MarshalIndent(map[string]any{"Replace": replace}, "", "\t")
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, content, 0o600)
}

// Build compiles the simulator's test binary; overlay "" is the product as it is.
func Build(ctx context.Context, root, overlay, binary string) error {
	args := []string{"test", "-c", "-vet=off", "-ldflags=-s -w", "-o", binary}
	if overlay != "" {
		args = append(args, "-tags", tag, "-overlay", overlay)
	}
	command := exec.CommandContext(ctx, "go", append(args, simulate)...)
	command.Dir = root
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("the simulator cannot be built: %w\n%s", err, out)
	}
	return nil
}
