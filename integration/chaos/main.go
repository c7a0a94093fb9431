package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/kinesnow/kinesnow/integration/module"
	"github.com/kinesnow/kinesnow/integration/transcript"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := run(ctx, os.Args[1:], os.Stdout)
	stop()
	os.Exit(code)
}

// The exit codes.
const (
	exitFine    = 0
	exitFailure = 1
	exitUsage   = 64
)

// run is the whole command.
func run(ctx context.Context, args []string, out io.Writer) int {
	o, err := parse(args, out)
	if errors.Is(err, flag.ErrHelp) {
		return exitFine
	}
	if err != nil {
		fmt.Fprintln(out, "chaos:", err)
		return exitUsage
	}
	r, err := newRun(ctx, o, out)
	if err != nil {
		fmt.Fprintln(out, "chaos:", err)
		return exitFailure
	}
	return r.verdict(ctx, r.phases(ctx))
}

// chaos is one run.
type chaos struct {
	o       options
	out     io.Writer
	dir     string
	tree    string
	began   time.Time
	nursery *nursery
	now     program // N
}

func newRun(ctx context.Context, o options, out io.Writer) (r *chaos, err error) {
	r = &chaos{o: o, out: out, began: time.Now(), nursery: newNursery()}
	if r.tree, err = module.Root(ctx); err != nil {
		return nil, err
	}
	if r.dir, err = o.folder(); err != nil {
		return nil, err
	}
	r.now = program{current, filepath.Join(r.dir, "kinesnow"), polling}
	fmt.Fprintf(out, "chaos: seed %d, folder %s\n", o.seed, r.dir)
	return r, build(ctx, r.tree, r.now.path)
}

// folder is a new one, or the one asked for, which must not hold anything.
func (o options) folder() (string, error) {
	if o.dir == "" {
		return os.MkdirTemp("", "kinesnow-chaos-")
	}
	dir, err := filepath.Abs(o.dir)
	if err != nil {
		return "", err
	}
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return "", fmt.Errorf("-dir %s: is not empty; name another folder", dir)
	}
	return dir, os.MkdirAll(dir, 0o700)
}

// phases runs what was asked for and returns what is wrong. The program of
// PREVIOUS is compiled beside the storms; takeover and mixed fleet, which mostly
// wait, run side by side.
func (r *chaos) phases(ctx context.Context) (trouble []string) {
	var beside sync.WaitGroup
	var before program
	var absent error
	if r.o.mixed {
		beside.Go(func() { before, absent = r.previous(ctx) })
	}
	if r.o.length > 0 {
		trouble = append(trouble, r.storms(ctx)...)
	}
	beside.Wait()
	var mu sync.Mutex
	phase := func(name string, do func(context.Context, io.Writer) []string) {
		beside.Go(func() {
			text := &transcript.Text{}
			found := do(ctx, text)
			mu.Lock()
			defer mu.Unlock()
			fmt.Fprintf(r.out, "%s\n%s", name, text.String())
			trouble = append(trouble, found...)
		})
	}
	if r.o.takeover {
		phase("takeover and hand-off with the default lease of 20 s", r.takeoverPhase)
	}
	switch {
	case !r.o.mixed:
	case errors.Is(absent, errNoCommit):
		fmt.Fprintf(r.out, "N-1 not run: %v\n", absent)
	case absent != nil:
		trouble = append(trouble, "N-1: "+absent.Error())
	default:
		phase("N and N-1 side by side on one lease table", func(ctx context.Context, out io.Writer) []string { return r.mixedPhase(ctx, out, before) })
	}
	beside.Wait()
	return trouble
}

// world makes one, in a folder of its own.
func (r *chaos) world(p plan) (*world, error) {
	p.dir, p.nursery = filepath.Join(r.dir, p.name), r.nursery
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return nil, err
	}
	var loud io.Writer
	if r.o.verbose {
		loud = r.out
	}
	var err error
	if p.trace, err = newTrace(filepath.Join(p.dir, "trace.ndjson"), loud); err != nil {
		return nil, err
	}
	return newWorld(p)
}

// verdict tells how it ended. A bad run keeps its folder.
func (r *chaos) verdict(ctx context.Context, trouble []string) int {
	took := time.Since(r.began).Round(time.Second)
	if ctx.Err() != nil {
		trouble = append(trouble, "interrupted")
	}
	if len(trouble) > 0 {
		fmt.Fprintf(r.out, "\nFAILED after %s\n", took)
		for _, t := range trouble {
			fmt.Fprintln(r.out, "  "+t)
		}
		fmt.Fprintf(r.out, "seed %d   kept: %s   again: %s\n", r.o.seed, r.dir, r.o.again())
		return exitFailure
	}
	fmt.Fprintf(r.out, "\nexact, every kill and fault survived, in %s   seed %d\n", took, r.o.seed)
	if r.o.keep || r.o.dir != "" {
		fmt.Fprintln(r.out, "kept:", r.dir)
		return exitFine
	}
	if err := os.RemoveAll(r.dir); err != nil {
		fmt.Fprintln(r.out, err)
	}
	return exitFine
}
