package config

import "strings"

// The values below are written in any case in the file and compared exactly in
// code. Their order is the order in which errors offer them.

// ConsumerType is how shards are read.
type ConsumerType string

// Consumer types.
const (
	SharedThroughput ConsumerType = "SHARED_THROUGHPUT" // polling
	EnhancedFanOut   ConsumerType = "ENHANCED_FAN_OUT"  // SubscribeToShard
)

// OnGap is what a shard does when records expired before they could be read.
type OnGap string

// Answers to a gap.
const (
	ContinueOnGap OnGap = "continue"
	StopOnGap     OnGap = "stop"
)

// OnEFOUnavailable is what happens when enhanced fan-out cannot be had.
type OnEFOUnavailable string

// Answers to missing enhanced fan-out.
const (
	StopOnEFOUnavailable OnEFOUnavailable = "stop"
	PollOnEFOUnavailable OnEFOUnavailable = "poll"
)

// OnStreamRecreated is what happens when the stream was deleted and made anew.
type OnStreamRecreated string

// Answers to a recreated stream.
const (
	StopOnStreamRecreated  OnStreamRecreated = "stop"
	ResetOnStreamRecreated OnStreamRecreated = "reset"
)

// PayloadFormat is what a user record's bytes hold.
type PayloadFormat string

// Payload formats.
const (
	JSON           PayloadFormat = "JSON"
	Avro           PayloadFormat = "AVRO"
	Protobuf       PayloadFormat = "PROTOBUF"
	CSV            PayloadFormat = "CSV"
	Raw            PayloadFormat = "RAW"
	CloudWatchLogs PayloadFormat = "CLOUDWATCH_LOGS"
)

// PayloadCompression is how producers compress a user record.
type PayloadCompression string

// Payload compressions.
const (
	PayloadUncompressed PayloadCompression = "none"
	PayloadAuto         PayloadCompression = "auto"
	PayloadGzip         PayloadCompression = "gzip"
	PayloadZlib         PayloadCompression = "zlib"
	PayloadZstd         PayloadCompression = "zstd"
)

// Authenticator is how the connector proves who it is to Snowflake.
type Authenticator string

// Authenticators.
const (
	KeyPair          Authenticator = "key_pair"
	PAT              Authenticator = "pat" // programmatic access token
	OAuthCredentials Authenticator = "oauth"
)

// OnMissingTable is what happens when the destination table does not exist.
type OnMissingTable string

// Answers to a missing table.
const (
	StopOnMissingTable OnMissingTable = "stop"
	CreateMissingTable OnMissingTable = "create"
)

// SchemaEvolution is who adds columns for new keys.
type SchemaEvolution string

// Ways of schema evolution.
const (
	ServerEvolution SchemaEvolution = "server"
	ClientEvolution SchemaEvolution = "client"
	NoEvolution     SchemaEvolution = "off"
)

// OnRejectedRows is what follows when Snowflake rejects rows.
type OnRejectedRows string

// Answers to rejected rows.
const (
	ReportRejectedRows     OnRejectedRows = "report"
	StopOnRejectedRows     OnRejectedRows = "stop"
	DeadLetterRejectedRows OnRejectedRows = "dead-letter"
)

// Compression is how appends are compressed on the wire.
type Compression string

// Compressions of an append.
const (
	Zstd         Compression = "zstd"
	Gzip         Compression = "gzip"
	Uncompressed Compression = "none"
)

// DeadLetterTo is where unusable payloads go.
type DeadLetterTo string

// Dead letter destinations.
const (
	Discard             DeadLetterTo = "discard" // counted only
	DeadLetterFile      DeadLetterTo = "file"    // under the data folder
	DeadLetterKinesis   DeadLetterTo = "kinesis"
	DeadLetterSnowflake DeadLetterTo = "snowflake"
)

// LogLevel is the least level that is logged.
type LogLevel string

// Log levels, as zerolog names them.
const (
	LogTrace LogLevel = "trace"
	LogDebug LogLevel = "debug"
	LogInfo  LogLevel = "info"
	LogWarn  LogLevel = "warn"
	LogError LogLevel = "error"
)

// LogFormat is how a log line looks.
type LogFormat string

// Log formats.
const (
	LogJSON    LogFormat = "json"
	LogConsole LogFormat = "console"
)

// choice is a value out of a fixed list.
type choice interface{ choices() []string }

func (ConsumerType) choices() []string { return texts(SharedThroughput, EnhancedFanOut) }
func (OnGap) choices() []string        { return texts(ContinueOnGap, StopOnGap) }
func (OnEFOUnavailable) choices() []string {
	return texts(StopOnEFOUnavailable, PollOnEFOUnavailable)
}
func (OnStreamRecreated) choices() []string {
	return texts(StopOnStreamRecreated, ResetOnStreamRecreated)
}
func (PayloadFormat) choices() []string {
	return texts(JSON, Avro, Protobuf, CSV, Raw, CloudWatchLogs)
}
func (PayloadCompression) choices() []string {
	return texts(PayloadUncompressed, PayloadAuto, PayloadGzip, PayloadZlib, PayloadZstd)
}
func (Authenticator) choices() []string  { return texts(KeyPair, PAT, OAuthCredentials) }
func (OnMissingTable) choices() []string { return texts(StopOnMissingTable, CreateMissingTable) }
func (SchemaEvolution) choices() []string {
	return texts(ServerEvolution, ClientEvolution, NoEvolution)
}
func (OnRejectedRows) choices() []string {
	return texts(ReportRejectedRows, StopOnRejectedRows, DeadLetterRejectedRows)
}
func (Compression) choices() []string { return texts(Zstd, Gzip, Uncompressed) }
func (DeadLetterTo) choices() []string {
	return texts(Discard, DeadLetterFile, DeadLetterKinesis, DeadLetterSnowflake)
}
func (LogLevel) choices() []string  { return texts(LogTrace, LogDebug, LogInfo, LogWarn, LogError) }
func (LogFormat) choices() []string { return texts(LogJSON, LogConsole) }

func texts[T ~string](values ...T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// canonical returns the choice that text spells in any case, or text itself.
func canonical(text string, choices []string) string {
	for _, c := range choices {
		if strings.EqualFold(text, c) {
			return c
		}
	}
	return text
}
