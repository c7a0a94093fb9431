package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	o := options{}
	flag.StringVar(&o.only, "only", "", "one mutant by name, or several with commas between")
	flag.Uint64Var(&o.seed, "seed", 0, "replay this seed alone, and print the end of its trace")
	flag.Uint64Var(&o.first, "first", 1, "the first seed")
	flag.IntVar(&o.seeds, "seeds", 300, "within how many seeds a mutant has to be caught")
	flag.BoolVar(&o.all, "all", false, "run every seed, 1,000 unless -seeds says otherwise, and tell how many of them catch each mutant")
	flag.BoolVar(&o.list, "list", false, "tell what the mutants are, and run nothing")
	flag.StringVar(&o.format, "o", "text", "text or json")
	flag.Parse()
	flag.Visit(func(f *flag.Flag) { o.seedsGiven = o.seedsGiven || f.Name == "seeds" })
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}
