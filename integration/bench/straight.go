package main

import (
	"fmt"
	"slices"
	"strconv"
	"sync"
	"unsafe"

	"github.com/segmentio/asm/base64"

	"github.com/kinesnow/kinesnow/adapters/rows"
	"github.com/kinesnow/kinesnow/messages"
)

// batchBytes is the size of an append: what the connector aims at where nothing
// is compressed (actors/numbers.go).
const batchBytes = 3_500 << 10

// readBytes is what one read aims at, rendered, as the connector's does.
const readBytes = 2 << 20

// metadataBytes is about what KINESISMETADATA adds to a row.
const metadataBytes = 340

// wire is how a straight-line program talks: C1 over net/http, F1 over a raw
// socket. One belongs to one shard.
type wire interface {
	// records makes one GetRecords and returns the answer's body, in body
	// where it fits.
	records(request, body []byte) ([]byte, error)
	// rows makes one append and returns the next continuation token.
	rows(channel, token string, batch []byte) (string, error)
}

// straight is the ceiling: the byte work that cannot be avoided and nothing
// else. One goroutine a shard reads, checks, splices and appends in turn, in
// buffers that it keeps.
func straight(dial func(endpoints) (wire, error)) func(job, *meter) error {
	return func(j job, m *meter) error {
		lines := make([]*line, j.Shards)
		for i := range lines {
			w, err := dial(j.At)
			if err != nil {
				return err
			}
			if lines[i], err = newLine(j, i, w); err != nil {
				return err
			}
		}
		errs := make([]error, j.Shards)
		var all sync.WaitGroup
		m.begin()
		for i, l := range lines {
			all.Go(func() { errs[i] = l.run(j.Records) })
		}
		all.Wait()
		m.end()
		for i, err := range errs {
			if err != nil {
				return fmt.Errorf("%s: %w", shardName(i), err)
			}
		}
		return nil
	}
}

// line is one shard's way.
type line struct {
	wire     wire
	channel  string
	token    string
	iterator string
	limit    int
	renderer *rows.Renderer

	request, body, batch []byte
	page                 page
	mark                 messages.Mark
}

func newLine(j job, shard int, w wire) (*line, error) {
	channel := j.Run + "-" + shardName(shard)
	token, err := openChannel(j.At, channel)
	if err != nil {
		return nil, err
	}
	return &line{
		wire: w, channel: channel, token: token, iterator: iteratorText(shard, 0), limit: max(1, readBytes/(j.Data+metadataBytes)),
		renderer: rows.NewRenderer(streamName, messages.ShardID(shardName(shard)), 5),
		batch:    make([]byte, 0, batchBytes+64<<10),
	}, nil
}

func (l *line) run(records int64) (err error) {
	for records > 0 {
		l.request = append(append(append(l.request[:0], `{"ShardIterator":"`...), l.iterator...), `","Limit":`...)
		l.request = append(strconv.AppendInt(l.request, int64(l.limit), 10), '}')
		if l.body, err = l.wire.records(l.request, l.body); err != nil {
			return err
		}
		if err := l.page.read(l.body); err != nil {
			return err
		}
		if len(l.page.views) == 0 {
			return errEmptyPage
		}
		for i := range l.page.views {
			if err := l.row(&l.page.views[i]); err != nil {
				return err
			}
		}
		l.iterator = l.page.iterator
		records -= int64(len(l.page.views))
	}
	return l.flush()
}

// row decodes, checks and splices one record, in place.
func (l *line) row(v *view) error {
	start := len(l.batch)
	l.batch = slices.Grow(l.batch, base64.StdEncoding.DecodedLen(len(v.data))+metadataBytes+len(v.key))
	n, err := base64.StdEncoding.Decode(l.batch[start:cap(l.batch)], v.data)
	if err != nil {
		return err
	}
	l.mark.Seq = messages.SequenceNumber(unsafe.String(unsafe.SliceData(v.sequence), len(v.sequence)))
	l.mark.Arrival = v.arrival
	if l.batch, _, err = l.renderer.Render(l.batch[:start+n], start, &l.mark, v.key); err != nil {
		return err
	}
	if len(l.batch) >= batchBytes {
		return l.flush()
	}
	return nil
}

func (l *line) flush() (err error) {
	if len(l.batch) == 0 {
		return nil
	}
	l.token, err = l.wire.rows(l.channel, l.token, l.batch)
	l.batch = l.batch[:0]
	return err
}
