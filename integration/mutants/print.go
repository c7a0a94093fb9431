package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// printer tells what came of it.
type printer interface {
	list([]Mutant) error
	hunt(*Hunt)
	control(c *Control, took time.Duration)
}

func newPrinter(format string, out io.Writer) (printer, error) {
	switch format {
	case "text":
		return &textPrinter{out: out}, nil
	case "json":
		return &jsonPrinter{json.NewEncoder(out)}, nil
	}
	return nil, fmt.Errorf("-o %s: want text or json", format)
}

// textPrinter prints tables.
type textPrinter struct {
	out    io.Writer
	began  bool
	hunts  int
	caught int
}

const row = "%-24s %-8s %-6s %-11s %6s %7s %7s  %s\n"

func (p *textPrinter) list(all []Mutant) error {
	for _, m := range all {
		fmt.Fprintf(p.out, "%-24s %-8s %-6s %s\n", m.Name, m.Rule, m.Model, m.Wrong)
	}
	return nil
}

func (p *textPrinter) hunt(h *Hunt) {
	if !p.began {
		p.began = true
		fmt.Fprintf(p.out, row, "mutant", "rule", "model", "caught as", "seed", "tried", "cpu s", "what it said; make mutants MUTANT=.. SEED=.. replays it")
	}
	p.hunts++
	first, said := "-", h.Verdict
	if h.First != 0 {
		p.caught++
		first = fmt.Sprint(h.First)
	}
	if why := h.escaped(); why != "" {
		said = why
		p.caught -= min(1, int(h.First))
	}
	tried := fmt.Sprint(h.Tried)
	if h.Caught > 1 {
		tried = fmt.Sprintf("%d/%d", h.Caught, h.Tried)
	}
	if len(said) > 140 {
		said = said[:140] + "..."
	}
	fmt.Fprintf(p.out, row, h.Mutant.Name, h.Mutant.Rule, h.Mutant.Model, h.Kind(), first, tried, fmt.Sprintf("%.1f", h.Took.Seconds()), said)
}

func (p *textPrinter) control(c *Control, took time.Duration) {
	fmt.Fprintf(p.out, "%d of %d mutants caught; without one, %d seeds: %d failed, %d left another trace than the product as it is; %.0f s\n",
		p.caught, p.hunts, len(c.Seeds), len(c.Failed), len(c.Differ), took.Seconds())
}

// jsonPrinter prints a line per mutant, and one at the end.
type jsonPrinter struct{ out *json.Encoder }

func (p *jsonPrinter) list(all []Mutant) error {
	for _, m := range all {
		if err := p.out.Encode(map[string]string{"mutant": m.Name, "rule": m.Rule, "model": m.Model, "wrong": m.Wrong}); err != nil {
			return err
		}
	}
	return nil
}

func (p *jsonPrinter) hunt(h *Hunt) {
	m := map[string]any{
		"mutant": h.Mutant.Name, "rule": h.Mutant.Rule, "model": h.Mutant.Model, "wrong": h.Mutant.Wrong,
		"tried": h.Tried, "caught": h.Caught, "cpuSeconds": h.Took.Seconds(),
	}
	if h.First != 0 {
		m["kind"], m["seed"], m["verdict"] = h.Kind(), h.First, h.Verdict
		m["replay"] = fmt.Sprintf("make mutants MUTANT=%s SEED=%d", h.Mutant.Name, h.First)
	}
	if why := h.escaped(); why != "" {
		m["escaped"] = why
	}
	_ = p.out.Encode(m) // to standard output, of texts and numbers
}

func (p *jsonPrinter) control(c *Control, took time.Duration) {
	_ = p.out.Encode(map[string]any{"controls": len(c.Seeds), "failed": c.Failed, "differ": c.Differ, "seconds": took.Seconds()}) // the same
}
