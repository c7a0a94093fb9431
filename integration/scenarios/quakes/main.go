package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	only := flag.String("only", "", "one `scenario`: fields or kills")
	binary := flag.String("binary", "", "a kinesnow `FILE` to use instead of building one")
	keep := flag.String("keep", "", "keep logs and configurations in `DIR`")
	delay := flag.Duration("commit-delay", 2*time.Second, "of kills: from acceptance to commit")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	t := &transcript{out: os.Stdout}
	if err := run(ctx, t, *only, *binary, *keep, *delay); err != nil {
		fmt.Fprintf(os.Stderr, "quakes: %v\n", err)
		os.Exit(1)
	}
	if t.end() > 0 {
		os.Exit(1)
	}
}

// scenarios in the order in which they run.
var scenarios = []struct {
	name string
	run  func(context.Context, *flow) error
}{{"fields", fields}, {"kills", kills}}

func run(ctx context.Context, t *transcript, only, binary, keep string, delay time.Duration) (err error) {
	box, err := newToolbox(ctx, t, binary, keep)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, box.close()) }()
	records, err := readInput(box.file("integration", "demo", "earthquakes.ndjson"))
	if err != nil {
		return err
	}
	t.say("input: %d lines, %d partition keys (the field net), %d bytes", len(records.lines), len(records.keys()), records.size)
	ran := 0
	for _, s := range scenarios {
		if only != "" && only != s.name {
			continue
		}
		ran++
		began := time.Now()
		t.heading(s.name)
		if err := play(ctx, &flow{t: t, box: box, in: records, name: s.name, commitDelay: delay}, s.run); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		t.say("%s took %.0f s", s.name, time.Since(began).Seconds())
	}
	if ran == 0 {
		return fmt.Errorf("no scenario %q: fields or kills", only)
	}
	return nil
}

// play runs one scenario and ends whatever it left running.
func play(ctx context.Context, f *flow, scenario func(context.Context, *flow) error) (err error) {
	defer func() { err = errors.Join(err, f.close()) }()
	return scenario(ctx, f)
}
