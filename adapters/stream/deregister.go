package stream

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
)

// Deregister removes Config.Consumer from the stream and returns its ARN, "" if
// there was none. It finds the ARN by asking, so that it works from any process,
// and names the consumer by it, which is what the documented IAM policy allows.
// It is never called on shutdown. Errors are *messages.Fault; where the right is
// missing, the ARN is returned beside it.
func (c *Client) Deregister(ctx context.Context) (arn string, err error) {
	stream, err := c.consumer.streamARN(ctx)
	if err != nil {
		return "", err
	}
	_, arn, err = c.consumer.describe(ctx, stream)
	if hasCode(err, "ResourceNotFoundException") {
		return "", nil
	}
	if err != nil {
		return "", c.fault("DescribeStreamConsumer", "", err)
	}
	_, err = c.control.DeregisterStreamConsumer(ctx, &kinesis.DeregisterStreamConsumerInput{ConsumerARN: aws.String(arn)})
	if err != nil && !hasCode(err, "ResourceNotFoundException") {
		return arn, c.fault("DeregisterStreamConsumer", "", err)
	}
	return arn, nil
}
