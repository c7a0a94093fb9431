package main

import (
	"archive/tar"
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed PREVIOUS
var previousFile string

// previousCommit is the commit that PREVIOUS names.
func previousCommit(text string) (string, error) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if len(line) != 40 || strings.Trim(line, "0123456789abcdef") != "" {
			return "", fmt.Errorf("PREVIOUS: %q is no commit id; give 40 hex digits", line)
		}
		return line, nil
	}
	return "", errors.New("PREVIOUS: names no commit")
}

// build compiles the program of a source tree.
func build(ctx context.Context, tree, to string) error {
	_, err := output(ctx, tree, "go", "build", "-trimpath", "-o", to, "./cmd/kinesnow")
	return err
}

// errNoCommit says that a commit is neither here nor to be had.
var errNoCommit = errors.New("commit not here")

// buildCommit compiles the program of a commit, whose source is put into a
// folder of its own: no work tree, no branch, nothing of the repository changes.
func buildCommit(ctx context.Context, tree, commit, folder, to string) error {
	has := func() bool {
		_, err := output(ctx, tree, "git", "cat-file", "-e", commit+"^{commit}")
		return err == nil
	}
	if !has() {
		_, err := output(ctx, tree, "git", "fetch", "--quiet", "--depth=1", "origin", commit)
		if err != nil || !has() {
			return fmt.Errorf("%w: %s", errNoCommit, commit)
		}
	}
	archive, err := output(ctx, tree, "git", "archive", "--format=tar", commit)
	if err != nil {
		return err
	}
	if err := unpack(archive, folder); err != nil {
		return fmt.Errorf("source of %s: %w", commit, err)
	}
	return build(ctx, folder, to)
}

// unpack writes an archive's files under a folder.
func unpack(archive []byte, folder string) error {
	for files := tar.NewReader(bytes.NewReader(archive)); ; {
		h, err := files.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case h.Typeflag != tar.TypeReg || !filepath.IsLocal(h.Name):
			continue
		}
		text, err := io.ReadAll(files)
		if err != nil {
			return err
		}
		path := filepath.Join(folder, filepath.FromSlash(h.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			return err
		}
	}
}

// output runs a command to its end. An error holds what it said.
func output(ctx context.Context, dir, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return out.Bytes(), fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(said.String()))
	}
	return out.Bytes(), nil
}
