package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

func main() {
	var (
		full   = flag.Bool("full", false, "also the runs that take more than half a minute")
		only   = flag.String("only", "", "only runs whose name holds this")
		jobs   = flag.Int("jobs", runtime.NumCPU(), "how many at once; a long one takes up to 1.5 GiB")
		limit  = flag.Duration("limit", 15*time.Minute, "for one run")
		record = flag.String("record", "", "write the table to this file, too")
		trace  = flag.String("trace", "", "show how this run fails, step by step")
	)
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	tools, err := findTools(ctx)
	if err == nil && *trace != "" {
		err = tools.trace(ctx, os.Stdout, *trace)
	} else if err == nil {
		err = check(ctx, tools, chosen(*full, *only), *jobs, *limit, *record)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "model:", err)
		os.Exit(1)
	}
}

// chosen are the runs to do, the long ones first: they decide how long it takes.
func chosen(full bool, only string) (list []run) {
	for _, r := range runs {
		if (full || !r.slow) && strings.Contains(r.name, only) {
			list = append(list, r)
		}
	}
	return list
}

// check does the runs and prints what came of each as soon as it is known.
func check(ctx context.Context, tools *tools, list []run, jobs int, limit time.Duration, record string) error {
	if len(list) == 0 {
		return fmt.Errorf("no such run; go run ./integration/model -h")
	}
	began := time.Now()
	fmt.Println(heading())
	var (
		mu      sync.Mutex
		wait    sync.WaitGroup
		results = make([]result, len(list))
		slots   = make(chan struct{}, max(1, jobs))
	)
	for i, r := range list {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			one, cancel := context.WithTimeout(ctx, limit)
			defer cancel()
			got := tools.check(one, r)
			mu.Lock()
			defer mu.Unlock()
			results[i] = got
			fmt.Println(got.line(r))
		})
	}
	wait.Wait()
	wrong := 0
	for i, r := range list {
		if results[i].verdict != r.want {
			wrong++
		}
	}
	summary := fmt.Sprintf("%d runs, %d not as expected; %d states in %s, %d at a time", len(list), wrong, states(results), time.Since(began).Round(time.Second), jobs)
	fmt.Println(summary)
	if record != "" {
		if err := os.WriteFile(record, []byte(table(tools, list, results, summary)), 0o644); err != nil {
			return err
		}
	}
	if wrong > 0 {
		return fmt.Errorf("%d of %d runs came out otherwise than expected", wrong, len(list))
	}
	return ctx.Err()
}

func states(results []result) (n int64) {
	for _, r := range results {
		n += r.states
	}
	return n
}

// table is what -record writes.
func table(tools *tools, list []run, results []result, summary string) string {
	var out strings.Builder
	fmt.Fprintf(&out, "# go run ./integration/model, %s, %s, %s/%s\n", time.Now().UTC().Format(time.DateOnly), tools.version, runtime.GOOS, runtime.GOARCH)
	io.WriteString(&out, heading()+"\n")
	for i, r := range list {
		io.WriteString(&out, results[i].line(r)+"\n")
	}
	io.WriteString(&out, "# "+summary+"\n")
	return out.String()
}

func heading() string {
	return fmt.Sprintf("%-30s %-8s %11s %11s %6s %7s %6s  %s", "name", "verdict", "states", "transitions", "depth", "seconds", "MiB", "switches")
}

// line is one row of the table.
func (g result) line(r run) string {
	mark := ""
	if g.verdict != r.want {
		mark = fmt.Sprintf("   <-- %s expected. %s", r.want, g.text)
	}
	return strings.TrimRight(fmt.Sprintf("%-30s %-8s %11d %11d %6d %7.1f %6.0f  %s%s", r.name, g.verdict, g.states, g.transitions, g.depth, g.seconds, g.mib,
		strings.Join(slices.Concat(r.switches()), " "), mark), " ")
}
