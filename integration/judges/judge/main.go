package judge

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// Main is the command line of a program that hears judges. It returns the
// process's exit code: 0 when nobody disagreed, 1 when somebody did or a
// hearing could not be held, 64 for wrong usage.
func Main(args []string, out io.Writer, judges []Judge) int {
	flags := flag.NewFlagSet("judges", flag.ContinueOnError)
	flags.SetOutput(out)
	only := flags.String("only", "", "hear the judges with one of these `WORDS`, split by commas, in their name or in what they are held against")
	record := flags.String("record", "", "write the table of a full run to this Markdown `FILE`, too")
	logs := flags.String("logs", "", "keep all logs in `DIR`; default: those of judges that disagree, in a temporary folder")
	store := flags.String("cache", os.Getenv("KINESNOW_JUDGES_CACHE"), "install into `DIR`; default: below the user's cache folder")
	atATime := flags.Int("at-a-time", 2, "hear `N` judges at once")
	list := flags.Bool("list", false, "name the judges and end")
	if flags.Parse(args) != nil || flags.NArg() > 0 {
		return 64
	}
	if *record != "" && *only != "" {
		fmt.Fprintln(out, "judges: -record writes the table of a full run; leave out -only, or -record")
		return 64
	}
	judges = choose(judges, *only)
	if len(judges) == 0 {
		fmt.Fprintf(out, "judges: none is called %q; -list names them\n", *only)
		return 64
	}
	if *list {
		for _, j := range judges {
			fmt.Fprintf(out, "%s %s on %s\n", j.Name, j.Version, j.Of)
		}
		return 0
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	s := &Session{Cache: *store, Logs: *logs, Say: out, AtATime: *atATime}
	began := time.Now()
	verdicts, err := s.Hear(ctx, judges)
	if err != nil {
		fmt.Fprintf(out, "judges: %v\n", err)
		return 1
	}
	fmt.Fprintln(out)
	err = Print(out, verdicts)
	if *record != "" {
		err = errors.Join(err, recordTo(*record, verdicts))
	}
	if err != nil {
		fmt.Fprintf(out, "judges: %v\n", err)
		return 1
	}
	tally := Count(verdicts)
	fmt.Fprintf(out, "\n%s, in %.0f s\n", tally, time.Since(began).Seconds())
	if tally.NotJudged == tally.Judges {
		fmt.Fprintln(out, "WARNING: nothing was judged: no judge's tools could be installed, so this run says nothing of the project")
	}
	if tally.Disagree > 0 {
		return 1
	}
	return 0
}

func recordTo(path string, verdicts []Verdict) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(Record(f, verdicts, time.Now()), f.Close())
}

// choose keeps the judges that a word names.
func choose(judges []Judge, only string) []Judge {
	if only == "" {
		return judges
	}
	var chosen []Judge
	for _, j := range judges {
		name := strings.ToLower(j.Name + " on " + j.Of)
		for word := range strings.SplitSeq(strings.ToLower(only), ",") {
			if word != "" && strings.Contains(name, word) {
				chosen = append(chosen, j)
				break
			}
		}
	}
	return chosen
}
