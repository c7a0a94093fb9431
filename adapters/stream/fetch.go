package stream

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/kinesnow/kinesnow/messages"
)

// callTimeout ends a call that hangs, as the KCL does.
const callTimeout = 30 * time.Second

// fetch makes one call and turns its answer into a block. The source moves on
// only once everything about the answer is done; after an error the same
// records are read again.
func (s *Source) fetch(ctx context.Context, room int64) (*messages.RowBlock, error) {
	if err := sleep(ctx, s.pacer.due.Sub(s.now())); err != nil {
		return nil, err
	}
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	a := s.client.answer()
	defer a.release()
	if err := s.call(ctx, a, room); err != nil {
		return nil, err
	}
	s.pacer.answered(s.now(), a.data, len(a.records) == 0 && a.behind == 0)
	if a.filled(s.aim.limit(room)) {
		s.pacer.filled(s.now())
	}
	return s.take(ctx, a)
}

// take makes a block of an answer, or of an event, and moves behind it.
func (s *Source) take(ctx context.Context, a *answer) (*messages.RowBlock, error) {
	if err := s.checkAnchor(a); err != nil {
		return nil, err
	}
	block, letters, err := s.render(a)
	last := a.last()
	a.free() // what follows may wait for others
	if err != nil {
		return nil, s.fault(s.op, err)
	}
	if err := s.finish(ctx, a, block, letters); err != nil {
		recycle(block.NDJSON)
		return nil, err
	}
	s.advance(a, last, block)
	return block, nil
}

// call fills a with the answer to one GetRecords.
func (s *Source) call(ctx context.Context, a *answer, room int64) error {
	call, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	limit := s.aim.limit(room)
	done, err := s.client.short.records(call, a, s.iterator, s.client.arn(), limit)
	if !done {
		_, err = s.client.data.GetRecords(withAnswer(call, a), &kinesis.GetRecordsInput{
			ShardIterator: aws.String(s.iterator), StreamARN: s.client.arn(), Limit: aws.Int32(limit),
		})
	}
	if err == nil {
		err = a.parse()
	}
	if a.at.IsZero() {
		a.at = s.now().UTC()
	}
	switch {
	case err == nil:
		return nil
	case hasCode(err, "ResourceNotFoundException"):
		return s.gone(ctx, err)
	case hasCode(err, "ExpiredIteratorException"), hasCode(err, "InvalidArgumentException"):
		s.iterator = ""
	case s.patience.failures >= doubtful && brokeDown(err):
		s.iterator = ""
	}
	return s.fault("GetRecords", err)
}

// doubtful is after how many failures in a row an answer of 5xx lets the
// iterator be asked for anew. It may be the cause: kinesis-local says no more
// than 500 of one that it cannot read.
const doubtful = 2

// brokeDown reports whether the service answered that the trouble is its own.
func brokeDown(err error) bool {
	var answer *smithyhttp.ResponseError
	return errors.As(err, &answer) && answer.HTTPStatusCode() >= http.StatusInternalServerError
}

// finish does what has to be true before the block is handed on: the dead
// letters are kept (P17), and the end of the shard is no mistake (P23).
func (s *Source) finish(ctx context.Context, a *answer, block *messages.RowBlock, letters []messages.Letter) (err error) {
	if len(letters) > 0 {
		if err := s.client.config.DeadLetter.Put(ctx, letters); err != nil {
			return &messages.Fault{
				Class: messages.Transient, Reason: messages.ReasonUnavailable, Op: "deadletter.Put", Shard: s.shard, Err: err,
				Hint: "records that make no row are kept before their shard moves on",
			}
		}
	}
	if a.iterator == "" && !a.cut {
		block.Closed, block.Children, err = s.ended(ctx, a)
	}
	return err
}

// last is the sequence number of the answer's last record, "" without one.
func (a *answer) last() messages.SequenceNumber {
	if len(a.records) == 0 {
		return ""
	}
	return messages.SequenceNumber(a.records[len(a.records)-1].sequence.in(a.body))
}

// advance moves the source behind the answer, whose last record is last.
func (s *Source) advance(a *answer, last messages.SequenceNumber, block *messages.RowBlock) {
	s.aim.hit(a.looked(), len(block.NDJSON))
	s.client.learned.record.Store(s.aim.record)
	if a.cut {
		s.resume(block.Last())
		return
	}
	s.iterator, s.taken = a.iterator, s.now()
	if last != "" {
		s.read = last
		s.anchored = s.anchored || last.Compare(s.from.After.Seq) >= 0
	}
	// A clone, for the marks share one string of all the answer's digits.
	s.position = block.Last()
	s.position.Seq = messages.SequenceNumber(strings.Clone(string(s.position.Seq)))
}
