package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/integration/module"
)

// options are the command line's.
type options struct {
	only        string
	seed, first uint64
	seeds       int
	seedsGiven  bool
	all, list   bool
	format      string
}

// run does what the command line says.
func run(ctx context.Context, o options, out io.Writer) error {
	printer, err := newPrinter(o.format, out)
	if err != nil {
		return err
	}
	mutants, err := Catalogue()
	if err != nil {
		return err
	}
	chosen, err := choose(mutants, o.only)
	if err != nil {
		return err
	}
	if o.list {
		return printer.list(chosen)
	}
	began := time.Now()
	dir, err := os.MkdirTemp("", "kinesnow-mutants-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	root, err := module.Root(ctx)
	if err != nil {
		return err
	}
	overlay, err := Overlay(root, dir, mutants)
	if err != nil {
		return err
	}
	binary := filepath.Join(dir, "mutated.test")
	if err := Build(ctx, root, overlay, binary); err != nil {
		return err
	}
	if o.seed != 0 {
		return replay(ctx, binary, chosen, o.seed, out)
	}
	r := Range{First: o.first, Count: o.seeds, All: o.all}
	if o.all && !o.seedsGiven {
		r.Count = 1000
	}
	var hunts []*Hunt
	HuntAll(ctx, binary, chosen, r, func(h *Hunt) {
		hunts = append(hunts, h)
		printer.hunt(h)
	})
	plain := filepath.Join(dir, "plain.test")
	if err := Build(ctx, root, "", plain); err != nil {
		return err
	}
	c := compare(plain, binary, controls(hunts))
	printer.control(c, time.Since(began))
	return errors.Join(wrong(hunts), c.wrong())
}

// choose picks mutants by their names, as a list with commas; "" = all of them.
func choose(all []Mutant, only string) ([]Mutant, error) {
	if only == "" {
		return all, nil
	}
	var chosen []Mutant
	for name := range strings.SplitSeq(only, ",") {
		at := slices.IndexFunc(all, func(m Mutant) bool { return m.Name == name })
		if at < 0 {
			return nil, fmt.Errorf("no mutant %q: see -list", name)
		}
		chosen = append(chosen, all[at])
	}
	return chosen, nil
}

// wrong lists the mutants that were not caught.
func wrong(hunts []*Hunt) error {
	var all []error
	for _, h := range hunts {
		if why := h.escaped(); why != "" {
			all = append(all, fmt.Errorf("%s: %s", h.Mutant.Name, why))
		}
	}
	return errors.Join(all...)
}
