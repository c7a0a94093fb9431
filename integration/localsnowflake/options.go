package localsnowflake

import (
	"regexp"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// Options configure a Server. The zero value serves an empty account on a free
// port, with rows in memory.
type Options struct {
	// Listen is a loopback address; default "127.0.0.1:0".
	Listen string
	// SecureListen is a loopback address that serves the same over TLS, such
	// as "127.0.0.1:0"; default "": none. Snowflake's streaming SDKs speak
	// nothing else. Server.Authority is what clients must trust.
	SecureListen string
	// Dir keeps rows, catalog and channels in SQLite: all that was committed
	// survives a kill of the process. Default "": in memory.
	Dir string
	// Store replaces what Dir would choose. The server does not close it.
	Store rowstore.Store
	// Account is the account identifier that JWTs must name; default "LOCAL".
	Account string
	// CommitDelay passes between an append's 200 and its commit. Default 50 ms;
	// the real service takes 5-9 s. Negative: none.
	CommitDelay time.Duration
	// Now is the clock for tokens and timestamps, not for delays.
	Now func() time.Time
	// TokenLife is how long a scoped token lasts; default 10 minutes.
	TokenLife time.Duration

	// Observe is called with every request and its answer, from the request's
	// goroutine. Default nil: nobody looks.
	Observe func(Exchange)

	// HostnameForm and TokenForm are how discovery and token exchange answer.
	// Production sends plain text although the documentation shows JSON.
	HostnameForm HostnameForm
	TokenForm    TokenForm

	// RefusedOpen is what an open refused with 409 does to the channel.
	RefusedOpen RefusedOpen
	// SequencerReuse lets a dropped channel's client sequencer begin at 0
	// again, so that a token from before the drop may fit. By default no
	// sequencer repeats under one name.
	SequencerReuse bool
	// RowSequenceGap is the answer to a continuation token from the future.
	RowSequenceGap RowSequenceGap
	// AppendsPerSecond bounds each channel; more get 429. The service allows
	// 10. Default 0: no bound.
	AppendsPerSecond int
	// UnpackedPerSecond bounds each channel in unpacked bytes; an append that
	// comes while more than a second's worth is used up gets 429. The service
	// allows 20 MB. Default 0: no bound.
	UnpackedPerSecond int
	// StatusCallsPerSecond bounds the bulk status calls of all clients together;
	// more get 429. NamesPerStatus bounds the channels that one of them names;
	// more get 400, for asking again would not help. The service publishes
	// neither. Default 0: no bound.
	StatusCallsPerSecond, NamesPerStatus int
	// RequireSession refuses appends that do not echo x-snowflake-session.
	RequireSession bool
	// RequirePacked refuses append bodies that are neither zstd nor gzip, and
	// RequireMediaType those that are not application/x-ndjson. The service
	// takes both.
	RequirePacked, RequireMediaType bool
	// RequireAgent refuses requests to the ingest host whose User-Agent it
	// does not match. Default nil: any, or none.
	RequireAgent *regexp.Regexp

	// ErrorsField, AbsentToken and TimestampForm spell channel statuses.
	ErrorsField   ErrorsField
	AbsentToken   AbsentToken
	TimestampForm TimestampForm
	// ParsedAtAcceptance counts rows_parsed when rows are accepted, so that
	// rows which a re-open discards stay counted.
	ParsedAtAcceptance bool

	// RejectFractions makes a fraction for an integer column a row error; by
	// default it is rounded.
	RejectFractions bool
	// IcebergEvolution lets Iceberg tables evolve on the server.
	IcebergEvolution bool

	// BodyTimeout is how long a request's body may take to arrive; what takes
	// longer is answered with 408. Default 60 s.
	BodyTimeout time.Duration
	// MaxUncompressed bounds an unpacked append body, in bytes; default 64 MiB.
	MaxUncompressed int
	// MaxUncommitted bounds what one channel holds accepted and uncommitted,
	// in unpacked bytes; more gets 429. Default 1 GiB.
	MaxUncommitted int
	// MaxChannelsPerPipe defaults to 2,000, the service's limit.
	MaxChannelsPerPipe int
}

// Limits of the service (spec 1.14 and 3.8).
const (
	maxWireBytes = 4 << 20             // an append body as sent
	idleLife     = 30 * 24 * time.Hour // of a channel without an append or open
	maxNameBytes = 255                 // of a channel; no figure is published
)

// HostnameForm is how GET /v2/streaming/hostname answers.
type HostnameForm int

// The forms seen (spec 1.4). The service's answer never holds a port:
// Snowflake's own SDKs put the one they were given behind it, and a second one
// makes a broken URL. Other clients have no other way to learn the port.
const (
	HostnamePlain HostnameForm = iota // 127.0.0.1:PORT, but 127.0.0.1 for Snowflake's SDKs
	HostnameJSON                      // {"hostname":"127.0.0.1:PORT"}
	HostnameURL                       // http://127.0.0.1:PORT
	HostnameBare                      // 127.0.0.1 for everybody
)

// TokenForm is how POST /oauth/token answers.
type TokenForm int

// The forms seen (spec 1.5).
const (
	TokenPlain TokenForm = iota // the token alone
	TokenJSON                   // {"token":"..."}
)

// RefusedOpen is the effect of an open refused because of uncommitted rows.
// That it has none is assumed, not proven.
type RefusedOpen int

// The possibilities.
const (
	RefusedOpenChangesNothing RefusedOpen = iota
	RefusedOpenFences                     // older continuation tokens are stale all the same
	RefusedOpenDiscards                   // fences, and the uncommitted rows are gone too
)

// RowSequenceGap is the answer to a row sequencer above the expected one.
type RowSequenceGap int

// The possibilities (spec 1.12).
const (
	GapRefused     RowSequenceGap = iota // 400 ERR_CHANNEL_HAS_INVALID_ROW_SEQUENCER
	GapInvalidates                       // 200, then the status says ..._DUE_TO_ROW_SEQ_GAP
)

// ErrorsField names the count of row errors in a status.
type ErrorsField int

// The names (spec 1.9).
const (
	RowsErrorCount ErrorsField = iota // rows_error_count everywhere
	RowsErrors                        // rows_errors in the bulk answer, as documented
)

// AbsentToken spells "nothing was committed yet".
type AbsentToken int

// The spellings.
const (
	TokenNull AbsentToken = iota
	TokenMissing
	TokenEmpty
)

// TimestampForm spells last_error_timestamp.
type TimestampForm int

// The spellings.
const (
	TimestampMillis  TimestampForm = iota // integer, since 1970
	TimestampText                         // the same as a string
	TimestampRFC3339                      // UTC
)

func (o Options) withDefaults() Options {
	setDefault(&o.Listen, "127.0.0.1:0")
	setDefault(&o.Account, "LOCAL")
	setDefault(&o.CommitDelay, 50*time.Millisecond)
	setDefault(&o.TokenLife, 10*time.Minute)
	setDefault(&o.BodyTimeout, time.Minute)
	setDefault(&o.MaxUncompressed, 64<<20)
	setDefault(&o.MaxUncommitted, 1<<30)
	setDefault(&o.MaxChannelsPerPipe, 2000)
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
