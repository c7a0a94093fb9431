package warehouse

// Weight of a finding.
type Weight string

// The weights.
const (
	Stops Weight = "stops" // nothing can be streamed, or no row would be right
	Warns Weight = "warns" // rows land, but something is lost that could be had
	Notes Weight = "notes" // worth knowing
)

// Code names what was found. Released codes keep their meaning.
type Code string

// The codes.
const (
	NotStreamable    Code = "NOT_STREAMABLE"     // a view, an external, dynamic, hybrid or temporary table
	LakeUnmanaged    Code = "LAKE_UNMANAGED"     // an Iceberg table of another catalog
	LakePartitioned  Code = "LAKE_PARTITIONED"   // an Iceberg table with partitions
	LakeEvolution    Code = "LAKE_EVOLUTION"     // server-side evolution does not reach Iceberg tables
	MetadataMissing  Code = "METADATA_MISSING"   // no column takes KINESISMETADATA
	MetadataType     Code = "METADATA_TYPE"      // its type cannot hold it, or not readably
	MetadataFields   Code = "METADATA_FIELDS"    // a structured OBJECT with other fields than the seven
	MetadataCase     Code = "METADATA_CASE"      // a column whose name differs by case
	MetadataPipe     Code = "METADATA_PIPE"      // the pipe writes it nowhere
	MetadataPath     Code = "METADATA_PATH"      // the pipe reads a member that differs by case
	EvolutionOff     Code = "EVOLUTION_OFF"      // new keys are dropped
	EvolutionPipe    Code = "EVOLUTION_PIPE"     // evolution is on, but the pipe's SELECT rules it out
	ErrorLoggingOff  Code = "ERROR_LOGGING_OFF"  // rejected rows are counted and not kept
	RowTimestampOff  Code = "ROW_TIMESTAMP_OFF"  // latency cannot be measured
	PipeNotStreaming Code = "PIPE_NOT_STREAMING" // it copies files
	PipeOtherTable   Code = "PIPE_OTHER_TABLE"   // it writes into another table
	PipeFilters      Code = "PIPE_FILTERS"       // it leaves rows out: counts differ
	PipeUnread       Code = "PIPE_UNREAD"        // its definition is not shown, or not understood
)

// Finding is one thing about a target that its user should know.
type Finding struct {
	Code   Code   `json:"code"`
	Weight Weight `json:"weight"`
	Text   string `json:"text"` // one sentence
	Fix    string `json:"fix"`  // the statement that mends it; "" where there is none
}
