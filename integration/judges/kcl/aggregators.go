package kcl

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/integration/producer"
)

var (
	//go:embed aggregator.xml
	aggregatorPOM string
	//go:embed aggregate.txt
	aggregateRequirements string
	//go:embed Aggregate.java
	aggregateJava string
	//go:embed aggregate.py
	aggregatePython string
	//go:embed aggregate.mjs
	aggregateNode string

	aggregator       = judge.Maven{POM: aggregatorPOM}
	pythonAggregator = judge.Pip{Requirements: aggregateRequirements}
)

// maker is a library that aggregates.
type maker struct {
	name    string
	command func(ctx context.Context, h *judge.Hearing) (*exec.Cmd, error)
}

var makers = []maker{
	{"amazon-kinesis-aggregator (Java)", func(ctx context.Context, h *judge.Hearing) (*exec.Cmd, error) {
		return h.Java(ctx, aggregator, aggregateJava, thrifty())
	}},
	{"aws_kinesis_agg (Python)", func(ctx context.Context, h *judge.Hearing) (*exec.Cmd, error) {
		return h.Python(ctx, pythonAggregator, aggregatePython)
	}},
	{"aws-kinesis-agg (npm)", func(ctx context.Context, h *judge.Hearing) (*exec.Cmd, error) {
		return h.Node(ctx, agg, aggregateNode)
	}},
}

// given is a user record as an aggregator is given it.
type given struct {
	Key  string `json:"key"`
	Hash string `json:"hash"`
	Data []byte `json:"data"`
}

// batches are what each aggregator puts together, a Kinesis record each.
func batches() (all [][]given) {
	number := 0
	for _, size := range []int{1, 2, 7, 200} {
		batch := make([]given, size)
		for i := range batch {
			number++
			batch[i] = given{Key: fmt.Sprintf("schlüssel-%d", number%5), Data: fmt.Appendf(nil, `{"n":%d,"text":"été %s"}`, number, strings.Repeat("x", number%97))}
			switch number % 11 {
			case 3:
				batch[i].Hash = fmt.Sprintf("17014118346046923173168730371588410572%d", number%10)
			case 4:
				batch[i].Data = fmt.Appendf(nil, "no object %d", number)
			}
		}
		all = append(all, batch)
	}
	return all
}

// hearAggregators lets libraries aggregate, reads what they made with the
// connector's own source, and lets one of them take apart what the project's
// own producer makes.
func hearAggregators(ctx context.Context, h *judge.Hearing) error {
	for _, m := range makers {
		if err := m.hear(ctx, h); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	return hearOurs(ctx, h)
}

func (m maker) hear(ctx context.Context, h *judge.Hearing) error {
	server, err := newQuakes(h)
	if err != nil {
		return err
	}
	var in bytes.Buffer
	for _, batch := range batches() {
		if err := json.NewEncoder(&in).Encode(batch); err != nil {
			return err
		}
	}
	c, err := m.command(ctx, h)
	if err != nil {
		return err
	}
	c.Stdin = &in
	out, err := h.Output(c)
	if err != nil {
		return err
	}
	var stored []storedRecord
	for i, line := range strings.Split(strings.TrimSpace(out), "\n") {
		var made struct {
			Key  string
			Data []byte
		}
		if err := json.Unmarshal([]byte(line), &made); err != nil {
			return fmt.Errorf("%w: %.200s", err, line)
		}
		r, err := putQuakes(server, made.Key, made.Data)
		if err != nil {
			return err
		}
		for _, u := range batches()[i] {
			r.Users = append(r.Users, carried{Key: []byte(u.Key), Data: u.Data, Aggregated: true})
		}
		stored = append(stored, r)
	}
	h.Logf("%s made %d aggregates", m.name, len(stored))
	return compareRows(ctx, h, m.name, server, stored)
}

// hearOurs lets aws-kinesis-agg take apart what integration/producer makes.
func hearOurs(ctx context.Context, h *judge.Hearing) error {
	server, err := newQuakes(h)
	if err != nil {
		return err
	}
	var stored []storedRecord
	users := 0
	for _, batch := range batches() {
		all := make([]producer.User, len(batch))
		for i, u := range batch {
			all[i] = producer.User{Key: u.Key, Hash: u.Hash, Data: u.Data}
		}
		r, err := putQuakes(server, producer.SharedKey, producer.Aggregate(all...))
		if err != nil {
			return err
		}
		stored, users = append(stored, r), users+len(all)
	}
	if err := takeApart(ctx, h, stored); err != nil {
		return err
	}
	same := 0
	for i, batch := range batches() {
		for j, u := range batch {
			if c := stored[i].Users; j < len(c) && string(c[j].Key) == u.Key && bytes.Equal(c[j].Data, u.Data) {
				same++
			}
		}
	}
	h.Hold("aggregates of integration/producer", same == users, "aws-kinesis-agg reads %d of %d user records as they were put", same, users)
	return compareRows(ctx, h, "integration/producer", server, stored)
}

func newQuakes(h *judge.Hearing) (*localkinesis.Server, error) {
	server, err := localkinesis.Start(localkinesis.Options{})
	if err != nil {
		return nil, err
	}
	h.AtEnd(func() { _ = server.Close() })
	return server, server.CreateStream("quakes", 1)
}

func putQuakes(server *localkinesis.Server, key string, data []byte) (storedRecord, error) {
	puts, err := server.PutRecords("quakes", []localkinesis.Record{{PartitionKey: key, Data: data}})
	if err != nil {
		return storedRecord{}, err
	}
	return storedRecord{Shard: puts[0].ShardID, Sequence: puts[0].SequenceNumber, PartitionKey: key, Data: data}, nil
}
