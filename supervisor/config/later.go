package config

// later lists the values that the contract names and this version cannot serve
// yet. The file may say them and is refused with what is possible now. When a
// feature arrives, its line goes.
var later = map[any]bool{
	Avro:                   true,
	Protobuf:               true,
	CSV:                    true,
	Raw:                    true,
	CloudWatchLogs:         true,
	PayloadAuto:            true,
	PayloadGzip:            true,
	PayloadZlib:            true,
	PayloadZstd:            true,
	DeadLetterRejectedRows: true,
	DeadLetterKinesis:      true,
	DeadLetterSnowflake:    true,
}

// laterKeys lists the keys of a connector that must stay empty in this version,
// with what to say instead.
var laterKeys = map[string]string{
	"transforms": "transforms come with a later version; leave the list empty, or filter with Host.Transform of the library",
}

// laterReferences lists the kinds of reference that this version cannot
// resolve, with the way to do without.
var laterReferences = map[string]string{
	"secret": "use ${VAR} or ${file:PATH}",
}
