// Command kinesnow moves Kinesis streams into Snowflake tables. Each verb is
// one thin file: flags and files in, an exit code out. main.go ends the
// process, root.go collects the verbs, exit.go knows the exit codes.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// version is the release, set by the linker: -X main.version=1.2.3. Without it
// the module's own version is shown.
var version string

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}

// untilSignal returns a context that ends with the first SIGINT or SIGTERM. The
// second one ends the process at once: what is in flight is read again by the
// next one.
func untilSignal(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		defer signal.Stop(signals)
		select {
		case <-signals:
			cancel()
		case <-ctx.Done():
		}
		if second, ok := (<-signals).(syscall.Signal); ok {
			os.Exit(128 + int(second))
		}
	}()
	return ctx, cancel
}
