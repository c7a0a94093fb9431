package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"time"
)

// errMissed says that a campaign ran and a target was missed.
var errMissed = errors.New("a target was missed")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run does what the first argument says. Those that begin with _ are the roles
// of the processes that a campaign starts.
func run(ctx context.Context, args []string) error {
	verb := "cpu"
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		verb, args = args[0], args[1:]
	}
	argument := ""
	if len(args) > 0 {
		argument = args[0]
	}
	switch verb {
	case "cpu":
		return cpuCommand(ctx, args)
	case "memory":
		return memoryCommand(ctx, args)
	case "servers":
		return serversCommand(ctx, args)
	case "shards":
		return shardsCommand(ctx, args)
	case "channels":
		return channelsCommand(ctx, args)
	case "_c1":
		return contest(argument, straight(dialHTTP))
	case "_f1":
		return contest(argument, straight(dialRaw))
	case "_connector":
		return contest(argument, connector)
	case "_stage":
		return stageRole(argument)
	case "_load":
		return contest(argument, carry)
	case "_hall":
		return hallRole(argument)
	case "_backlog":
		return backlogRole(argument)
	case "_shore":
		return shoreRole(argument)
	case "_poller":
		return contest(argument, poll)
	case "_fleet":
		return fleetRole(argument)
	}
	return fmt.Errorf("%q is none of cpu, memory, servers, shards and channels; see bench -h", verb)
}

func cpuCommand(ctx context.Context, args []string) error {
	var o cpuOptions
	flags := flag.NewFlagSet("bench cpu", flag.ExitOnError)
	flags.IntVar(&o.pairs, "pairs", 7, "interleaved rounds; fewer than 7 prove nothing")
	flags.IntVar(&o.mb, "mb", 800, "raw `MB` of a run; fewer than 200 prove nothing")
	flags.IntVar(&o.size, "size", 1024, "`bytes` of a record: 200, 1024 or 10240")
	flags.IntVar(&o.shards, "shards", 8, "shards of the stream, 1 to 99")
	flags.StringVar(&o.profile, "cpuprofile", "", "write CPU profiles to `FILE` (the connector) and FILE.c1 instead")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch {
	case !slices.Contains([]int{200, 1024, 10240}, o.size):
		return fmt.Errorf("-size %d: give 200, 1024 or 10240", o.size)
	case o.shards < 1, o.shards > 99:
		return fmt.Errorf("-shards %d: give 1 to 99", o.shards)
	case o.pairs < 1, o.mb < 1:
		return errors.New("-pairs and -mb: give 1 or more")
	}
	return missed(runCPU(ctx, o))
}

func memoryCommand(ctx context.Context, args []string) error {
	var o memoryOptions
	flags := flag.NewFlagSet("bench memory", flag.ExitOnError)
	flags.IntVar(&o.runs, "runs", 3, "runs of each commit delay, in turn")
	flags.IntVar(&o.mb, "mb", 2500, "raw `MB` of the backlog; a run should last 20 s or more")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.runs < 1 || o.mb < 1 {
		return errors.New("-runs and -mb: give 1 or more")
	}
	return missed(runMemory(ctx, o))
}

func serversCommand(ctx context.Context, args []string) error {
	var o serversOptions
	flags := flag.NewFlagSet("bench servers", flag.ExitOnError)
	flags.IntVar(&o.runs, "runs", 5, "runs of each line, the yardstick's in turn with them")
	flags.IntVar(&o.mb, "mb", 250, "`MB` of a run into or out of localkinesis; four times as many into localsnowflake")
	flags.StringVar(&o.only, "only", "", "run the lines whose name holds `TEXT` alone")
	flags.StringVar(&o.profile, "cpuprofile", "", "write CPU profiles of the server process to `FILE` and of the last client to FILE.client")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.runs < 1 || o.mb < 8 {
		return errors.New("-runs: give 1 or more; -mb: give 8 or more")
	}
	return missed(runServers(ctx, o))
}

func shardsCommand(ctx context.Context, args []string) error {
	var o shardsOptions
	flags := flag.NewFlagSet("bench shards", flag.ExitOnError)
	flags.IntVar(&o.shards, "shards", 1000, "shards of the stream, 100 to 1800")
	flags.DurationVar(&o.idle, "for", time.Minute, "how long each phase is measured")
	flags.BoolVar(&o.fanOut, "fan-out", true, "also read by enhanced fan-out")
	flags.StringVar(&o.profile, "profile", "", "write CPU and heap profiles of the connector to `FILE`.<run>.<phase>")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.shards < 100 || o.shards > 1800 || o.idle < time.Second {
		return errors.New("-shards: give 100 to 1800; -for: give a second or more")
	}
	return missed(runShards(ctx, o))
}

func channelsCommand(ctx context.Context, args []string) error {
	var o channelsOptions
	flags := flag.NewFlagSet("bench channels", flag.ExitOnError)
	flags.IntVar(&o.channels, "channels", 1800, "channels of the pipe, 1 to 1800")
	flags.DurationVar(&o.every, "every", time.Second, "each shard gets a record in every such time")
	flags.DurationVar(&o.length, "for", time.Minute, "how long each run is measured")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.channels < 1 || o.channels > 1800 || o.length < time.Second || o.every < 10*time.Millisecond {
		return errors.New("-channels: give 1 to 1800; -for: give a second or more; -every: give 10 ms or more")
	}
	return missed(runChannels(ctx, o))
}

func missed(good bool, err error) error {
	if err == nil && !good {
		err = errMissed
	}
	return err
}

func stageRole(argument string) error {
	var j stageJob
	if err := json.Unmarshal([]byte(argument), &j); err != nil {
		return err
	}
	s, err := newStage(j)
	if err != nil {
		return err
	}
	at, err := s.listen()
	if err != nil {
		return err
	}
	return obey(at, func(o order) (endpoints, error) {
		if o.Verdict {
			return at, s.verdict()
		}
		s.begin(o.Records)
		return at, nil
	})
}
