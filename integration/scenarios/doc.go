// Package scenarios holds tests of whole jobs: records put by the AWS SDK into a
// local Kinesis, moved by a kinesnow process, and asked back from a local
// Snowflake through its own driver. Whatever they find wrong is wrong for a
// user.
package scenarios
