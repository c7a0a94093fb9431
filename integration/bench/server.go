package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime"

	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

// stageJob tells the server process of cpu runs what to serve.
type stageJob struct {
	Size, Shards int
}

// endpoints is where a contestant finds everything.
type endpoints struct {
	Kinesis, DynamoDB, Snowflake string
	Yardstick, Consumer          string // of servers runs; Consumer is an ARN
}

// stage is the one server process that all contestants of cpu runs meet.
type stage struct {
	events  []event
	kinesis *kinesis
	dynamo  *localdynamo.Server
	pipe    *snowpipe
	want    []shardTally // per shard
}

func newStage(job stageJob) (*stage, error) {
	events := makeEvents(job.Size)
	dynamo, err := localdynamo.Start(localdynamo.Options{})
	if err != nil {
		return nil, err
	}
	return &stage{events: events, kinesis: newKinesis(events, job.Shards), dynamo: dynamo, pipe: newSnowpipe(), want: make([]shardTally, job.Shards)}, nil
}

func (s *stage) listen() (endpoints, error) {
	kinesis, err1 := serve(s.kinesis)
	pipe, err2 := serve(s.pipe)
	return endpoints{Kinesis: kinesis, DynamoDB: s.dynamo.URL(), Snowflake: pipe}, errors.Join(err1, err2)
}

// serve serves a handler on a free loopback port until the process ends.
func serve(h http.Handler) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	go http.Serve(l, h) // without time-outs: both ends are ours
	return "http://" + l.Addr().String(), nil
}

// begin prepares for a contestant that is to move so many records per shard.
func (s *stage) begin(records int64) {
	for shard := range s.want {
		if s.want[shard].Rows != records {
			s.want[shard] = expect(s.events, shard, records)
		}
	}
	s.kinesis.records.Store(records)
	s.pipe.reset()
	runtime.GC() // none of one run's garbage is collected in the next
}

// verdict says what is wrong with what arrived; nil where every row of every
// shard did, once, in order, byte for byte.
func (s *stage) verdict() error {
	found, err := s.pipe.tallies()
	if err != nil {
		return err
	}
	for shard := range s.want {
		name := shardName(shard)
		tally := found[name]
		if tally == nil {
			tally = &shardTally{}
		}
		if why := tally.differs(&s.want[shard]); why != "" {
			return fmt.Errorf("%s: %s", name, why)
		}
	}
	return nil
}
