package stream

import "context"

// Registered returns the ARN of the application's consumer for enhanced fan-out,
// "" where there is none. Unlike a subscription it registers nothing.
//
// Errors are *messages.Fault.
func (c *Client) Registered(ctx context.Context) (string, error) {
	stream, err := c.consumer.streamARN(ctx)
	if err != nil {
		return "", err
	}
	_, arn, err := c.consumer.describe(ctx, stream)
	if hasCode(err, "ResourceNotFoundException") {
		return "", nil
	}
	if err != nil {
		return "", c.fault("DescribeStreamConsumer", "", err)
	}
	return arn, nil
}
