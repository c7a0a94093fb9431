package stream

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/kinesnow/kinesnow/messages"
)

// Describe asks who the stream is, and the service for its time. It calls
// DescribeStream, which an account may call ten times a second: once at a start
// is enough. (The documented IAM policy has no DescribeStreamSummary.) Errors
// are *messages.Fault.
func (c *Client) Describe(ctx context.Context) (*messages.Stream, error) {
	_, s, err := c.describe(ctx)
	return s, err
}

func (c *Client) describe(ctx context.Context) (*types.StreamDescription, *messages.Stream, error) {
	out, err := c.control.DescribeStream(ctx, &kinesis.DescribeStreamInput{StreamName: c.name(), StreamARN: c.arn(), Limit: aws.Int32(1)})
	if err != nil {
		return nil, nil, c.fault("DescribeStream", "", err)
	}
	d := out.StreamDescription
	if d == nil {
		return nil, nil, c.fault("DescribeStream", "", errors.New("answer without StreamDescription"))
	}
	now, ok := awsmiddleware.GetServerTime(out.ResultMetadata)
	if !ok {
		now = c.config.Now()
	}
	c.consumer.learn(aws.ToString(d.StreamARN))
	return d, &messages.Stream{
		Name:      aws.ToString(d.StreamName),
		ARN:       aws.ToString(d.StreamARN),
		CreatedAt: aws.ToTime(d.StreamCreationTimestamp).UTC().Truncate(time.Second),
		Retention: time.Duration(aws.ToInt32(d.RetentionPeriodHours)) * time.Hour,
		Now:       now.UTC(),
	}, nil
}

// serviceDate is the Date header of an answer, zero where it has none.
func serviceDate(r *smithyhttp.Response) time.Time {
	if r == nil || r.Response == nil {
		return time.Time{}
	}
	t, err := http.ParseTime(r.Header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// errorDate is the service's time as an error answer told it, or ours.
func (c *Client) errorDate(err error) time.Time {
	var answer *smithyhttp.ResponseError
	if errors.As(err, &answer) {
		if at := serviceDate(answer.Response); !at.IsZero() {
			return at
		}
	}
	return c.config.Now().UTC()
}
