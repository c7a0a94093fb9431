package quakes

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// aws puts and reads with boto3, and puts with the AWS CLI.
type aws struct {
	boto    *client
	box     *toolbox
	env     []string
	version string // of the CLI
}

// put is one record that was put, with what the client was answered.
type put struct {
	line     *line
	shard    string
	sequence string
}

// id names a record: sequence numbers are unique within a stream.
func (p put) id() string { return p.shard + " " + p.sequence }

// blob is a value of AWS's type blob, as boto3_calls.py takes and gives it.
type blob struct {
	Base64 []byte `json:"base64"`
}

// call calls one method of boto3's client of a service.
func (a *aws) call(service, method string, arguments map[string]any, answer any) error {
	err := a.boto.ask(map[string]any{"service": service, "call": method, "args": arguments}, answer)
	if err != nil {
		return fmt.Errorf("boto3 %s.%s: %w", service, method, err)
	}
	return nil
}

// putOne is PutRecord.
func (a *aws) putOne(stream string, l *line) (put, error) {
	var answer struct{ ShardId, SequenceNumber string }
	err := a.call("kinesis", "put_record", map[string]any{"StreamName": stream, "PartitionKey": l.key, "Data": blob{l.text}}, &answer)
	return put{l, answer.ShardId, answer.SequenceNumber}, err
}

// putAnswer is what PutRecords answers, by boto3 and the CLI alike.
type putAnswer struct {
	FailedRecordCount int
	Records           []struct{ ShardId, SequenceNumber, ErrorCode string }
}

// puts joins the answer with the lines that it is for.
func (p putAnswer) puts(lines []line) ([]put, error) {
	if p.FailedRecordCount != 0 || len(p.Records) != len(lines) {
		return nil, fmt.Errorf("PutRecords: %d records, %d answers, %d failed", len(lines), len(p.Records), p.FailedRecordCount)
	}
	list := make([]put, len(lines))
	for i, r := range p.Records {
		list[i] = put{&lines[i], r.ShardId, r.SequenceNumber}
	}
	return list, nil
}

// batch is how many records go into one PutRecords, as many as AWS takes.
const batch = 500

// batchPause keeps even a shard that takes every record of a batch below its
// 1,000 records/s: a batch of which AWS takes only a part would mix up the
// order of its keys.
const batchPause = 600 * time.Millisecond

// putter puts lines in one PutRecords.
type putter func(ctx context.Context, stream string, lines []line) ([]put, error)

// putAll puts lines in batches by one of the two clients below.
func putAll(ctx context.Context, stream string, lines []line, by putter) (all []put, calls int, err error) {
	for part := range slices.Chunk(lines, batch) {
		puts, err := by(ctx, stream, part)
		if err != nil {
			return nil, 0, err
		}
		all = append(all, puts...)
		calls++
		if !pause(ctx, batchPause) {
			return nil, 0, ctx.Err()
		}
	}
	return all, calls, nil
}

func (a *aws) putByBoto(_ context.Context, stream string, lines []line) ([]put, error) {
	var answer putAnswer
	if err := a.call("kinesis", "put_records", map[string]any{"StreamName": stream, "Records": entries(lines)}, &answer); err != nil {
		return nil, err
	}
	return answer.puts(lines)
}

// putByCLI takes version 1 of the AWS CLI, which is the one that pip installs:
// it reads blobs as the text that they are.
func (a *aws) putByCLI(ctx context.Context, stream string, lines []line) ([]put, error) {
	var records []map[string]string
	for i := range lines {
		records = append(records, map[string]string{"Data": string(lines[i].text), "PartitionKey": lines[i].key})
	}
	text, err := json.Marshal(map[string]any{"StreamName": stream, "Records": records})
	if err != nil {
		return nil, err
	}
	file := filepath.Join(a.box.h.Dir, "put-records.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return nil, err
	}
	out, err := a.cli(ctx, "kinesis", "put-records", "--cli-input-json", "file://"+file, "--output", "json")
	if err != nil {
		return nil, err
	}
	var answer putAnswer
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		return nil, fmt.Errorf("aws kinesis put-records: %w", err)
	}
	return answer.puts(lines)
}

// entries are lines as boto3 takes them.
func entries(lines []line) (list []map[string]any) {
	for i := range lines {
		list = append(list, map[string]any{"Data": blob{lines[i].text}, "PartitionKey": lines[i].key})
	}
	return list
}

func (a *aws) cli(ctx context.Context, args ...string) (string, error) {
	c := exec.CommandContext(ctx, filepath.Join(a.box.h.Home(clients), "bin", "aws"), args...)
	c.Env = a.env
	return a.box.h.Output(c)
}

func (a *aws) readVersion(ctx context.Context) error {
	text, err := a.cli(ctx, "--version")
	a.version, _, _ = strings.Cut(text, " ")
	return err
}
