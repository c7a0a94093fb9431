package config

import "time"

// Config is everything about one connector: one stream into one table. Start
// from Defaults; the zero Config lacks them. Fields marked * must be set.
type Config struct {
	// Application * names the lease table and the fan-out consumer: 3 to 128 of
	// [a-zA-Z0-9_.-]. Openflow: "AWS Kinesis Application Name".
	Application string `key:"application"`

	AWS        AWS         `key:"aws"`
	Kinesis    Kinesis     `key:"kinesis"`
	Payload    Payload     `key:"payload"`
	Transforms []Transform `key:"transforms"`
	Snowflake  Snowflake   `key:"snowflake"`
	Lease      Lease       `key:"lease"`
	DeadLetter DeadLetter  `key:"deadletter"`
	Journal    Journal     `key:"journal"`
}

// AWS says where and as whom Kinesis and DynamoDB are called.
type AWS struct {
	// Region * of the stream and the lease table. Load falls back to AWS_REGION.
	// Openflow: "AWS Kinesis Region".
	Region string `key:"region"`

	Credentials Credentials `key:"credentials"`
	Endpoints   Endpoints   `key:"endpoints"`
}

// Credentials for AWS. All empty means the SDK's default chain: environment,
// IRSA, pod identity, instance, SSO.
type Credentials struct {
	AccessKeyID     string `key:"access_key_id"`     // Openflow: "AWS Access Key ID"
	SecretAccessKey Secret `key:"secret_access_key"` // Openflow: "AWS Secret Access Key"
	SessionToken    Secret `key:"session_token"`
	Profile         string `key:"profile"`  // of the shared AWS files; excludes the keys above
	RoleARN         string `key:"role_arn"` // assumed with whatever the rest yields
	ExternalID      string `key:"external_id"`
}

// Endpoints replace the public AWS addresses. Absolute URLs; http only on loopback.
type Endpoints struct {
	Kinesis  string `key:"kinesis"`
	DynamoDB string `key:"dynamodb"`
	STS      string `key:"sts"`
}

// Kinesis is the stream and how it is read.
type Kinesis struct {
	// Stream * is a name (1 to 128 of [a-zA-Z0-9_.-]) or an ARN whose region is
	// AWS.Region. Openflow: "AWS Kinesis Stream Name".
	Stream string `key:"stream"`

	ConsumerType ConsumerType `key:"consumer_type"` // Openflow: "AWS Kinesis Consumer Type"

	// InitialPosition counts on the very first start of an application only.
	// Openflow: "AWS Kinesis Initial Stream Position".
	InitialPosition InitialPosition `key:"initial_position"`

	OnGap             OnGap             `key:"on_gap"`             // records expired before they could be read
	OnEFOUnavailable  OnEFOUnavailable  `key:"on_efo_unavailable"` // enhanced fan-out cannot be had
	OnStreamRecreated OnStreamRecreated `key:"on_stream_recreated"`
}

// Payload says what a user record's bytes are.
type Payload struct {
	Format      PayloadFormat      `key:"format"`
	Compression PayloadCompression `key:"compression"`

	// ShardedSequenceWidth is the number of digits the sub-sequence number takes
	// in KINESISMETADATA's shardedSequenceNumber: 1 to 20, default 5.
	ShardedSequenceWidth int `key:"sharded_sequence_width"`
}

// Transform is one single message transform. This version knows none.
type Transform map[string]any

// Lease sets the pace of the lease table.
type Lease struct {
	Duration time.Duration `key:"duration"` // 1 s to 10 min, at least 3 x Renew; default 20 s
	Renew    time.Duration `key:"renew"`    // at least 100 ms; default 5 s
}

// DeadLetter says where unusable payloads go.
type DeadLetter struct {
	To           DeadLetterTo `key:"to"`
	MaxPerMinute int          `key:"max_per_minute"` // 1 to 1,000,000; default 1,000
}

// Journal bounds the event store on disk: what comes first, age or size.
type Journal struct {
	Retention time.Duration `key:"retention"` // 1 h to 10 years; default 720 h
	MaxBytes  Bytes         `key:"max_bytes"` // at least 1 MiB; default 2 GiB
}
