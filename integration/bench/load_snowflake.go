package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"
)

const (
	appendChannels = hallShards
	lastOffset     = "the last one"
	statusPath     = "/v2/streaming/databases/RAW/schemas/EVENTS/pipes/BENCH-STREAMING:bulk-channel-status"
	commitPoll     = 2 * time.Millisecond
)

func channelName(i int) string { return fmt.Sprint("channel-", i) }

// appendRows is how many rows the bodies of a channel have, in turn: about 1,
// 2.7 and 4 MB of NDJSON, below the 4 MiB that an append may have on the wire.
var appendRows = []int{750, 1950, 2950}

// appendCycle is the rows of one turn of all channels.
func appendCycle() (rows int64) {
	for _, n := range appendRows {
		rows += int64(n)
	}
	return rows * appendChannels
}

// body is one append body and its Content-Encoding.
type body struct {
	wire     []byte
	encoding string
}

// appendLoad appends the rows over a channel for each of the crew, and ends
// when the last one is committed. Bodies are made and packed before the clock
// starts.
func appendLoad(packed bool) func(job, *meter) error {
	return func(j job, m *meter) error {
		bodies := make([][]body, appendChannels)
		for i := range bodies {
			made, err := makeBodies(i, packed)
			if err != nil {
				return err
			}
			bodies[i] = made
		}
		turns := j.Records / appendCycle()
		c := &appendClient{at: j.At.Snowflake, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2 * appendChannels}}}
		return crew(m, func(channel int) error {
			name := channelName(channel)
			token, err := c.open(name)
			if err != nil {
				return err
			}
			for turn := range turns {
				for i, b := range bodies[channel] {
					offset := "some"
					if turn == turns-1 && i == len(bodies[channel])-1 {
						offset = lastOffset
					}
					if token, err = c.append(name, token, offset, b); err != nil {
						return err
					}
				}
			}
			return c.committed(name)
		})
	}
}

// makeBodies makes the rows that the connector would make of the canned events.
func makeBodies(channel int, packed bool) ([]body, error) {
	events := makeEvents(1024)
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return nil, err
	}
	defer encoder.Close()
	var made []body
	var index int64
	for _, n := range appendRows {
		var rows []byte
		for range n {
			rows = appendRow(rows, &events[index%distinct], channel, index)
			index++
		}
		b := body{wire: rows}
		if packed {
			b = body{encoder.EncodeAll(rows, nil), "zstd"}
		}
		made = append(made, b)
	}
	return made, nil
}

// appendRow writes one row: the event and the seven fields of KINESISMETADATA.
func appendRow(rows []byte, e *event, shard int, index int64) []byte {
	sequence := string(appendSequence(nil, shard, index))
	rows = append(rows, e.data[:len(e.data)-1]...)
	return fmt.Appendf(rows, `,"KINESISMETADATA":{"stream":%q,"shardId":%q,"sequenceNumber":%q,"subSequenceNumber":0,`+
		`"shardedSequenceNumber":%q,"partitionKey":%q,"approximateArrival":%q}}`+"\n",
		streamName, shardName(shard), sequence, sequence+"00000", e.key, time.UnixMilli(e.arrival).UTC().Format("2006-01-02T15:04:05.000"))
}

// appendClient is the least that an append needs.
type appendClient struct {
	at     string
	client *http.Client
}

func (c *appendClient) do(method, path, encoding string, content []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(context.Background(), method, c.at+path, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+hallToken)
	r.Header.Set("X-Snowflake-Authorization-Token-Type", "PROGRAMMATIC_ACCESS_TOKEN")
	if encoding != "" {
		r.Header.Set("Content-Encoding", encoding)
	}
	return (&httpWire{client: c.client}).do(r, nil)
}

func (c *appendClient) open(channel string) (string, error) {
	answer, err := c.do(http.MethodPut, openPath+channel, "", nil)
	if err != nil {
		return "", err
	}
	return nextToken(answer)
}

func (c *appendClient) append(channel, token, offset string, b body) (string, error) {
	query := url.Values{"continuationToken": {token}, "endOffsetToken": {offset}}
	answer, err := c.do(http.MethodPost, pipePath+channel+"/rows?"+query.Encode(), b.encoding, b.wire)
	if err != nil {
		return "", err
	}
	return nextToken(answer)
}

// committed waits until the channel's last append is durable.
func (c *appendClient) committed(channel string) error {
	for {
		answer, err := c.do(http.MethodPost, statusPath, "", []byte(`{"channel_names":["`+channel+`"]}`))
		if err != nil {
			return err
		}
		var a struct {
			Statuses map[string]struct {
				Code  string  `json:"channel_status_code"`
				Token *string `json:"last_committed_offset_token"`
			} `json:"channel_statuses"`
		}
		if err := json.Unmarshal(answer, &a); err != nil {
			return err
		}
		status := a.Statuses[channel]
		switch {
		case status.Code != "SUCCESS":
			return fmt.Errorf("channel %s: status %q", channel, strings.TrimSpace(string(answer)))
		case status.Token != nil && *status.Token == lastOffset:
			return nil
		}
		time.Sleep(commitPoll)
	}
}
