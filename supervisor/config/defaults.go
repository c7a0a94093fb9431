package config

import "time"

// DefaultPrivateKeyFile is where a key pair is looked for when the
// configuration names none.
const DefaultPrivateKeyFile = "/run/secrets/snowflake.p8"

// DefaultListen is the first address tried for the read-only port.
const DefaultListen = "127.0.0.1:4195"

// Defaults returns a Config with every default in place. What is left to set:
// Application, AWS.Region, Kinesis.Stream, and Snowflake's Account, User,
// Database, Schema and Table.
func Defaults() Config {
	return Config{
		Kinesis: Kinesis{
			ConsumerType:      SharedThroughput,
			InitialPosition:   InitialPosition{Kind: TrimHorizon},
			OnGap:             ContinueOnGap,
			OnEFOUnavailable:  StopOnEFOUnavailable,
			OnStreamRecreated: StopOnStreamRecreated,
		},
		Payload: Payload{
			Format:               JSON,
			Compression:          PayloadUncompressed,
			ShardedSequenceWidth: 5,
		},
		Snowflake: Snowflake{
			Authenticator:            KeyPair,
			PrivateKeyFile:           DefaultPrivateKeyFile,
			OnMissingTable:           StopOnMissingTable,
			SchemaEvolution:          ServerEvolution,
			EvolutionMaxDDLPerMinute: 6,
			OnRejectedRows:           ReportRejectedRows,
			Linger:                   500 * time.Millisecond,
			AppendRetry:              30 * time.Second,
			Compression:              Zstd,
		},
		Lease:      Lease{Duration: 20 * time.Second, Renew: 5 * time.Second},
		DeadLetter: DeadLetter{To: Discard, MaxPerMinute: 1000},
		Journal:    Journal{Retention: 720 * time.Hour, MaxBytes: 2 * GiB},
	}
}

// DefaultFile returns a File with every default and no connector.
func DefaultFile() File {
	return File{
		Memory:       256 * MiB,
		HTTP:         HTTP{Listen: DefaultListen},
		Log:          Log{Level: LogInfo, Format: LogJSON},
		DrainTimeout: 25 * time.Second,
		Connectors:   map[string]Config{},
	}
}
