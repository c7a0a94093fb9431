package kcl

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

const producerRecords = 1000 // user records, half of them behind a split

// sent is one line of the producer: what became of a user record.
type sent struct {
	Event    string // put, failed, half
	Key      []byte
	Hash     string
	Data     []byte
	Shard    string
	Sequence string
	Attempts int
	Why      string
}

// hearProducer lets the KPL put aggregated records, takes apart what was
// stored with a library of others, and compares.
func hearProducer(ctx context.Context, h *judge.Hearing) error {
	server, err := localkinesis.Start(localkinesis.Options{})
	if err != nil {
		return err
	}
	h.AtEnd(func() { _ = server.Close() })
	if err := server.CreateStream("quakes", 2); err != nil {
		return err
	}
	f, err := newFront(h, server.Handler())
	if err != nil {
		return err
	}
	results, err := produce(ctx, h, f.port, f.authority, func() error { return server.SplitShard("quakes", "shardId-000000000000") })
	if err != nil {
		return err
	}
	stored, err := readAll(ctx, server)
	if err != nil {
		return err
	}
	if err := takeApart(ctx, h, stored); err != nil {
		return err
	}
	if err := keep(h, stored); err != nil {
		return err
	}
	if err := compareRows(ctx, h, "the KPL's records", server, stored); err != nil {
		return err
	}
	return compare(ctx, h, server, f, results, stored)
}

// produce runs the producer and splits a shard when half of its records are put.
func produce(ctx context.Context, h *judge.Hearing, port, authority string, split func() error) (results []sent, err error) {
	p, err := compile(ctx, h, kpl, "KplProducer", kplProducer)
	if err != nil {
		return nil, err
	}
	c := p.command(ctx, "KplProducer.log", "STREAM=quakes", "PORT="+port, "CA="+authority, "CADIR="+filepath.Dir(authority),
		"TEMP="+filepath.Join(h.Dir, "daemon"), fmt.Sprint("RECORDS=", producerRecords), "AGGREGATE=40")
	lines, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	goOn, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	var errs bytes.Buffer
	c.Stderr = &errs
	if err := c.Start(); err != nil {
		return nil, err
	}
	h.AtEnd(func() { _ = c.Process.Kill() })
	scanner := bufio.NewScanner(lines)
	scanner.Buffer(nil, 16<<20)
	for scanner.Scan() {
		var s sent
		if err := json.Unmarshal(scanner.Bytes(), &s); err != nil {
			return nil, fmt.Errorf("%w: %.200s", err, scanner.Bytes())
		}
		switch s.Event {
		case "half":
			if err := split(); err != nil {
				return nil, err
			}
			if err := goOn.Close(); err != nil {
				return nil, err
			}
		case "put", "failed":
			results = append(results, s)
		}
	}
	if err := c.Wait(); err != nil {
		return nil, fmt.Errorf("producer: %w: %s", err, errs.String())
	}
	return results, scanner.Err()
}

// storedRecord is a Kinesis record and what it carries.
type storedRecord struct {
	Shard        string
	Sequence     string
	PartitionKey string
	Data         []byte
	Users        []carried
}

// carried is a user record as aws-kinesis-agg sees it.
type carried struct {
	Key        []byte
	Hash       string
	Data       []byte
	Aggregated bool
}

// readAll reads every shard from its beginning to its tip or end.
func readAll(ctx context.Context, server *localkinesis.Server) (all []storedRecord, err error) {
	const contentType = "application/x-amz-json-1.1"
	for _, sh := range server.Streams()[0].Shards {
		var at struct{ ShardIterator string }
		if err := ask(ctx, server.URL(), "Kinesis_20131202.GetShardIterator", contentType, `{"StreamName":"quakes","ShardIteratorType":"TRIM_HORIZON","ShardId":"`+sh.ID+`"}`, &at); err != nil {
			return nil, err
		}
		for read := int64(0); read < sh.Records; {
			var page struct {
				NextShardIterator string
				Records           []struct {
					SequenceNumber, PartitionKey string
					Data                         []byte
				}
			}
			if err := ask(ctx, server.URL(), "Kinesis_20131202.GetRecords", contentType, `{"ShardIterator":"`+at.ShardIterator+`"}`, &page); err != nil {
				return nil, err
			}
			for _, r := range page.Records {
				all = append(all, storedRecord{Shard: sh.ID, Sequence: r.SequenceNumber, PartitionKey: r.PartitionKey, Data: r.Data})
			}
			read, at.ShardIterator = read+int64(len(page.Records)), page.NextShardIterator
		}
	}
	return all, nil
}

// takeApart de-aggregates with aws-kinesis-agg, checksums included.
func takeApart(ctx context.Context, h *judge.Hearing, stored []storedRecord) error {
	var in bytes.Buffer
	for _, r := range stored {
		line, err := json.Marshal(map[string][]byte{"key": []byte(r.PartitionKey), "data": r.Data})
		if err != nil {
			return err
		}
		in.Write(append(line, '\n'))
	}
	c, err := h.Node(ctx, agg, deaggregateScript)
	if err != nil {
		return err
	}
	c.Stdin = &in
	out, err := h.Output(c)
	if err != nil {
		return err
	}
	lines := bytes.Split(bytes.TrimSpace([]byte(out)), []byte("\n"))
	if len(lines) != len(stored) {
		return fmt.Errorf("aws-kinesis-agg answered %d of %d records", len(lines), len(stored))
	}
	for i, line := range lines {
		if err := json.Unmarshal(line, &stored[i].Users); err != nil {
			return err
		}
	}
	return nil
}

// keep leaves what was stored in the hearing's folder.
func keep(h *judge.Hearing, stored []storedRecord) error {
	b, err := json.MarshalIndent(stored, "", "  ")
	if err != nil {
		return err
	}
	_, err = h.File("kpl-records.json", string(b))
	return err
}
