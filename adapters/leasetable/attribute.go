package leasetable

// The attributes of the table's items. The first group is the sibling
// products' (specs/kinesis-consumption.md 1.1), the rest is ours
// (protocol.md P18, P26). Released names never change meaning.
const (
	attrStream         = "streamName"
	attrShard          = "shardId"
	attrOwner          = "leaseOwner"
	attrExpiry         = "leaseExpiry" // ms, written for the siblings only
	attrSequence       = "sequenceNumber"
	attrUpdated        = "lastUpdateTimestamp" // ms
	attrNodeHeartbeat  = "nodeHeartbeat"       // ms
	attrPartialSeq     = "partialSequenceNumber"
	attrPartialSub     = "partialSubSequenceNumber"
	attrCounter        = "leaseCounter"
	attrEpoch          = "leaseEpoch"
	attrNonce          = "leaseNonce"
	attrDuration       = "leaseDurationMs"
	attrHandoffTo      = "handoffTo"
	attrHandoffAt      = "handoffRequestedAt"
	attrCommitted      = "committedToken"
	attrSkipped        = "skippedToken"
	attrSettled        = "settled"
	attrChannelCreated = "channelCreated" // ms, by Snowflake's clock
	attrRejectedBefore = "countRejectedBefore"
	attrWriteNo        = "writeNo"
	attrStop           = "stopCode"
	attrStopEpoch      = "stopEpoch"  // of the generation that was stopped
	attrCaughtUp       = "caughtUpAt" // ms, by the service's clock
	attrState          = "shardState"
	attrTrimmed        = "trimmed"
	attrParents        = "parentShardIds"
	attrChildren       = "childShardIds"
	attrHashFrom       = "startingHashKey"
	attrHashTo         = "endingHashKey"
	attrCountRead      = "countRead"
	attrCountDiscarded = "countDiscarded"
	attrCountFiltered  = "countFiltered"
	attrCountAppended  = "countAppended"
	attrCountCommitted = "countCommitted"
	attrCountRejected  = "countRejected"
	attrDigest         = "digest"
	attrFinalCreated   = "finalChannelCreated" // ms, by Snowflake's clock
	attrFinalInserted  = "finalRowsInserted"
	attrFinalErrors    = "finalRowsErrors"
	attrFinalAt        = "finalAt"        // ms, by AWS's clock
	attrDropped        = "channelDropped" // the same

	attrARN           = "streamARN"
	attrStreamCreated = "streamCreationTimestamp" // whole seconds since 1970
	attrInitialised   = "initialised"
	attrPosition      = "initialPosition"
	attrTimestamp     = "initialTimestamp" // ms
	attrDrained       = "drained"
	attrSchema        = "schemaVersion"

	attrProcess   = "process"
	attrHeartbeat = "heartbeatCounter"
	attrHost      = "host"
	attrVersion   = "version"
	attrLeaving   = "leaving"

	attrLeaseKey = "leaseKey" // the HASH key of a KCL table
)

// stateEnded is the shardState of a shard whose every row is durable.
const stateEnded = "SHARD_END"

// The range keys that are no shard's.
const (
	ourPrefix  = "__"
	nodePrefix = "__node__#"
	streamKey  = "__stream__"
)
